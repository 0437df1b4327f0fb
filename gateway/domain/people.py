"""Who may ask for what through a console. Boards are checked at the wire, by their role."""

from gateway.domain.command import CONSOLE, GPIO, WORKSHOP, Command
from gateway.domain.hall import Hall

GREETER = "greeter"
OFFICER = "officer"
FACILITIES = "facilities"
TECHNICIAN = "technician"
SUPERVISOR = "supervisor"
ROLES = (GREETER, OFFICER, FACILITIES, TECHNICIAN, SUPERVISOR)

_SERVE = frozenset(
    (
        "next", "recall", "start", "done", "no_show", "park", "transfer", "undo", "reinstate",
        "call", "pause", "resume", "help", "open", "close", "claim", "release",
    )
)  # fmt: skip
_GREET = frozenset(("take", "book", "check_in", "cancel", "set_class", "ask_in", "correct"))
_BOARDS = frozenset(("board_add", "board_secret", "board_retire", "board_cmd"))
_LEAD = frozenset(
    (
        "break_start", "break_end", "queue_close", "queue_open", "hold", "hold_end", "catch_up",
        "settings", "clock_accept",
    )
)  # fmt: skip
MAY: dict[str, frozenset[str]] = {
    GREETER: _GREET,
    OFFICER: _SERVE | {"check_in"},
    FACILITIES: frozenset(("correct",)),
    TECHNICIAN: _BOARDS,
    SUPERVISOR: _SERVE | _GREET | _BOARDS | _LEAD,
}
# A key at the gateway's own pins names nobody: whoever can reach it, in the hall's office, may stop
# the hall, also where consoles ask who somebody is. It is good for nothing else.
_OWN_KEYS = frozenset(("break_start", "break_end"))


def may(hall: Hall, command: Command) -> bool:
    """Tell whether the command's sender may ask for it.

    Consoles are asked at a site with `sign_in`: there `by` must be one of the site's people,
    whose role allows it. The gateway's own keys begin and end breaks, and nothing else; the
    workshop sees to boards, and to nothing else.
    """
    if command.source == GPIO:
        return command.name in _OWN_KEYS
    if command.source == WORKSHOP:
        return command.name in _BOARDS
    if command.source != CONSOLE or not hall.site.sign_in:
        return True
    return command.name in MAY.get(hall.index.people.get(command.by, ""), frozenset())
