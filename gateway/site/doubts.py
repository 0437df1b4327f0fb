"""Warnings about a site file: what may be meant, and seldom is."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.site import dated, hours, serving
from gateway.site.findings import Finding
from gateway.site.raw import hours_tables, items, tables
from gateway.toml.shown import shown

# Letters whose Indonesian names are easily mistaken for one another in a noisy hall.
_ALIKE = str.maketrans(dict.fromkeys("DPT", "B"))
_GLASS_CHARS = 5  # what fits on an 8x32 matrix with digits 5 wide and a pixel of air


def warnings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Give every doubt about a file without errors."""
    yield from _prefixes(raw)
    yield from _unserved_queues(raw)
    yield from _agencies_without_queue(raw)
    for path, table in hours_tables(raw):
        yield from hours.warnings(path, table)
    yield from dated.warnings(tables(raw, "special_days"), raw["site"].get("closures", ()))
    yield from serving.warnings(raw)
    if raw["site"].get("sign_in", True) and not raw.get("people"):
        found = "true and no [[people]]: nobody could use a console"
        yield Finding(("site", "sign_in"), found, "people with their roles, or sign_in = false")


def _prefixes(raw: Mapping[str, Any]) -> Iterator[Finding]:
    heard: dict[str, str] = {}
    for path, queue in tables(raw, "queues"):
        prefix = queue["prefix"]
        other = heard.setdefault(prefix.translate(_ALIKE), prefix)
        if other != prefix:
            found = f"{shown(prefix)}, which sounds like {shown(other)} when it is called"
            yield Finding((*path, "prefix"), found, "only one prefix of those with B, D, P, T")
        numbers = f"{queue.get('numbers', '')} {queue.get('lease_numbers', '')} 999".split("-")
        digits = max(len(part) for text in numbers for part in text.split())
        if len(prefix) + digits > _GLASS_CHARS:
            found = f"{shown(prefix)}, whose numbers have {len(prefix) + digits} characters"
            allowed = f"{_GLASS_CHARS} characters; longer ones scroll on the LED matrix"
            yield Finding((*path, "prefix"), found, allowed)


def _unserved_queues(raw: Mapping[str, Any]) -> Iterator[Finding]:
    served = {q for _, counter in tables(raw, "counters") for _, q in items(counter["queues"])}
    for path, queue in tables(raw, "queues"):
        if queue["prefix"] in served:
            continue
        names = [service["name"] for _, service in tables(queue, "services")]
        found = f"{shown(queue['prefix'])}, which no counter serves"
        if names:
            found += f"; its services have no counter either: {', '.join(names[:3])}"
            found += f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield Finding((*path, "prefix"), found, "a prefix in the queues of some counter")


def _agencies_without_queue(raw: Mapping[str, Any]) -> Iterator[Finding]:
    with_queue = {queue["agency"] for _, queue in tables(raw, "queues")}
    shared = {
        service.get("agency")
        for _, queue in tables(raw, "queues")
        for _, service in tables(queue, "services")
    }
    for path, agency in tables(raw, "agencies"):
        if agency.get("walk_in", True) and agency["id"] not in with_queue | shared:
            found = f"{shown(agency['id'])}, which has neither queue nor service"
            yield Finding((*path, "id"), found, "an agency of some queue, or walk_in = false")
