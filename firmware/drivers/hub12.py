"""P10 panels ("running text"): 32x16 LEDs of one colour with a HUB12 plug, in a chain.

There is no data sheet, only the parts on the panel: 74HC595 registers of 16 x 8 bits (their
outputs sink the columns: a 0 is light), a 74HC138 that drives, for each of four addresses
(a + 2 b), the rows address, +4, +8 and +12, and `oe`, high for light. A bit that is shifted in
goes through the rows +0, +4, +8 and +12 of eight columns, then to the eight on their left, then
to the panel on the left: the plug IN is on the right, seen from the front. So the chain gets,
from the leftmost eight columns to the rightmost, four bytes each: of row +12, +8, +4 and +0.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_QUARTERS = const(4)
_DUTY_STEP = const(4_096)

SCAN_MS = 2  # between two calls of `scan`: 125 pictures a second, which no eye sees flicker


class Hub12:
    """A chain of `panels` (1 to 4); a Matrix port that lights only while `scan` is called.

    `spi` needs `write(bytes)`, 4 MHz, mode 0; `latch(level)`, `a(level)` and `b(level)` set pins;
    `oe(duty)` sets how long the rows are lit, 0 (dark) to 65,535 (PWM of 40 kHz or more).
    """

    def __init__(
        self,
        spi: "Any",
        latch: "Callable[[int], object]",
        a: "Callable[[int], object]",
        b: "Callable[[int], object]",
        oe: "Callable[[int], object]",
        panels: int = 1,
    ) -> None:
        self.width = 32 * panels
        self.height = 16
        self._spi = spi
        self._latch = latch
        self._a = a
        self._b = b
        self._oe = oe
        self._duty = 0
        self._at = 0
        self._bytes = tuple([bytearray(b"\xff" * 16 * panels) for _ in range(_QUARTERS)])
        oe(0)
        latch(0)
        self.brightness(4)

    def show(self, frame: bytearray) -> None:
        """Put a frame on the glass: row by row from the top, the highest bit of a byte left."""
        stride = self.width >> 3
        for first in range(_QUARTERS):
            quarter = self._bytes[first]
            at = 0
            for i in range(first * stride, (first + 1) * stride):
                quarter[at] = frame[i + 12 * stride] ^ 0xFF
                quarter[at + 1] = frame[i + 8 * stride] ^ 0xFF
                quarter[at + 2] = frame[i + 4 * stride] ^ 0xFF
                quarter[at + 3] = frame[i] ^ 0xFF
                at += 4

    def brightness(self, level: int) -> None:
        """Set the brightness, 0 (lit 1/16 of a quarter's time) to 15 (all of it)."""
        self._duty = (min(15, max(0, level)) + 1) * _DUTY_STEP - 1

    def scan(self, _: object = None) -> None:
        """Light the next quarter of the rows: to be called every SCAN_MS, also by a timer.

        Seven calls and 16 bytes a panel; takes no memory, so that an interrupt may do it.
        """
        at = self._at
        # No ghosts of one quarter in the rows of the next: a PWM is dark only from its next period
        # on, and has time for that while the bytes are shifted.
        self._oe(0)
        self._spi.write(self._bytes[at])
        self._latch(1)
        self._latch(0)
        self._a(at & 1)
        self._b(at >> 1)
        self._oe(self._duty)
        self._at = at + 1 & 3

    def dark(self) -> None:
        """Be dark until the next `scan`: a quarter must not stay lit when scanning ends."""
        self._oe(0)
