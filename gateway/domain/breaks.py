"""Which break is on for a counter: one started by hand, or a planned one that nobody ended."""

from gateway.domain.hall import CounterState, Hall
from gateway.domain.schedule import Pause


def site_pause(hall: Hall, at_ms: int) -> Pause | None:
    """Give the break of the whole site that is on, if any."""
    if hall.break_by_hand is not None:
        return Pause(hall.break_by_hand, None)
    if at_ms < hall.skip_until_ms:
        return None
    return hall.index.schedule.site_break(at_ms)


def pause_of(hall: Hall, counter: CounterState, at_ms: int) -> Pause | None:
    """Give the break that keeps this counter from calling, if any."""
    if counter.on_break is not None:
        return Pause(counter.on_break, None)
    if at_ms < counter.skip_until_ms:
        return None
    pause = site_pause(hall, at_ms)
    if pause is not None:
        return pause
    return hall.index.schedule.counter_break(counter.number, at_ms)
