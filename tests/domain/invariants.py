"""What must hold for every hall at every moment; `check` raises AssertionError if it does not."""

from collections.abc import Iterator

from gateway.domain.hall import (
    BOOKED,
    CALLED,
    FINAL,
    GIVES_BACK,
    PARKED,
    RESERVED,
    SERVING,
    STATES,
    WAITING,
    Hall,
)


def check(hall: Hall) -> None:
    """Check that no ticket is in two places or in none, and that all counts are right."""
    _check_lines(hall)
    _check_counters(hall)
    _check_visits(hall)
    _check_counts(hall)
    _check_leases(hall)
    for label, ticket in hall.tickets.items():
        assert ticket.label == label
        assert ticket.state in STATES
    _check_outside(hall)
    printing = {t.label for t in hall.tickets.values() if t.state == RESERVED}
    assert set(hall.printing) == printing, "what is printing and what is reserved differ"
    used: dict[str, int] = {}
    for service in _used(hall):
        used[service] = used.get(service, 0) + 1
    assert {s: n for s, n in hall.quota_used.items() if n} == used, "quotas are miscounted"


def _used(hall: Hall) -> Iterator[str]:
    for ticket in hall.tickets.values():
        if ticket.day == hall.day:
            yield from ticket.behind
            if ticket.service and ticket.state not in GIVES_BACK:
                yield ticket.service
                yield from ticket.route
    for booking in hall.bookings.values():
        if booking.service and booking.day == hall.day and not booking.ticket:
            yield booking.service


def _check_leases(hall: Hall) -> None:
    today: set[tuple[str, int]] = set()
    for lease in hall.leases:
        numbers = set(range(lease.first, lease.last + 1))
        assert numbers, "a lease of nothing"
        assert len(lease.used) == len(set(lease.used)), "a leased number was handed in twice"
        assert set(lease.used) <= numbers
        if lease.day == hall.day:
            assert not today & {(lease.queue, n) for n in numbers}, "leased twice on a day"
            today |= {(lease.queue, n) for n in numbers}


def _check_outside(hall: Hall) -> None:
    outside = {
        t.label: t.asked_ms
        for t in hall.tickets.values()
        if t.outside and t.state in (RESERVED, BOOKED, WAITING)
    }
    assert hall.outside == outside, "who waits outside is not who was told to"
    assert hall.held.keys() | hall.rests.keys() <= hall.index.agencies.keys()


def _check_lines(hall: Hall) -> None:
    standing: list[str] = []
    for prefix, line in hall.lines.items():
        for lane, priority in ((line.normal, False), (line.priority, True)):
            assert lane.head() == min(lane.places.values(), default=None), "a lane's head is wrong"
            for label, place in lane.places.items():
                ticket = hall.tickets[label]
                assert ticket.state == WAITING, f"{label} waits in line but is {ticket.state}"
                assert (ticket.queue, bool(ticket.klass)) == (prefix, priority)
                assert place == (ticket.rank, ticket.arrived_ms, ticket.order, label)
                standing.append(label)
        serving = [hall.counters[n] for n in hall.index.serving[prefix]]
        assert line.serving == sum(c.open and not c.paused for c in serving)
        assert line.pace.recent_ms == sum(took for _, took in line.pace.recent)
        assert line.pace.recent_sq == sum(took * took for _, took in line.pace.recent)
    waiting = [t.label for t in hall.tickets.values() if t.state == WAITING and not t.aside]
    assert sorted(standing) == sorted(waiting), "a waiting ticket is in no line, or in two"


def _check_visits(hall: Hall) -> None:
    visits: dict[str, list[str]] = {}
    for ticket in hall.tickets.values():
        visits.setdefault(ticket.visit, []).append(ticket.label)
    several = {first: labels for first, labels in visits.items() if len(labels) > 1}
    assert {first: sorted(labels) for first, labels in hall.visits.items()} == {
        first: sorted(labels) for first, labels in several.items()
    }, "a visit is not what its tickets say"
    for first, labels in visits.items():
        assert first in labels, f"visit {first} is named after no ticket of its own"
        in_hand = [label for label in labels if hall.tickets[label].counter]
        assert len(in_hand) <= 1, f"one visit is at two counters: {in_hand}"
        for label in labels:
            ticket = hall.tickets[label]
            aside = ticket.state == WAITING and bool(in_hand)
            assert ticket.aside == aside, f"{label} stands aside: {ticket.aside}, not {aside}"


def _check_counts(hall: Hall) -> None:
    parked = {t.label: t.until_ms for t in hall.tickets.values() if t.until_ms}
    assert all(hall.tickets[label].state == PARKED for label in parked)
    assert hall.parked == parked, "who comes back by itself and who is parked until then differ"
    links: dict[str, list[str]] = {}
    for ticket in hall.tickets.values():
        if ticket.link and ticket.day == hall.day:
            links.setdefault(ticket.link, []).append(ticket.label)
    assert hall.links == links, "a link's numbers are not its tickets"
    assert all(count >= 0 for count in hall.calls_of.values()), "fewer than no calls"
    by_video = {q for c in hall.site.counters if c.kind == "video" for q in c.queues}
    for ticket in hall.tickets.values():
        if ticket.state not in FINAL:
            assert ticket.queue in hall.lines, f"{ticket.label} waits for a queue that is no more"
            for service in ticket.route:
                assert service in hall.index.services
            if ticket.queue in by_video:
                its = hall.index.services.get(ticket.service)
                assert its is None or not its.in_person, "a video booth may call it"


def _check_counters(hall: Hall) -> None:
    held = {c.ticket: c.number for c in hall.counters.values() if c.ticket}
    assert len(held) == sum(1 for c in hall.counters.values() if c.ticket), "called twice"
    for ticket in hall.tickets.values():
        in_hand = ticket.state in (CALLED, SERVING)
        assert (ticket.label in held) == in_hand, f"{ticket.label} {ticket.state} but at {held}"
        assert ticket.counter == held.get(ticket.label, 0)
