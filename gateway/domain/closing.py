"""The end of a queue's day: a supervisor closes it, and says what becomes of who waits."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def queue_close(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")


def queue_open(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")
