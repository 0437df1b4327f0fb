"""An agency whose own system is down is held: places kept, calls stopped."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def hold(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")


def hold_end(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")
