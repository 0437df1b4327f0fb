"""Who joins the line, or joins it again: early numbers, parked and late visitors."""

from gateway.domain import events as e
from gateway.domain import reasons, schedule, visits
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import (
    BOOKED,
    CANCELLED,
    CATCH_UP,
    DONE,
    EXPIRED,
    NO_SHOW,
    OFFLINE,
    PARKED,
    Hall,
    Ticket,
)
from gateway.domain.lines import FRONT, USUAL
from gateway.domain.local_time import MINUTE_MS

ENDED = (DONE, NO_SHOW, CANCELLED, EXPIRED)  # these can be brought back on the same day

# Rank, arrival (UTC ms) and order of arrival.
_Place = tuple[int, int, int]


def check_in(hall: Hall, command: Command) -> Decision:
    """Let a ticket join the line: an early number, a parked one, a late visitor's.

    With a `reason` any ticket that ended today comes back, at the front.
    """
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if not visits.has_place(hall, ticket):
        return refuse(reasons.WRONG_STATE)
    if not visits.takes_in(hall, ticket.queue):
        return refuse(reasons.WRONG_STATE, f"queue {ticket.queue} is closed for today")
    place = _place(hall, command, ticket)
    if isinstance(place, Decision):
        return place
    event = e.CheckedIn(command.at_ms, command.by, label, *place, command.reason)
    return Decision((event,), {"ticket": label, "queue": ticket.queue})


def can_come_back(hall: Hall, ticket: Ticket) -> bool:
    """Tell whether an ended ticket may be brought back: one that was served by hand in an
    outage, or handed in for a day that is over, is only on record."""
    if ticket.origin == CATCH_UP:
        return False
    return ticket.state in ENDED and (ticket.origin != OFFLINE or ticket.day == hall.day)


def at_front(hall: Hall, at_ms: int) -> _Place:
    """Give the place of who comes back now, behind those who came back before."""
    return FRONT, max(at_ms, hall.arrived_ms), hall.order + 1


def _place(hall: Hall, command: Command, ticket: Ticket) -> _Place | Decision:
    at_ms = command.at_ms
    own = (ticket.rank, ticket.arrived_ms, ticket.order)
    at_end = (USUAL, max(at_ms, hall.arrived_ms), hall.order + 1)
    if ticket.state == PARKED:
        return at_front(hall, at_ms)
    if ticket.state == BOOKED:
        # Before service begins nobody can be passed: an early number keeps its place.
        before = hall.index.schedule.service(ticket.queue, at_ms) == schedule.BEFORE
        return own if before else at_end
    if command.reason and can_come_back(hall, ticket):
        return at_front(hall, at_ms)
    if ticket.state != NO_SHOW:
        return refuse(reasons.WRONG_STATE)
    within_min = hall.site.late_within_min
    if within_min and at_ms - ticket.called_ms > within_min * MINUTE_MS:
        called = hall.index.schedule.local_hhmm(ticket.called_ms)
        text = (
            f"{ticket.label} was called at {called}, over {within_min} minutes ago:"
            " with a reason it can be brought back"
        )
        return refuse(reasons.TOO_LATE, text)
    return {"front": at_front(hall, at_ms), "place": own}.get(hall.site.late_place, at_end)
