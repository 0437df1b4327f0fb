"""A matrix as the roles use it: a text that stands, a message laid over it for a while, the dot."""

from firmware.core.sign import Sign
from firmware.core.ticks import NEVER
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any


class Display:
    """Puts frames on a Matrix port, and only those that differ from the one before.

    `sign` lays texts out. Without a matrix (None) all calls are good for nothing and cost
    nothing: `due_ms` is then only the end of a message.
    """

    def __init__(self, matrix: "Any") -> None:
        self._matrix = matrix
        self.sign = Sign(matrix.width, matrix.height) if matrix else Sign(8)
        self._text = ""
        self._over_until_ms = NEVER
        self._over = False
        self.due_ms = NEVER

    def text(self, text: str, now_ms: int, blink_ms: int = 0) -> None:
        """Let `text` stand; a message laid over it stays until its time."""
        self._text = text
        if not self._over:
            self.sign.show(text, now_ms, blink_ms)

    def message(self, text: str, for_ms: int, now_ms: int) -> None:
        """Lay `text` over what stands, for `for_ms`."""
        self._over = True
        self._over_until_ms = now_ms + for_ms
        self.sign.show(text, now_ms)

    def clear(self, now_ms: int) -> None:
        """Take the message away before its time."""
        if self._over:
            self._over = False
            self._over_until_ms = NEVER
            self.sign.show(self._text, now_ms)

    def dot(self, on: bool, now_ms: int) -> None:
        """Say with the dot bottom right whether the gateway is away."""
        self.sign.dot(on, now_ms)

    def draw(self, now_ms: int) -> None:
        """Bring the glass up to date; to be called after changes and at `due_ms`."""
        if now_ms >= self._over_until_ms:
            self.clear(now_ms)
        self.due_ms = self._over_until_ms
        if self._matrix:
            frame = self.sign.render(now_ms)
            if frame is not None:
                self._matrix.show(frame)
            self.due_ms = min(self.sign.due_ms, self.due_ms)
