"""What it does to the hall that its clock is held, or goes on at another time."""

from gateway.domain import events as e
from gateway.domain.hall import CLOCK_TRUSTED, Hall, Ticket
from gateway.domain.lines import Lane


def clock_held(hall: Hall, event: e.ClockHeld) -> None:
    hall.clock = event.state


def clock_trusted(hall: Hall, event: e.ClockTrusted) -> None:
    hall.clock = CLOCK_TRUSTED
    hall.known_ms = event.system_ms
    if event.system_ms < event.at_ms:
        _back(hall, event.at_ms - event.system_ms)


def _back(hall: Hall, by_ms: int) -> None:
    """Take the hall's memory back with its clock, so that all is as long ago as it was.

    Else a call would be young for an hour, a print never time out, and who comes now would have
    waited less than nothing. All arrivals move alike, so every line keeps its order. Times of
    day stay as they are: appointments, and planned breaks that are passed over.
    """
    for ticket in hall.tickets.values():
        _ticket_back(ticket, by_ms)
    for line in hall.lines.values():
        line.normal = _lane_back(line.normal, by_ms)
        line.priority = _lane_back(line.priority, by_ms)
        line.closed_ms = _earlier(line.closed_ms, by_ms)
    hall.arrived_ms = _earlier(hall.arrived_ms, by_ms)
    hall.printing = {label: _earlier(ms, by_ms) for label, ms in hall.printing.items()}
    hall.outside = {label: _earlier(ms, by_ms) for label, ms in hall.outside.items()}
    hall.parked = {label: _earlier(ms, by_ms) for label, ms in hall.parked.items()}
    hall.passes = [_earlier(ms, by_ms) for ms in hall.passes]
    for call in hall.calls:
        call.at_ms = _earlier(call.at_ms, by_ms)
    for lease in hall.leases:
        lease.granted_ms = _earlier(lease.granted_ms, by_ms)
    for hold in hall.held.values():
        hold.since_ms = _earlier(hold.since_ms, by_ms)
    for rest in hall.rests.values():
        rest.since_ms = _earlier(rest.since_ms, by_ms)
        rest.until_ms = _earlier(rest.until_ms, by_ms)
    hall.break_since_ms = _earlier(hall.break_since_ms, by_ms)
    hall.break_until_ms = _earlier(hall.break_until_ms, by_ms)
    for counter in hall.counters.values():
        counter.since_ms = _earlier(counter.since_ms, by_ms)
        counter.help_ms = _earlier(counter.help_ms, by_ms)
        counter.break_until_ms = _earlier(counter.break_until_ms, by_ms)
        counter.ended_ms = _earlier(counter.ended_ms, by_ms)
        counter.last = None  # what taking it back restores is of the time that is no more


def _ticket_back(ticket: Ticket, by_ms: int) -> None:
    ticket.issued_ms = _earlier(ticket.issued_ms, by_ms)
    ticket.arrived_ms = _earlier(ticket.arrived_ms, by_ms)
    ticket.joined_ms = _earlier(ticket.joined_ms, by_ms)
    ticket.asked_ms = _earlier(ticket.asked_ms, by_ms)
    ticket.called_ms = _earlier(ticket.called_ms, by_ms)
    ticket.started_ms = _earlier(ticket.started_ms, by_ms)
    ticket.ended_ms = _earlier(ticket.ended_ms, by_ms)
    ticket.until_ms = _earlier(ticket.until_ms, by_ms)


def _lane_back(lane: Lane, by_ms: int) -> Lane:
    back = Lane()
    for rank, arrived_ms, order, label in lane.in_order():
        back.join((rank, _earlier(arrived_ms, by_ms), order, label))
    return back


def _earlier(at_ms: int, by_ms: int) -> int:
    # 0 is never, and stays so.
    return max(1, at_ms - by_ms) if at_ms else 0
