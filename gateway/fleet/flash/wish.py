"""What is wished of a board, what has become of it, and what of the hall is needed for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

Report = Callable[[str, int, int], None]
Stopping = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FlashWish:
    """A board to be: `kind` names its parts. `wifi` are (ssid, password), at most two.

    `ca` is the certificate that signed the broker's, as DER. `interpreter` is a file of MicroPython
    to be written first, `drive` the folder of the board's drive if it is not where drives are.
    `erase`: everything on the board goes first. `settle_s`: how long its hello is waited for, 0:
    not at all; `reset_s` how long somebody has to press RESET or to hold BOOTSEL.
    """

    board: str
    kind: str
    host: str
    port: int
    role: str = ""  # "": that of the kind
    counter: int | None = None
    spare: bool = False  # it waits to take another one's place
    tls: bool = False
    ca: bytes | None = None
    wifi: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    wifi_named: bool = True  # else they are those the hall keeps: a board's own may be newer
    interpreter: Path | None = None
    drive: Path | None = None
    release: str = ""  # version; "": this installation's own, or the newest there is
    erase: bool = False
    leave_others: bool = False  # one that the hall honours under another id: nobody named it
    settle_s: float = 60.0
    reset_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Flashed:
    """What was done: how many files were written and skipped, whether it has greeted the hall."""

    board: str
    device: str
    chip: str
    version: str
    written: int
    skipped: int
    new_secret: bool
    ready: bool


class Hall(Protocol):
    """What a flash needs of the hall; called from any thread."""

    def honours(self, board: str, secret: str) -> bool:
        """Tell whether the hall has this board, and this is its secret."""

    def enrol(self, wish: FlashWish, role: str, secret: str) -> None:
        """Make `secret` the board's only one, registering it if need be; raises FlashError."""

    def life(self, board: str) -> int | None:
        """Give the number of the life (boot) of which a hello was accepted and which is ready,
        None if there is none or the hall is not open."""

    def show(self, board: str) -> None:
        """Let the board show itself, so that it is found; nothing if that cannot be."""
