"""What the hall is asked, and what it answers: Command in, Decision out."""

from dataclasses import dataclass, field

from gateway.domain.events import Event
from gateway.domain.site import Site

# Senders that are no boards. Of the console alone it is asked who sits at it (see people.py).
GATEWAY = ""
CONSOLE = "console"
CLI = "cli"
_NO_BOARDS = (GATEWAY, CONSOLE, CLI)


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
    ticket: str = ""
    queue: str = ""
    service: str = ""
    services: tuple[str, ...] | list[str] = ()
    cls: str = ""  # priority class, "" is normal
    # The board prints: a ticket taken at it waits for its paper.
    has_printer: bool = False
    ok: bool = False
    age_ms: int | None = None
    score: int = 0
    count_in: int = 0
    count_out: int = 0
    inside: int = 0
    temp_c: float = 0.0
    mask: bool = False
    n: int = 0
    reason: str = ""
    board: str = ""  # to be added or retired
    role: str = ""
    site: Site | None = None

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
