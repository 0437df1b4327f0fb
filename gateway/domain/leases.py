"""Numbers that ticket boards may give alone: leasing them out, and taking them in."""

from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def offline(hall: Hall, command: Command) -> Decision:
    """Take in a number that a board gave out alone."""
    return refuse(reasons.NOT_LEASED)
