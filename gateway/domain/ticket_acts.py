"""What is asked about tickets away from a counter: take, paper, check in, cancel, offline."""

from gateway.domain import events as e
from gateway.domain import reasons, room, schedule
from gateway.domain.closing import takes_numbers
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.estimate import ahead_of, forecast
from gateway.domain.hall import (
    BOOKED,
    NO_SHOW,
    PARKED,
    RESERVED,
    VOID,
    WAITING,
    Hall,
)
from gateway.domain.lines import FRONT, USUAL
from gateway.domain.site import Agency

CLASSES = ("", "priority", "elderly", "disabled", "pregnant", "child", "disaster")


def take(hall: Hall, command: Command) -> Decision:
    at_ms = command.at_ms
    prefix = command.queue
    queue = hall.index.queues.get(prefix)
    if queue is None:
        return refuse(reasons.UNKNOWN_QUEUE)
    klass = command.cls
    if klass not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, "class: one of " + ", ".join(CLASSES[1:]) + " is needed")
    service_id = command.service
    agency = hall.index.agencies.get(queue.agency)
    quota = None
    if service_id:
        service = hall.index.services.get(service_id)
        if service is None or service.queue != prefix:
            return refuse(reasons.UNKNOWN_SERVICE)
        agency = hall.index.agencies.get(service.agency, agency)
        quota = service.quota_per_day
    if agency is not None and not agency.walk_in:
        return refuse(reasons.WALK_IN_CLOSED, where_else(agency))
    window = hall.index.schedule.tickets(prefix, at_ms)
    if window == schedule.TICKETS_CLOSED or not takes_numbers(hall, prefix):
        return refuse(reasons.CLOSED)
    if quota is not None and hall.quota_used.get(service_id, 0) >= quota:
        return refuse(reasons.QUOTA_REACHED)
    screened = room.needs_pass(hall, command)
    if screened and not room.has_pass(hall, at_ms):
        return refuse(reasons.NOT_SCREENED, room.NOT_SCREENED_TEXT)
    number = free_number(hall, prefix)
    if number is None:
        return refuse(reasons.QUOTA_REACHED)
    early = window == schedule.TICKETS_EARLY
    state = RESERVED if command.has_printer else BOOKED if early else WAITING
    label = label_of(prefix, number)
    ahead = ahead_of(hall, prefix, klass)
    wait = forecast(hall, prefix, klass, at_ms)
    promised = () if wait is None else wait.promise()
    event = e.Issued(
        at_ms, command.by, label, prefix, number, state, max(at_ms, hall.arrived_ms),
        hall.order + 1, command.from_board, service_id, klass, early,
        outside=room.is_full(hall), screened=screened,
        promised=promised,
    )  # fmt: skip
    result: dict[str, object] = {"ticket": label, "queue": prefix, "ahead": ahead}
    if promised:
        result["wait_s"] = [promised[0], promised[2]]
    if early:
        result["early"] = True
    return Decision((event,), result)


def label_of(prefix: str, number: int) -> str:
    """Give what is printed and shown for a number: A012."""
    return f"{prefix}{number:03d}"


def free_number(hall: Hall, prefix: str) -> int | None:
    """Give the queue's next number that no remembered ticket has, or None: all are given."""
    queue = hall.index.queues[prefix]
    number = hall.lines[prefix].next_number
    while number <= queue.last_number:
        if label_of(prefix, number) not in hall.tickets:
            return number
        number += 1
    return None


def where_else(agency: Agency) -> str:
    """Give what a visitor of an agency without walk-in service is told."""
    ways = " / ".join(way for way in (agency.online, agency.phone) if way)
    return f"{agency.name}: {ways}" if ways else agency.name


def paper(hall: Hall, command: Command) -> Decision:
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None or ticket.board != command.from_board:
        return refuse(reasons.UNKNOWN_TICKET)
    ok = command.ok
    at_ms, by = command.at_ms, command.by
    if not ok:
        if ticket.state != RESERVED:
            return refuse(reasons.WRONG_STATE)
        return Decision((e.Voided(at_ms, by, label, "paper"),), {"ticket": label})
    if ticket.state not in (RESERVED, VOID) or ticket.queue not in hall.lines:
        return refuse(reasons.WRONG_STATE)
    state = BOOKED if ticket.early else WAITING
    return Decision((e.Printed(at_ms, by, label, state),), {"ticket": label})


def check_in(hall: Hall, command: Command) -> Decision:
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if ticket.queue not in hall.lines:
        return refuse(reasons.WRONG_STATE)
    at_ms = command.at_ms
    rank, arrived_ms, order = ticket.rank, ticket.arrived_ms, ticket.order
    if ticket.state == PARKED:
        rank, arrived_ms, order = FRONT, max(at_ms, hall.arrived_ms), hall.order + 1
    elif ticket.state == BOOKED:
        # Before service begins nobody can be passed: an early number keeps its place.
        if hall.index.schedule.service(ticket.queue, at_ms) != schedule.BEFORE:
            rank, arrived_ms, order = USUAL, max(at_ms, hall.arrived_ms), hall.order + 1
    elif ticket.state != NO_SHOW:
        return refuse(reasons.WRONG_STATE)
    event = e.CheckedIn(at_ms, command.by, label, rank, arrived_ms, order)
    return Decision((event,), {"ticket": label, "queue": ticket.queue})


def cancel(hall: Hall, command: Command) -> Decision:
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if ticket.state not in (RESERVED, BOOKED, WAITING, PARKED):
        return refuse(reasons.WRONG_STATE)
    event = e.Cancelled(command.at_ms, command.by, label, command.reason)
    return Decision((event,), {"ticket": label})
