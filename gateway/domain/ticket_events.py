"""What happens to tickets, and to the counters that hold them. See events.py."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(slots=True)
class Issued:
    """A number was given; `state` is reserved, waiting or booked, or, of a number that a board gave
    alone and handed in after its day, expired.

    `early` numbers join the line at check-in; `arrived_ms` and `order` are the place in line;
    `promised` is the wait that was told: low, about, high in seconds, () for unknown.
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
    visit: str = ""  # "" is one of its own
    route: tuple[str, ...] = ()
    link: str = ""
    outside: bool = False
    origin: str = ""
    slot_ms: int = 0
    issued_ms: int = 0  # when it was given, if that was not now
    # An earlier day, of a number that was handed in after it; then no ticket of today.
    day: str = ""
    screened: bool = False  # for this number a pass of the entrance check was used up
    promised: tuple[int, ...] = ()


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
    """A booked, parked or no-show ticket, or one ended today, joined the line at this place."""

    kind: ClassVar[str] = "ticket_checked_in"
    at_ms: int
    by: str
    ticket: str
    rank: int
    arrived_ms: int
    order: int
    reason: str = ""


@dataclass(slots=True)
class Reclassed:
    """A waiting, booked or parked ticket got another class; its place by arrival stays."""

    kind: ClassVar[str] = "ticket_reclassed"
    at_ms: int
    by: str
    ticket: str
    klass: str


@dataclass(slots=True)
class AskedIn:
    """A visitor who waits outside was asked into the hall."""

    kind: ClassVar[str] = "ticket_asked_in"
    at_ms: int
    by: str
    ticket: str


@dataclass(slots=True)
class CaughtUp:
    """A number that was served by hand in an outage was entered; it is done at once.

    `served_ms` is when it was served; `counter` 0 if nobody remembers.
    """

    kind: ClassVar[str] = "ticket_caught_up"
    at_ms: int
    by: str
    ticket: str
    queue: str
    number: int
    served_ms: int
    counter: int = 0
    service: str = ""
    klass: str = ""
    services: tuple[str, ...] = ()


@dataclass(slots=True)
class Booked:
    """An appointment was made; it has no number before its check-in."""

    kind: ClassVar[str] = "booking_made"
    at_ms: int
    by: str
    booking: str
    queue: str
    slot_ms: int
    service: str = ""
    klass: str = ""
    link: str = ""
    day: str = ""  # the business day of its time


@dataclass(slots=True)
class BookingEnded:
    """An appointment is over: its number was given (`how` "ticket"), or cancelled, or lapsed."""

    kind: ClassVar[str] = "booking_ended"
    at_ms: int
    by: str
    booking: str
    how: str
    reason: str = ""
    ticket: str = ""  # the number it was given


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
    reason: str = ""  # a person's, of a reinstatement or a named call


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
    """The ticket in hand was set aside; `until_ms` is when it comes back by itself, 0 never."""

    kind: ClassVar[str] = "ticket_parked"
    at_ms: int
    by: str
    counter: int
    ticket: str
    until_ms: int = 0


@dataclass(slots=True)
class Transferred:
    """The ticket in hand is done here and waits at `queue`.

    `rank`, `arrived_ms` and `order` are its place there (rank None: that it had). `act` is
    "transfer", or what ended one service of several (done, next): then `route` is what is left
    after `service`, and `services` were rendered here.
    """

    kind: ClassVar[str] = "ticket_transferred"
    at_ms: int
    by: str
    counter: int
    ticket: str
    queue: str
    arrived_ms: int = 0
    order: int = 0
    act: str = "transfer"
    service: str | None = None  # None: the one it has
    route: tuple[str, ...] | None = None  # None: the one it has
    services: tuple[str, ...] = ()
    how: str = "done"  # or implied, by a later press
    rank: int | None = None


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
    `turn` the place in that line's policy cycle (None: others have called since, it stays);
    `caller` is whose call it was.
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
    caller: str = ""
