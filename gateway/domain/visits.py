"""A visit: one number through several counters, or several numbers of one visitor.

Whoever is at one counter is called to no other: while one ticket of a visit is in hand, the
others that wait stand *aside*, out of their lines, and come back to their own places after it.
"""

from collections import Counter as Tally

from gateway.domain import events as e
from gateway.domain.hall import DONE, EXPIRE, FINAL, WAITING, Hall, Ticket, by_video
from gateway.domain.lines import FRONT, USUAL, Place
from gateway.domain.site import Site

MAX_SERVICES = 8  # one number may go through
MAX_TICKETS = 8  # of one visit

# Of a ticket that comes into a line: its queue, whether it is a priority one, its place.
Back = tuple[str, bool, Place]


def elsewhere(hall: Hall, ticket: Ticket) -> str:
    """Give the other ticket of the same visit that a counter has in hand, "" for none."""
    for label in hall.visits.get(ticket.visit, ()):
        if label != ticket.label and hall.tickets[label].counter:
            return label
    return ""


def where(hall: Hall, label: str) -> str:
    """Say at which counter a ticket is, for who asks for its visitor."""
    return f"{label} of the same visit is at counter {hall.tickets[label].counter}"


def may_stand(hall: Hall, queue: str, service: str, route: tuple[str, ...]) -> bool:
    """Tell whether the settings allow a ticket to wait at a queue for a service and those after:
    all must be in them, and a video booth must not call who has to be there in person."""
    if queue not in hall.lines or not suits(hall, service, queue):
        return False
    return not route or all(later in hall.index.services for later in route)


def has_place(hall: Hall, ticket: Ticket) -> bool:
    """Tell whether the settings still allow a ticket to wait where it last did."""
    return may_stand(hall, ticket.queue, ticket.service, ticket.route)


def takes_in(hall: Hall, prefix: str) -> bool:
    """Tell whether somebody may still come into a line: one that was expired takes nobody."""
    return hall.lines[prefix].closing != EXPIRE


def suits(hall: Hall, service_id: str, prefix: str) -> bool:
    """Tell whether a ticket for a service may stand in a line, video booths considered."""
    if prefix not in hall.index.by_video:
        return True
    service = hall.index.services.get(service_id)
    return service is None or not service.in_person


def place_in(hall: Hall, prefix: str, at_ms: int) -> tuple[int | None, int, int]:
    """Give rank, arrival and order of a ticket transferred to a line; rank None: those it has."""
    if hall.index.queues[prefix].transfer_arrival == "now":
        return USUAL, max(at_ms, hall.arrived_ms), hall.order + 1
    return None, 0, 0


def end(
    hall: Hall, ticket: Ticket, by: str, act: str, at_ms: int, *, how: str = DONE,
    services: tuple[str, ...] = (),
) -> e.Ended | e.Transferred:  # fmt: skip
    """Give how the service of the ticket in hand ends: with it the ticket, or it goes on.

    A ticket that was served and has services left goes on to the queue of the next one. In the
    same queue it waits at the front: its visitor stands there. Where the line was closed and
    expired nobody can wait any more, and the ticket ends.
    """
    number = ticket.counter
    if ticket.route:
        service, *left = ticket.route
        prefix = hall.index.services[service].queue
        if takes_in(hall, prefix):
            rank, arrived_ms, order = place_in(hall, prefix, at_ms)
            if prefix == ticket.queue:
                rank, arrived_ms, order = FRONT, max(at_ms, hall.arrived_ms), hall.order + 1
            return e.Transferred(
                at_ms, by, number, ticket.label, prefix, arrived_ms, order, act, service,
                tuple(left), services, how, rank,
            )  # fmt: skip
    return e.Ended(at_ms, by, number, ticket.label, how, act, services)


def coming_back(hall: Hall, ticket: Ticket, ending: e.Ended | e.Transferred) -> tuple[Back, ...]:
    """Give who comes into a line when the service of `ticket` ends so: itself, if it goes on,
    and those of its visit that stood aside meanwhile."""
    back = []
    for label in hall.visits.get(ticket.visit, ()):
        other = hall.tickets[label]
        if other.state == WAITING:
            place = (other.rank, other.arrived_ms, other.order, label)
            back.append((other.queue, other.klass != "", place))
    if isinstance(ending, e.Transferred):
        place = (ticket.rank, ticket.arrived_ms, ticket.order, ticket.label)
        if ending.rank is not None:
            place = (ending.rank, ending.arrived_ms, ending.order, ticket.label)
        back.append((ending.queue, ticket.klass != "", place))
    return tuple(back)


def in_the_way(hall: Hall, site: Site) -> list[str]:
    """Give why new settings cannot come into force yet: who is on the way to a service that would
    be gone, or stands for one in person where a video booth would call."""
    services = {service.id: service for service in site.services}
    booths = by_video(site)
    on_the_way: Tally[str] = Tally()
    in_person: Tally[str] = Tally()
    for ticket in hall.tickets.values():
        if ticket.state not in FINAL:
            on_the_way.update(ticket.route)
            service = services.get(ticket.service)
            if ticket.queue in booths and service is not None and service.in_person:
                in_person[ticket.queue] += 1
    way_out = "serve, transfer or cancel them first"
    return [
        f"service {id_} cannot be removed while {n} unfinished tickets go on to it: {way_out}"
        for id_, n in sorted(on_the_way.items())
        if id_ not in services
    ] + [
        f"a video booth cannot serve queue {prefix} while {n} unfinished tickets in it are for"
        f" services in person: {way_out}"
        for prefix, n in sorted(in_person.items())
    ]
