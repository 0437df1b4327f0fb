"""What ties one key of a site file to another: doubles, references, hours and ranges that meet.

The checks read the raw table and pass over whatever has the wrong type (`gateway.site.schema`
reports that), so that one look at a file finds all its faults, not only the first kind.
"""

import difflib
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from firmware.wire.events import MAX_COUNTER
from firmware.wire.words import ROLES
from gateway.domain.settings_patch import POLICY_KEYS
from gateway.site import dated, forms, hours, schema, serving
from gateway.site.findings import Finding
from gateway.site.kinds import role_of_kind
from gateway.site.raw import hours_tables, items, table_in, tables
from gateway.toml.lines import Path
from gateway.toml.shown import shown

LineOf = Callable[[Path], int]

# Keys of a board, and the roles that need them; others do not have them.
_OF_ROLES = (("counter", ("counter", "rating")), ("queues", ("ticket",)))

# Names of zones that people say but computers do not know.
_SAID_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_LISTED_MAX = 12
_LOOKED_AT_CHARS = 64  # comparing takes a time that grows with the square of the length


def errors(raw: Mapping[str, Any], line_of: LineOf) -> Iterator[Finding]:
    """Give every fault between keys. `line_of` gives the line of a path in the file."""
    known = Known.of(raw)
    yield from _zone(raw)
    for section, key, what in (
        ("agencies", "id", "agency's id"),
        ("queues", "prefix", "prefix"),
        ("counters", "number", "counter's number"),
        ("people", "id", "person's id"),
        ("boards", "id", "board's id"),
    ):
        yield from _doubles(_values(tables(raw, section), key), what, line_of)
    services = [
        service for at, queue in tables(raw, "queues") for service in tables(queue, "services", at)
    ]
    yield from _doubles(_values(services, "id"), "service's id", line_of)
    for at, site in table_in(raw, "site"):
        dates = [((*at, "closures", n), day) for n, day in items(site.get("closures"))]
        yield from _doubles(dates, "closure", line_of)
    for section, key in (("queues", "agency"), ("counters", "agency")):
        yield from known.agency(_values(tables(raw, section), key))
    yield from known.agency(_values(services, "agency"))
    for path, table in (
        *tables(raw, "counters"),
        *tables(raw, "people"),
        *tables(raw, "boards"),
    ):
        listed = [((*path, "queues", n), q) for n, q in items(table.get("queues"))]
        yield from known.queue(listed)
        yield from _doubles(listed, "queue in a list", line_of)
    yield from known.counter(_values(tables(raw, "boards"), "counter"))
    for path, table in tables(raw, "agencies"):
        yield from _closed_agency(path, table)
    for path, table in tables(raw, "queues"):
        yield from _numbers(path, table)
    for path, table in (*table_in(raw, "site"), *tables(raw, "queues")):
        yield from _policy((*path, "policy"), table.get("policy"))
    for path, table in hours_tables(raw):
        yield from hours.errors(path, table)
    for path, table in tables(raw, "breaks"):
        yield from hours.break_errors(path, table)
        yield from dated.order_errors(path, table)
    for path, table in tables(raw, "special_days"):
        yield from dated.errors(path, table)
    yield from dated.too_many(tables(raw, "special_days"))
    for path, table in (*tables(raw, "breaks"), *tables(raw, "special_days")):
        listed = [((*path, "scope", n), s) for n, s in items(table.get("scope"))]
        yield from known.scope(listed)
    yield from serving.errors(raw)
    for path, table in tables(raw, "boards"):
        yield from _board(path, table)


def _values(found: Iterable[tuple[Path, dict[str, Any]]], key: str) -> list[tuple[Path, Any]]:
    return [((*path, key), table[key]) for path, table in found if key in table]


def _doubles(values: Iterable[tuple[Path, Any]], what: str, line_of: LineOf) -> Iterator[Finding]:
    first: dict[object, Path] = {}
    for path, value in values:
        if not isinstance(value, (str, int, date)):
            continue
        # A list of queues may name what another list names: only doubles within one count.
        key = (path[:-1], value) if what.endswith("list") else value
        if key in first:
            found = f"{shown(value)} a second time (first in line {line_of(first[key])})"
            yield Finding(path, found, f"each {what} once")
        else:
            first[key] = path


@dataclass(frozen=True, slots=True)
class Known:
    """What other keys may refer to; a section that is missing or empty is not asked for."""

    agencies: tuple[str, ...]
    queues: tuple[str, ...]
    counters: tuple[int, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Known":
        def of(section: str, key: str, kind: type) -> Iterator[Any]:
            found = (value for _, value in _values(tables(raw, section), key))
            return iter(dict.fromkeys(value for value in found if type(value) is kind))

        return cls(
            tuple(of("agencies", "id", str)),
            tuple(of("queues", "prefix", str)),
            tuple(of("counters", "number", int)),
        )

    def agency(self, refs: Iterable[tuple[Path, Any]]) -> Iterator[Finding]:
        return _unknown(refs, self.agencies, "which no agency has as its id")

    def queue(self, refs: Iterable[tuple[Path, Any]]) -> Iterator[Finding]:
        return _unknown(refs, self.queues, "which no queue has as its prefix")

    def counter(self, refs: Iterable[tuple[Path, Any]]) -> Iterator[Finding]:
        return _unknown(refs, self.counters, "which no counter has as its number")

    def scope(self, refs: Iterable[tuple[Path, Any]]) -> Iterator[Finding]:
        agencies = [f"agency:{agency}" for agency in self.agencies]
        # What is no number of a counter is reported there, and may be too long to be written.
        counters = [f"counter:{n}" for n in self.counters if 0 < n <= MAX_COUNTER]
        queues = [f"queue:{prefix}" for prefix in self.queues]
        for path, scope in refs:
            if isinstance(scope, str) and scope.startswith("agency:"):
                yield from _unknown([(path, scope)], agencies, "but no agency has this id")
            elif isinstance(scope, str) and scope.startswith("counter:"):
                yield from _unknown([(path, scope)], counters, "but no counter has this number")
            elif isinstance(scope, str) and scope.startswith("queue:"):
                yield from _unknown([(path, scope)], queues, "but no queue has this prefix")


def _unknown(
    refs: Iterable[tuple[Path, Any]], known: Sequence[str | int], reason: str
) -> Iterator[Finding]:
    for path, ref in refs:
        # Of another type than what is known: the schema's to report.
        if not known or type(ref) is not type(known[0]) or ref in known:
            continue
        found = f"{shown(ref)}, {reason}"
        if isinstance(ref, str):
            near = difflib.get_close_matches(ref[:_LOOKED_AT_CHARS], [str(k) for k in known], 1)
            found += f" (did you mean {near[0]}?)" if near else ""
        some = ", ".join(shown(k) for k in known[:_LISTED_MAX])
        yield Finding(path, found, some + (", ..." if len(known) > _LISTED_MAX else ""))


def _zone(raw: Mapping[str, Any]) -> Iterator[Finding]:
    for path, site in table_in(raw, "site"):
        zone = site.get("zone")
        if not isinstance(zone, str):
            continue
        zones = _zones()
        if zone in zones:
            continue
        if not zones:
            found = f"{shown(zone)} on a machine that knows no time zones"
            yield Finding(
                (*path, "zone"), found, "any, once the Python package tzdata is installed"
            )
            continue
        near = _SAID_ZONES.get(zone.strip().upper()) or next(
            iter(difflib.get_close_matches(zone[:_LOOKED_AT_CHARS], zones, 1)), None
        )
        found = f"{shown(zone)}, which is no time zone"
        found += f" (did you mean {near}?)" if near else ""
        known = ", ".join(f"{name} ({said})" for said, name in _SAID_ZONES.items())
        yield Finding((*path, "zone"), found, f"{known} or another IANA name")


@cache
def _zones() -> frozenset[str]:
    # Reads hundreds of files, and they do not change while a process runs. The two left out
    # name no place: what they mean differs from one machine to the next.
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


def _closed_agency(path: Path, agency: Mapping[str, Any]) -> Iterator[Finding]:
    if agency.get("walk_in") is False and not agency.get("online") and not agency.get("phone"):
        found = "false without online and phone: visitors would not learn where to go"
        yield Finding((*path, "walk_in"), found, "true, or false with online or phone or both")


def _numbers(path: Path, queue: Mapping[str, Any]) -> Iterator[Finding]:
    ranges = []
    for key in ("numbers", "lease_numbers"):
        text = queue.get(key)
        try:
            default = schema.QueueTable.model_fields[key].default
            ranges.append(forms.parse_numbers(text) if isinstance(text, str) else default)
        except ValueError:  # reported with the key itself
            return
    (first, last), (lease_first, lease_last) = ranges
    if first <= lease_last and lease_first <= last:
        key = "lease_numbers" if "lease_numbers" in queue else "numbers"
        found = f"{lease_first}-{lease_last} for boards, which meets {first}-{last} for the gateway"
        yield Finding((*path, key), found, "two ranges without a number in common")


def _policy(path: Path, policy: object) -> Iterator[Finding]:
    if not isinstance(policy, dict) or not isinstance(policy.get("kind"), str):
        return
    if policy["kind"] not in POLICY_KEYS:
        return
    own = {"kind", *POLICY_KEYS[policy["kind"]]}
    for key in policy:
        if key not in own and key in schema.PolicyTable.model_fields:
            found = f'a key that "{policy["kind"]}" does not have'
            yield Finding((*path, key), found, ", ".join(sorted(own)))


def _board(path: Path, board: Mapping[str, Any]) -> Iterator[Finding]:
    role, kind = board.get("role"), board.get("kind")
    roles = role_of_kind()
    if isinstance(kind, str) and kind not in roles:
        yield from _unknown([((*path, "kind"), kind)], tuple(roles), "which is no kind of board")
    if not isinstance(role, str) or role not in ROLES:
        return
    if isinstance(kind, str) and roles.get(kind, role) != role:
        fits = [k for k, r in roles.items() if r == role]
        found = f"{shown(kind)}, a board for the role {roles[kind]}"
        known = " or ".join(f'"{kind}"' for kind in fits) or "another kind"
        yield Finding((*path, "kind"), found, f"{known} for the role {role}")
    for key, owners in _OF_ROLES:
        if role in owners and board.get(key) in (None, []):
            yield Finding((*path, key), "nothing", f"{key} is needed by the role {role}")
        elif role not in owners and key in board:
            found = f"a key that the role {role} does not have"
            yield Finding((*path, key), found, f"{key} with the role {' or '.join(owners)} only")
