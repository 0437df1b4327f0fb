"""What roles with a matrix share: they say on it how things stand, and what went wrong."""

from firmware.core.config import LABEL_FAILED, LABEL_LATE, LABEL_LOST
from firmware.core.display import Display
from firmware.core.face import LIVE, LOST
from firmware.roles.base import Role
from firmware.wire import board_words as words
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware

REFUSED_FOR_MS = 3_000
FAILED_FOR_MS = 10_000
IDENTIFY_FOR_MS = 5_000
STARTING_TEXT = "..."


class DisplayRole(Role):
    """A role whose board has a matrix, or may have one (`needs_matrix` is False)."""

    needs_matrix = True

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        if hw.matrix is None and self.needs_matrix:
            raise ValueError("settings.json: parts.matrix is missing, this role needs one")
        self.display = Display(hw.matrix)
        Role.__init__(self, board, hw)

    def edge(self, key: str, down: bool, now_ms: int) -> bool:
        """Take an edge; what the press changed on the matrix is drawn when it has been sent."""
        pressed = Role.edge(self, key, down, now_ms)
        if pressed:
            self._draw(now_ms)
        return pressed

    def greeted(self, st: str, why: str, now_ms: int) -> None:
        """Say on the matrix that nobody knows this board."""
        if st == words.REFUSED:
            self.say_no(st, why, now_ms)

    def configured(self, now_ms: int) -> None:
        """Take the new brightness."""
        if self.hw.matrix:
            self.hw.matrix.brightness(self.board.config.brightness)

    def away(self, status: str, now_ms: int) -> None:
        """Say that the gateway is lost, rather than let an old number look live."""
        self.display.dot(status != LIVE, now_ms)
        lost = self.board.config.label(LABEL_LOST)
        self.display.text(lost if status == LOST else STARTING_TEXT, now_ms)
        self._draw(now_ms)

    def failed(self, name: str, now_ms: int) -> None:
        """Say that the order came to nothing."""
        self.say(self.board.config.label(LABEL_FAILED), FAILED_FOR_MS, now_ms)

    def identify(self, now_ms: int) -> None:
        """Show the board's id."""
        Role.identify(self, now_ms)
        self.say(self.board.id, IDENTIFY_FOR_MS, now_ms)

    def tick(self, now_ms: int) -> None:
        """Blink, scroll, and end messages in time."""
        self._draw(now_ms)

    def say(self, text: str, for_ms: int, now_ms: int) -> None:
        """Lay a message over what the matrix shows."""
        self.display.message(text, for_ms, now_ms)
        self._draw(now_ms)

    def say_no(self, st: str, why: str, now_ms: int) -> None:
        """Say that an order was refused or came too late."""
        word = LABEL_LATE if st == words.LATE else why
        self.say(self.board.config.label(word), REFUSED_FOR_MS, now_ms)

    def _draw(self, now_ms: int) -> None:
        self.display.draw(now_ms)
        self.due_ms = self.display.due_ms
