"""How tickets come into lines and out of them, and how the tickets of one visit stand aside."""

from gateway.domain.hall import GIVES_BACK, PARKED, RESERVED, WAITING, Hall, Ticket
from gateway.domain.visits import elsewhere


def join_line(hall: Hall, ticket: Ticket) -> None:
    """Put a waiting ticket at its place in the line of its queue, or aside."""
    ticket.aside = ticket.visit in hall.visits and elsewhere(hall, ticket) != ""
    if not ticket.aside:
        hall.lines[ticket.queue].lane(ticket.klass).join(
            (ticket.rank, ticket.arrived_ms, ticket.order, ticket.label)
        )


def leave(hall: Hall, ticket: Ticket) -> None:
    """Take a ticket out of whatever holds it in its present state."""
    if ticket.state == WAITING:
        if ticket.aside:
            ticket.aside = False
        else:
            hall.lines[ticket.queue].lane(ticket.klass).leave(ticket.label)
    elif ticket.state == RESERVED:
        del hall.printing[ticket.label]
    elif ticket.state == PARKED:
        hall.parked.pop(ticket.label, None)
        ticket.until_ms = 0


def settle(hall: Hall, ticket: Ticket) -> None:
    """Set the others of a ticket's visit aside, or let them back, as the visit is at a counter."""
    for label in hall.visits.get(ticket.visit, ()):
        other = hall.tickets[label]
        if other.state == WAITING and other.aside != (elsewhere(hall, other) != ""):
            leave(hall, other)
            join_line(hall, other)


def use_quota(hall: Hall, ticket: Ticket, sign: int) -> None:
    """Count a ticket's services in today's quotas (`sign` 1), or no more (-1)."""
    if ticket.day != hall.day:
        return
    services = ticket.behind
    if ticket.service and ticket.state not in GIVES_BACK:
        services = (*services, ticket.service, *ticket.route)
    for service in services:
        hall.quota_used[service] = hall.quota_used.get(service, 0) + sign


def join_visit(hall: Hall, ticket: Ticket) -> None:
    """Make a new ticket one of a visit that began with another."""
    hall.visits.setdefault(ticket.visit, [ticket.visit]).append(ticket.label)


def carry_over(hall: Hall) -> None:
    """Begin a day with the tickets that were carried into it: their visits are now what is left
    of them, and each who waits stands in line again."""
    visits = {}
    for labels in hall.visits.values():
        left = [label for label in labels if label in hall.tickets]
        for label in left:
            # The visit's first ticket may be over, and its label is free for somebody else.
            hall.tickets[label].visit = left[0]
        if len(left) > 1:
            visits[left[0]] = left
    hall.visits = visits
    hall.links.clear()
    hall.calls_of.clear()
    for ticket in hall.tickets.values():
        if ticket.state == WAITING:
            join_line(hall, ticket)
