"""What every role has: the hooks that the board and the hardware call.

A role gets the board (core/board.py) and the hardware (hal/ports.py); every hook gets `now_ms`.
None of them may raise anything but BadPayload, and that only where a message is read (`read_face`,
`read_config`, `receipt`, `heard`): it is then counted as bad.
"""

from firmware.core.press import Contact
from firmware.core.ticks import NEVER
from firmware.wire.const import const

_WATCH_MS = const(1_000)
_KEY_STUCK = "key_stuck"

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.board import Board
    from firmware.hal.ports import Hardware

    Payload = dict[str, Any]
    Data = bytes | memoryview


class Role:
    """A role that does nothing yet. `caps` is what `up/about` tells of the board's abilities.

    `due_ms` is when `tick` wants to be called next, `keys_ms` when `watch_keys` does; `listens`
    has leaves of topics (`dn/lease`) whose messages go to `heard`. `serves`: it does what the board
    is there for; else the board says no hello and takes nothing that the gateway tells it.
    `busy`: somebody waits for what it does, beside its order.
    """

    serves = True
    busy = False
    caps: "tuple[str, ...]" = ()
    listens: "tuple[str, ...]" = ()

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        self.board = board
        self.hw = hw
        self.due_ms = NEVER
        self.keys_ms = NEVER
        # The alerts that this role may raise: code -> the part at fault, None while all is well.
        self.troubles: "dict[str, str | None]" = {_KEY_STUCK: None} if hw.buttons else {}
        self._contacts = {key: Contact() for key in hw.buttons}
        for key in hw.buttons:
            if hw.buttons[key].is_down():
                self._closed_at_start(key)

    def _nothing(self, *_: object) -> None:
        pass

    # Hooks of which not every role has each: one function stands for all that do nothing, for each
    # would take memory.
    if TYPE_CHECKING:

        def press(self, key: str, now_ms: int) -> None:
            """A button was pressed."""

        def release(self, key: str, now_ms: int) -> None:
            """A button was let go, or bounced: for roles to which that means something."""

        def greeted(self, st: str, why: str, now_ms: int) -> None:
            """The hello of this connection has its answer; refused: nobody knows this board."""

        def read_config(self, payload: "Payload") -> None:
            """Take what this role alone finds in a `dn/config`; raise BadPayload, having taken
            nothing, if any of it is wrong."""

        def configured(self, now_ms: int) -> None:
            """The board's `config` is new."""

        def heard(self, data: "Data", now_ms: int, retained: bool) -> None:
            """A message of a topic in `listens` came; raise BadPayload if it is not one."""

        def face(self, face: "Payload", now_ms: int) -> None:
            """Show a live face; it is confirmed to the gateway when this returns."""

        def away(self, status: str, now_ms: int) -> None:
            """There is nothing live to show: the gateway is LOST, or (STARTING, LIVE) no face of it
            has come yet."""

        def receipt(self, name: str, st: str, why: str, receipt: "Payload", now_ms: int) -> None:
            """The order `name` has its answer, perhaps after it had failed."""

        def settled(self, fact: bytes, st: str, why: str, now_ms: int) -> None:
            """A fact, given as it was sent, has its receipt."""

        def answered(self, boot: int, seq: int, st: str, why: str, now_ms: int) -> None:
            """A receipt came for an event that is not in the board's outbox."""

        def failed(self, name: str, now_ms: int) -> None:
            """The order `name` is given up; its receipt may still come."""

        def tick(self, now_ms: int) -> None:
            """`due_ms` has come."""

    else:
        press = release = greeted = read_config = configured = heard = face = _nothing
        away = receipt = settled = answered = failed = tick = _nothing

    # What comes from the hardware.

    def edge(self, key: str, down: bool, now_ms: int) -> bool:
        """Take an edge of a button; tell whether it was a press."""
        pressed = self._contacts[key].edge(down, now_ms)
        self.keys_ms = min(self.keys_ms, now_ms + _WATCH_MS)
        if not pressed:
            if not down:
                self.release(key, now_ms)
            return False
        self.press(key, now_ms)
        self.board.touched(now_ms)
        return True

    def _closed_at_start(self, key: str) -> None:
        # Nobody saw it close, and nobody will unless it opens: it is watched from now on.
        self._contacts[key].down = True
        self.keys_ms = _WATCH_MS

    def watch_keys(self, now_ms: int) -> None:
        """Notice a key that is held down for ever or chatters; asked only while one might."""
        stuck = None
        self.keys_ms = NEVER
        for key in self._contacts:
            if self._contacts[key].is_stuck(now_ms):
                stuck = key
            if stuck or self._contacts[key].down:
                self.keys_ms = now_ms + _WATCH_MS
        self.trouble(_KEY_STUCK, stuck, now_ms)

    def trouble(self, code: str, part: "str | None", now_ms: int) -> None:
        """Raise an alert (`part` is at fault, "" if that is plain) or, with None, clear it."""
        if self.troubles[code] != part:
            self.troubles[code] = part
            self.board.up.alert(code, part is not None, now_ms, part or "")

    # What comes from the board.

    def link_is_up(self, now_ms: int) -> None:
        """The board has said who it is. Alerts are told anew: the broker may have forgotten."""
        for code in self.troubles:
            part = self.troubles[code]
            self.board.up.alert(code, part is not None, now_ms, part or "")

    def read_face(self, payload: "Payload") -> "Payload":
        """Give the checked fields of a face of this role; raise BadPayload."""
        return {}

    def identify(self, now_ms: int) -> None:
        """Somebody looks for this board."""
        for name in self.hw.lamps:
            self.hw.lamps[name].show("flash")

    def command(self, name: str, arg: "Payload", now_ms: int) -> "tuple[str, str]":
        """Do what an order says that is for this role alone; give (code, detail): done if `code`
        is empty."""
        return self.board.host.command(name, arg, now_ms)

    def _lamp(self, name: str, show: str) -> None:
        # Not every board has every lamp.
        if name in self.hw.lamps:
            self.hw.lamps[name].show(show)
