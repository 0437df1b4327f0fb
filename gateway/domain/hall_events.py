"""What happens to the hall: settings, days, boards, counters, breaks, the door. See events.py."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(slots=True)
class SiteLoaded:
    """The settings in force from now on, whole (see site_json)."""

    kind: ClassVar[str] = "site_loaded"
    at_ms: int
    by: str
    site: dict[str, object]


@dataclass(slots=True)
class SettingsChanged:
    """Settings were changed at run time: `change` as in settings_patch.py, until the site file
    itself changes."""

    kind: ClassVar[str] = "settings_changed"
    at_ms: int
    by: str
    change: dict[str, object]
    reason: str = ""


@dataclass(slots=True)
class QueueClosed:
    """A queue gives no more numbers today; `how` says what becomes of who waits there:

    serve (called until the line is empty), carry (to the next open day, at the front) or expire
    (an event each).
    """

    kind: ClassVar[str] = "queue_closed"
    at_ms: int
    by: str
    queue: str
    how: str
    reason: str = ""


@dataclass(slots=True)
class QueueOpened:
    """A queue that was closed for the day is as its hours say again."""

    kind: ClassVar[str] = "queue_opened"
    at_ms: int
    by: str
    queue: str


@dataclass(slots=True)
class AgencyHeld:
    """An agency cannot serve: its own system is down. Its lines keep their places."""

    kind: ClassVar[str] = "agency_held"
    at_ms: int
    by: str
    agency: str
    reason: str = ""


@dataclass(slots=True)
class HoldEnded:
    """A held agency serves again."""

    kind: ClassVar[str] = "hold_ended"
    at_ms: int
    by: str
    agency: str


@dataclass(slots=True)
class Leased:
    """A board may give the numbers `first` to `last` of a queue alone, until `until_ms`."""

    kind: ClassVar[str] = "numbers_leased"
    at_ms: int
    by: str
    board: str
    queue: str
    first: int
    last: int
    day: str
    until_ms: int


@dataclass(slots=True)
class DayOpened:
    """A business day began; `carried` are the unfinished tickets of earlier days."""

    kind: ClassVar[str] = "day_opened"
    at_ms: int
    by: str
    day: str
    carried: tuple[str, ...] = ()


@dataclass(slots=True)
class BoardAdded:
    """A board belongs to the hall; `counter` is the one it is mounted at, if any.

    A `spare` is at none, and does nothing but wait for its turn.
    """

    kind: ClassVar[str] = "board_added"
    at_ms: int
    by: str
    board: str
    role: str
    counter: int | None = None
    spare: bool = False


@dataclass(slots=True)
class BoardReplaced:
    """Another board, or one with an empty flash, has this id from now on: what the former one
    held (numbers to give alone) is good no longer."""

    kind: ClassVar[str] = "board_replaced"
    at_ms: int
    by: str
    board: str


@dataclass(slots=True)
class BoardRetired:
    """A board no longer belongs to the hall."""

    kind: ClassVar[str] = "board_retired"
    at_ms: int
    by: str
    board: str


@dataclass(slots=True)
class CounterSet:
    """A counter was set to open, closed, paused or resumed (`to`)."""

    kind: ClassVar[str] = "counter_set"
    at_ms: int
    by: str
    counter: int
    to: str


@dataclass(slots=True)
class BreakStarted:
    """An unplanned break began, of one counter, an agency, or (neither given) the whole site.

    `until_ms` is when it ends by itself, 0 if nobody has said.
    """

    kind: ClassVar[str] = "break_started"
    at_ms: int
    by: str
    counter: int | None = None
    reason: str = ""
    agency: str = ""
    until_ms: int = 0


@dataclass(slots=True)
class BreakEnded:
    """A break was ended by hand; planned breaks are passed over until `skip_until_ms`.

    Of a counter those are its own and its agency's; the site's are passed over there until
    `skip_site_until_ms` (None: until `skip_until_ms`, as events of an older version meant it).
    With `by_hand` False a break of the counter that was begun by hand goes on.
    """

    kind: ClassVar[str] = "break_ended"
    at_ms: int
    by: str
    counter: int | None = None
    skip_until_ms: int = 0
    agency: str = ""
    skip_site_until_ms: int | None = None
    by_hand: bool = True


@dataclass(slots=True)
class Claimed:
    """`by` works at this counter from now on: its boards' presses are theirs."""

    kind: ClassVar[str] = "counter_claimed"
    at_ms: int
    by: str
    counter: int


@dataclass(slots=True)
class Released:
    """Nobody claims this counter any more."""

    kind: ClassVar[str] = "counter_released"
    at_ms: int
    by: str
    counter: int


@dataclass(slots=True)
class HelpAsked:
    """A counter asked for a supervisor."""

    kind: ClassVar[str] = "help_asked"
    at_ms: int
    by: str
    counter: int


@dataclass(slots=True)
class Rated:
    """A visitor rated 1 to 4 what `by` did at `counter`, for `ticket` of `queue`.

    Of several for one ticket and counter (in journals of an older version) the last counts.
    """

    kind: ClassVar[str] = "service_rated"
    at_ms: int
    by: str
    counter: int
    ticket: str
    score: int
    queue: str = ""
    services: tuple[str, ...] = ()  # rendered there, or else the one it was for


@dataclass(slots=True)
class Counted:
    """People passed the door; `inside` is the new count.

    `day` is theirs if they were counted on an earlier business day and told of later.
    """

    kind: ClassVar[str] = "people_counted"
    at_ms: int
    by: str
    board: str
    came_in: int
    went_out: int
    inside: int
    day: str = ""


@dataclass(slots=True)
class InsideCorrected:
    """Somebody counted the people inside and said so."""

    kind: ClassVar[str] = "people_corrected"
    at_ms: int
    by: str
    inside: int


@dataclass(slots=True)
class Screened:
    """The entrance check let somebody pass, or not."""

    kind: ClassVar[str] = "visitor_screened"
    at_ms: int
    by: str
    board: str
    temp_c: float
    mask: bool
    passed: bool


@dataclass(slots=True)
class Touched:
    """A touch point was touched `n` times since its last report; `day` as in Counted."""

    kind: ClassVar[str] = "touches_reported"
    at_ms: int
    by: str
    board: str
    n: int
    day: str = ""
