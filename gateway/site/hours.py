"""Opening hours and breaks of a site file: what does not fit together, and the domain's form.

The checks read raw tables; what has the wrong type or form is reported by the schema.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from gateway.domain.site import Window
from gateway.site import times
from gateway.site.findings import Finding
from gateway.toml.lines import Path
from gateway.toml.shown import shown

# Each of the seven days, Monday first: its windows, each with its place in the file.
RawWeek = list[list[tuple[Window, Path]]]


def errors(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the faults of one table of hours, which stands at `path`."""
    kinds = [key for key in ("service", "tickets", "early") if key in table]
    if "open" in table:
        for key in kinds:
            found = 'hours together with open = "always"'
            yield Finding((*path, key), found, "either open or service, tickets and early")
        return
    if "service" not in table:
        yield Finding((*path, "service"), "nothing", 'hours of service, or open = "always"')
    weeks: dict[str, RawWeek] = {}
    for key in kinds:
        if isinstance(table[key], dict):
            weeks[key] = read_week((*path, key), table[key])
            yield from _doubled_days((*path, key), table[key])
            for day in weeks[key]:
                yield from _overlaps(day, len(path) + 1)
    if "service" in weeks:
        yield from _unserved(weeks)
    if "early" in weeks:
        for early, usual in zip(
            weeks["early"], weeks.get("tickets") or weeks.get("service") or [], strict=False
        ):
            yield from _early_over_usual(early, usual)


def warnings(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the doubts about one table of hours: numbers given after service has ended."""
    service, tickets = table.get("service"), table.get("tickets")
    if not isinstance(service, dict) or not isinstance(tickets, dict):
        return
    days = zip(
        read_week((*path, "tickets"), tickets), read_week((*path, "service"), service), strict=True
    )
    seen: set[Path] = set()
    for given, served in days:
        ends_min = max((window.closes_min for window, _ in served), default=times.DAY_MIN)
        for window, at in given:
            if window.closes_min > ends_min and at not in seen:
                seen.add(at)
                found = f"numbers until {times.clock(window.closes_min)}"
                yield Finding(at, found, f"until service ends at {times.clock(ends_min)}")


def read_week(path: Path, week: Mapping[str, Any]) -> RawWeek:
    """Give the days of a raw week; what cannot be read is left out."""
    days: RawWeek = [[] for _ in times.WEEKDAYS]
    for key, found in week.items():
        listed = found if isinstance(found, list) else [found]
        for place, text in enumerate(listed):
            try:
                window = times.parse_window(text if isinstance(text, str) else "")
                names = times.parse_days(key)
            except ValueError:  # reported with the key itself
                continue
            at = (*path, key, place) if isinstance(found, list) else (*path, key)
            for day in names:
                days[day].append((window, at))
    return days


def _doubled_days(path: Path, week: Mapping[str, Any]) -> Iterator[Finding]:
    first: dict[int, str] = {}
    for key in week:
        try:
            days = times.parse_days(key)
        except ValueError:  # reported with the key itself
            continue
        twice = [day for day in days if day in first]
        if twice:
            names = ", ".join(times.WEEKDAYS[day] for day in twice)
            found = f'{names} a second time (also in "{first[twice[0]]}")'
            yield Finding((*path, key), found, "each weekday once; several hours go in one list")
        first.update((day, key) for day in days if day not in first)


def _overlaps(day: list[tuple[Window, Path]], key_step: int) -> Iterator[Finding]:
    in_order = sorted(day, key=lambda entry: entry[0].opens_min)
    for (before, before_at), (after, at) in pairwise(in_order):
        # Of two keys with the same day the day is at fault, and reported.
        if after.opens_min < before.closes_min and at[key_step] == before_at[key_step]:
            found = f"{_text(after)}, which overlaps {_text(before)} of the same day"
            yield Finding(at, found, "hours of one day that do not share a minute")


def _unserved(weeks: Mapping[str, RawWeek]) -> Iterator[Finding]:
    for key in ("tickets", "early"):
        for day, (given, served) in enumerate(
            zip(weeks.get(key) or [], weeks["service"], strict=False)
        ):
            if given and not served:
                name = times.WEEKDAYS[day]
                found = f"{_text(given[0][0])} on {name}, a day without service"
                yield Finding(given[0][1], found, f"days with service, or add {name} to service")


def _early_over_usual(
    early: list[tuple[Window, Path]], usual: list[tuple[Window, Path]]
) -> Iterator[Finding]:
    for window, at in early:
        for other, _ in usual:
            if window.opens_min < other.closes_min and other.opens_min < window.closes_min:
                found = f"{_text(window)}, which overlaps {_text(other)}, when numbers are usual"
                yield Finding(at, found, "early hours that end before the usual ones begin")


def break_errors(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the faults of one break: how it says its times, and where these fall."""
    parts = [key for key in ("every_min", "first", "last") if key in table]
    if "starts" in table:
        for key in parts:
            found = "a key that does not go with starts"
            yield Finding((*path, key), found, "either starts, or every_min with first and last")
    elif len(parts) < 3:
        lacking = [key for key in ("every_min", "first", "last") if key not in table]
        found = "no times" if not parts else f"no {' and no '.join(lacking)}"
        yield Finding(path, found, "either starts, or every_min with first and last")
    minutes = table.get("minutes")
    if type(minutes) is not int or not 1 <= minutes <= times.DAY_MIN:
        return
    try:
        starts = break_starts(table)
    except ValueError as error:
        yield Finding((*path, "last"), str(error), "a time that is not before first")
        return
    at = (*path, "starts" if "starts" in table else "every_min")
    for before, after in pairwise(starts):
        if after < before + minutes:
            found = f"{times.clock(after)}, when the break of {times.clock(before)} still goes on"
            yield Finding(at, found, f"starts at least {minutes} minutes apart")
            break
    if starts and starts[-1] + minutes > times.DAY_MIN:
        found = f"{minutes} from {times.clock(starts[-1])} on, which goes past midnight"
        yield Finding((*path, "minutes"), found, "a break that ends by midnight")


def break_starts(table: Mapping[str, Any]) -> list[int]:
    """Give the sorted starts of a break, in minutes; none if its times have the wrong form.

    Raises ValueError when `last` comes before `first`.
    """
    starts = table.get("starts")
    if starts is not None:
        listed = starts if isinstance(starts, list) else [starts]
        found = [_start(text) for text in listed]
        return sorted(start for start in found if start is not None)
    every = table.get("every_min")
    first, last = _start(table.get("first")), _start(table.get("last"))
    if type(every) is not int or every < 1 or first is None or last is None:
        return []
    if last < first:
        raise ValueError(f"{shown(table['last'])}, which is before first ({shown(table['first'])})")
    return times.starts_between(first, last, every)


def _start(text: object) -> int | None:
    try:
        return times.parse_start(text) if isinstance(text, str) else None
    except ValueError:  # reported with the key itself
        return None


def _text(window: Window) -> str:
    return f"{times.clock(window.opens_min)}-{times.clock(window.closes_min)}"
