"""LED matrices of 8 rows: MAX7219 modules in a chain on SPI.

Registers and their values: MAX7219 datasheet, tables 2 to 10. The modules are of the kind
sold as "FC-16", four on one board, with the input at the right: what is sent first ends up
in the leftmost module.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ROWS = 8
_DECODE_MODE = const(0x09)
_INTENSITY = const(0x0A)
_SCAN_LIMIT = const(0x0B)
_SHUTDOWN = const(0x0C)
_DISPLAY_TEST = const(0x0F)


class Max7219:
    """A chain that is `width` columns wide (a multiple of 8); a Matrix port.

    `spi` needs `write(bytes)`, at most 10 MHz, mode 0; `select(level)` drives the chain's
    load line: 0 before, 1 after each word.
    """

    def __init__(self, spi: "Any", select: "Callable[[int], None]", width: int = 32) -> None:
        self.width = width
        self.height = ROWS
        self._spi = spi
        self._select = select
        self._modules = width // 8
        self._word = bytearray(2 * self._modules)
        # After power-up a module may show anything, in test mode even all LEDs at full current.
        for register, value in (
            (_DISPLAY_TEST, 0),
            (_SHUTDOWN, 0),
            (_DECODE_MODE, 0),
            (_SCAN_LIMIT, ROWS - 1),
            (_INTENSITY, 4),
        ):
            self._all(register, value)
        self.show(bytearray(ROWS * self._modules))
        self._all(_SHUTDOWN, 1)

    def show(self, frame: bytearray) -> None:
        """Put a frame on the glass: row by row from the top, the highest bit of a byte left.

        Always all eight rows: of a scrolling text every row changes, and a module that a spark
        confused shows the truth again with the next frame.
        """
        word = self._word
        at = 0
        for row in range(ROWS):
            for module in range(self._modules):
                word[2 * module] = row + 1
                word[2 * module + 1] = frame[at]
                at += 1
            self._send()

    def brightness(self, level: int) -> None:
        """Set the brightness, 0 (1/32 of the time lit) to 15 (31/32); what is beyond is the
        nearest of these."""
        self._all(_INTENSITY, min(15, max(0, level)))

    def _all(self, register: int, value: int) -> None:
        for module in range(self._modules):
            self._word[2 * module] = register
            self._word[2 * module + 1] = value
        self._send()

    def _send(self) -> None:
        self._select(0)
        self._spi.write(self._word)
        self._select(1)
