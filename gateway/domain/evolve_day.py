"""What events do to the day's frame: settings, closed queues, held agencies, who is asked in."""

from gateway.domain import events as e
from gateway.domain.hall import (
    BOOKED,
    DONE,
    PARKED,
    RESERVED,
    SERVING,
    WAITING,
    CounterState,
    Hall,
    Hold,
    Rest,
    SiteIndex,
    Ticket,
)
from gateway.domain.lines import Line
from gateway.domain.room import keep_pass
from gateway.domain.settings_patch import applied
from gateway.domain.site import Site
from gateway.domain.site_json import site_from_dict

_MAY_BE_OUTSIDE = (RESERVED, BOOKED, WAITING)
_WAS_INSIDE = (SERVING, PARKED, DONE)


def site_loaded(hall: Hall, event: e.SiteLoaded) -> None:
    hall.base = site_from_dict(event.site)
    _put_in_force(hall, hall.base, event.at_ms)


def settings_changed(hall: Hall, event: e.SettingsChanged) -> None:
    _put_in_force(hall, applied(hall.site, event.change), event.at_ms)


def _put_in_force(hall: Hall, site: Site, at_ms: int) -> None:
    hall.site = site
    hall.index = SiteIndex(site)
    lines = {}
    for queue in site.queues:
        line = hall.lines.get(queue.prefix) or Line(queue.prefix, queue.first_number)
        line.next_number = max(line.next_number, queue.first_number)
        lines[queue.prefix] = line
    hall.lines = lines
    hall.counters = {
        counter.number: hall.counters.get(counter.number)
        or CounterState(counter.number, since_ms=at_ms)
        for counter in site.counters
    }
    for of_agency in (hall.held, hall.rests):
        for agency in of_agency.keys() - hall.index.agencies.keys():
            del of_agency[agency]
    count_serving(hall)
    if hall.day:
        hall.day_ends_ms = hall.index.schedule.day_ends_ms(hall.day)


def count_serving(hall: Hall) -> None:
    """Count anew the counters that may call from each line."""
    for prefix, line in hall.lines.items():
        counters = (hall.counters[number] for number in hall.index.serving[prefix])
        line.serving = sum(1 for counter in counters if counter.open and not counter.paused)


def queue_closed(hall: Hall, event: e.QueueClosed) -> None:
    line = hall.lines[event.queue]
    line.closing = event.how
    line.closed_ms = event.at_ms


def queue_opened(hall: Hall, event: e.QueueOpened) -> None:
    line = hall.lines[event.queue]
    line.closing = ""
    line.closed_ms = 0


def agency_held(hall: Hall, event: e.AgencyHeld) -> None:
    hall.held[event.agency] = Hold(event.reason, event.at_ms)


def hold_ended(hall: Hall, event: e.HoldEnded) -> None:
    hall.held.pop(event.agency, None)


def break_started(hall: Hall, event: e.BreakStarted) -> None:
    if event.agency:
        hall.rests[event.agency] = Rest(event.reason, event.at_ms, event.until_ms)
    elif event.counter is not None:
        counter = hall.counters[event.counter]
        counter.on_break = event.reason
        counter.break_until_ms = event.until_ms
        if not counter.ticket:
            counter.since_ms = event.at_ms
    else:
        hall.break_by_hand = event.reason
        hall.break_since_ms = event.at_ms
        hall.break_until_ms = event.until_ms


def break_ended(hall: Hall, event: e.BreakEnded) -> None:
    if event.agency:
        hall.rests.pop(event.agency, None)
    elif event.counter is not None:
        counter = hall.counters[event.counter]
        if event.by_hand:
            counter.on_break = None
            counter.break_until_ms = 0
        skip_site_ms = event.skip_site_until_ms
        if skip_site_ms is None:
            skip_site_ms = event.skip_until_ms
        counter.skip_until_ms = max(counter.skip_until_ms, event.skip_until_ms)
        counter.skip_site_until_ms = max(counter.skip_site_until_ms, skip_site_ms)
        if not counter.ticket and counter.on_break is None:
            counter.since_ms = event.at_ms
    else:
        hall.break_by_hand = None
        hall.break_until_ms = 0
        hall.skip_until_ms = max(hall.skip_until_ms, event.skip_until_ms)


def screened(hall: Hall, event: e.Screened) -> None:
    if event.passed:
        keep_pass(hall, event.at_ms)


def asked_in(hall: Hall, event: e.AskedIn) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.asked_ms = event.at_ms
    hall.outside[event.ticket] = event.at_ms


def follow_outside(hall: Hall, ticket: Ticket) -> None:
    """Keep the list of those who wait outside in step with a ticket whose state has changed.

    Called, it leaves the list, and comes back if the call is undone; who has stood at a counter
    is in the hall.
    """
    if ticket.state in _MAY_BE_OUTSIDE:
        hall.outside[ticket.label] = ticket.asked_ms
        return
    hall.outside.pop(ticket.label, None)
    if ticket.state in _WAS_INSIDE:
        ticket.outside = False


def everybody_left(hall: Hall) -> None:
    """Empty the hall: over night nobody is inside, and nobody waits at the door."""
    hall.inside = 0
    hall.passes.clear()
    for label in hall.outside:
        ticket = hall.tickets[label]
        ticket.outside, ticket.asked_ms = False, 0
    hall.outside.clear()
