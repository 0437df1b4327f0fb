"""The hall as it stands: tickets, lines, counters, boards. Changed by `evolve` and nobody else.

Equal halls compare equal (`==`), whatever way they came about; caches (`compare=False`) do not
count, and follow from the rest by `rebuild()`: they are no part of a stored hall. Fields are
plain (numbers, texts, dataclasses, and dicts, lists, sets and tuples of them) and fully annotated.
"""

from dataclasses import dataclass, field

from gateway.domain.habits import Habit
from gateway.domain.lines import Line
from gateway.domain.schedule import Schedule
from gateway.domain.site import VIDEO, Counter, Queue, Service, Site

# The states of a ticket (see docs/domain.md). A transferred ticket is waiting at its new queue.
RESERVED = "reserved"
BOOKED = "booked"
WAITING = "waiting"
CALLED = "called"
SERVING = "serving"
PARKED = "parked"
DONE = "done"
NO_SHOW = "no_show"
VOID = "void"
CANCELLED = "cancelled"
EXPIRED = "expired"
STATES = (
    RESERVED, BOOKED, WAITING, CALLED, SERVING, PARKED, DONE, NO_SHOW, VOID, CANCELLED, EXPIRED,
)  # fmt: skip
IMPLIED = "implied"  # how a ticket ended that only a later press of next says was served
FINAL = frozenset((DONE, NO_SHOW, VOID, CANCELLED, EXPIRED))
# These give their place in a service's daily quota back.
GIVES_BACK = frozenset((NO_SHOW, VOID, CANCELLED, EXPIRED))

# What becomes of who waits in a queue that is closed for the day, the milder first.
SERVE = "serve"
CARRY = "carry"
EXPIRE = "expire"
CLOSINGS = (SERVE, CARRY, EXPIRE)

CALLS_KEPT = 12

# What is held of the machine's clock: while it is not trusted, time goes on without it.
CLOCK_TRUSTED = ""
CLOCK_BEHIND = "behind"
CLOCK_AHEAD = "ahead"
CLOCK_STATES = (CLOCK_TRUSTED, CLOCK_BEHIND, CLOCK_AHEAD)

NO_SITE = Site("", "", "", (), (), (), ())

# At which counter a ticket was seen, by whom, of which queue and for which services.
Seen = tuple[int, str, str, tuple[str, ...]]

# What a command may change about a ticket, in the order of Ticket.life().
LIFE = (
    "state", "queue", "counter", "rank", "arrived_ms", "order",
    "called_ms", "times", "started_ms", "ended_ms", "ended_at", "how",
    "service", "route", "joined_ms", "until_ms", "absent", "behind", "seen",
)  # fmt: skip
Life = tuple[
    str, str, int, int, int, int, int, int, int, int, int, str,
    str, tuple[str, ...], int, int, int, tuple[str, ...], tuple[Seen, ...],
]  # fmt: skip

# Where a ticket came from, if not from a number taken in the hall.
OFFLINE = "offline"  # given by a board alone, from its lease
CATCH_UP = "catch_up"  # served by hand in an outage, entered later: left out of waiting times
BOOKING = "booking"  # an appointment that checked in


@dataclass(slots=True)
class Ticket:
    """One number of one business day. Times are UTC ms, 0 for never; counters are 0 for none."""

    label: str
    issued_queue: str
    number: int
    day: str
    issued_ms: int
    board: str  # that printed it
    service: str
    klass: str  # "" is normal
    early: bool  # joins the line at check-in
    state: str
    queue: str  # where it waits or was called from
    rank: int
    arrived_ms: int
    order: int
    counter: int = 0  # that has it in hand
    called_ms: int = 0
    times: int = 0  # called and recalled
    started_ms: int = 0
    ended_ms: int = 0
    ended_at: int = 0
    how: str = ""  # done, implied or no_show
    rev: int = 0  # changes so far: whether an act may still be taken back
    visit: str = ""  # the label of its visitor's first ticket of the day
    route: tuple[str, ...] = ()  # services still to come after the present one, in this order
    behind: tuple[str, ...] = ()  # services it has behind it, when it went on to another
    aside: bool = False  # waiting, but out of its line while its visit is at a counter
    joined_ms: int = 0  # when it came into the line where it is: waiting times start here
    until_ms: int = 0  # parked: when it comes back by itself
    absent: int = 0  # no-shows so far
    slot_ms: int = 0  # of its appointment
    link: str = ""  # of its visitor
    outside: bool = False  # taken when the hall was full: its visitor waits outside
    asked_ms: int = 0  # when that visitor was asked in
    origin: str = ""  # offline, catch_up or booking
    promised: tuple[int, ...] = ()  # the wait that was told: low, about, high in s
    seen: tuple[Seen, ...] = ()  # today, by counters that have let it go
    rated: tuple[int, ...] = ()  # today, at these counters

    def life(self) -> Life:
        """Give all that a command may change, for an act to restore."""
        return (
            self.state, self.queue, self.counter, self.rank, self.arrived_ms, self.order,
            self.called_ms, self.times, self.started_ms, self.ended_ms, self.ended_at, self.how,
            self.service, self.route, self.joined_ms, self.until_ms, self.absent, self.behind,
            self.seen,
        )  # fmt: skip


@dataclass(slots=True)
class Act:
    """A counter's last act on tickets, and what taking it back restores."""

    name: str
    at_ms: int
    ended: str  # what the counter had ended last before it
    ended_ms: int
    before: list[tuple[str, Life]] = field(default_factory=list)
    revs: list[int] = field(default_factory=list)  # of the same tickets, after the act
    queue: str = ""  # whose cycle it moved ...
    turn_before: tuple[int, int] = (0, 0)
    turn_after: tuple[int, int] = (0, 0)
    caller: str = ""  # whose call it was, to be counted no more


@dataclass(slots=True)
class CounterState:
    """One counter as it stands."""

    number: int
    ticket: str = ""  # in hand
    open: bool = True  # not closed by hand
    paused: bool = False
    by: str = ""  # who claims it
    since_ms: int = 0  # of its present state
    help_ms: int = 0  # a supervisor was asked; 0: no
    on_break: str | None = None  # unplanned: its reason, "" if none was given
    break_until_ms: int = 0  # ends by itself then; 0: nobody has said
    skip_until_ms: int = 0  # its own planned breaks were ended by hand until then ...
    skip_site_until_ms: int = 0  # ... and those of the whole site
    ended: str = ""  # the ticket ended here last ...
    ended_ms: int = 0  # ... and when
    last: Act | None = None
    habit: Habit = field(default_factory=Habit)


@dataclass(slots=True)
class Board:
    """A board of the hall, and the counter it is mounted at, if any; a spare is at none."""

    id: str
    role: str
    counter: int | None = None
    spare: bool = False


@dataclass(slots=True)
class Booking:
    """An appointment: a time in a queue's slots. Its number (`ticket`) is given at check-in.

    One that has its number, or was missed, is remembered until its day is over.
    """

    id: str
    queue: str
    slot_ms: int
    day: str  # the business day of its time
    service: str = ""
    klass: str = ""
    link: str = ""
    ticket: str = ""


@dataclass(slots=True)
class Lease:
    """Numbers that one board may give alone, on one business day and until a time (UTC ms).

    `used` are those handed in so far. An old lease is remembered: its numbers may be on paper.
    """

    board: str
    queue: str
    first: int
    last: int
    day: str
    until_ms: int
    granted_ms: int
    used: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Hold:
    """An agency whose own system is down (*tertunda*): why, and since when."""

    reason: str
    since_ms: int


@dataclass(slots=True)
class Rest:
    """A break of an agency that was begun by hand; `until_ms` 0: nobody has said."""

    reason: str
    since_ms: int
    until_ms: int = 0


@dataclass(slots=True)
class Call:
    """A call as displays show it."""

    ticket: str
    counter: int
    at_ms: int
    times: int
    priority: bool


@dataclass(slots=True)
class Hall:
    """Everything the rules decide by. `Hall()` is empty; its first event is a site."""

    site: Site = NO_SITE
    day: str = ""  # ISO date of the business day, "" before the first
    tickets: dict[str, Ticket] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    counters: dict[int, CounterState] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)  # newest first
    printing: dict[str, int] = field(default_factory=dict)  # reserved: label -> issued_ms
    # Service -> numbers and appointments of today.
    quota_used: dict[str, int] = field(default_factory=dict)
    touches: dict[str, int] = field(default_factory=dict)  # board -> touches today
    inside: int = 0
    order: int = 0  # of the last arrival
    arrived_ms: int = 0  # of the last arrival; never runs backwards
    known_ms: int = 0  # UTC of the newest event: a clock that shows less at a start is wrong
    clock: str = CLOCK_TRUSTED
    break_by_hand: str | None = None  # of the whole site: its reason
    break_since_ms: int = 0
    break_until_ms: int = 0
    skip_until_ms: int = 0
    rests: dict[str, Rest] = field(default_factory=dict)  # by agency
    held: dict[str, Hold] = field(default_factory=dict)  # by agency
    base: Site = NO_SITE  # the settings as the site file has them, before changes at run time
    visits: dict[str, list[str]] = field(default_factory=dict)  # of several tickets: their labels
    links: dict[str, list[str]] = field(default_factory=dict)  # a link's numbers of today
    parked: dict[str, int] = field(default_factory=dict)  # label -> when it comes back by itself
    bookings: dict[str, Booking] = field(default_factory=dict)
    booked: int = 0  # bookings made so far
    leases: list[Lease] = field(default_factory=list)
    passes: list[int] = field(default_factory=list)  # entrance checks passed and not used: when
    outside: dict[str, int] = field(default_factory=dict)  # label -> asked in when, 0: not yet
    calls_of: dict[str, int] = field(default_factory=dict)  # person -> tickets called today
    index: "SiteIndex" = field(default_factory=lambda: SiteIndex(NO_SITE), compare=False)
    day_ends_ms: int = field(default=0, compare=False)  # follows from day and zone

    def rebuild(self) -> None:
        """Make the caches again: of a hall that was stored without them."""
        self.index = SiteIndex(self.site)
        self.day_ends_ms = self.index.schedule.day_ends_ms(self.day) if self.day else 0


def by_video(site: Site) -> frozenset[str]:
    """Give the queues that a video booth calls from."""
    booths = (counter for counter in site.counters if counter.kind == VIDEO)
    return frozenset(prefix for booth in booths for prefix in booth.queues)


class SiteIndex:
    """The site's settings by name, and its clock; follows from the site."""

    def __init__(self, site: Site) -> None:
        self.queues: dict[str, Queue] = {queue.prefix: queue for queue in site.queues}
        self.services: dict[str, Service] = {service.id: service for service in site.services}
        self.agencies = {agency.id: agency for agency in site.agencies}
        self.counters: dict[int, Counter] = {counter.number: counter for counter in site.counters}
        self.people = {person.id: person.role for person in site.people}
        self.limited = {
            person.id: person
            for person in site.people
            if person.queues or person.per_day is not None
        }
        # Lines that a video booth calls from: nobody who must be there in person may stand in one.
        self.by_video = by_video(site)
        self.serving: dict[str, tuple[int, ...]] = {
            queue.prefix: tuple(c.number for c in site.counters if queue.prefix in c.queues)
            for queue in site.queues
        }
        away = {agency.id for agency in site.agencies if not agency.walk_in}
        self.walk_in = {queue.prefix for queue in site.queues if queue.agency not in away}
        self.schedule = Schedule(site)
        self.seen_queues: dict[str, tuple[object, dict[str, object]]] = {}  # of hallview

    def __deepcopy__(self, memo: object) -> "SiteIndex":
        return self  # it follows from the settings, which copies share
