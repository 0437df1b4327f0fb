"""What events do to appointments and leases."""

from datetime import date, timedelta

from gateway.domain import events as e
from gateway.domain.hall import Booking, Hall, Lease

# A number that was leased may be on paper for so long: it is leased again only if nothing else
# is left, and a board that comes back may still hand it in.
LEASES_KEPT_DAYS = 7


def booked(hall: Hall, event: e.Booked) -> None:
    hall.booked += 1
    hall.bookings[event.booking] = Booking(
        event.booking, event.queue, event.slot_ms, event.day, event.service, event.klass, event.link
    )
    _use_quota(hall, event.service, event.day, 1)


def booking_ended(hall: Hall, event: e.BookingEnded) -> None:
    booking = hall.bookings[event.booking]
    _use_quota(hall, booking.service, booking.day, -1)
    booking.ticket = event.ticket
    if not event.ticket:
        del hall.bookings[event.booking]


def _use_quota(hall: Hall, service: str, day: str, n: int) -> None:
    if service and day == hall.day:
        hall.quota_used[service] = hall.quota_used.get(service, 0) + n


def day_opened(hall: Hall) -> None:
    """Count the new day's appointments in its quotas; forget what is over for good.

    Appointments that were missed stay until a tick ends them with an event each.
    """
    for booking in list(hall.bookings.values()):
        if booking.ticket:
            del hall.bookings[booking.id]
        else:
            _use_quota(hall, booking.service, booking.day, 1)
    oldest = (date.fromisoformat(hall.day) - timedelta(days=LEASES_KEPT_DAYS)).isoformat()
    hall.leases = [lease for lease in hall.leases if lease.day >= oldest]


def leased(hall: Hall, event: e.Leased) -> None:
    hall.leases.append(
        Lease(
            event.board, event.queue, event.first, event.last, event.day, event.until_ms,
            event.at_ms,
        )
    )  # fmt: skip
    hall.lines[event.queue].lease_next = event.last + 1


def end_leases(hall: Hall, board: str, at_ms: int) -> None:
    """Let a retired board's numbers be good no longer; they may be on paper all the same."""
    for lease in hall.leases:
        if lease.board == board:
            lease.until_ms = min(lease.until_ms, at_ms)


def handed_in(hall: Hall, event: e.Issued) -> bool:
    """Mark a number as used in its board's lease; tell whether it is a ticket of today."""
    day = event.day or hall.day
    for lease in hall.leases:
        if lease.board == event.board and lease.day == day:
            _use(lease, event.queue, event.number)
    return not event.day and event.queue in hall.lines


def written_by_hand(hall: Hall, prefix: str, number: int) -> None:
    """Mark a number that was served in an outage as used, whichever board printed it."""
    for lease in hall.leases:
        if lease.day == hall.day:
            _use(lease, prefix, number)


def _use(lease: Lease, prefix: str, number: int) -> None:
    if lease.queue == prefix and lease.first <= number <= lease.last:
        lease.used.append(number)
