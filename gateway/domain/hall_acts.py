"""What is asked about the hall itself: door, entrance, touches, breaks, the passing of time."""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.breaks import site_pause
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import CounterState, Hall


def hello(hall: Hall, command: Command) -> Decision:
    """Tell a board that it is heard."""
    return Decision()


def count(hall: Hall, command: Command) -> Decision:
    """Count people who came in and went out."""
    came_in, went_out = command.count_in, command.count_out
    if came_in < 0 or went_out < 0:
        return refuse(reasons.BAD_PAYLOAD, "in and out: 0 or more is needed")
    inside = max(0, hall.inside + came_in - went_out)
    event = e.Counted(command.at_ms, command.by, command.from_board, came_in, went_out, inside)
    return Decision((event,), {"inside": inside})


def correct(hall: Hall, command: Command) -> Decision:
    """Set the number of people inside."""
    if command.inside < 0:
        return refuse(reasons.BAD_PAYLOAD, "inside: 0 or more is needed")
    event = e.InsideCorrected(command.at_ms, command.by, command.inside)
    return Decision((event,), {"inside": command.inside})


def screen(hall: Hall, command: Command) -> Decision:
    """Decide whether somebody may come in, by temperature and mask."""
    passed = command.temp_c < hall.site.fever_c and (command.mask or not hall.site.mask_needed)
    event = e.Screened(
        command.at_ms, command.by, command.from_board, command.temp_c, command.mask, passed
    )
    return Decision((event,), {"pass": passed})


def touch(hall: Hall, command: Command) -> Decision:
    """Count the touches of a touch point."""
    if command.n < 1:
        return refuse(reasons.BAD_PAYLOAD, "n: 1 or more is needed")
    return Decision((e.Touched(command.at_ms, command.by, command.from_board, command.n),))


def break_start(hall: Hall, command: Command) -> Decision:
    """Begin an unplanned break, of the whole site or of one counter."""
    number = command.counter
    if number is None:
        running = hall.break_by_hand
    elif number in hall.counters:
        running = hall.counters[number].on_break
    else:
        return refuse(reasons.UNKNOWN_COUNTER)
    if running is not None:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.BreakStarted(command.at_ms, command.by, number, command.reason),))


def break_end(hall: Hall, command: Command) -> Decision:
    """End what is on: a break begun by hand, and a planned one before its time."""
    number, at_ms = command.counter, command.at_ms
    if number is None:
        by_hand = hall.break_by_hand
        until_ms = _planned_until_ms(hall, None, at_ms)
    elif number in hall.counters:
        counter = hall.counters[number]
        by_hand = counter.on_break
        until_ms = _planned_until_ms(hall, counter, at_ms)
    else:
        return refuse(reasons.UNKNOWN_COUNTER)
    if by_hand is None and not until_ms:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.BreakEnded(at_ms, command.by, number, until_ms),))


def _planned_until_ms(hall: Hall, counter: CounterState | None, at_ms: int) -> int:
    # When the planned breaks end that are on for a counter, or (None) the site; 0 for none.
    if counter is None:
        on = [hall.index.schedule.site_break(at_ms)] if at_ms >= hall.skip_until_ms else []
    elif at_ms >= counter.skip_until_ms:
        planned = hall.index.schedule.counter_break(counter.number, at_ms)
        on = [site_pause(hall, at_ms), planned]
    else:
        on = []
    return max((pause.until_ms or 0 for pause in on if pause is not None), default=0)
