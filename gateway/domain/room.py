"""How many are in the hall: who waits outside and is asked in next; who has passed the entrance.

A hall may have a capacity. While it is full, numbers are still given, but their visitors wait
outside until they are asked in: in time for their call, or as soon as there is room. A full hall
never stops calling.
"""

from collections.abc import Iterator
from heapq import merge

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.estimate import forecast_of
from gateway.domain.hall import WAITING, Hall, Ticket
from gateway.domain.local_time import MINUTE_MS

NOT_SCREENED_TEXT = "Silakan periksa suhu badan dan masker dahulu"


def is_full(hall: Hall) -> bool:
    """Tell whether as many are in the hall as it may hold; a number taken now waits outside."""
    return 0 < hall.site.capacity <= hall.inside


def ask_in(hall: Hall, command: Command) -> Decision:
    """Ask somebody who waits outside into the hall, out of turn; again once the hold is over."""
    ticket = hall.tickets.get(command.ticket)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if ticket.state != WAITING or ticket.label not in hall.outside:
        return refuse(reasons.WRONG_STATE)
    if _is_expected(hall, hall.outside[ticket.label], command.at_ms):
        return refuse(reasons.WRONG_STATE)
    event = e.AskedIn(command.at_ms, command.by, ticket.label)
    return Decision((event,), {"ticket": ticket.label})


def due_in(hall: Hall, at_ms: int) -> Iterator[e.Event]:
    """Give who is asked in at a tick: who is called soon, and as many more as there is room for.

    Those whose call is expected within `ask_in_min` come whether there is room or not: calling
    goes on, and somebody leaves for each who is called.
    """
    if not hall.outside:
        return
    soon_s = hall.site.ask_in_min * 60
    room = len(hall.outside)
    if hall.site.capacity:
        room = hall.site.capacity - hall.inside - len(asked_in_now(hall, at_ms))
    for n, (expected_s, _, label) in enumerate(_in_turn(hall, at_ms)):
        if expected_s > soon_s and n >= room:
            return
        yield e.AskedIn(at_ms, "", label)


def _in_turn(hall: Hall, at_ms: int) -> Iterator[tuple[float, int, str]]:
    # Of those not asked in yet: (seconds until the call, order of arrival, label), next first. Of
    # each lane only the first are asked for their time: the others' are later.
    lanes: dict[tuple[str, bool], list[Ticket]] = {}
    for label, asked_ms in hall.outside.items():
        ticket = hall.tickets[label]
        if not asked_ms and ticket.state == WAITING:
            lanes.setdefault((ticket.queue, ticket.klass != ""), []).append(ticket)
    return merge(*(_turns(hall, tickets, at_ms) for tickets in lanes.values()))


def _turns(hall: Hall, tickets: list[Ticket], at_ms: int) -> Iterator[tuple[float, int, str]]:
    for ticket in sorted(tickets, key=lambda t: (t.rank, t.arrived_ms, t.order)):
        # Who is called at an unknown time comes in after all others, in the order of arrival.
        expected_s = expected_call_s(hall, ticket, at_ms)
        yield float("inf") if expected_s is None else expected_s, ticket.order, ticket.label


def asked_in_now(hall: Hall, at_ms: int) -> list[str]:
    """Give who was asked in within `ask_in_hold_min` and not called since, earliest first.

    They are on their way: a place in the hall is kept for each.
    """
    asked = ((asked_ms, label) for label, asked_ms in hall.outside.items() if asked_ms)
    return [label for asked_ms, label in sorted(asked) if _is_expected(hall, asked_ms, at_ms)]


def _is_expected(hall: Hall, asked_ms: int, at_ms: int) -> bool:
    return asked_ms > 0 and at_ms - asked_ms < hall.site.ask_in_hold_min * MINUTE_MS


def expected_call_s(hall: Hall, ticket: Ticket, at_ms: int) -> float | None:
    """Give the seconds until a waiting ticket is likely to be called; None: unknown.

    Unknown is, for instance, that no open counter serves its queue. It looks through its line:
    meant for the few who wait outside, not for every command.
    """
    wait = forecast_of(hall, ticket, at_ms)
    return None if wait is None else wait.about_s


def needs_pass(hall: Hall, command: Command) -> bool:
    """Tell whether a `take` is for somebody who must have passed the entrance check.

    Asked at a board only: whoever takes a number at a console for a visitor sees that person,
    and a link's visitor is not in the hall yet.
    """
    return hall.site.screening and bool(command.from_board)


def has_pass(hall: Hall, at_ms: int) -> bool:
    """Tell whether somebody passed the entrance check a short time ago and took no number yet."""
    return any(_is_good(hall, passed_ms, at_ms) for passed_ms in hall.passes)


def use_pass(hall: Hall, at_ms: int) -> None:
    """Take out the oldest pass that is good, and all that are too old (for evolve)."""
    hall.passes[:] = [passed_ms for passed_ms in hall.passes if _is_good(hall, passed_ms, at_ms)]
    del hall.passes[:1]


def keep_pass(hall: Hall, at_ms: int) -> None:
    """Remember that somebody passed the entrance check, as long as it is good (for evolve)."""
    if hall.site.screening:
        hall.passes[:] = [passed for passed in hall.passes if _is_good(hall, passed, at_ms)]
        hall.passes.append(at_ms)


def _is_good(hall: Hall, passed_ms: int, at_ms: int) -> bool:
    return at_ms - passed_ms <= hall.site.screening_good_min * MINUTE_MS
