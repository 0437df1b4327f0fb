"""Appointments: booked times that join the line at check-in."""

from datetime import date

from gateway.domain import check_in as joining
from gateway.domain import events as e
from gateway.domain import limits, reasons, ticket_acts
from gateway.domain.classes import CLASS_TEXT, CLASSES
from gateway.domain.closing import takes_appointments
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import BOOKING, WAITING, Booking, Hall
from gateway.domain.local_time import DAY_MIN, MINUTE_MS
from gateway.domain.room import is_full
from gateway.domain.site import Queue, Site, Slots

# How a booking ends.
TICKET = "ticket"
CANCELLED = "cancelled"
LAPSED = "lapsed"


def book(hall: Hall, command: Command) -> Decision:
    """Make an appointment at `slot_ms` of a queue.

    It counts in its service's quota of that day from now on. Ticket hours are not asked, nor
    whether the agency takes walk-in visitors: appointments are for those who cannot walk in.
    """
    queue = hall.index.queues.get(command.queue)
    if queue is None:
        return refuse(reasons.UNKNOWN_QUEUE)
    if command.cls not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, CLASS_TEXT)
    service = hall.index.services.get(command.service)
    if command.service and (service is None or service.queue != queue.prefix):
        return refuse(reasons.UNKNOWN_SERVICE)
    slots = queue.slots
    if slots is None:
        return refuse(reasons.CLOSED, f"queue {queue.prefix} takes no appointments")
    if command.slot_ms <= command.at_ms:
        return refuse(reasons.TOO_LATE, "slot_ms: a time to come is needed")
    # Roughly, before a date is asked for: what was sent may lie beyond all calendars.
    if command.slot_ms - command.at_ms > (slots.days_ahead + 2) * DAY_MIN * MINUTE_MS:
        return _too_far(queue, slots)
    day = hall.index.schedule.day_of(command.slot_ms)
    refused = _no_slot(hall, queue, slots, command, day) or _full(hall, queue, slots, command, day)
    if refused is not None:
        return refused
    booking = f"#{hall.booked + 1}"
    event = e.Booked(
        command.at_ms, command.by, booking, queue.prefix, command.slot_ms, command.service,
        command.cls, command.link, day,
    )  # fmt: skip
    result = {"booking": booking, "queue": queue.prefix, "slot_ms": command.slot_ms}
    return Decision((event,), result)


def _too_far(queue: Queue, slots: Slots) -> Decision:
    days = slots.days_ahead
    return refuse(reasons.TOO_EARLY, f"queue {queue.prefix} takes appointments {days} days ahead")


def _no_slot(hall: Hall, queue: Queue, slots: Slots, command: Command, day: str) -> Decision | None:
    schedule = hall.index.schedule
    today = date.fromisoformat(schedule.day_of(command.at_ms))
    if (date.fromisoformat(day) - today).days > slots.days_ahead:
        return _too_far(queue, slots)
    if day < hall.day:  # the clock was put back: the appointment would lapse before its time
        return refuse(reasons.CLOSED, f"the business day is {hall.day} already")
    windows = schedule.windows_of(queue.prefix, day)
    if not windows or (day == hall.day and hall.lines[queue.prefix].closing):
        return refuse(reasons.CLOSED, f"queue {queue.prefix} has no service on {day}")
    every_min = slots.every_min
    for window in windows:
        for minute in range(window.opens_min, window.closes_min, every_min):
            if schedule.ms_of(day, minute) == command.slot_ms:
                return None
    hhmm = schedule.local_hhmm(command.slot_ms)
    opens = " and ".join(f"{w.opens_min // 60:02d}:{w.opens_min % 60:02d}" for w in windows)
    return refuse(
        reasons.BAD_PAYLOAD,
        f"slot_ms: {hhmm} begins no slot of queue {queue.prefix} on {day}; there is one every"
        f" {every_min} minutes from {opens}",
    )


def _full(hall: Hall, queue: Queue, slots: Slots, command: Command, day: str) -> Decision | None:
    # Who has checked in meanwhile still fills the slot.
    same = [b for b in hall.bookings.values() if b.day == day]
    taken = sum(1 for b in same if b.queue == queue.prefix and b.slot_ms == command.slot_ms)
    if taken >= slots.per_slot:
        return refuse(reasons.QUOTA_REACHED, "this time is fully booked: another one may be free")
    service = hall.index.services.get(command.service)
    if service is not None and service.quota_per_day is not None:
        used = sum(1 for b in same if b.service == service.id and not b.ticket)
        if day == hall.day:
            used = hall.quota_used.get(service.id, 0)
        if used >= service.quota_per_day:
            return refuse(reasons.QUOTA_REACHED, f"the quota of {service.id} on {day} is used up")
    if limits.is_link_full(hall, command.link, day):
        return refuse(reasons.LIMIT_REACHED, limits.link_text(hall))
    return None


def check_in(hall: Hall, command: Command) -> Decision:
    """Let who has an appointment, or an early, parked or late number, join the line.

    An appointment on time gets the place of somebody who came `book_early_min` before its time,
    so it passes those who came later than that, and nobody else. One that is late joins as if it
    had come without.
    """
    booking = hall.bookings.get(command.ticket)
    if booking is None:
        return joining.check_in(hall, command)
    refused = _may_not_come(hall, booking, command.at_ms)
    if refused is not None:
        return refused
    number = ticket_acts.free_number(hall, booking.queue)
    if number is None:
        return refuse(reasons.QUOTA_REACHED, f"queue {booking.queue} has no number left today")
    at_ms, site = command.at_ms, hall.site
    if at_ms <= booking.slot_ms + site.book_late_min * MINUTE_MS:
        arrived_ms = _opens_ms(hall, booking)
    else:
        arrived_ms = max(at_ms, hall.arrived_ms)
    label = ticket_acts.label_of(booking.queue, number)
    service = booking.service if booking.service in hall.index.services else ""
    issued = e.Issued(
        at_ms, command.by, label, booking.queue, number, WAITING, arrived_ms, hall.order + 1,
        service=service, klass=booking.klass, link=booking.link, outside=is_full(hall),
        origin=BOOKING, slot_ms=booking.slot_ms,
    )  # fmt: skip
    ended = e.BookingEnded(at_ms, command.by, booking.id, TICKET, command.reason, label)
    result: dict[str, object] = {
        "ticket": label, "queue": booking.queue, "booking": booking.id,
    }  # fmt: skip
    return Decision((issued, ended), result)


def _opens_ms(hall: Hall, booking: Booking) -> int:
    return booking.slot_ms - hall.site.book_early_min * MINUTE_MS


def _may_not_come(hall: Hall, booking: Booking, at_ms: int) -> Decision | None:
    if booking.ticket:
        return refuse(reasons.WRONG_STATE, f"{booking.id} has its number: {booking.ticket}")
    if booking.queue not in hall.lines:
        return refuse(reasons.WRONG_STATE, f"queue {booking.queue} is served here no longer")
    if booking.day < hall.day:
        return refuse(reasons.TOO_LATE, f"the appointment was on {booking.day}")
    if booking.day > hall.day or at_ms < _opens_ms(hall, booking):
        opens = hall.index.schedule.local_hhmm(_opens_ms(hall, booking))
        return refuse(
            reasons.TOO_EARLY,
            f"Silakan lapor kedatangan pada {booking.day} mulai pukul {opens}"
            f" (check in from {opens})",
        )
    if not takes_appointments(hall, booking.queue):
        return refuse(reasons.CLOSED, f"queue {booking.queue} was closed for today")
    return None


def cancel(hall: Hall, command: Command) -> Decision:
    """Give up an appointment, or a number that nobody has in hand."""
    booking = hall.bookings.get(command.ticket)
    if booking is None:
        return ticket_acts.cancel(hall, command)
    if booking.ticket:
        return refuse(
            reasons.WRONG_STATE,
            f"{booking.id} has its number: cancel {booking.ticket} instead",
        )
    event = e.BookingEnded(command.at_ms, command.by, booking.id, CANCELLED, command.reason)
    return Decision((event,), {"booking": booking.id})


def kept_from(hall: Hall, site: Site) -> list[str]:
    """Give why `site` cannot come into force: appointments at queues that it has not."""
    queues = {queue.prefix for queue in site.queues}
    open_ = [b for b in hall.bookings.values() if not b.ticket and b.queue not in queues]
    return [
        f"queue {prefix} cannot be removed while"
        f" {sum(1 for b in open_ if b.queue == prefix)} appointments are booked in it:"
        " cancel them first"
        for prefix in sorted({b.queue for b in open_})
    ]
