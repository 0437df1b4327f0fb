"""A site's wall clock: which date and time it is there, and when a time of a date is.

Right as well where clocks are put forward and back: a wall time that comes twice counts the first
time, one that is left out counts at the moment when the clocks jump over it.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
DAY_MIN = 1_440


class LocalTime:
    """The wall clock of one time zone, an IANA name."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def day_of(self, at_ms: int) -> str:
        """Give the local date as ISO text."""
        return self._local(at_ms // 1000).date().isoformat()

    def hhmm(self, at_ms: int) -> str:
        """Give the local time as HH:MM."""
        return self._local(at_ms // 1000).strftime("%H:%M")

    def utc_offset_min(self, at_ms: int) -> int:
        """Give the whole minutes by which the wall clock is ahead of UTC."""
        offset = self._local(at_ms // 1000).utcoffset()
        return 0 if offset is None else round(offset.total_seconds() / 60)

    def ms_of(self, day: str, minute: int) -> int:
        """Give the UTC time at which the clocks first show `minute` (0 to 1440) of `day`."""
        wall = datetime.fromisoformat(day) + timedelta(minutes=minute)
        seen = int(wall.replace(tzinfo=self._zone).timestamp())
        if self._local(seen).replace(tzinfo=None) != wall:
            seen = self._after_jump(wall, seen)
        return seen * 1000

    def _after_jump(self, wall: datetime, late: int) -> int:
        # No clock shows `wall`: between a moment before and one after the jump lies the jump.
        early = int(wall.replace(tzinfo=self._zone, fold=1).timestamp())
        while late - early > 1:
            middle = (early + late) // 2
            if self._local(middle).replace(tzinfo=None) < wall:
                early = middle
            else:
                late = middle
        return late

    def _local(self, at_s: int) -> datetime:
        return datetime.fromtimestamp(at_s, self._zone)


def weekday_of(day: str) -> int:
    """Give the weekday of an ISO date: 0 is Monday, 6 is Sunday."""
    return date.fromisoformat(day).weekday()


def day_after(day: str, days: int = 1) -> str:
    """Give the ISO date so many days later; `days` may be negative."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
