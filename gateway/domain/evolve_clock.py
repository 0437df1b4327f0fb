"""What it does to the hall that its clock is held, or goes on at another time."""

from gateway.domain import events as e
from gateway.domain.evolve_tickets import join_line
from gateway.domain.hall import CLOCK_TRUSTED, WAITING, Hall, Ticket
from gateway.domain.lines import Lane


def clock_held(hall: Hall, event: e.ClockHeld) -> None:
    hall.clock = event.state


def clock_trusted(hall: Hall, event: e.ClockTrusted) -> None:
    hall.clock = CLOCK_TRUSTED
    hall.known_ms = event.system_ms
    if event.system_ms < event.at_ms:
        _back_to(hall, event.system_ms)


def _back_to(hall: Hall, now_ms: int) -> None:
    """Let nothing of the hall lie in the future of `now_ms`: what does happened just now.

    Else a call would be young for an hour, a print never time out, and who comes now would have
    waited less than nothing. All arrivals are bounded alike and their order decides among equal
    ones, so every line keeps its order.
    """
    for ticket in hall.tickets.values():
        _bound(ticket, now_ms)
    for line in hall.lines.values():
        line.normal, line.priority = Lane(), Lane()
    for ticket in hall.tickets.values():
        if ticket.state == WAITING:
            join_line(hall, ticket)
    hall.arrived_ms = min(hall.arrived_ms, now_ms)
    hall.break_since_ms = min(hall.break_since_ms, now_ms)
    for label, issued_ms in hall.printing.items():
        hall.printing[label] = min(issued_ms, now_ms)
    for call in hall.calls:
        call.at_ms = min(call.at_ms, now_ms)
    for counter in hall.counters.values():
        counter.since_ms = min(counter.since_ms, now_ms)
        counter.help_ms = min(counter.help_ms, now_ms)
        counter.ended_ms = min(counter.ended_ms, now_ms)
        counter.last = None  # what taking it back restores is of the time that is no more


def _bound(ticket: Ticket, now_ms: int) -> None:
    ticket.issued_ms = min(ticket.issued_ms, now_ms)
    ticket.arrived_ms = min(ticket.arrived_ms, now_ms)
    ticket.called_ms = min(ticket.called_ms, now_ms)
    ticket.started_ms = min(ticket.started_ms, now_ms)
    ticket.ended_ms = min(ticket.ended_ms, now_ms)
