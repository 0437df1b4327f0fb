"""What events do to the day's frame: settings, closed queues, held agencies, who is asked in."""

from gateway.domain import events as e
from gateway.domain.hall import Hall


def settings_changed(hall: Hall, event: e.SettingsChanged) -> None:
    """Not built yet."""


def queue_closed(hall: Hall, event: e.QueueClosed) -> None:
    """Not built yet."""


def queue_opened(hall: Hall, event: e.QueueOpened) -> None:
    """Not built yet."""


def agency_held(hall: Hall, event: e.AgencyHeld) -> None:
    """Not built yet."""


def hold_ended(hall: Hall, event: e.HoldEnded) -> None:
    """Not built yet."""


def asked_in(hall: Hall, event: e.AskedIn) -> None:
    """Not built yet."""
