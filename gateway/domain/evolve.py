"""`evolve`: what an event does to the hall. The only code that changes one.

It never refuses and never decides: an event in the journal has happened. Each kind of event
has one small function here or in evolve_tickets.
"""

from collections.abc import Callable
from typing import Any

from gateway.domain import events as e
from gateway.domain import evolve_bookings as bookings
from gateway.domain import evolve_clock as clock
from gateway.domain import evolve_day as of_day
from gateway.domain import evolve_tickets as tickets
from gateway.domain.evolve_lines import carry_over
from gateway.domain.hall import (
    FINAL,
    WAITING,
    Board,
    Hall,
)
from gateway.domain.lines import FRONT, Line


def evolve(hall: Hall, event: e.Event) -> None:
    """Change `hall` by what happened."""
    hall.known_ms = event.at_ms
    _EVOLVE[type(event)](hall, event)


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    of_day.everybody_left(hall)
    served = any(line.issued for line in hall.lines.values())
    for counter in hall.counters.values():
        counter.habit.day_over(counter.open, served)
    hall.day = event.day
    hall.day_ends_ms = hall.index.schedule.day_ends_ms(event.day)
    for prefix, line in hall.lines.items():
        first = hall.index.queues[prefix].first_number
        line.pace.new_day()
        hall.lines[prefix] = Line(
            prefix, first, pace=line.pace, serving=line.serving, lease_next=line.lease_next
        )
    hall.tickets = {t.label: t for t in hall.tickets.values() if t.state not in FINAL}
    for ticket in hall.tickets.values():
        if ticket.state == WAITING:
            ticket.rank = FRONT
        ticket.seen = ()
        if not ticket.counter:
            ticket.rated = ()
    carry_over(hall)
    for counter in hall.counters.values():
        counter.last = None
        counter.ended, counter.ended_ms = "", 0
        if not counter.ticket:
            counter.by = ""  # yesterday's officer must not be credited with today's presses
    hall.calls = [call for call in hall.calls if _in_hand(hall, call.ticket, call.counter)]
    hall.quota_used.clear()
    bookings.day_opened(hall)
    hall.touches.clear()


def _in_hand(hall: Hall, label: str, counter: int) -> bool:
    return counter in hall.counters and hall.counters[counter].ticket == label


def _board_added(hall: Hall, event: e.BoardAdded) -> None:
    hall.boards[event.board] = Board(event.board, event.role, event.counter, event.spare)


def _board_replaced(hall: Hall, event: e.BoardReplaced) -> None:
    bookings.end_leases(hall, event.board, event.at_ms)


def _board_retired(hall: Hall, event: e.BoardRetired) -> None:
    del hall.boards[event.board]
    hall.touches.pop(event.board, None)
    bookings.end_leases(hall, event.board, event.at_ms)


def _counter_set(hall: Hall, event: e.CounterSet) -> None:
    counter = hall.counters[event.counter]
    if event.to in ("open", "closed"):
        if counter.open != (event.to == "open"):
            counter.habit.turned(hall.index.schedule.minute_of(event.at_ms))
        counter.open = event.to == "open"
        counter.paused = False
    else:
        counter.paused = event.to == "paused"
    counter.help_ms = 0
    if not counter.ticket:
        counter.since_ms = event.at_ms
    of_day.count_serving(hall)


def _claimed(hall: Hall, event: e.Claimed) -> None:
    hall.counters[event.counter].by = event.by


def _released(hall: Hall, event: e.Released) -> None:
    hall.counters[event.counter].by = ""


def _help_asked(hall: Hall, event: e.HelpAsked) -> None:
    hall.counters[event.counter].help_ms = event.at_ms


def _rated(hall: Hall, event: e.Rated) -> None:
    # Of its ticket only that it was rated: reports read the rest from the journal.
    ticket = hall.tickets.get(event.ticket)
    if ticket is not None and event.counter not in ticket.rated:
        ticket.rated = (*ticket.rated, event.counter)


def _counted(hall: Hall, event: e.Counted) -> None:
    hall.inside = event.inside


def _inside_corrected(hall: Hall, event: e.InsideCorrected) -> None:
    hall.inside = event.inside


def _touched(hall: Hall, event: e.Touched) -> None:
    if not event.day:
        hall.touches[event.board] = hall.touches.get(event.board, 0) + event.n


_EVOLVE: dict[type[e.Event], Callable[[Hall, Any], None]] = {
    e.SiteLoaded: of_day.site_loaded,
    e.DayOpened: _day_opened,
    e.BoardAdded: _board_added,
    e.BoardReplaced: _board_replaced,
    e.BoardRetired: _board_retired,
    e.Issued: tickets.issued,
    e.Printed: tickets.printed,
    e.Voided: tickets.voided,
    e.CheckedIn: tickets.checked_in,
    e.Called: tickets.called,
    e.Recalled: tickets.recalled,
    e.Started: tickets.started,
    e.Ended: tickets.ended,
    e.Parked: tickets.parked,
    e.Transferred: tickets.transferred,
    e.Cancelled: tickets.cancelled,
    e.Expired: tickets.expired,
    e.Undone: tickets.undone,
    e.Reclassed: tickets.reclassed,
    e.AskedIn: of_day.asked_in,
    e.CaughtUp: tickets.caught_up,
    e.Booked: bookings.booked,
    e.BookingEnded: bookings.booking_ended,
    e.SettingsChanged: of_day.settings_changed,
    e.QueueClosed: of_day.queue_closed,
    e.QueueOpened: of_day.queue_opened,
    e.AgencyHeld: of_day.agency_held,
    e.HoldEnded: of_day.hold_ended,
    e.Leased: bookings.leased,
    e.CounterSet: _counter_set,
    e.BreakStarted: of_day.break_started,
    e.BreakEnded: of_day.break_ended,
    e.Claimed: _claimed,
    e.Released: _released,
    e.HelpAsked: _help_asked,
    e.Rated: _rated,
    e.Counted: _counted,
    e.InsideCorrected: _inside_corrected,
    e.Screened: of_day.screened,
    e.Touched: _touched,
    e.ClockHeld: clock.clock_held,
    e.ClockTrusted: clock.clock_trusted,
}
