"""What every role shares: buttons that are debounced, a matrix that says how things stand.

A role gets the board (core/board.py) and the hardware (ports of hal/ports.py) and is called
by both; every hook gets `now_ms`. None of them may raise anything but BadPayload, and that
only from `read_face` and `receipt`: the message is then counted as bad.
"""

from firmware.core.config import LABEL_FAILED, LABEL_LATE, LABEL_LOST
from firmware.core.display import Display
from firmware.core.face import LIVE, LOST
from firmware.core.press import Contact
from firmware.core.ticks import NEVER
from firmware.wire import words

REFUSED_FOR_MS = 3_000
FAILED_FOR_MS = 10_000
IDENTIFY_FOR_MS = 5_000
_STARTING_TEXT = "..."


class Role:
    """A role that does nothing yet. `caps` is what `up/about` tells of the board's abilities.

    `due_ms` is when `tick` wants to be called next.
    """

    caps = ()

    def __init__(self, board: "object", hw: "object") -> None:
        self.board = board
        self.hw = hw
        self.due_ms = NEVER
        self.display = Display(hw.matrix) if hw.matrix else None
        self._contacts = {key: Contact() for key in hw.buttons}

    # What comes from the hardware.

    def edge(self, key: str, down: bool, now_ms: int) -> bool:
        """Take an edge of a button; tell whether it was a press."""
        if not self._contacts[key].edge(down, now_ms):
            return False
        self.press(key, now_ms)
        self._draw(now_ms)
        return True

    def press(self, key: str, now_ms: int) -> None:
        """A button was pressed."""

    # What comes from the board.

    def read_face(self, payload: "dict[str, object]") -> "dict[str, object]":
        """Give the checked fields of a face of this role; raise BadPayload."""
        return {}

    def face(self, face: "dict[str, object]", now_ms: int) -> None:
        """Show a live face; it is confirmed to the gateway when this returns."""

    def away(self, status: str, now_ms: int) -> None:
        """There is nothing live to show: the gateway is LOST, or (STARTING, LIVE) no face of it
        has come yet. Say so, rather than let an old number look live."""
        if self.display is not None:
            self.display.dot(status != LIVE, now_ms)
            lost = self.board.config.label(LABEL_LOST)
            self.display.text(lost if status == LOST else _STARTING_TEXT, now_ms)
            self._draw(now_ms)

    def receipt(
        self, name: str, st: str, why: str, receipt: "dict[str, object]", now_ms: int
    ) -> None:
        """The order `name` has its answer."""

    def failed(self, name: str, now_ms: int) -> None:
        """The order `name` is given up; its receipt may still come."""
        self.say(self.board.config.label(LABEL_FAILED), FAILED_FOR_MS, now_ms)

    def greeted(self, st: str, why: str, now_ms: int) -> None:
        """The hello of this connection has its answer: refused means that nobody knows us."""
        if st == words.REFUSED:
            self.say_no(st, why, now_ms)

    def configured(self, now_ms: int) -> None:
        """The board's `config` is new."""
        if self.hw.matrix:
            self.hw.matrix.brightness(self.board.config.brightness)

    def link_is_up(self, now_ms: int) -> None:
        """The board has said who it is."""

    def identify(self, now_ms: int) -> None:
        """Somebody looks for this board."""
        self.say(self.board.id, IDENTIFY_FOR_MS, now_ms)
        for name in self.hw.lamps:
            self.hw.lamps[name].show("flash")

    def tick(self, now_ms: int) -> None:
        """`due_ms` has come."""
        self._draw(now_ms)

    # The matrix.

    def say(self, text: str, for_ms: int, now_ms: int, blink: bool = False) -> None:
        """Lay a message over what the matrix shows."""
        if self.display is not None:
            self.display.message(text, for_ms, now_ms, blink)
            self._draw(now_ms)

    def say_no(self, st: str, why: str, now_ms: int) -> None:
        """Say that an order was refused or came too late."""
        word = LABEL_LATE if st == words.LATE else why
        self.say(self.board.config.label(word), REFUSED_FOR_MS, now_ms)

    def _draw(self, now_ms: int) -> None:
        if self.display is not None:
            self.display.draw(now_ms)
            self.due_ms = self.display.due_ms

    def _lamp(self, name: str, show: str) -> None:
        # Not every board has every lamp.
        if name in self.hw.lamps:
            self.hw.lamps[name].show(show)
