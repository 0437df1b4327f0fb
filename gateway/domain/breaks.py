"""Breaks: which is on for a counter, those begun and ended by hand, and those whose time is up.

A break by hand holds for the site, an agency's counters or one counter. One that was begun for
so many minutes is over at that moment, even before the tick that writes its end down.
"""

from collections.abc import Iterator

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import CounterState, Hall
from gateway.domain.local_time import MINUTE_MS
from gateway.domain.schedule import Pause


def site_pause(hall: Hall, at_ms: int) -> Pause | None:
    """Give the break of the whole site that is on, if any."""
    by_hand = _site_by_hand(hall, at_ms)
    return _site_planned(hall, at_ms) if by_hand is None else by_hand


def pause_of(hall: Hall, counter: CounterState, at_ms: int) -> Pause | None:
    """Give the break that keeps this counter from calling, if any.

    Of several that were begun by hand it is the one that ends last, or nobody knows when.
    """
    if counter.on_break is not None or hall.rests or hall.break_by_hand is not None:
        pause = _longest_by_hand(hall, counter, at_ms)
        if pause is not None:
            return pause
    return _site_planned_at(hall, counter, at_ms) or _own_planned(hall, counter, at_ms)


def _longest_by_hand(hall: Hall, counter: CounterState, at_ms: int) -> Pause | None:
    on = (
        _counter_by_hand(counter, at_ms),
        _agency_by_hand(hall, hall.index.counters[counter.number].agency, at_ms),
        _site_by_hand(hall, at_ms),
    )
    return max(
        (pause for pause in on if pause is not None),
        key=lambda pause: float("inf") if pause.until_ms is None else pause.until_ms,
        default=None,
    )


def _own_planned(hall: Hall, counter: CounterState, at_ms: int) -> Pause | None:
    # Of the counter and its agency.
    if at_ms < counter.skip_until_ms:
        return None
    return hall.index.schedule.counter_break(counter.number, at_ms)


def _site_planned_at(hall: Hall, counter: CounterState, at_ms: int) -> Pause | None:
    return None if at_ms < counter.skip_site_until_ms else _site_planned(hall, at_ms)


def _site_planned(hall: Hall, at_ms: int) -> Pause | None:
    return None if at_ms < hall.skip_until_ms else hall.index.schedule.site_break(at_ms)


def _site_by_hand(hall: Hall, at_ms: int) -> Pause | None:
    return _by_hand(hall.break_by_hand, hall.break_until_ms, at_ms)


def _agency_by_hand(hall: Hall, agency: str, at_ms: int) -> Pause | None:
    rest = hall.rests.get(agency) if agency else None
    return None if rest is None else _by_hand(rest.reason, rest.until_ms, at_ms)


def _counter_by_hand(counter: CounterState, at_ms: int) -> Pause | None:
    return _by_hand(counter.on_break, counter.break_until_ms, at_ms)


def _by_hand(reason: str | None, until_ms: int, at_ms: int) -> Pause | None:
    if reason is None or 0 < until_ms <= at_ms:
        return None
    return Pause(reason, until_ms or None)


def break_start(hall: Hall, command: Command) -> Decision:
    """Begin an unplanned break of the whole site, an agency or one counter.

    With `for_min` it ends by itself. What is in hand is served to its end.
    """
    number, agency, at_ms = command.counter, command.agency, command.at_ms
    wrong = _wrong_scope(hall, command)
    if wrong is not None:
        return wrong
    if number is not None:
        running = _counter_by_hand(hall.counters[number], at_ms)
    elif agency:
        running = _agency_by_hand(hall, agency, at_ms)
    else:
        running = _site_by_hand(hall, at_ms)
    if running is not None:
        return refuse(reasons.WRONG_STATE)
    until_ms = 0
    if command.for_min is not None:
        if command.for_min < 1:
            return refuse(reasons.BAD_PAYLOAD, "for_min: 1 or more is needed")
        until_ms = at_ms + command.for_min * MINUTE_MS
    event = e.BreakStarted(at_ms, command.by, number, command.reason, agency, until_ms)
    return Decision((event,), {"until_ms": until_ms} if until_ms else {})


def break_end(hall: Hall, command: Command) -> Decision:
    """End what is on: a break begun by hand, and a planned one before its time.

    Of an agency the planned breaks of its counters are passed over, but not the site's; nor does
    it end what was begun by hand for one of them. What is passed over is what is on: the site's
    break that comes while a counter's own would still be on is held.
    """
    number, at_ms = command.counter, command.at_ms
    wrong = _wrong_scope(hall, command)
    if wrong is not None:
        return wrong
    if command.agency:
        return _agency_end(hall, command)
    site_ms: int | None = None
    if number is None:
        by_hand = _site_by_hand(hall, at_ms)
        until_ms = _until(_site_planned(hall, at_ms))
    else:
        counter = hall.counters[number]
        by_hand = _counter_by_hand(counter, at_ms)
        until_ms = _until(_own_planned(hall, counter, at_ms))
        site_ms = _until(_site_planned_at(hall, counter, at_ms))
    if by_hand is None and not until_ms and not site_ms:
        return refuse(reasons.WRONG_STATE)
    event = e.BreakEnded(at_ms, command.by, number, until_ms, skip_site_until_ms=site_ms)
    return Decision((event,))


def _agency_end(hall: Hall, command: Command) -> Decision:
    agency, at_ms, by = command.agency, command.at_ms, command.by
    ends: list[e.Event] = []
    if _agency_by_hand(hall, agency, at_ms) is not None:
        ends.append(e.BreakEnded(at_ms, by, None, 0, agency))
    for number, settings in hall.index.counters.items():
        counter = hall.counters[number]
        until_ms = _until(_own_planned(hall, counter, at_ms)) if settings.agency == agency else 0
        if until_ms:
            ends.append(
                e.BreakEnded(at_ms, by, number, until_ms, skip_site_until_ms=0, by_hand=False)
            )
    return Decision(tuple(ends)) if ends else refuse(reasons.WRONG_STATE)


def over(hall: Hall, at_ms: int) -> Iterator[e.Event]:
    """Give the ends of the breaks by hand whose time is up."""
    if 0 < hall.break_until_ms <= at_ms:
        yield e.BreakEnded(at_ms, "")
    for agency, rest in hall.rests.items():
        if 0 < rest.until_ms <= at_ms:
            yield e.BreakEnded(at_ms, "", None, 0, agency)
    for number, counter in hall.counters.items():
        if 0 < counter.break_until_ms <= at_ms:
            yield e.BreakEnded(at_ms, "", number)


def _wrong_scope(hall: Hall, command: Command) -> Decision | None:
    number, agency = command.counter, command.agency
    if number is not None and agency:
        return refuse(reasons.BAD_PAYLOAD, "counter, agency: one of them, or none for the site")
    if number is not None and number not in hall.counters:
        return refuse(reasons.UNKNOWN_COUNTER)
    if agency and agency not in hall.index.agencies:
        return refuse(reasons.UNKNOWN_AGENCY)
    return None


def _until(pause: Pause | None) -> int:
    return 0 if pause is None or pause.until_ms is None else pause.until_ms
