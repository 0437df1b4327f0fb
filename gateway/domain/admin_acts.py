"""What is asked about the hall's make-up: its settings and its boards."""

from collections import Counter as Tally

from gateway.domain import bookings, leases, reasons, settings_check, visits
from gateway.domain import events as e
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import FINAL, Hall
from gateway.domain.settings_patch import applied, differences
from gateway.domain.site import MAX_BOARDS, Site
from gateway.domain.site_json import site_to_dict

_TOLD_CHARS = 800  # of problems: a receipt has 2,048 bytes
_AT_A_COUNTER = ("counter", "rating")  # roles of boards that serve one counter
ROLES = ("counter", "ticket", "dispenser", "rating", "hall", "gate", "panel")


def site_load(hall: Hall, command: Command) -> Decision:
    """Put the site file's settings in force, whole or not at all.

    A file that says what it said before makes no event, and leaves what was changed at run time.
    A changed one replaces all of that; the result says how many settings are `replaced` so.
    """
    site = command.site
    if site is None:
        return refuse(reasons.BAD_PAYLOAD, "site: is missing")
    if site == hall.base:
        return Decision()
    problems = _in_use(hall, site)
    if problems:
        return refuse(reasons.WRONG_STATE, "; ".join(problems))
    changed, kept = differences(hall.base, hall.site), differences(hall.site, site)
    replaced = len(changed.keys() & kept.keys())
    event = e.SiteLoaded(command.at_ms, command.by, site_to_dict(site))
    return Decision((event,), {"replaced": replaced} if replaced else {})


def settings(hall: Hall, command: Command) -> Decision:
    """Change settings at run time, whole or not at all; the same ones again make no event."""
    change = command.change
    problems = settings_check.problems(hall.site, change)
    if problems:
        return refuse(reasons.BAD_PAYLOAD, _told(problems))
    site = applied(hall.site, change)
    if site == hall.site:
        return Decision((), {"changed": 0})
    problems = _in_use(hall, site)
    if problems:
        return refuse(reasons.WRONG_STATE, _told(problems))
    event = e.SettingsChanged(command.at_ms, command.by, change, command.reason)
    return Decision((event,), {"changed": len(differences(hall.site, site))})


def _told(problems: list[str]) -> str:
    # As many as fit into a receipt.
    text = ""
    for n, problem in enumerate(problems):
        if text and len(text) + len(problem) > _TOLD_CHARS:
            return f"{text}; and {len(problems) - n} more"
        text += ("; " if text else "") + problem
    return text


def _in_use(hall: Hall, site: Site) -> list[str]:
    queues = {queue.prefix for queue in site.queues}
    served = {prefix for counter in site.counters for prefix in counter.queues}
    counters = {counter.number for counter in site.counters}
    unfinished = Tally(t.queue for t in hall.tickets.values() if t.state not in FINAL)
    problems = [
        f"queue {prefix} cannot be {'left without a counter' if prefix in queues else 'removed'}"
        f" while {count} unfinished tickets are in it: serve, transfer or cancel them first"
        for prefix, count in sorted(unfinished.items())
        if prefix not in queues or (prefix not in served and hall.index.serving[prefix])
    ]
    problems += visits.in_the_way(hall, site)
    problems += bookings.kept_from(hall, site) + leases.kept_from(hall, site)
    return problems + [
        f"counter {number} cannot be removed while it has {counter.ticket} in hand: end it first"
        for number, counter in sorted(hall.counters.items())
        if number not in counters and counter.ticket
    ]


def board_add(hall: Hall, command: Command) -> Decision:
    """Take a board into the hall. Its secret is kept elsewhere and is no part of the event."""
    board, role, counter = command.board, command.role, command.counter
    if not board:
        return refuse(reasons.BAD_PAYLOAD, "board: an id is missing")
    if role not in ROLES:
        return refuse(reasons.BAD_PAYLOAD, "role: one of " + ", ".join(ROLES) + " is needed")
    if command.spare and counter is not None:
        return refuse(reasons.BAD_PAYLOAD, "counter: a spare is at none")
    if board in hall.boards:
        return refuse(reasons.DUPLICATE, f"board {board} exists already: retire it first")
    if len(hall.boards) >= MAX_BOARDS:
        return refuse(
            reasons.QUOTA_REACHED, f"a hall has at most {MAX_BOARDS} boards: retire one first"
        )
    needs_counter = role in _AT_A_COUNTER and not command.spare
    if counter not in hall.counters and (needs_counter or counter is not None):
        known = ", ".join(str(number) for number in hall.counters) or "none"
        return refuse(
            reasons.UNKNOWN_COUNTER, f"a {role} board needs one of this site's counters: {known}"
        )
    event = e.BoardAdded(command.at_ms, command.by, board, role, counter, command.spare)
    return Decision((event,))


def board_secret(hall: Hall, command: Command) -> Decision:
    """Let a board of the hall have another secret, which is kept elsewhere and is in no event.

    Unless it is the `same` board with its flash as it was, what that one held is good no longer.
    """
    if command.board not in hall.boards:
        return refuse(reasons.UNKNOWN_BOARD, f"there is no board {command.board!r}")
    if command.same:
        return Decision()
    return Decision((e.BoardReplaced(command.at_ms, command.by, command.board),))


def board_cmd(hall: Hall, command: Command) -> Decision:
    """Let a board be asked to do something by itself; the hall stays as it is."""
    if command.board not in hall.boards:
        return refuse(reasons.UNKNOWN_BOARD, f"there is no board {command.board!r}")
    return Decision()


def board_retire(hall: Hall, command: Command) -> Decision:
    """Take a board out of the hall."""
    if command.board not in hall.boards:
        return refuse(reasons.UNKNOWN_BOARD, f"there is no board {command.board!r}")
    return Decision((e.BoardRetired(command.at_ms, command.by, command.board),))
