"""The board's time, from MicroPython's own counter."""

from firmware.core.ticks import Ticks
from firmware.net.ticks import ticks_ms


class Clock:
    """The Clock port of every backend."""

    def __init__(self) -> None:
        self._ticks = Ticks(ticks_ms())

    def now_ms(self) -> int:
        """Give the milliseconds since the start, never wrapping."""
        return self._ticks.extend(ticks_ms())
