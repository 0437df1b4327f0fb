"""What a site is: the settings that the queue's rules decide by. Plain data, checked elsewhere.

`gateway/site` makes these from a site file; the domain only reads them. Times of day are
minutes since local midnight; weekdays are 0 (Monday) to 6 (Sunday).
"""

from dataclasses import dataclass

SITE_SCOPE = "site"
VIDEO = "video"  # a counter's kind
PREFERENCE = "preferred"  # a counter's choice among its queues
MAX_BOARDS = 150  # of a hall; the most of which a page can still be told
MAX_QUEUES_OF_COUNTER = 16  # what a counter's board takes (firmware/core/config.py)
MAX_NAME_CHARS = 80  # of a name, a place, an address; as many bytes
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
class SpecialDays:
    """Days with other hours: a holiday, a shortened day, Ramadan, an extended evening.

    From `first_day` through `last_day` (ISO dates) `hours` replace the usual ones of `scope`:
    "site", "agency:ID" or "queue:A". The narrowest scope counts, of equal ones the one named last.
    With `breaks` False no recurring break is held there on these days.
    """

    name: str
    scope: str
    first_day: str
    last_day: str
    hours: Hours
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    """A recurring pause of service; `scope` is "site", "agency:ID" or "counter:N".

    Held from `first_day` through `last_day` (ISO dates, "" for no limit).
    """

    name: str
    scope: str
    weekdays: tuple[int, ...]
    starts_min: int
    minutes: int
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Which ticket next: `kind` is "strict", "ratio" or "ageing" (see docs/domain.md)."""

    kind: str = "ratio"
    normal: int = 3  # ratio: this many normal tickets ...
    priority: int = 1  # ... for each of this many priority tickets
    guard_min: int = 30  # strict: a normal ticket waiting longer goes first
    priority_weight: float = 2.0  # ageing: waiting time of a priority ticket counts this much


@dataclass(frozen=True, slots=True)
class Slots:
    """Appointments of a queue: one slot every `every_min`, in each at most `per_slot` bookings,
    up to `days_ahead` days before."""

    every_min: int
    per_slot: int
    days_ahead: int = 30


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
    """One of the site's services, served through one queue; quota None is unlimited.

    One that is `in_person` (a fingerprint, a photograph) cannot be served by a video booth.
    """

    id: str
    name: str
    agency: str
    queue: str
    quota_per_day: int | None = None
    in_person: bool = False


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
    # Where a transferred ticket stands in this line: by its "original" arrival, or "now".
    transfer_arrival: str = "original"
    slots: Slots | None = None  # None: no appointments


@dataclass(frozen=True, slots=True)
class Counter:
    """Where an officer serves; `queues` in order of preference.

    `choice` among them: "longest" (whose candidate has waited longest) or "preferred" (the first
    named with somebody waiting, unless another's candidate has waited over `guard_min`). `kind`
    is "desk" or "video": a booth with a screen, whose officer sits elsewhere.
    """

    number: int
    queues: tuple[str, ...]
    agency: str = ""
    place: str = ""
    choice: str = "longest"
    guard_min: int = 30
    kind: str = "desk"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may act through a console; `role` as in docs/domain.md. No names here.

    An officer's own limits: only these `queues` (empty: all of the counter), and at most
    `per_day` tickets called on a day (None: no limit).
    """

    id: str
    role: str
    queues: tuple[str, ...] = ()
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class SiteBoard:
    """A virtual board that a demo hall makes; `kind` is a folder of `boards/`. `counter` is that
    of a counter or rating board; `queues` are the keys of a ticket board, in their order."""

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
    special_days: tuple[SpecialDays, ...] = ()
    # A late visitor's no-show joins the line again within this time of the call (0: all day) ...
    late_within_min: int = 30
    late_place: str = "place"  # ... at the "front", at its old "place", or at the "end"
    per_link_per_day: int = 0  # numbers and bookings of one visitor's link on a day; 0: no limit
    capacity: int = 0  # people in the hall; 0: not limited
    ask_in_min: int = 10  # who waits outside is asked in so long before the call is expected ...
    ask_in_hold_min: int = 10  # ... and has a place in the hall for so long
    screening: bool = False  # a number is given to who has passed the entrance check ...
    screening_good_min: int = 10  # ... within this time
    book_early_min: int = 30  # an appointment may check in so long before its time ...
    book_late_min: int = 15  # ... and keeps its place so long after it
    visitor_url: str = ""  # of a visitor's page, with {ticket} in it; "": none
    ticket_head: str = ""  # on a ticket's paper; "": the site's name
    ticket_foot: str = "Silakan menunggu panggilan."
    lease_size: int = 20  # numbers of a queue that a ticket board may give alone; 0: none
