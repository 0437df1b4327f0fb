"""Marking priority afterwards: a ticket gets another class."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def set_class(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")
