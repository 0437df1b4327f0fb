"""What a site is: the settings that the queue's rules decide by. Plain data, checked elsewhere.

`gateway/site` makes these from a site file; the domain only reads them. Times of day are
minutes since local midnight; weekdays are 0 (Monday) to 6 (Sunday).
"""

from dataclasses import dataclass

SITE_SCOPE = "site"
MAX_BOARDS = 150  # of a hall; the most of which a page can still be told
PERSON_ROLES = ("greeter", "officer", "facilities", "technician", "supervisor")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one day: `opens_min` up to, not including, `closes_min` (0 to 1440)."""

    opens_min: int
    closes_min: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When tickets are given and when counters serve: seven tuples of windows, Monday first."""

    tickets: tuple[tuple[Window, ...], ...]
    service: tuple[tuple[Window, ...], ...]
    early: tuple[tuple[Window, ...], ...]  # numbers taken here join the line at check-in only


@dataclass(frozen=True, slots=True)
class Break:
    """A recurring pause of service; `scope` is "site", "agency:ID" or "counter:N"."""

    name: str
    scope: str
    weekdays: tuple[int, ...]
    starts_min: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Which ticket next: `kind` is "strict", "ratio" or "ageing" (see docs/domain.md)."""

    kind: str = "ratio"
    normal: int = 3  # ratio: this many normal tickets ...
    priority: int = 1  # ... for each of this many priority tickets
    guard_min: int = 30  # strict: a normal ticket waiting longer goes first
    priority_weight: float = 2.0  # ageing: waiting time of a priority ticket counts this much


@dataclass(frozen=True, slots=True)
class Agency:
    """An office of the mall. With `walk_in` False no numbers are issued; instead its online
    address and phone are shown."""

    id: str
    name: str
    walk_in: bool = True
    online: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One of the site's services, served through one queue; quota None is unlimited."""

    id: str
    name: str
    agency: str
    queue: str
    quota_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """One waiting line. Online numbers run from `first_number` to `last_number`, leased ones
    from `lease_first` to `lease_last`; the two never overlap."""

    prefix: str
    name: str
    agency: str
    policy: Policy
    hours: Hours
    first_number: int = 1
    last_number: int = 699
    lease_first: int = 700
    lease_last: int = 999


@dataclass(frozen=True, slots=True)
class Counter:
    """Where an officer serves; `queues` in order of preference."""

    number: int
    queues: tuple[str, ...]
    agency: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may act through a console; `role` as in docs/domain.md. No names here."""

    id: str
    role: str


@dataclass(frozen=True, slots=True)
class SiteBoard:
    """A virtual board that a demo hall makes; `kind` is a folder of `boards/`. `counter` is that
    of a counter board; `queues` are the keys of a ticket board, in their order."""

    id: str
    role: str
    kind: str
    counter: int | None = None
    queues: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One hall with one gateway."""

    id: str
    name: str
    zone: str  # IANA name, e.g. "Asia/Jakarta"
    agencies: tuple[Agency, ...]
    services: tuple[Service, ...]
    queues: tuple[Queue, ...]
    counters: tuple[Counter, ...]
    breaks: tuple[Break, ...] = ()
    closures: tuple[str, ...] = ()  # ISO dates on which the site is closed
    people: tuple[Person, ...] = ()
    boards: tuple[SiteBoard, ...] = ()
    counter_word: str = "loket"  # loket, gerai, meja
    sign_in: bool = True  # consoles must name a person of `people`
    presence_s: int = 60  # `next` on a called ticket younger than this: no_show, else done
    undo_s: int = 30
    print_timeout_s: int = 30  # a reserved ticket not confirmed within this is void
    rate_within_s: int = 90
    fever_c: float = 37.5  # entrance check: this temperature and above does not pass
    mask_needed: bool = False  # entrance check: without a mask nobody passes
    next_lock_ms: int = 1_500
    reading_every_s: int = 300  # how often a dispenser reports
