"""What is asked about tickets away from a counter: take, paper, cancel."""

from gateway.domain import events as e
from gateway.domain import limits, reasons, room, schedule, visits
from gateway.domain.classes import CLASS_TEXT, CLASSES
from gateway.domain.closing import takes_numbers
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.estimate import ahead_of, forecast
from gateway.domain.hall import (
    BOOKED,
    FINAL,
    PARKED,
    RESERVED,
    VOID,
    WAITING,
    Hall,
)
from gateway.domain.site import Agency, Queue, Service


def take(hall: Hall, command: Command) -> Decision:
    """Give a number: for one service, for several one after another, or for none named."""
    at_ms, prefix = command.at_ms, command.queue
    queue = hall.index.queues.get(prefix)
    if queue is None:
        return refuse(reasons.UNKNOWN_QUEUE)
    if command.cls not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, CLASS_TEXT)
    services = _wanted(hall, command)
    if isinstance(services, Decision):
        return services
    window = hall.index.schedule.tickets(prefix, at_ms)
    refused = _closed(hall, queue, services, window, at_ms) or _not_granted(hall, command, services)
    if refused is not None:
        return refused
    number = free_number(hall, prefix)
    if number is None:
        return refuse(reasons.QUOTA_REACHED)
    visit = ""
    if command.visit:
        other = hall.tickets.get(command.visit)
        if other is None or other.state in FINAL:
            return refuse(reasons.UNKNOWN_TICKET, f"visit: {command.visit} is no unfinished ticket")
        visit = other.visit
        if len(hall.visits.get(visit, ())) >= visits.MAX_TICKETS:
            most = visits.MAX_TICKETS
            return refuse(reasons.LIMIT_REACHED, f"a visit has at most {most} tickets")
    early = window == schedule.TICKETS_EARLY
    state = RESERVED if command.has_printer else BOOKED if early else WAITING
    label = label_of(prefix, number)
    ahead = ahead_of(hall, prefix, command.cls)
    wait = forecast(hall, prefix, command.cls, at_ms)
    promised = () if wait is None else wait.promise()
    route = tuple(service.id for service in services)
    event = e.Issued(
        at_ms, command.by, label, prefix, number, state, max(at_ms, hall.arrived_ms),
        hall.order + 1, command.from_board, route[0] if route else "", command.cls, early,
        visit, route[1:], command.link, room.is_full(hall), screened=room.needs_pass(hall, command),
        promised=promised,
    )  # fmt: skip
    result: dict[str, object] = {"ticket": label, "queue": prefix, "ahead": ahead}
    if promised:
        result["wait_s"] = [promised[0], promised[2]]
    if early:
        result["early"] = True
    return Decision((event,), result)


def _wanted(hall: Hall, command: Command) -> tuple[Service, ...] | Decision:
    # The services a number is for, in their order; the first one is the queue's.
    ids = tuple(command.services)
    if command.service and (not ids or ids[0] != command.service):
        ids = (command.service, *ids)
    if not ids:
        return ()
    if len(ids) > visits.MAX_SERVICES or len(set(ids)) < len(ids):
        most = visits.MAX_SERVICES
        return refuse(reasons.BAD_PAYLOAD, f"services: at most {most} different ones are needed")
    known = hall.index.services
    services = tuple(known[id_] for id_ in ids if id_ in known)
    if len(services) < len(ids) or services[0].queue != command.queue:
        return refuse(reasons.UNKNOWN_SERVICE)
    return services


def _closed(
    hall: Hall, queue: Queue, services: tuple[Service, ...], window: str, at_ms: int
) -> Decision | None:
    # Whether the agency or the hours forbid a number, for one of its services or at all.
    agencies = hall.index.agencies
    for agency_id in [service.agency for service in services] or [queue.agency]:
        agency = agencies.get(agency_id) or agencies.get(queue.agency)
        if agency is not None and not agency.walk_in:
            return refuse(reasons.WALK_IN_CLOSED, where_else(agency))
    if window == schedule.TICKETS_CLOSED or not takes_numbers(hall, queue.prefix):
        return refuse(reasons.CLOSED)
    for service in services[1:]:
        hours = hall.index.schedule.service(service.queue, at_ms)
        if hours in (schedule.AFTER, schedule.NONE) or not takes_numbers(hall, service.queue):
            return refuse(reasons.CLOSED, f"Layanan {service.name} sudah tutup hari ini")
    return None


def _not_granted(hall: Hall, command: Command, services: tuple[Service, ...]) -> Decision | None:
    # Whether a limit is reached, of a service's day or of the visitor's link, or a check missing.
    for service in services:
        if not limits.quota_left(hall, service):
            return refuse(reasons.QUOTA_REACHED)
    if limits.is_link_full(hall, command.link, hall.day):
        return refuse(reasons.LIMIT_REACHED, limits.link_text(hall))
    if room.needs_pass(hall, command) and not room.has_pass(hall, command.at_ms):
        return refuse(reasons.NOT_SCREENED, room.NOT_SCREENED_TEXT)
    return None


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
    """Say whether a number's paper came out: then it is good, and waits."""
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None or ticket.board != command.from_board:
        return refuse(reasons.UNKNOWN_TICKET)
    at_ms, by = command.at_ms, command.by
    if not command.ok:
        if ticket.state != RESERVED:
            return refuse(reasons.WRONG_STATE)
        return Decision((e.Voided(at_ms, by, label, "paper"),), {"ticket": label})
    if ticket.state not in (RESERVED, VOID):
        return refuse(reasons.WRONG_STATE)
    if not visits.has_place(hall, ticket) or not visits.takes_in(hall, ticket.queue):
        return refuse(reasons.WRONG_STATE)
    state = BOOKED if ticket.early else WAITING
    return Decision((e.Printed(at_ms, by, label, state),), {"ticket": label})


def cancel(hall: Hall, command: Command) -> Decision:
    """Take out a ticket that nobody has in hand."""
    label = command.ticket
    ticket = hall.tickets.get(label)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if ticket.state not in (RESERVED, BOOKED, WAITING, PARKED):
        return refuse(reasons.WRONG_STATE)
    event = e.Cancelled(command.at_ms, command.by, label, command.reason)
    return Decision((event,), {"ticket": label})
