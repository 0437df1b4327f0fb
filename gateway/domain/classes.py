"""Marking priority afterwards: a ticket gets another class."""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import BOOKED, PARKED, RESERVED, WAITING, Hall

CLASSES = ("", "priority", "elderly", "disabled", "pregnant", "child", "disaster")
CLASS_TEXT = "class: one of " + ", ".join(CLASSES[1:]) + " is needed"


def set_class(hall: Hall, command: Command) -> Decision:
    """Mark priority, or take it back, while nobody has the ticket in hand."""
    ticket = hall.tickets.get(command.ticket)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if command.cls not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, CLASS_TEXT)
    if ticket.state not in (RESERVED, BOOKED, WAITING, PARKED) or ticket.klass == command.cls:
        return refuse(reasons.WRONG_STATE)
    event = e.Reclassed(command.at_ms, command.by, ticket.label, command.cls)
    return Decision((event,), {"ticket": ticket.label})
