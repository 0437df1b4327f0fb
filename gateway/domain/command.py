"""What the hall is asked, and what it answers: Command in, Decision out."""

from dataclasses import dataclass, field

from gateway.domain.events import Event
from gateway.domain.site import Site

# Senders that are no boards; what each may ask for is in people.py.
GATEWAY = ""
CONSOLE = "console"
CLI = "cli"
GPIO = "gpio"  # the keys at the gateway's own pins
WORKSHOP = "workshop"  # the technicians' process
_NO_BOARDS = (GATEWAY, CONSOLE, CLI, GPIO, WORKSHOP)


@dataclass(slots=True)
class Command:
    """One wish of a board, a console, the command line or the gateway itself.

    Fields that a command does not know are ignored; those it needs are checked by the wire's
    reader before. `source` is the sending board's id, or one of the constants above.
    """

    name: str
    at_ms: int  # UTC
    source: str = GATEWAY
    by: str = ""  # the person whom a console names
    counter: int | None = None
    has: str | None = None  # the ticket that the presser saw in hand, "" for none
    ticket: str = ""  # or, to check in or cancel, a booking's id
    queue: str = ""
    agency: str = ""
    service: str = ""
    # What `done` rendered; what `take` wants, one after another.
    services: tuple[str, ...] | list[str] = ()
    cls: str = ""  # priority class, "" is normal
    visit: str = ""  # another ticket of the same visitor, whose visit a new one joins
    link: str = ""  # the visitor's own, opaque: no name, no number of anybody
    slot_ms: int = 0  # an appointment's time, UTC
    for_min: int | None = None  # how long a ticket is parked, a break will last
    ago_min: int = 0  # how long ago somebody was served by hand
    how: str = ""  # what becomes of who waits in a line that closes: serve, carry or expire
    change: dict[str, object] = field(default_factory=dict)  # of settings (see settings_patch.py)
    # The board prints: a ticket taken at it waits for its paper.
    has_printer: bool = False
    ok: bool = False
    age_ms: int | None = None
    waited_ms: int = 0  # a fact, in its board, as far as is known
    day: str = ""  # of the lease from which a board gave a number alone
    score: int = 0
    count_in: int = 0
    count_out: int = 0
    inside: int = 0
    temp_c: float = 0.0
    mask: bool = False
    n: int = 0
    reason: str = ""
    board: str = ""  # to be added or retired, or to be leased numbers ...
    queues: tuple[str, ...] = ()  # ... of these
    role: str = ""
    spare: bool = False  # a board to be added waits to take another one's place
    same: bool = False  # it is the very board that has had this id, with another secret
    cmd: str = ""  # what that board is to do ...
    arg: dict[str, object] = field(default_factory=dict)  # ... and what with
    site: Site | None = None
    clock: str = ""  # what the gateway found out about the machine's clock ...
    system_ms: int = 0  # ... and the UTC that it shows

    @property
    def from_board(self) -> str:
        """The id of the sending board, "" if no board sent it."""
        return "" if self.source in _NO_BOARDS else self.source


@dataclass(slots=True)
class Decision:
    """The answer to a command: events to keep, and what the receipt adds.

    `why` None means accepted. A refusal has no events; its `result` may have a `text` for people.
    An accepted `next` that could call nobody says why in its result.
    """

    events: tuple[Event, ...] = ()
    result: dict[str, object] = field(default_factory=dict)
    why: str | None = None


def refuse(why: str, text: str = "") -> Decision:
    """Give the decision that a command is not granted; `text` is for people, if any."""
    return Decision((), {"text": text} if text else {}, why)
