"""How many are in the hall: who waits outside, and who is asked in next."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def ask_in(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")
