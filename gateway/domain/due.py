"""What the passing of time brings: everything that is due at a tick, as events."""

from collections.abc import Callable, Iterable

from gateway.domain import breaks, room
from gateway.domain import events as e
from gateway.domain.bookings import LAPSED
from gateway.domain.check_in import at_front
from gateway.domain.command import Command, Decision
from gateway.domain.hall import Hall
from gateway.domain.visits import takes_in


def tick(hall: Hall, command: Command) -> Decision:
    """Let time pass until `at_ms`."""
    return Decision(tuple(event for due in _DUE for event in due(hall, command.at_ms)))


def _papers(hall: Hall, at_ms: int) -> Iterable[e.Event]:
    # Numbers whose paper was never confirmed become void.
    limit_ms = at_ms - hall.site.print_timeout_s * 1000
    for label, issued_ms in hall.printing.items():
        if issued_ms <= limit_ms:
            yield e.Voided(at_ms, "", label, "timeout")


def _missed_appointments(hall: Hall, at_ms: int) -> Iterable[e.Event]:
    for booking in hall.bookings.values():
        if booking.day < hall.day and not booking.ticket:
            yield e.BookingEnded(at_ms, "", booking.id, LAPSED)


def _parked(hall: Hall, at_ms: int) -> Iterable[e.Event]:
    # Who was parked for a time comes back to the front, in the order of the times.
    if not hall.parked:
        return
    over = sorted((until_ms, label) for label, until_ms in hall.parked.items() if until_ms <= at_ms)
    rank, arrived_ms, order = at_front(hall, at_ms)
    for n, (_, label) in enumerate(over):
        if takes_in(hall, hall.tickets[label].queue):
            yield e.CheckedIn(at_ms, "", label, rank, arrived_ms, order + n)


# Each looks at the hall as it is before any of the others' events.
_DUE: tuple[Callable[[Hall, int], Iterable[e.Event]], ...] = (
    _papers,
    _missed_appointments,
    _parked,
    breaks.over,
    room.due_in,
)
