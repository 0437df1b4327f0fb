"""The clock of a site's own day: which date it is there, which windows are open, which break is on.

Pure: the time comes in as UTC milliseconds. Answers hold for the whole minute and are kept for
it, so that asking costs a look-up.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.domain.site import SITE_SCOPE, Break, Queue, Site, Window

MINUTE_MS = 60_000
_DAY_MIN = 1_440

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


@dataclass(frozen=True, slots=True)
class Pause:
    """A break that is on: its name and when service resumes (UTC; None: nobody has said)."""

    name: str
    until_ms: int | None


class Schedule:
    """Answers about one site's hours; made anew when the site's settings change."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.zone or "UTC")
        self._closures = frozenset(site.closures)
        self._queues = {queue.prefix: queue for queue in site.queues}
        self._site_breaks = tuple(b for b in site.breaks if b.scope == SITE_SCOPE)
        self._counter_breaks = {
            counter.number: tuple(
                b
                for b in site.breaks
                if b.scope == f"counter:{counter.number}"
                or (counter.agency and b.scope == f"agency:{counter.agency}")
            )
            for counter in site.counters
        }
        self._minute_utc = -1
        self._weekday = 0
        self._minute = 0
        self._closed = False
        self._service: dict[str, str] = {}
        self._tickets: dict[str, str] = {}
        self._pauses: dict[int, Pause | None] = {}  # 0: the site's

    def day_of(self, at_ms: int) -> str:
        """Give the site's local date as ISO text."""
        return self._local(at_ms).date().isoformat()

    def day_ends_ms(self, day: str) -> int:
        """Give the UTC time of the local midnight that ends `day`."""
        after = date.fromisoformat(day) + timedelta(days=1)
        midnight = datetime(after.year, after.month, after.day, tzinfo=self._zone)
        return int(midnight.timestamp()) * 1000

    def local_hhmm(self, at_ms: int) -> str:
        """Give the site's local time as HH:MM."""
        return self._local(at_ms).strftime("%H:%M")

    def service(self, prefix: str, at_ms: int) -> str:
        """Give what the service hours of a queue say: before, open, gap, after or none."""
        self._turn_to(at_ms)
        state = self._service.get(prefix)
        if state is None:
            state = self._service_state(self._queues[prefix])
            self._service[prefix] = state
        return state

    def tickets(self, prefix: str, at_ms: int) -> str:
        """Give whether numbers are given now: TICKETS_OPEN, TICKETS_EARLY or TICKETS_CLOSED."""
        self._turn_to(at_ms)
        state = self._tickets.get(prefix)
        if state is None:
            state = self._ticket_state(self._queues[prefix])
            self._tickets[prefix] = state
        return state

    def opens_in_s(self, prefix: str, at_ms: int) -> int:
        """Give the seconds until the first service window of today opens; 0 if it has."""
        if self.service(prefix, at_ms) != BEFORE:
            return 0
        first = min(w.opens_min for w in self._queues[prefix].hours.service[self._weekday])
        return (first - self._minute) * 60 - (at_ms // 1000) % 60

    def site_break(self, at_ms: int) -> Pause | None:
        """Give the planned break of the whole site that is on, if any."""
        self._turn_to(at_ms)
        if 0 not in self._pauses:
            self._pauses[0] = self._pause(self._site_breaks)
        return self._pauses[0]

    def counter_break(self, number: int, at_ms: int) -> Pause | None:
        """Give the planned break of a counter or its agency that is on, if any."""
        self._turn_to(at_ms)
        if number not in self._pauses:
            self._pauses[number] = self._pause(self._counter_breaks.get(number, ()))
        return self._pauses[number]

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms // 1000, self._zone)

    def _turn_to(self, at_ms: int) -> None:
        minute_utc = at_ms // MINUTE_MS
        if minute_utc == self._minute_utc:
            return
        local = self._local(at_ms)
        self._minute_utc = minute_utc
        self._weekday = local.weekday()
        self._minute = local.hour * 60 + local.minute
        self._closed = local.date().isoformat() in self._closures
        self._service.clear()
        self._tickets.clear()
        self._pauses.clear()

    def _service_state(self, queue: Queue) -> str:
        windows = queue.hours.service[self._weekday]
        if self._closed or not windows:
            return NONE
        if self._inside(windows):
            return OPEN
        if self._minute < min(w.opens_min for w in windows):
            return BEFORE
        return AFTER if self._minute >= max(w.closes_min for w in windows) else GAP

    def _ticket_state(self, queue: Queue) -> str:
        if self._closed:
            return TICKETS_CLOSED
        if self._inside(queue.hours.tickets[self._weekday]):
            return TICKETS_OPEN
        if self._inside(queue.hours.early[self._weekday]):
            return TICKETS_EARLY
        return TICKETS_CLOSED

    def _inside(self, windows: tuple[Window, ...]) -> bool:
        return any(w.opens_min <= self._minute < w.closes_min for w in windows)

    def _pause(self, breaks: tuple[Break, ...]) -> Pause | None:
        for b in breaks:
            into_min = self._minute - b.starts_min
            weekday = self._weekday
            if into_min < 0:  # it may have begun before midnight
                into_min += _DAY_MIN
                weekday = (weekday - 1) % 7
            if weekday in b.weekdays and into_min < b.minutes:
                left_min = b.minutes - into_min
                return Pause(b.name, (self._minute_utc + left_min) * MINUTE_MS)
        return None
