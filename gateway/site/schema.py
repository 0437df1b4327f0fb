"""The keys of a site file: their types, ranges and defaults.

Each field's `description` says what is allowed; it stands in the errors as it is. What ties
one key to another (references, doubles, ranges that meet) is `gateway.site.cross`'s.
"""

from dataclasses import MISSING, fields
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from firmware.wire.events import MAX_COUNTER
from gateway.domain import ranges
from gateway.domain.site import (
    MAX_BOARDS,
    MAX_NAME_CHARS,
    MAX_QUEUES_OF_COUNTER,
    SITE_SCOPE,
    Counter,
    Person,
    Policy,
    Queue,
    Service,
    Site,
    Slots,
    SpecialDays,
)
from gateway.site import times
from gateway.site.forms import (
    MAX_URL_CHARS,
    BoardId,
    Dates,
    DayLists,
    Id,
    Line,
    Number,
    Prefix,
    Range,
    Scopes,
    ScopesOfDays,
    Start,
    Starts,
    Title,
    VisitorUrl,
    Week,
    spelled_policy,
)

MAX_NUMBER = 9_999
# A hall of this size still fits the 64 KB that a page gets of each part (docs/contract.md);
# tests/wire/test_largest_console.py builds it.
MAX_QUEUES, MAX_COUNTERS = 80, 100
MAX_QUEUES_OF_BOARD = 8  # what a ticket board has keys for
MAX_AGENCIES, MAX_SERVICES_OF_QUEUE = 200, 500
MAX_BREAKS, MAX_PEOPLE, MAX_CLOSURES, MAX_SPECIAL_DAYS = 200, 1_000, 400, 200
MAX_DATES = 100  # that one table of special days names singly

_ID = "an id: a small letter, then small letters, digits, - or _, at most 32 in all"
_TITLE = f"text of 1 to {MAX_NAME_CHARS} characters on one line"
_LINE = f"text of at most {MAX_NAME_CHARS} characters on one line"
_URL = f"an http or https address of at most {MAX_URL_CHARS} characters with {{ticket}} in it"
_DATE = "a date without quotes, like 2026-12-24"
_WEEK = 'a table of weekdays and their hours, like mon-sat = "08:00-15:00"'
_HOURS = 'a table with open = "always", or with service, tickets and early'
_POLICY = '"ratio 3:1" (1 to 99 each), "strict", "ageing", or a table with kind'


def _default(owner: type, name: str) -> Any:
    """Give the domain's own default, so that it is written once; `...` where a value is needed."""
    (default,) = (f.default for f in fields(owner) if f.name == name)
    return ... if default is MISSING else default


def _number(owner: type, name: str) -> Any:
    """Give the field of a number whose range and default are the domain's."""
    low, high = ranges.RANGES[name]
    return Field(_default(owner, name), ge=low, le=high, description=ranges.allowed(name))


def _flag(owner: type, name: str) -> Any:
    """Give the field of a yes or no with the domain's default."""
    return Field(_default(owner, name), description="true or false")


def _choice(owner: type, name: str, words: str) -> Any:
    """Give the field of one of several words with the domain's default."""
    return Field(_default(owner, name), description=words)


class Table(BaseModel):
    """Any table of the file: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class PolicyTable(Table):
    kind: Literal["strict", "ratio", "ageing"] = Field(description='"strict", "ratio" or "ageing"')
    normal: int = _number(Policy, "normal")
    priority: int = _number(Policy, "priority")
    guard_min: int = _number(Policy, "guard_min")
    priority_weight: float = _number(Policy, "priority_weight")


_DEFAULT_POLICY = PolicyTable.model_validate({"kind": _default(Policy, "kind")})
PolicyField = Annotated[PolicyTable, BeforeValidator(spelled_policy)]


class HoursTable(Table):
    open: Literal["always"] | None = Field(None, description='"always", or leave the key out')
    service: Week | None = Field(None, description=_WEEK)
    tickets: Week | None = Field(None, description=_WEEK)
    early: Week | None = Field(None, description=_WEEK)


class SiteTable(Table):
    id: Id = Field(description=_ID)
    name: Title = Field(description=_TITLE)
    zone: str = Field(description='a time zone like "Asia/Jakarta" (WIB)')
    counter_word: Literal["loket", "gerai", "meja"] = _choice(
        Site, "counter_word", '"loket", "gerai" or "meja"'
    )
    sign_in: bool = _flag(Site, "sign_in")
    policy: PolicyField = Field(_DEFAULT_POLICY, description=_POLICY)
    closures: list[date] = Field(
        [],
        max_length=MAX_CLOSURES,
        description=f"a list of at most {MAX_CLOSURES} dates without quotes, like [2026-12-25]",
    )
    presence_s: int = _number(Site, "presence_s")
    undo_s: int = _number(Site, "undo_s")
    print_timeout_s: int = _number(Site, "print_timeout_s")
    rate_within_s: int = _number(Site, "rate_within_s")
    next_lock_ms: int = _number(Site, "next_lock_ms")
    reading_every_s: int = _number(Site, "reading_every_s")
    late_within_min: int = _number(Site, "late_within_min")
    late_place: Literal["front", "place", "end"] = _choice(
        Site, "late_place", '"front", "place" or "end"'
    )
    per_link_per_day: int = _number(Site, "per_link_per_day")
    capacity: int = _number(Site, "capacity")
    ask_in_min: int = _number(Site, "ask_in_min")
    ask_in_hold_min: int = _number(Site, "ask_in_hold_min")
    screening: bool = _flag(Site, "screening")
    screening_good_min: int = _number(Site, "screening_good_min")
    fever_c: float = _number(Site, "fever_c")
    mask_needed: bool = _flag(Site, "mask_needed")
    book_early_min: int = _number(Site, "book_early_min")
    book_late_min: int = _number(Site, "book_late_min")
    lease_size: int = _number(Site, "lease_size")
    visitor_url: VisitorUrl = Field(_default(Site, "visitor_url"), description=_URL)
    ticket_head: Line = Field(_default(Site, "ticket_head"), description=_LINE)
    ticket_foot: Line = Field(_default(Site, "ticket_foot"), description=_LINE)


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
    quota_per_day: int | None = _number(Service, "quota_per_day")
    in_person: bool = _flag(Service, "in_person")


class AppointmentsTable(Table):
    every_min: int = _number(Slots, "every_min")
    per_slot: int = _number(Slots, "per_slot")
    days_ahead: int = _number(Slots, "days_ahead")


class QueueTable(Table):
    prefix: Prefix = Field(description="one to three capital letters A to Z")
    name: Title = Field(description=_TITLE)
    agency: str = Field(description="the id of an agency, in quotes")
    policy: PolicyField | None = Field(None, description=_POLICY)
    hours: HoursTable | None = Field(None, description=_HOURS)
    numbers: Range = Field(
        (_default(Queue, "first_number"), _default(Queue, "last_number")),
        description=f'a range like "1-699", from 1 to at most {MAX_NUMBER}',
    )
    lease_numbers: Range = Field(
        (_default(Queue, "lease_first"), _default(Queue, "lease_last")),
        description=f'a range like "700-999", from 1 to at most {MAX_NUMBER}',
    )
    appointments: AppointmentsTable | None = Field(
        None, description="a table with every_min, per_slot and, if you like, days_ahead"
    )
    transfer_arrival: Literal["original", "now"] = _choice(
        Queue, "transfer_arrival", '"original" or "now"'
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
    choice: Literal["longest", "preferred"] = _choice(Counter, "choice", '"longest" or "preferred"')
    guard_min: int = _number(Counter, "guard_min")
    kind: Literal["desk", "video"] = _choice(Counter, "kind", '"desk" or "video"')


class BreakTable(Table):
    name: Title = Field(description=_TITLE)
    minutes: int = Field(ge=1, le=times.DAY_MIN, description="whole minutes from 1 to 1440")
    scope: Scopes = Field(
        [SITE_SCOPE], min_length=1, description='"site", "agency:ID", "counter:NUMBER", or a list'
    )
    days: DayLists = Field(
        [tuple(range(7))], min_length=1, description=f"{times.DAYS_FORM}, or a list of these"
    )
    starts: Starts | None = Field(
        None, min_length=1, description=f"{times.TIME_FORM}, or a list of times"
    )
    every_min: int | None = Field(None, ge=5, le=720, description="whole minutes from 5 to 720")
    first: Start | None = Field(None, description=times.TIME_FORM)
    last: Start | None = Field(None, description=times.TIME_FORM)
    first_day: date | None = Field(None, description=_DATE)
    last_day: date | None = Field(None, description=_DATE)


class SpecialDaysTable(Table):
    name: Title = Field(description=_TITLE)
    on: Dates | None = Field(
        None,
        min_length=1,
        max_length=MAX_DATES,
        description=f"a date without quotes, or a list of 1 to {MAX_DATES}",
    )
    first_day: date | None = Field(None, description=_DATE)
    last_day: date | None = Field(None, description=_DATE)
    scope: ScopesOfDays = Field(
        [SITE_SCOPE], min_length=1, description='"site", "agency:ID", "queue:PREFIX", or a list'
    )
    closed: bool = Field(False, description="true or false")
    hours: HoursTable | None = Field(None, description=_HOURS)
    breaks: bool = _flag(SpecialDays, "breaks")


class PersonTable(Table):
    id: Id = Field(description=_ID)
    role: Literal["greeter", "officer", "facilities", "technician", "supervisor"] = Field(
        description='"greeter", "officer", "facilities", "technician" or "supervisor"'
    )
    queues: list[str] = Field(
        [],
        max_length=MAX_QUEUES,
        description=f"a list of at most {MAX_QUEUES} queue prefixes, each once",
    )
    per_day: int | None = _number(Person, "per_day")


class BoardTable(Table):
    id: BoardId = Field(description=_ID)
    role: Literal["counter", "ticket", "dispenser", "rating", "hall", "gate", "panel"] = Field(
        description='"counter", "ticket", "dispenser", "rating", "hall", "gate" or "panel"'
    )
    kind: str = Field(description="the name of a folder in `boards/`, in quotes")
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
    special_days: list[SpecialDaysTable] = Field(
        [],
        max_length=MAX_SPECIAL_DAYS,
        description=f"at most {MAX_SPECIAL_DAYS} tables headed [[special_days]]",
    )
    people: list[PersonTable] = Field(
        [], max_length=MAX_PEOPLE, description=f"at most {MAX_PEOPLE} tables headed [[people]]"
    )
    boards: list[BoardTable] = Field(
        [], max_length=MAX_BOARDS, description=f"at most {MAX_BOARDS} tables headed [[boards]]"
    )
