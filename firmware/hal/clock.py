"""The board's time, from MicroPython's own counter."""

from firmware.core.ticks import Ticks
from firmware.net.ticks import ticks_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Clock:
    """The Clock port of every backend."""

    def __init__(self) -> None:
        raw: "Any" = ticks_ms()  # the stubs make ticks a type of their own, that is no int
        self._ticks = Ticks(raw)

    def now_ms(self) -> int:
        """Give the milliseconds since the start, never wrapping."""
        raw: "Any" = ticks_ms()
        return self._ticks.extend(raw)
