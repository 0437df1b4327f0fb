"""Times of a site file as people write them: "07:45", "07:45-15:00", "mon-sat"; times in minutes.

Every function raises ValueError with the reason in words that complete 'found "...", ...'.
"""

import re

from gateway.domain.site import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = "daily"
DAY_MIN = 1_440

TIME_FORM = 'a time like "07:45", from "00:00" to "23:59"'
WINDOW_FORM = 'hours like "07:45-15:00", the second time later than the first and at most "24:00"'
DAYS_FORM = "mon, tue, wed, thu, fri, sat, sun, a stretch like mon-sat, or daily"

_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
_WINDOW = re.compile(r"([0-9]{2}:[0-9]{2}) ?- ?([0-9]{2}:[0-9]{2})")


def parse_time(text: str) -> int:
    """Give the minutes since midnight (0 to 1440) of a time like "07:45"; "24:00" ends a day."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("which is not a time")
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise ValueError("which no clock shows")
    return hour * 60 + minute


def parse_start(text: str) -> int:
    """Give the minutes since midnight (0 to 1439) at which something may start."""
    start_min = parse_time(text)
    if start_min == DAY_MIN:
        raise ValueError("at which nothing can start any more")
    return start_min


def parse_window(text: str) -> Window:
    """Give the stretch of a day of a text like "07:45-15:00"."""
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError("which is not a stretch of hours")
    opens_min, closes_min = parse_time(match[1]), parse_time(match[2])
    if closes_min == opens_min:
        raise ValueError("which ends as it begins (the whole day is 00:00-24:00)")
    if closes_min < opens_min:
        raise ValueError(
            "which ends before it begins (past midnight: end at 24:00, go on the next day at 00:00)"
        )
    return Window(opens_min, closes_min)


def parse_days(text: str) -> tuple[int, ...]:
    """Give the weekdays (0 is Monday) of "mon", "mon-sat", "sat-mon" or "daily"."""
    if text == DAILY:
        return tuple(range(7))
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError("which names no weekdays")
    start = WEEKDAYS.index(first)
    if not dash:
        return (start,)
    return tuple((start + n) % 7 for n in range((WEEKDAYS.index(last) - start) % 7 + 1))


def starts_between(first_min: int, last_min: int, every_min: int) -> list[int]:
    """Give the starts of what comes back every so many minutes, none after `last_min`."""
    return list(range(first_min, last_min + 1, every_min))


def clock(minute: int) -> str:
    """Give the text of a time of day: 465 is "07:45"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
