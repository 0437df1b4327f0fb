"""From the wire's checked fields to the domain's commands. Pure."""

from typing import Any

from gateway.domain import Command

# The wire's name of a field, where the domain's differs (`class` and `in` are Python's words).
_NAMES = {"class": "cls", "in": "count_in", "out": "count_out"}
# Fields of the wire's frame, not of the event itself.
_FRAME = ("ev", "t_ms", "by", "secret_hash", "update_key")


def board_command(board: str, has_printer: bool, fields: dict[str, object], at_ms: int) -> Command:
    """Give the command for a board's event; its counter is the register's, not the wire's."""
    return Command(str(fields["ev"]), at_ms, board, has_printer=has_printer, **_own(fields))


def console_command(console: str, fields: dict[str, object], at_ms: int) -> Command:
    """Give the command for an event of a console or the command line; `by` sits at the page."""
    own = _own(fields)
    own.pop("age_ms", None)  # of the press, judged before
    return Command(str(fields["ev"]), at_ms, console, by=str(fields["by"]), **own)


def _own(fields: dict[str, object]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in fields.items() if name not in _FRAME}
