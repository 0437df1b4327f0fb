"""What happened: the events that the journal keeps for ever and `evolve` replays.

An event says all that replay needs (the number given, the place in line, the rule that chose),
so that a later version of the rules replays an old journal to the same hall. Every event starts
with `at_ms` (UTC) and `by`, the person credited ("" for nobody in particular). Tickets are named
by their label, which is unique among the tickets the hall remembers.
"""

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
class DayOpened:
    """A business day began; `carried` are the unfinished tickets of earlier days."""

    kind: ClassVar[str] = "day_opened"
    at_ms: int
    by: str
    day: str
    carried: tuple[str, ...] = ()


@dataclass(slots=True)
class BoardAdded:
    """A board belongs to the hall; `counter` is the one it is mounted at, if any."""

    kind: ClassVar[str] = "board_added"
    at_ms: int
    by: str
    board: str
    role: str
    counter: int | None = None


@dataclass(slots=True)
class BoardRetired:
    """A board no longer belongs to the hall."""

    kind: ClassVar[str] = "board_retired"
    at_ms: int
    by: str
    board: str


@dataclass(slots=True)
class Issued:
    """A number was given; `state` is reserved, waiting or booked.

    `early` numbers join the line at check-in; `arrived_ms` and `order` are the place in line.
    """

    kind: ClassVar[str] = "ticket_issued"
    at_ms: int
    by: str
    ticket: str
    queue: str
    number: int
    state: str
    arrived_ms: int
    order: int
    board: str = ""
    service: str = ""
    klass: str = ""
    early: bool = False


@dataclass(slots=True)
class Printed:
    """The paper is out: a reserved ticket (or, late, a void one) is good, in its new `state`."""

    kind: ClassVar[str] = "ticket_printed"
    at_ms: int
    by: str
    ticket: str
    state: str


@dataclass(slots=True)
class Voided:
    """The paper failed (`why` "paper") or was never confirmed ("timeout")."""

    kind: ClassVar[str] = "ticket_voided"
    at_ms: int
    by: str
    ticket: str
    why: str


@dataclass(slots=True)
class CheckedIn:
    """A booked, parked or no-show ticket joined the line, at the place given."""

    kind: ClassVar[str] = "ticket_checked_in"
    at_ms: int
    by: str
    ticket: str
    rank: int
    arrived_ms: int
    order: int


@dataclass(slots=True)
class Called:
    """A ticket was called to a counter.

    `rule` is why this one; `turn` the line's new place in its policy's cycle (None: unchanged);
    `act` the command; `joins` says that it belongs to the same act as the event before it.
    """

    kind: ClassVar[str] = "ticket_called"
    at_ms: int
    by: str
    counter: int
    ticket: str
    rule: str
    act: str = "next"
    joins: bool = False
    turn: tuple[int, int] | None = None


@dataclass(slots=True)
class Recalled:
    """The call was repeated; `times` counts all calls of this ticket at this counter."""

    kind: ClassVar[str] = "ticket_recalled"
    at_ms: int
    by: str
    counter: int
    ticket: str
    times: int


@dataclass(slots=True)
class Started:
    """The officer began to serve the called ticket."""

    kind: ClassVar[str] = "ticket_started"
    at_ms: int
    by: str
    counter: int
    ticket: str


@dataclass(slots=True)
class Ended:
    """The ticket in hand ended; `how` is done, implied (done, by a later press) or no_show."""

    kind: ClassVar[str] = "ticket_ended"
    at_ms: int
    by: str
    counter: int
    ticket: str
    how: str
    act: str
    services: tuple[str, ...] = ()


@dataclass(slots=True)
class Parked:
    """The ticket in hand was set aside."""

    kind: ClassVar[str] = "ticket_parked"
    at_ms: int
    by: str
    counter: int
    ticket: str


@dataclass(slots=True)
class Transferred:
    """The ticket in hand is done here and waits at `queue`, with its own arrival time."""

    kind: ClassVar[str] = "ticket_transferred"
    at_ms: int
    by: str
    counter: int
    ticket: str
    queue: str


@dataclass(slots=True)
class Cancelled:
    """A ticket was given up by its visitor or taken out by the staff."""

    kind: ClassVar[str] = "ticket_cancelled"
    at_ms: int
    by: str
    ticket: str
    reason: str = ""


@dataclass(slots=True)
class Expired:
    """A ticket was ended unserved at the closing of a day, by a supervisor."""

    kind: ClassVar[str] = "ticket_expired"
    at_ms: int
    by: str
    ticket: str
    reason: str = ""


@dataclass(slots=True)
class Undone:
    """A counter's last act was taken back; `tickets` are the lives restored (see Ticket.life).

    `ended` and `ended_ms` restore what the counter ended last before that act; `queue` and
    `turn` the place in that line's policy cycle (None: others have called since, it stays).
    """

    kind: ClassVar[str] = "act_undone"
    at_ms: int
    by: str
    counter: int
    act: str
    tickets: tuple[dict[str, object], ...]
    ended: str = ""
    ended_ms: int = 0
    queue: str = ""
    turn: tuple[int, int] | None = None


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
    """An unplanned break began, of the whole site (`counter` None) or one counter."""

    kind: ClassVar[str] = "break_started"
    at_ms: int
    by: str
    counter: int | None = None
    reason: str = ""


@dataclass(slots=True)
class BreakEnded:
    """A break was ended by hand; planned breaks are passed over until `skip_until_ms`."""

    kind: ClassVar[str] = "break_ended"
    at_ms: int
    by: str
    counter: int | None = None
    skip_until_ms: int = 0


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
    """A visitor rated the service of `ticket` 1 to 4; of several ratings the last counts."""

    kind: ClassVar[str] = "service_rated"
    at_ms: int
    by: str
    counter: int
    ticket: str
    score: int


@dataclass(slots=True)
class Counted:
    """People passed the door; `inside` is the new count."""

    kind: ClassVar[str] = "people_counted"
    at_ms: int
    by: str
    board: str
    came_in: int
    went_out: int
    inside: int


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
    """A touch point was touched `n` times since its last report."""

    kind: ClassVar[str] = "touches_reported"
    at_ms: int
    by: str
    board: str
    n: int


Event = (
    SiteLoaded
    | DayOpened
    | BoardAdded
    | BoardRetired
    | Issued
    | Printed
    | Voided
    | CheckedIn
    | Called
    | Recalled
    | Started
    | Ended
    | Parked
    | Transferred
    | Cancelled
    | Expired
    | Undone
    | CounterSet
    | BreakStarted
    | BreakEnded
    | Claimed
    | Released
    | HelpAsked
    | Rated
    | Counted
    | InsideCorrected
    | Screened
    | Touched
)


def affected(event: Event) -> tuple[int, ...] | None:
    """Give the counters whose face an event may change; None is all of them.

    Breaks and hours change faces as well, as time passes: those are asked for at each tick.
    """
    if isinstance(event, SiteLoaded | DayOpened):
        return None
    number = getattr(event, "counter", None)
    if number is not None:
        return (number,)
    return None if isinstance(event, BreakStarted | BreakEnded) else ()
