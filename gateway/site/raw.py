"""Reading the raw table of a site file: what has the wrong type is passed over."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gateway.toml.lines import Path


def tables(parent: Mapping[str, Any], key: str, at: Path = ()) -> list[tuple[Path, dict[str, Any]]]:
    """Give path and table of each table in the list `key` of `parent`, which stands at `at`."""
    return [((*at, key, n), t) for n, t in items(parent.get(key)) if isinstance(t, dict)]


def items(found: object) -> Iterable[tuple[int, Any]]:
    """Give place and item of a list; one text or date counts as a list of it."""
    if isinstance(found, (str, date)):
        return ((0, found),)
    return enumerate(found) if isinstance(found, list) else ()


def hours_tables(raw: Mapping[str, Any]) -> list[tuple[Path, dict[str, Any]]]:
    """Give path and table of the site's hours and of all others: of agencies, queues, days."""
    sections = ("agencies", "queues", "special_days")
    owners = [owner for section in sections for owner in tables(raw, section)]
    own = [found for path, owner in owners for found in table_in(owner, "hours", path)]
    return [*table_in(raw, "hours"), *own]


def table_in(
    parent: Mapping[str, Any], key: str, at: Path = ()
) -> list[tuple[Path, dict[str, Any]]]:
    """Give path and table of the table `key` of `parent`, as a list of one; none if not there."""
    table = parent.get(key)
    return [((*at, key), table)] if isinstance(table, dict) else []
