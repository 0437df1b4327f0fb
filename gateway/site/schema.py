"""The keys of a site file: their types, ranges and defaults.

Each field's `description` says what is allowed; it stands in the errors as it is. What ties
one key to another (references, doubles, ranges that meet) is `gateway.site.cross`'s.
"""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from firmware.wire import topics
from firmware.wire.events import MAX_COUNTER
from gateway.domain import ranges
from gateway.domain.site import MAX_BOARDS, SITE_SCOPE, Policy, Queue, Service, Site, Window
from gateway.site import times

MAX_NUMBER = 9_999
# A hall of this size still fits the 64 KB that a page gets of each part (docs/contract.md);
# tests/wire/test_largest_console.py builds it.
MAX_NAME_CHARS = 80
MAX_QUEUES, MAX_COUNTERS = 80, 100
# What a counter's board takes (firmware/core/config.py), and what a ticket board has keys for.
MAX_QUEUES_OF_COUNTER, MAX_QUEUES_OF_BOARD = 16, 8
MAX_AGENCIES, MAX_SERVICES_OF_QUEUE = 200, 500
MAX_BREAKS, MAX_PEOPLE, MAX_CLOSURES = 200, 1_000, 400

ROLE_OF_KIND = {"counter_led": "counter", "ticket_button": "ticket", "refill_sensor": "dispenser"}

_PREFIX = re.compile(r"[A-Z]{1,3}")
_SCOPE = re.compile(r"agency:[a-z][a-z0-9_-]*|counter:[1-9][0-9]{0,2}")
_NUMBERS = re.compile(r"([0-9]{1,4}) ?- ?([0-9]{1,4})")
_RATIO = re.compile(r"ratio ([1-9][0-9]?):([1-9][0-9]?)")


def _name(text: str) -> str:
    if not topics.is_name(text):
        raise ValueError("which is not an id")
    return text


def _board_id(text: str) -> str:
    if not topics.is_board_id(_name(text)):
        raise ValueError("which is kept for the gateway and its consoles")
    return text


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("which says nothing")
    return _line(text)


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("which has characters that cannot be shown")
    if text != text.strip():
        raise ValueError("which begins or ends with a blank")
    if len(text) > MAX_NAME_CHARS:
        raise ValueError(f"which has {len(text)} characters")
    size = len(json.dumps(text, ensure_ascii=False).encode()) - len('""')
    if size > MAX_NAME_CHARS:
        raise ValueError(f"whose signs beyond plain letters make it {size} characters long")
    return text


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError("which is not a prefix")
    return text


def _scope(text: str) -> str:
    if text != SITE_SCOPE and not _SCOPE.fullmatch(text):
        raise ValueError("which is no scope")
    return text


def parse_numbers(text: str) -> tuple[int, int]:
    """Give first and last of a text like "1-699"."""
    match = _NUMBERS.fullmatch(text)
    if not match:
        raise ValueError("which is not a range of numbers")
    first, last = int(match[1]), int(match[2])
    if first < 1:
        raise ValueError("which begins below 1")
    if last < first:
        raise ValueError("which ends before it begins")
    return first, last


def _policy(found: Any) -> Any:
    """Take the short form "ratio 3:1", "strict" or "ageing" for the table that it stands for."""
    if not isinstance(found, str):
        return found
    if found in ("strict", "ageing", "ratio"):
        return {"kind": found}
    match = _RATIO.fullmatch(found)
    if not match:
        raise ValueError("which is no policy")
    return {"kind": "ratio", "normal": int(match[1]), "priority": int(match[2])}


def _listed(found: Any) -> Any:
    """Take one text for a list of it."""
    return [found] if isinstance(found, str) else found


def _parsed(parse: Callable[[str], Any]) -> PlainValidator:
    def check(found: Any) -> Any:
        if not isinstance(found, str):
            raise ValueError("which is not text in quotes")
        return parse(found)

    return PlainValidator(check)


Id = Annotated[str, AfterValidator(_name)]
BoardId = Annotated[str, AfterValidator(_board_id)]
Title = Annotated[str, AfterValidator(_title)]
Line = Annotated[str, AfterValidator(_line)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Number = Annotated[int, Field(ge=1, le=MAX_COUNTER)]
Days = Annotated[tuple[int, ...], _parsed(times.parse_days)]
Start = Annotated[int, _parsed(times.parse_start)]
Range = Annotated[tuple[int, int], _parsed(parse_numbers)]
Scope = Annotated[str, AfterValidator(_scope)]
Windows = Annotated[list[Annotated[Window, _parsed(times.parse_window)]], BeforeValidator(_listed)]
Week = dict[Days, Windows]

_ID = "an id: a small letter, then small letters, digits, - or _, at most 32 in all"
_TITLE = f"text of 1 to {MAX_NAME_CHARS} characters on one line"
_LINE = f"text of at most {MAX_NAME_CHARS} characters on one line"
_WEEK = 'a table of weekdays and their hours, like mon-sat = "08:00-15:00"'
_HOURS = 'a table with open = "always", or with service, tickets and early'
_POLICY = '"ratio 3:1" (1 to 99 each), "strict", "ageing", or a table with kind'


# The defaults are the domain's own: written once, there.
_POLICY_OF: dict[str, Any] = {f.name: f.default for f in fields(Policy)}
_QUEUE_OF: dict[str, Any] = {f.name: f.default for f in fields(Queue)}
_SERVICE_OF: dict[str, Any] = {f.name: f.default for f in fields(Service)}
_SITE_OF: dict[str, Any] = {f.name: f.default for f in fields(Site)}


def _number(name: str, defaults: dict[str, Any]) -> Any:
    """Give the field of a number whose range is the domain's own, with the domain's default."""
    low, high = ranges.RANGES[name]
    default = ... if defaults[name] is MISSING else defaults[name]
    return Field(default, ge=low, le=high, description=ranges.allowed(name))


class Table(BaseModel):
    """Any table of the file: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class PolicyTable(Table):
    kind: Literal["strict", "ratio", "ageing"] = Field(description='"strict", "ratio" or "ageing"')
    normal: int = _number("normal", _POLICY_OF)
    priority: int = _number("priority", _POLICY_OF)
    guard_min: int = _number("guard_min", _POLICY_OF)
    priority_weight: float = _number("priority_weight", _POLICY_OF)


_DEFAULT_POLICY = PolicyTable.model_validate({"kind": _POLICY_OF["kind"]})
PolicyField = Annotated[PolicyTable, BeforeValidator(_policy)]


class HoursTable(Table):
    open: Literal["always"] | None = Field(None, description='"always", or leave the key out')
    service: Week | None = Field(None, description=_WEEK)
    tickets: Week | None = Field(None, description=_WEEK)
    early: Week | None = Field(None, description=_WEEK)


class SiteTable(Table):
    id: Id = Field(description=_ID)
    name: Title = Field(description=_TITLE)
    zone: str = Field(description='a time zone like "Asia/Jakarta" (WIB)')
    counter_word: Literal["loket", "gerai", "meja"] = Field(
        _SITE_OF["counter_word"], description='"loket", "gerai" or "meja"'
    )
    sign_in: bool = Field(_SITE_OF["sign_in"], description="true or false")
    policy: PolicyField = Field(_DEFAULT_POLICY, description=_POLICY)
    closures: list[date] = Field(
        [],
        max_length=MAX_CLOSURES,
        description=f"a list of at most {MAX_CLOSURES} dates without quotes, like [2026-12-25]",
    )
    presence_s: int = _number("presence_s", _SITE_OF)
    undo_s: int = _number("undo_s", _SITE_OF)
    print_timeout_s: int = _number("print_timeout_s", _SITE_OF)
    rate_within_s: int = _number("rate_within_s", _SITE_OF)
    next_lock_ms: int = _number("next_lock_ms", _SITE_OF)
    reading_every_s: int = _number("reading_every_s", _SITE_OF)


class AgencyTable(Table):
    id: Id = Field(description=_ID)
    name: Title = Field(description=_TITLE)
    walk_in: bool = Field(True, description="true or false")
    online: Line = Field("", description=_LINE)
    phone: Line = Field("", description=_LINE)
    hours: HoursTable | None = Field(None, description=_HOURS)


class ServiceTable(Table):
    id: Id = Field(description=_ID)
    name: Title = Field(description=_TITLE)
    agency: str | None = Field(None, description="the id of an agency, in quotes")
    quota_per_day: int | None = _number("quota_per_day", _SERVICE_OF)


class QueueTable(Table):
    prefix: Prefix = Field(description="one to three capital letters A to Z")
    name: Title = Field(description=_TITLE)
    agency: str = Field(description="the id of an agency, in quotes")
    policy: PolicyField | None = Field(None, description=_POLICY)
    hours: HoursTable | None = Field(None, description=_HOURS)
    numbers: Range = Field(
        (_QUEUE_OF["first_number"], _QUEUE_OF["last_number"]),
        description=f'a range like "1-699", from 1 to at most {MAX_NUMBER}',
    )
    lease_numbers: Range = Field(
        (_QUEUE_OF["lease_first"], _QUEUE_OF["lease_last"]),
        description=f'a range like "700-999", from 1 to at most {MAX_NUMBER}',
    )
    services: list[ServiceTable] = Field(
        [],
        max_length=MAX_SERVICES_OF_QUEUE,
        description=f"a list of at most {MAX_SERVICES_OF_QUEUE} services",
    )


class CounterTable(Table):
    number: Number = Field(description=f"a whole number from 1 to {MAX_COUNTER}")
    queues: list[str] = Field(
        min_length=1,
        max_length=MAX_QUEUES_OF_COUNTER,
        description=f"a list of 1 to {MAX_QUEUES_OF_COUNTER} queue prefixes, each once",
    )
    agency: str | None = Field(None, description="the id of an agency, in quotes")
    place: Line = Field("", description=_LINE)


class BreakTable(Table):
    name: Title = Field(description=_TITLE)
    minutes: int = Field(ge=1, le=times.DAY_MIN, description="whole minutes from 1 to 1440")
    scope: Annotated[list[Scope], BeforeValidator(_listed)] = Field(
        [SITE_SCOPE], min_length=1, description='"site", "agency:ID", "counter:NUMBER", or a list'
    )
    days: Annotated[list[Days], BeforeValidator(_listed)] = Field(
        [tuple(range(7))], min_length=1, description=f"{times.DAYS_FORM}, or a list of these"
    )
    starts: Annotated[list[Start], BeforeValidator(_listed)] | None = Field(
        None, min_length=1, description=f"{times.TIME_FORM}, or a list of times"
    )
    every_min: int | None = Field(None, ge=5, le=720, description="whole minutes from 5 to 720")
    first: Start | None = Field(None, description=times.TIME_FORM)
    last: Start | None = Field(None, description=times.TIME_FORM)


class PersonTable(Table):
    id: Id = Field(description=_ID)
    role: Literal["greeter", "officer", "facilities", "technician", "supervisor"] = Field(
        description='"greeter", "officer", "facilities", "technician" or "supervisor"'
    )


class BoardTable(Table):
    id: BoardId = Field(description=_ID)
    role: Literal["counter", "ticket", "dispenser"] = Field(
        description='"counter", "ticket" or "dispenser"'
    )
    kind: Literal["counter_led", "ticket_button", "refill_sensor"] = Field(
        description='"counter_led", "ticket_button" or "refill_sensor"'
    )
    counter: int | None = Field(None, description="the number of a counter")
    queues: list[str] = Field(
        [],
        max_length=MAX_QUEUES_OF_BOARD,
        description=f"a list of at most {MAX_QUEUES_OF_BOARD} queue prefixes, each once",
    )
    place: Line = Field("", description=_LINE)


class SiteFile(Table):
    """The whole file."""

    site: SiteTable = Field(description="a table [site]")
    hours: HoursTable = Field(description=f"[hours]: {_HOURS}")
    agencies: list[AgencyTable] = Field(
        min_length=1,
        max_length=MAX_AGENCIES,
        description=f"1 to {MAX_AGENCIES} tables headed [[agencies]]",
    )
    queues: list[QueueTable] = Field(
        min_length=1,
        max_length=MAX_QUEUES,
        description=f"1 to {MAX_QUEUES} tables headed [[queues]]",
    )
    counters: list[CounterTable] = Field(
        min_length=1,
        max_length=MAX_COUNTERS,
        description=f"1 to {MAX_COUNTERS} tables headed [[counters]]",
    )
    breaks: list[BreakTable] = Field(
        [], max_length=MAX_BREAKS, description=f"at most {MAX_BREAKS} tables headed [[breaks]]"
    )
    people: list[PersonTable] = Field(
        [], max_length=MAX_PEOPLE, description=f"at most {MAX_PEOPLE} tables headed [[people]]"
    )
    boards: list[BoardTable] = Field(
        [], max_length=MAX_BOARDS, description=f"at most {MAX_BOARDS} tables headed [[boards]]"
    )
