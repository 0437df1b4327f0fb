"""Who serves what in a site file: choices of counters, booths, officers' limits, blocks of numbers.

The checks read raw tables; what has the wrong type or form is reported by the schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.site import forms, schema
from gateway.site.findings import Finding
from gateway.site.raw import items, table_in, tables
from gateway.toml.lines import Path
from gateway.toml.shown import shown

_CALLERS = ("officer", "supervisor")
_LIMITS = ("queues", "per_day")
# Settings that say nothing unless another one is on.
_IDLE = {
    "ask_in_min": "capacity",
    "ask_in_hold_min": "capacity",
    "screening_good_min": "screening",
}


def errors(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the faults between counters, queues, their services, officers and numbers."""
    in_person = {
        queue.get("prefix"): service
        for _, queue in tables(raw, "queues")
        for _, service in tables(queue, "services")
        if service.get("in_person") is True
    }
    for path, counter in tables(raw, "counters"):
        if "guard_min" in counter and counter.get("choice", "longest") == "longest":
            found = 'a key that choice = "longest" does not have'
            yield Finding((*path, "guard_min"), found, 'guard_min with choice = "preferred" only')
        if counter.get("kind") == "video":
            yield from _booth(path, counter, in_person)
    for path, person in tables(raw, "people"):
        role = person.get("role")
        for key in _LIMITS:
            if key in person and isinstance(role, str) and role not in _CALLERS:
                found = f"a limit of who calls numbers, and the role {shown(role)} calls none"
                yield Finding((*path, key), found, f"{key} with the role officer or supervisor")
    for path, queue in tables(raw, "queues"):
        yield from _slots(path, queue)
        for at, site in table_in(raw, "site"):
            yield from _short_lease((*at, "lease_size"), site, queue)


def warnings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the doubts about these in a file without errors."""
    site = raw["site"]
    default = {"lease_size": schema.SiteTable.model_fields["lease_size"].default}
    if "lease_size" not in site:
        for path, queue in tables(raw, "queues"):
            yield from _short_lease((*path, "lease_numbers"), default, queue)
    served = {q for _, counter in tables(raw, "counters") for _, q in items(counter["queues"])}
    for path, person in tables(raw, "people"):
        own = [q for _, q in items(person.get("queues"))]
        if own and not served.intersection(own):
            found = f"{', '.join(map(shown, own[:5]))}, which no counter serves: nothing to call"
            yield Finding((*path, "queues"), found, "queues of some counter")
    for key, needed in _IDLE.items():
        if key in site and not site.get(needed):
            found = f"{shown(site[key])}, which changes nothing without {needed}"
            yield Finding(("site", key), found, f"{key} together with {needed}")
    if site.get("screening") and any(b["role"] == "ticket" for _, b in tables(raw, "boards")):
        found = "true, and none of [[boards]] checks the entrance: its ticket boards give no number"
        allowed = "a real hall with a gate board (loket board add), or screening = false"
        yield Finding(("site", "screening"), found, allowed)
    slots = [queue for _, queue in tables(raw, "queues") if "appointments" in queue]
    for key in ("book_early_min", "book_late_min"):
        if key in site and not slots:
            found = f"{shown(site[key])}, and no queue has appointments"
            yield Finding(("site", key), found, f"{key} when some queue has appointments")


def _booth(
    path: Path, counter: Mapping[str, Any], in_person: Mapping[Any, Mapping[str, Any]]
) -> Iterator[Finding]:
    for n, prefix in items(counter.get("queues")):
        service = in_person.get(prefix) if isinstance(prefix, str) else None
        if service:
            found = f"{shown(prefix)}, whose service {shown(service.get('id'))} is in person"
            allowed = 'queues without in_person services at a video booth, or kind = "desk"'
            yield Finding((*path, "queues", n), found, allowed)


def _slots(path: Path, queue: Mapping[str, Any]) -> Iterator[Finding]:
    slots, numbers = queue.get("appointments"), _numbers(queue, "numbers")
    if not isinstance(slots, dict) or numbers is None or type(slots.get("per_slot")) is not int:
        return
    count = numbers[1] - numbers[0] + 1
    if slots["per_slot"] > count:
        found = f"{shown(slots['per_slot'])}, more than the queue has numbers"
        yield Finding((*path, "appointments", "per_slot"), found, f"at most {count}")


def _short_lease(
    path: Path, site: Mapping[str, Any], queue: Mapping[str, Any]
) -> Iterator[Finding]:
    size, numbers = site.get("lease_size"), _numbers(queue, "lease_numbers")
    if type(size) is not int or numbers is None:
        return
    count = numbers[1] - numbers[0] + 1
    if size > count:
        found = f"blocks of {shown(size)} numbers (lease_size), and the lease_numbers of"
        found += f" {shown(queue.get('prefix'))} are {count}"
        yield Finding(path, found, f"lease_size = {count} or less, or more lease_numbers")


def _numbers(queue: Mapping[str, Any], key: str) -> tuple[int, int] | None:
    text = queue.get(key)
    if text is None:
        default: tuple[int, int] = schema.QueueTable.model_fields[key].default
        return default
    try:
        return forms.parse_numbers(text) if isinstance(text, str) else None
    except ValueError:  # reported with the key itself
        return None
