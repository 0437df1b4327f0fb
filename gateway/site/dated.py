"""Special days of a site file: how they say their dates, and which entry counts where two meet.

The checks read raw tables; what has the wrong type or form is reported by the schema.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from gateway.domain.site import SITE_SCOPE
from gateway.site import hours
from gateway.site.findings import Finding
from gateway.toml.lines import Path
from gateway.toml.shown import shown

MAX_SPAN_DAYS = 400
MAX_ENTRIES = 1_000  # of all tables: stretches of dates, each once for every scope
_EITHER = "either on, or first_day with last_day"

Span = tuple[date, date]  # first and last day
Tables = list[tuple[Path, dict[str, Any]]]


def spans(on: Iterable[date] | None, first: date | None, last: date | None) -> list[Span]:
    """Give the stretches of days that `on`, or `first` and `last`, name, in their order."""
    if on is None:
        return [(first, last)] if first and last else []
    found: list[Span] = []
    for day in sorted(set(on)):
        if found and day - found[-1][1] <= timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def order_errors(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the fault of a last day that comes before the first one."""
    first, last = _date(table.get("first_day")), _date(table.get("last_day"))
    if first and last and last < first:
        found = f"{last}, which is before first_day ({first})"
        yield Finding((*path, "last_day"), found, "a date that is not before first_day")


def errors(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the faults of one entry of special days: its dates, and what holds on them."""
    ends = [key for key in ("first_day", "last_day") if key in table]
    if "on" in table:
        for key in ends:
            yield Finding((*path, key), "a key that does not go with on", _EITHER)
    elif not ends:
        yield Finding(path, "no dates", _EITHER)
    elif len(ends) == 1:
        lacking = "last_day" if ends == ["first_day"] else "first_day"
        yield Finding((*path, lacking), "nothing", f"a date, for {ends[0]} is there")
    yield from order_errors(path, table)
    for first, last in _spans(table):
        days = (last - first).days + 1
        if days > MAX_SPAN_DAYS:
            allowed = f"at most {MAX_SPAN_DAYS} days; what lasts longer changes the usual hours"
            yield Finding((*path, "last_day"), f"{last}, {days} days from first_day on", allowed)
    yield from _doubled_dates(path, table.get("on"))
    yield from _contents(path, table)


def too_many(tables: Tables) -> Iterator[Finding]:
    """Give the fault of more entries than a hall keeps at hand."""
    count = sum(len(_spans(table)) * max(1, len(_scopes(table))) for _, table in tables)
    if count > MAX_ENTRIES:
        found = f"{count} entries (stretches of days, each once for every scope)"
        yield Finding(("special_days",), found, f"at most {MAX_ENTRIES} in all")


def warnings(tables: Tables, closures: Iterable[date]) -> Iterator[Finding]:
    """Give the doubts about the special days of a file without errors."""
    shut = set(closures)
    entries = [_Entry(path, table) for path, table in tables]
    for n, entry in enumerate(entries):
        if entry.days <= shut:
            found = f"{entry.name} on days that are all in closures"
            yield Finding(entry.path, found, "days that are not in closures, which count above")
        elif not entry.closed and not _served(entry):
            found = f"{entry.name}, whose hours of service name no weekday of its days"
            allowed = "hours on one of its days, or closed = true"
            yield Finding((*entry.path, "hours"), found, allowed)
        met = (doubt for before in reversed(entries[:n]) for doubt in _meeting(entry, before))
        yield from islice(met, 1)  # the others that it meets are told when this one is mended


class _Entry:
    """One table of special days, read once: each is compared with all the others."""

    def __init__(self, path: Path, table: Mapping[str, Any]) -> None:
        self.path = path
        self.table = table
        self.name = shown(table["name"])
        self.scopes = _scopes(table)
        self.closed = table.get("closed", False)
        self.days = {
            first + timedelta(days=n)
            for first, last in _spans(table)
            for n in range((last - first).days + 1)
        }


def _doubled_dates(path: Path, on: object) -> Iterator[Finding]:
    seen: set[date] = set()
    for n, found in enumerate(on if isinstance(on, list) else ()):
        day = _date(found)
        if day in seen:
            yield Finding((*path, "on", n), f"{day} a second time", "each date once")
        elif day:
            seen.add(day)


def _contents(path: Path, table: Mapping[str, Any]) -> Iterator[Finding]:
    if table.get("closed") is True:
        for key in ("hours", "breaks"):
            if key in table:
                found = "a key that does not go with closed = true"
                yield Finding((*path, key), found, "either closed = true, or hours")
    elif "hours" not in table:
        yield Finding(path, "neither closed nor hours", "closed = true, or a table of hours")
    if "breaks" in table and any(scope.startswith("queue:") for scope in _scopes(table)):
        found = "breaks of a queue, and counters have breaks"
        yield Finding((*path, "breaks"), found, 'breaks with the scope "site" or "agency:ID" only')


def _served(entry: _Entry) -> bool:
    if entry.table["hours"].get("open") == "always":
        return True
    week = hours.read_week((*entry.path, "hours", "service"), entry.table["hours"]["service"])
    return any(week[day.weekday()] for day in entry.days)


def _meeting(later: _Entry, before: _Entry) -> Iterator[Finding]:
    """Give the doubts about two entries for one day, of which `before` is named first."""
    both = later.days & before.days
    if not both:
        return
    same = [scope for scope in later.scopes if scope in before.scopes]
    # A day inside a longer stretch, and named after it, is the plain way to say an exception.
    if same and not later.days < before.days:
        found = f"{later.name} with the scope {shown(same[0])} on {_some(both)}"
        found += f", as {before.name} has; {later.name} counts, for it is named last"
        allowed = "one entry for a day and scope; exceptions after the longer one"
        yield Finding(later.path, found, allowed)
    for wide, narrow in ((later, before), (before, later)):
        open_still = [scope for scope in narrow.scopes if scope != SITE_SCOPE]
        if not wide.closed or narrow.closed or SITE_SCOPE not in wide.scopes or not open_still:
            continue
        if wide.days < narrow.days:  # else the agency is meant to open on just this day
            found = f"{shown(open_still[0])} open on {_some(both)} by {narrow.name}, for the"
            found += f" narrower scope counts, though {wide.name} closes the site"
            yield Finding(later.path, found, "dates in closures, where the whole site is closed")


def _some(days: set[date]) -> str:
    first, *more = sorted(days)
    return f"{first} and {len(more)} more" if more else str(first)


def _spans(table: Mapping[str, Any]) -> list[Span]:
    on = table.get("on")
    listed = on if isinstance(on, list) else [on]
    dates = [day for day in map(_date, listed) if day]
    first, last = _date(table.get("first_day")), _date(table.get("last_day"))
    return spans(dates if "on" in table else None, first, last)


def _scopes(table: Mapping[str, Any]) -> list[str]:
    scope = table.get("scope", SITE_SCOPE)
    return [s for s in (scope if isinstance(scope, list) else [scope]) if isinstance(s, str)]


def _date(found: object) -> date | None:
    # A datetime is a date to Python, and none to the schema.
    return found if isinstance(found, date) and not isinstance(found, datetime) else None
