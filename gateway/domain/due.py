"""What the passing of time brings: everything that is due at a tick, as events."""

from collections.abc import Callable, Iterable

from gateway.domain import breaks, room
from gateway.domain import events as e
from gateway.domain.bookings import LAPSED
from gateway.domain.command import Command, Decision
from gateway.domain.hall import Hall


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


# Each looks at the hall as it is before any of the others' events.
_DUE: tuple[Callable[[Hall, int], Iterable[e.Event]], ...] = (
    _papers,
    _missed_appointments,
    breaks.over,
    room.due_in,
)
