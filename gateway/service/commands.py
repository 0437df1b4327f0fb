"""From the wire's checked fields to the domain's commands. Pure."""

from typing import Any

from gateway.domain import Command

# The wire's name of a field, where the domain's differs (`class` and `in` are Python's words).
_NAMES = {"class": "cls", "in": "count_in", "out": "count_out"}
# Fields of the wire's frame, not of the event itself.
_FRAME = ("ev", "t_ms", "by", "secret_hash", "age_ms")


def board_command(
    board: str, has_printer: bool, fields: dict[str, object], at_ms: int
) -> Command:
    """Give the command for a board's event; its counter is the register's, not the wire's."""
    own = _own(fields)
    return Command(str(fields["ev"]), at_ms, source=board, has_printer=has_printer, **own)


def console_command(console: str, fields: dict[str, object], at_ms: int) -> Command:
    """Give the command for a console's event; `by` is who sits at the page."""
    return Command(str(fields["ev"]), at_ms, source=console, by=str(fields["by"]), **_own(fields))


def _own(fields: dict[str, object]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in fields.items() if name not in _FRAME}
