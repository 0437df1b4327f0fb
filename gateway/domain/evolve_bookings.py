"""What events do to appointments and leases, and to numbers that come from them."""

from gateway.domain import events as e
from gateway.domain.hall import Hall


def booked(hall: Hall, event: e.Booked) -> None:
    """Not built yet."""


def booking_ended(hall: Hall, event: e.BookingEnded) -> None:
    """Not built yet."""


def caught_up(hall: Hall, event: e.CaughtUp) -> None:
    """Not built yet."""


def leased(hall: Hall, event: e.Leased) -> None:
    """Not built yet."""
