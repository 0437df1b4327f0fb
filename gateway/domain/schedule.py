"""The hours of a site: which windows are open at a time, which break is on, and those of any date.

Pure: the time comes in as UTC milliseconds. What holds for a date is worked out once and kept;
answers about now hold for the whole minute and are kept for it, so that asking costs a look-up.
"""

from dataclasses import dataclass
from typing import NamedTuple

from gateway.domain.local_time import DAY_MIN, MINUTE_MS, LocalTime, day_after, weekday_of
from gateway.domain.site import SITE_SCOPE, Break, Hours, Queue, Site, SpecialDays, Window

# What a queue's service hours say.
BEFORE = "before"  # the first window of the day is still to come
OPEN = "open"
GAP = "gap"  # between two windows
AFTER = "after"  # the last window is over: those who wait are still served
NONE = "none"  # no service on this day

# What a queue's ticket hours say.
TICKETS_OPEN = "open"
TICKETS_EARLY = "early"  # numbers taken now join the line at check-in
TICKETS_CLOSED = ""

_DAYS_KEPT = 400
_LOOKED_AHEAD_DAYS = 366

Stretches = tuple[tuple[int, int], ...]  # from, until (UTC milliseconds) of each window


@dataclass(frozen=True, slots=True)
class Pause:
    """A break that is on: its name and when service resumes (UTC; None: nobody has said)."""

    name: str
    until_ms: int | None


class PlannedBreak(NamedTuple):
    """One time that a recurring break is held (UTC), `ends_ms` not included."""

    starts_ms: int
    ends_ms: int
    name: str


class _Day:
    """What holds on one date; `special` is the entry that counts of each scope."""

    __slots__ = (
        "breaks", "closed", "day", "ends_ms", "service", "shut", "special", "starts_ms", "tickets",
    )  # fmt: skip

    def __init__(self, day: str, clock: LocalTime, site: Site) -> None:
        self.day = day
        self.starts_ms = clock.ms_of(day, 0)
        self.ends_ms = clock.ms_of(day, DAY_MIN)
        self.closed = day in site.closures
        # Of equal scopes the one named last takes the place of those before.
        self.special: dict[str, SpecialDays] = {
            entry.scope: entry
            for entry in site.special_days
            if entry.first_day <= day <= entry.last_day
        }
        self.service: dict[str, Stretches] = {}
        self.tickets: dict[str, tuple[Stretches, Stretches]] = {}  # usual, early
        self.breaks: dict[int, tuple[PlannedBreak, ...]] = {}
        self.shut: dict[object, Stretches] = {}  # of closed_spans, break_spans and shut_spans


class Schedule:
    """Answers about one site's hours; made anew when the site's settings change."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._clock = LocalTime(site.zone or "UTC")
        self._queues = {queue.prefix: queue for queue in site.queues}
        self._breaks: dict[int, tuple[Break, ...]] = {
            0: tuple(b for b in site.breaks if b.scope == SITE_SCOPE)
        }
        self._agencies = {0: ""}  # whose special days say whether a counter's breaks are held
        for counter in site.counters:
            own = (f"counter:{counter.number}", f"agency:{counter.agency}")
            scopes = own if counter.agency else own[:1]
            self._breaks[counter.number] = tuple(b for b in site.breaks if b.scope in scopes)
            self._agencies[counter.number] = counter.agency
        # Counters that may have breaks of their own.
        self.resting = frozenset(n for n, breaks in self._breaks.items() if n and breaks)
        self._over_midnight = any(b.starts_min + b.minutes > DAY_MIN for b in site.breaks)
        self._days: dict[str, _Day] = {}
        self._today: _Day | None = None
        self._minute_utc = -1
        self._service: dict[str, str] = {}
        self._tickets: dict[str, str] = {}
        self._pauses: dict[int, Pause | None] = {}  # 0: the site's

    def day_of(self, at_ms: int) -> str:
        """Give the site's local date as ISO text."""
        return self._clock.day_of(at_ms)

    def day_ends_ms(self, day: str) -> int:
        """Give the UTC time of the local midnight that ends `day`."""
        return self._clock.ms_of(day, DAY_MIN)

    def ms_of(self, day: str, minute: int) -> int:
        """Give the UTC time of `minute` (0 to 1440, since local midnight) of an ISO date."""
        return self._clock.ms_of(day, minute)

    def local_hhmm(self, at_ms: int) -> str:
        """Give the site's local time as HH:MM."""
        return self._clock.hhmm(at_ms)

    def utc_offset_min(self, at_ms: int) -> int:
        """Give by how many minutes the site's clocks are ahead of UTC."""
        return self._clock.utc_offset_min(at_ms)

    def minute_of(self, at_ms: int) -> int:
        """Give the whole minutes since local midnight."""
        return (at_ms - self._day_at(at_ms).starts_ms) // MINUTE_MS

    def service(self, prefix: str, at_ms: int) -> str:
        """Give what the service hours of a queue say: before, open, gap, after or none."""
        if at_ms // MINUTE_MS != self._minute_utc:
            self._turn_to(at_ms)
        state = self._service.get(prefix)
        if state is None:
            state = _service_state(self._stretches(prefix, self._day_at(at_ms)), at_ms)
            self._service[prefix] = state
        return state

    def tickets(self, prefix: str, at_ms: int) -> str:
        """Give whether numbers are given now: TICKETS_OPEN, TICKETS_EARLY or TICKETS_CLOSED."""
        if at_ms // MINUTE_MS != self._minute_utc:
            self._turn_to(at_ms)
        state = self._tickets.get(prefix)
        if state is None:
            state = self._ticket_state(prefix, at_ms)
            self._tickets[prefix] = state
        return state

    def opens_in_s(self, prefix: str, at_ms: int) -> int:
        """Give the seconds until the first service window of today opens; 0 if it has."""
        if self.service(prefix, at_ms) != BEFORE:
            return 0
        return self._stretches(prefix, self._day_at(at_ms))[0][0] // 1000 - at_ms // 1000

    def windows_of(self, prefix: str, day: str) -> tuple[Window, ...]:
        """Give the service windows of a queue on any ISO date, the first one first; may be empty.

        Raises KeyError for a queue that the site does not have.
        """
        return self._hours(self._queues[prefix], self._on(day)).service[weekday_of(day)]

    def next_open_day(self, prefix: str, after: str) -> str | None:
        """Give the next ISO date after `after` with service in a queue; None: none in a year."""
        for days in range(1, _LOOKED_AHEAD_DAYS + 1):
            day = day_after(after, days)
            if self.windows_of(prefix, day):
                return day
        return None

    def site_break(self, at_ms: int) -> Pause | None:
        """Give the planned break of the whole site that is on, if any."""
        return self.counter_break(0, at_ms)

    def counter_break(self, number: int, at_ms: int) -> Pause | None:
        """Give the planned break of a counter or its agency that is on, if any."""
        if at_ms // MINUTE_MS != self._minute_utc:
            self._turn_to(at_ms)
        if number not in self._pauses:
            on = self.planned_breaks(number, at_ms, at_ms + 1)
            last = max(on, key=lambda b: b.ends_ms, default=None)
            self._pauses[number] = Pause(last.name, last.ends_ms) if last else None
        return self._pauses[number]

    def planned_breaks(self, number: int, from_ms: int, until_ms: int) -> tuple[PlannedBreak, ...]:
        """Give the recurring breaks that fall, in part at least, between two UTC times.

        Those of one counter and its agency; 0 gives the breaks of the whole site, which hold for
        all counters besides their own. In the order of days, and within one in that of the site.
        """
        if not self._breaks.get(number):
            return ()
        day = self._day_at(from_ms)
        held = self._breaks_on(number, day)
        if self._over_midnight:
            held = self._breaks_on(number, self._on(day_after(day.day, -1))) + held
        while day.ends_ms < until_ms:
            day = self._on(day_after(day.day))
            held += self._breaks_on(number, day)
        return tuple(b for b in held if b.starts_ms < until_ms and b.ends_ms > from_ms)

    def closed_spans(self, prefix: str, at_ms: int) -> Stretches:
        """Give when, on this day, a queue's hours let nobody be called: before, and in gaps.

        Not after the last window: who waits then is still called.
        """
        day = self._day_at(at_ms)
        spans = day.shut.get(prefix)
        if spans is None:
            closed, until_ms = [], day.starts_ms
            for opens_ms, closes_ms in self._stretches(prefix, day):
                if opens_ms > until_ms:
                    closed.append((until_ms, opens_ms))
                until_ms = max(until_ms, closes_ms)
            spans = day.shut[prefix] = tuple(closed)
        return spans

    def shut_spans(self, prefix: str, at_ms: int) -> Stretches:
        """Give when, on this day, nobody of a queue is called: its hours, and the site's breaks."""
        shut = self._day_at(at_ms).shut
        spans = shut.get((prefix, 0))
        if spans is None:
            both = [*self.closed_spans(prefix, at_ms), *self.break_spans(0, at_ms)]
            spans = shut[prefix, 0] = apart(both)
        return spans

    def break_spans(self, number: int, at_ms: int) -> Stretches:
        """Give the day's planned breaks of a counter and its agency, of the whole site for 0; in
        order, those that touch made one."""
        day = self._day_at(at_ms)
        spans = day.shut.get(number)
        if spans is None:
            held = self.planned_breaks(number, day.starts_ms, day.ends_ms)
            spans = day.shut[number] = apart([(b.starts_ms, b.ends_ms) for b in held])
        return spans

    def _turn_to(self, at_ms: int) -> None:
        self._minute_utc = at_ms // MINUTE_MS
        self._service.clear()
        self._tickets.clear()
        self._pauses.clear()

    def _day_at(self, at_ms: int) -> _Day:
        today = self._today
        if today is None or not today.starts_ms <= at_ms < today.ends_ms:
            today = self._today = self._on(self._clock.day_of(at_ms))
        return today

    def _on(self, day: str) -> _Day:
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            found = self._days[day] = _Day(day, self._clock, self._site)
        return found

    def _hours(self, queue: Queue, day: _Day) -> Hours:
        if day.closed:
            return _CLOSED
        special = (
            day.special.get(f"queue:{queue.prefix}")
            or day.special.get(f"agency:{queue.agency}")
            or day.special.get(SITE_SCOPE)
        )
        return special.hours if special else queue.hours

    def _stretches(self, prefix: str, day: _Day) -> Stretches:
        found = day.service.get(prefix)
        if found is None:
            windows = self._hours(self._queues[prefix], day).service[weekday_of(day.day)]
            found = day.service[prefix] = self._in_ms(windows, day)
        return found

    def _in_ms(self, windows: tuple[Window, ...], day: _Day) -> Stretches:
        ms_of = self._clock.ms_of
        return tuple(
            sorted((ms_of(day.day, w.opens_min), ms_of(day.day, w.closes_min)) for w in windows)
        )

    def _ticket_state(self, prefix: str, at_ms: int) -> str:
        day = self._day_at(at_ms)
        found = day.tickets.get(prefix)
        if found is None:
            hours = self._hours(self._queues[prefix], day)
            weekday = weekday_of(day.day)
            found = self._in_ms(hours.tickets[weekday], day), self._in_ms(hours.early[weekday], day)
            day.tickets[prefix] = found
        usual, early = found
        if _inside(usual, at_ms):
            return TICKETS_OPEN
        return TICKETS_EARLY if _inside(early, at_ms) else TICKETS_CLOSED

    def _breaks_on(self, number: int, day: _Day) -> tuple[PlannedBreak, ...]:
        # Those that begin on this day.
        held = day.breaks.get(number)
        if held is None:
            special = day.special.get(f"agency:{self._agencies[number]}")
            special = special or day.special.get(SITE_SCOPE)
            none = day.closed or (special is not None and not special.breaks)
            held = (
                ()
                if none
                else tuple(self._held(b, day) for b in self._breaks[number] if _is_on(b, day.day))
            )
            day.breaks[number] = held
        return held

    def _held(self, recurring: Break, day: _Day) -> PlannedBreak:
        starts_ms = self._clock.ms_of(day.day, recurring.starts_min)
        return PlannedBreak(starts_ms, starts_ms + recurring.minutes * MINUTE_MS, recurring.name)


_CLOSED = Hours(tickets=((),) * 7, service=((),) * 7, early=((),) * 7)


def _service_state(windows: Stretches, at_ms: int) -> str:
    if not windows:
        return NONE
    if _inside(windows, at_ms):
        return OPEN
    if at_ms < windows[0][0]:
        return BEFORE
    return AFTER if at_ms >= max(closes_ms for _, closes_ms in windows) else GAP


def _inside(windows: Stretches, at_ms: int) -> bool:
    return any(opens_ms <= at_ms < closes_ms for opens_ms, closes_ms in windows)


def _is_on(recurring: Break, day: str) -> bool:
    if recurring.first_day > day or (recurring.last_day and day > recurring.last_day):
        return False
    return weekday_of(day) in recurring.weekdays


def apart(spans: list[tuple[int, int]]) -> Stretches:
    """Give the same stretches in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return tuple(found)
