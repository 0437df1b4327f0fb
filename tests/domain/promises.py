"""What each event of a walk must keep to, told apart from the rules: turns, limits, being late."""

from gateway.domain import Event
from gateway.domain.hall import CANCELLED, NO_SHOW, PARKED, VOID, Hall, Ticket
from gateway.domain.ticket_events import (
    Called,
    CheckedIn,
    Ended,
    Issued,
    Parked,
    Started,
    Transferred,
    Undone,
)
from tests.domain.world import World

BY_TIME = ""  # what walks ask at a console, they ask as somebody


class Promises:
    """Remembers of a walk what its limits count; `keep` raises AssertionError if one is broken."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}  # by person, of today
        self._last: dict[int, str | None] = {}  # counter -> whose call its last act made
        self._until: dict[str, int] = {}  # parked ticket -> when it comes back by itself

    def new_day(self) -> None:
        """Forget what a new day forgets."""
        self._calls.clear()
        self._last.clear()

    def keep(self, world: World, event: Event, states: dict[str, str]) -> None:
        """Check an event that has happened; `states` are those of the tickets before it."""
        hall = world.hall
        if isinstance(event, Parked):
            self._until[event.ticket] = event.until_ms
        if isinstance(event, Called):
            self._called(hall, event)
        elif isinstance(event, Ended | Parked | Transferred | Started):
            self._last[event.counter] = None
        elif isinstance(event, Undone):
            by = self._last.pop(event.counter, None)
            if by is not None:
                self._calls[by] -= 1
        elif isinstance(event, CheckedIn):
            self._checked_in(hall, event, states[event.ticket])
        elif isinstance(event, Issued) and not event.origin:
            _taken(hall, event)

    def _checked_in(self, hall: Hall, event: CheckedIn, state: str) -> None:
        if state == NO_SHOW and not event.reason:
            late_ms = event.at_ms - hall.tickets[event.ticket].called_ms
            within_min = hall.site.late_within_min
            assert not within_min or late_ms <= within_min * 60_000, "came too late, and was let in"
        elif state == PARKED and event.by == BY_TIME:
            assert 0 < self._until[event.ticket] <= event.at_ms, "came back before its time"

    def _called(self, hall: Hall, event: Called) -> None:
        ticket, counter = hall.tickets[event.ticket], hall.index.counters[event.counter]
        if event.act == "next":
            assert _place(ticket) <= _first_left(hall, ticket), (
                f"{event.ticket} was called before its turn"
            )
        service = hall.index.services.get(ticket.service)
        if counter.kind == "video" and service is not None:
            assert not service.in_person, f"{event.ticket} had to be there in person"
        self._last[event.counter] = event.by
        self._calls[event.by] = self._calls.get(event.by, 0) + 1
        for person in hall.site.people:
            if person.id == event.by and event.act == "next":
                assert not person.queues or ticket.queue in person.queues, "not theirs to serve"
                most = person.per_day
                assert most is None or self._calls[event.by] <= most, "more than a day's work"


def _taken(hall: Hall, event: Issued) -> None:
    # Of a `take` only: who is brought back, or came for an appointment, is not refused for it.
    most = hall.site.per_link_per_day
    mine = [t for t in hall.tickets.values() if t.link == event.link and t.day == hall.day]
    used = [t for t in mine if t.state not in (CANCELLED, VOID)]
    assert not most or not event.link or len(used) <= most, "a link has more than its numbers"
    for service in hall.site.services:
        quota = service.quota_per_day
        if quota is not None and service.id in (event.service, *event.route):
            assert hall.quota_used[service.id] <= quota, f"more than the quota of {service.id}"


def _place(ticket: Ticket) -> tuple[int, int, int, str]:
    return ticket.rank, ticket.arrived_ms, ticket.order, ticket.label


def _first_left(hall: Hall, called: Ticket) -> tuple[int, int, int, str]:
    # The first place left in the called ticket's lane, those it has sent aside among them.
    lane = hall.lines[called.queue].lane(called.klass)
    aside = [
        _place(other)
        for other in hall.tickets.values()
        if other.aside
        and other.visit == called.visit
        and (other.queue, bool(other.klass)) == (called.queue, bool(called.klass))
    ]
    return min([*lane.places.values(), *aside], default=_place(called))
