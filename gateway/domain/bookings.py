"""Appointments: booked times that join the line at check-in."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def book(hall: Hall, command: Command) -> Decision:
    """Not built yet."""
    return refuse(reasons.BAD_PAYLOAD, "not built yet")
