"""How long somebody will wait: a low and a high bound, and a middle.

The model is a flow. Each counter of the queue is a tap that gives so many calls a second, from
the time at which it is likely to be free; breaks, pauses and other queues' tickets that came
earlier shut it for a while. Somebody is called when the taps have given as many calls as there
are people before. The bounds are the times at which they have given fewer or more by so many
spreads as the queue's own promises have needed (see pace.py).

Pure, and without a loop over tickets: what it costs grows with the queue's counters only.
Where the formulas are from: the mean of a renewal process's count (Cox, Renewal Theory, 1962)
for calls of one counter, its variance for the spread.
"""

from dataclasses import dataclass
from math import sqrt

from gateway.domain.ahead import Before, ahead_now, before_new, before_ticket, to_be_called
from gateway.domain.habits import SLOT_MIN, Habit
from gateway.domain.hall import SERVE, CounterState, Hall, Ticket
from gateway.domain.lines import Line
from gateway.domain.schedule import BEFORE, NONE, Stretches, apart

_FINE_UP_TO_S = 900  # up to a quarter of an hour in minutes, above in steps of five
_FINE_S = 60
_COARSE_S = 300
_UNKNOWN_S = 300.0  # a pause without an end, just begun: it may last as long as it has, or this
_AT_ONCE_S = 60.0
_FIRST_DOUBT = 0.15
_LONGEST_S = 43_200.0  # nobody is told more than half a day
_SLOTS_AHEAD = 8  # of a counter's habit: two hours
_LOOKS_AWAY_S = 30.0  # a counter that lets people wait for longer has nobody at it


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long from now until the call, in seconds; `about` is as often too long as too short."""

    low_s: float
    about_s: float
    high_s: float

    def shown_s(self) -> list[int]:
        """Give [low, high] as displays and slips have it: rounded outward to whole minutes, above
        a quarter of an hour to five of them."""
        return [_rounded(self.low_s, up=False), _rounded(self.high_s, up=True)]

    def promise(self) -> tuple[int, ...]:
        """Give what a ticket's event keeps: low and high as shown, and about, in seconds."""
        low_s, high_s = self.shown_s()
        return low_s, round(self.about_s), high_s


def _rounded(seconds: float, *, up: bool) -> int:
    step_s = _FINE_S if seconds <= _FINE_UP_TO_S else _COARSE_S
    return int(-(-seconds // step_s) if up else seconds // step_s) * step_s


def shown(forecast: Forecast | None) -> list[int] | None:
    """Give a forecast's [low, high], None for unknown."""
    return None if forecast is None else forecast.shown_s()


def ahead_of(hall: Hall, prefix: str, klass: str) -> int:
    """Give how many would be called before somebody of `klass` who joins this line now."""
    return ahead_now(hall.lines[prefix], hall.index.queues[prefix].policy, klass)


def forecast(hall: Hall, prefix: str, klass: str, at_ms: int) -> Forecast | None:
    """Give how long somebody of `klass` who joins now will wait; None while nobody can know."""
    return _forecast(hall, prefix, before_new(hall.lines[prefix], klass, at_ms), at_ms)


def forecast_of(hall: Hall, ticket: Ticket, at_ms: int) -> Forecast | None:
    """Give how much longer a waiting ticket will wait; None while nobody can know.

    Unlike `forecast` it looks through the ticket's lane: it is for a page, not for every press.
    """
    line = hall.lines[ticket.queue]
    if ticket.label not in line.lane(ticket.klass).places:
        return None  # its visit is at a counter: it has no place in the line
    return _forecast(hall, ticket.queue, before_ticket(line, ticket), at_ms)


def _forecast(hall: Hall, prefix: str, before: Before, at_ms: int) -> Forecast | None:
    line = hall.lines[prefix]
    service = hall.index.schedule.service(prefix, at_ms)
    if not line.serving or service == NONE:
        return None
    if hall.held and hall.index.queues[prefix].agency in hall.held:
        return None
    if line.closing and line.closing != SERVE:
        return None  # who waits is carried to another day
    pace = line.pace
    mean_s, squared = pace.mean_s + pace.gap_s, pace.squared
    shut = _shut(hall, prefix, at_ms)
    lead_s = (shut[0][1] - at_ms) / 1000 if shut and shut[0][0] <= at_ms else 0.0
    taps, ready, flow = _taps(hall, line, before.arrived_ms, at_ms, mean_s, lead_s)
    ahead, coming = to_be_called(
        line, hall.index.queues[prefix].policy, before, flow, at_ms, lead_s
    )
    if ahead < 1 and ready and not lead_s:
        return Forecast(0.0, 0.0, _AT_ONCE_S)
    # Calls that many counters together give are one ahead of a single one's renewals.
    calls = ahead + 1 + (squared - 1) / (2 * line.serving)
    # How many counters will begin, and how promptly, is known only once service has begun.
    doubt = pace.doubt + _FIRST_DOUBT if service == BEFORE else pace.doubt
    spread = sqrt(
        squared * (ahead + 1) + (doubt * doubt + squared / (len(pace.recent) + 8)) * calls * calls
        + coming + 0.1
    )  # fmt: skip
    margin = pace.margin(before.klass)
    about = calls + margin.middle * spread
    low_s, about_s, high_s = _when(
        sorted(taps),
        (
            min(about, calls - margin.low * spread),
            about,
            max(about, calls + margin.high * spread),
        ),
        1 / mean_s,
    )
    if ahead < ready:
        low_s = about_s = 0.0
    if not shut:
        return Forecast(low_s, about_s, high_s)
    idle_s = (1 + squared) / 2 * mean_s
    return Forecast(
        _by_clock(low_s + lead_s, shut, at_ms, idle_s),
        _by_clock(about_s + lead_s, shut, at_ms, idle_s),
        _by_clock(high_s + lead_s, shut, at_ms, idle_s),
    )


def _shut(hall: Hall, prefix: str, at_ms: int) -> Stretches:
    # When nobody of this queue is called, from now on: its hours, and breaks of the whole site.
    schedule = hall.index.schedule
    shut = schedule.shut_spans(prefix, at_ms)
    if at_ms < hall.skip_until_ms or hall.break_by_hand is not None:
        skip_ms = hall.skip_until_ms if at_ms < hall.skip_until_ms else 0
        breaks = [(max(a, skip_ms), b) for a, b in schedule.break_spans(0, at_ms) if b > skip_ms]
        if hall.break_by_hand is not None:
            until_ms = hall.break_until_ms
            if until_ms <= at_ms:  # nobody has said
                until_ms = at_ms + max(at_ms - hall.break_since_ms, int(_UNKNOWN_S * 1000))
            breaks.append((at_ms, until_ms))
        shut = apart([*schedule.closed_spans(prefix, at_ms), *breaks])
    if not shut or shut[-1][1] <= at_ms:
        return ()
    return shut if shut[0][1] > at_ms else tuple([span for span in shut if span[1] > at_ms])


def _taps(
    hall: Hall, line: Line, arrived_ms: int, at_ms: int, mean_s: float, lead_s: float
) -> tuple[list[tuple[float, float]], int, float]:
    # Changes of the flow as (seconds after the lead, calls a second more), how many counters
    # are free to begin at once, and the whole flow.
    index, counters, tickets = hall.index, hall.counters, hall.tickets
    mine, squared = line.prefix, line.pace.squared
    others: dict[str, float] = {}
    head_ms = _head_ms(line)
    rate = 1 / mean_s
    ahead_s = (1 + squared) / 2 * mean_s  # a counter that begins is ahead of its rate by this
    taps: list[tuple[float, float]] = []
    ready = 0
    flow = 0.0
    minute = index.schedule.minute_of(at_ms)
    lead_ms = at_ms + round(lead_s * 1000)
    resting = index.schedule.resting
    for number in index.serving[mine]:
        counter = counters[number]
        habit = counter.habit
        if not counter.open:
            if habit.share and habit.known():
                _change(taps, habit, False, minute, rate, lead_ms - at_ms, at_ms)
            continue
        label = counter.ticket
        if label:
            ticket = tickets[label]
            its_s = mean_s
            if ticket.queue != mine and ticket.queue in hall.lines:
                its_s = hall.lines[ticket.queue].pace.mean_s
            free_s = its_s - (1 - squared) * (at_ms - ticket.called_ms) / 1000
            least_s = its_s * (0.1 + 0.5 * squared)
            if free_s < least_s:
                free_s = least_s
            free_s -= lead_s
            if free_s < 0:
                free_s = 0.0
        elif head_ms is None or lead_s:
            free_s = 0.0
        else:
            free_s = _absence_s(hall, counter, head_ms, at_ms)
        if counter.paused or counter.on_break is not None or hall.rests:
            free_s += _stopped_s(hall, counter, at_ms)
        queues = index.counters[number].queues
        if len(queues) > 1:
            for prefix in queues:
                if prefix != mine:
                    load_s = others.get(prefix)
                    if load_s is None:
                        load_s = others[prefix] = _load_s(hall.lines[prefix], arrived_ms, at_ms)
                    free_s += load_s
        if number in resting:
            free_s = _rested(hall, counter, taps, free_s, rate, ahead_s, lead_ms, at_ms)
        if free_s == 0:
            ready += 1
        taps.append((free_s - ahead_s, rate))
        flow += rate
        if habit.share and habit.known():
            _change(taps, habit, True, minute, rate, lead_ms - at_ms, at_ms)
    return taps, ready, flow


def _rested(
    hall: Hall, counter: CounterState, taps: list[tuple[float, float]], free_s: float,
    rate: float, ahead_s: float, lead_ms: int, at_ms: int,
) -> float:  # fmt: skip
    # When a counter is free that has planned breaks of its own; those after that are taps.
    spans = hall.index.schedule.break_spans(counter.number, at_ms)
    if at_ms < counter.skip_until_ms:
        return free_s
    for from_ms, to_ms in spans:
        to_s = (to_ms - lead_ms) / 1000
        if to_s <= 0:
            continue
        from_s = (from_ms - lead_ms) / 1000
        if from_s <= 0:  # it is on; a ticket in hand goes on in it
            free_s = max(to_s, free_s)
        elif from_s <= free_s:
            free_s += to_s - from_s
        else:
            taps.append((min(to_s, from_s + ahead_s), -rate))
            taps.append((to_s, rate))
    return free_s


def _change(
    taps: list[tuple[float, float]], habit: Habit, is_open: bool, minute: int, rate: float,
    lead_ms: int, at_ms: int,
) -> None:  # fmt: skip
    # How a counter's flow changes over the next hours as it is usually opened and closed.
    flow = 1.0 if is_open else 0.0
    slot = minute // SLOT_MIN + 1
    begins_s = (slot * SLOT_MIN - minute) * 60 - at_ms // 1000 % 60 - lead_ms / 1000
    for ahead in range(_SLOTS_AHEAD):
        then = habit.flow(is_open, minute, slot + ahead)
        if abs(then - flow) > 0.05:
            taps.append((max(0.0, begins_s + ahead * SLOT_MIN * 60), rate * (then - flow)))
            flow = then


def _absence_s(hall: Hall, counter: CounterState, head_ms: int, at_ms: int) -> float:
    # A free counter that lets people wait has nobody at it, and may go on so for as long again.
    if at_ms - max(counter.since_ms, head_ms) < _LOOKS_AWAY_S * 1000:
        return 0.0
    since_ms = max(counter.since_ms, head_ms, _resumed_ms(hall, counter, at_ms))
    away_s = (at_ms - since_ms) / 1000
    return away_s if away_s > _LOOKS_AWAY_S else 0.0


def _stopped_s(hall: Hall, counter: CounterState, at_ms: int) -> float:
    # A pause or a break by hand: until its end, or for as long again if nobody has said.
    rest = hall.rests.get(hall.index.counters[counter.number].agency) if hall.rests else None
    until_ms = 0
    if rest is not None:
        since_ms, until_ms = rest.since_ms, rest.until_ms
    elif counter.paused or counter.on_break is not None:
        since_ms = at_ms if counter.ticket else counter.since_ms
        until_ms = 0 if counter.paused else counter.break_until_ms
    else:
        return 0.0
    if until_ms > at_ms:
        return (until_ms - at_ms) / 1000
    return max(_UNKNOWN_S, (at_ms - since_ms) / 1000)


def _resumed_ms(hall: Hall, counter: CounterState, at_ms: int) -> int:
    # When the hours or a break last let this counter begin.
    schedule = hall.index.schedule
    latest_ms = hall.skip_until_ms
    for spans in (
        schedule.break_spans(0, at_ms),
        schedule.break_spans(counter.number, at_ms),
        *(schedule.closed_spans(q, at_ms) for q in hall.index.counters[counter.number].queues),
    ):
        for _, to_ms in spans:
            if latest_ms < to_ms <= at_ms:
                latest_ms = to_ms
    return latest_ms


def _head_ms(line: Line) -> int | None:
    heads = [head[1] for head in (line.normal.head(), line.priority.head()) if head]
    return min(heads) if heads else None


def _load_s(line: Line, before_ms: int, at_ms: int) -> float:
    # What came earlier and waits in another queue, spread over its counters.
    waiting = line.waiting()
    if not waiting or not line.serving:
        return 0.0
    load_s = waiting * (line.pace.mean_s + line.pace.gap_s) / line.serving
    if before_ms < at_ms:  # they are taken as having come evenly since the first of them
        head_ms = _head_ms(line) or at_ms
        if head_ms >= before_ms:
            return 0.0
        load_s *= (before_ms - head_ms) / (at_ms - head_ms)
    return load_s


def _when(taps: list[tuple[float, float]], wanted: tuple[float, ...], one: float) -> list[float]:
    # When the flow has given so many calls, for each of an ascending few. `taps` are in order
    # of time; after the last of them at least `one` counter goes on: whoever is last at a queue
    # serves those who wait.
    times: list[float] = []
    given, rate, since_s = 0.0, 0.0, 0.0
    calls = wanted[0]
    for at_s, change in taps:
        if rate > 0:
            before, given = given, given + rate * (at_s - since_s)
            while given >= calls:
                seconds = since_s + (calls - before) / rate
                times.append(min(_LONGEST_S, seconds) if seconds > 0 else 0.0)
                if len(times) == len(wanted):
                    return times
                calls = wanted[len(times)]
        since_s = at_s
        rate += change
    rate = max(rate, one)
    for calls in wanted[len(times) :]:
        seconds = since_s + (calls - given) / rate
        times.append(min(_LONGEST_S, seconds) if seconds > 0 else 0.0)
    return times


def _by_clock(open_s: float, shut: Stretches, at_ms: int, idle_s: float) -> float:
    # From seconds of open time to seconds by the clock. A counter that is busy when a break
    # begins loses only what is left of it afterwards, so a break costs less than it lasts.
    for from_ms, to_ms in shut:
        from_s, to_s = (from_ms - at_ms) / 1000, (to_ms - at_ms) / 1000
        if from_s <= 0:
            continue  # it is on: the lead
        if open_s < from_s:
            break
        open_s = max(to_s, open_s + max(0.0, to_s - from_s - idle_s))
    return open_s
