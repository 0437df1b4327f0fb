"""A matrix as the roles use it: a text that stands, a message laid over it for a while, the dot."""

from firmware.core.sign import Sign
from firmware.core.ticks import NEVER
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any


class Display:
    """Puts frames on a Matrix port, and only those that differ from the one before."""

    def __init__(self, matrix: "Any") -> None:
        self._matrix = matrix
        self._sign = Sign(matrix.width)
        self._text = ""
        self._over_until_ms = NEVER
        self._over = False
        self.due_ms = NEVER

    def text(self, text: str, now_ms: int, blink: bool = False) -> None:
        """Let `text` stand; a message laid over it stays until its time."""
        self._text = text
        if not self._over:
            self._sign.show(text, now_ms, blink)

    def message(self, text: str, for_ms: int, now_ms: int, blink: bool = False) -> None:
        """Lay `text` over what stands, for `for_ms`."""
        self._over = True
        self._over_until_ms = now_ms + for_ms
        self._sign.show(text, now_ms, blink)

    def clear(self, now_ms: int) -> None:
        """Take the message away before its time."""
        if self._over:
            self._over = False
            self._over_until_ms = NEVER
            self._sign.show(self._text, now_ms)

    def dot(self, on: bool, now_ms: int) -> None:
        """Say with the dot bottom right whether the gateway is away."""
        self._sign.dot(on, now_ms)

    def draw(self, now_ms: int) -> None:
        """Bring the glass up to date; to be called after changes and at `due_ms`."""
        if now_ms >= self._over_until_ms:
            self.clear(now_ms)
        frame = self._sign.render(now_ms)
        if frame is not None:
            self._matrix.show(frame)
        self.due_ms = min(self._sign.due_ms, self._over_until_ms)
