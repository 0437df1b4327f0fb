"""Four or six digits of seven segments: the TM1637 on two wires.

Signals and commands: TM1637 data sheet V2.4 (Titan Micro Electronics), "Interface
interpretation", "Data command", "Address command" and "Display control". The chip takes up to
500 kHz, which no board reaches that sets its pins from Python, so that nothing waits here.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

_WRITE = const(0x40)  # data command: write, the address counts up by itself
_ADDRESS = const(0xC0)
_CONTROL = const(0x80)
_ON = const(0x08)
_POINT = const(0x80)

# Segments of 0 to 9 and A to Z: bit 0 is a (top), then clockwise to f, bit 6 is g (middle).
# S and Z look like 5 and 2, O is small (0 is not), X is H, M and W are what is usual.
_SHAPES = (
    b"\x3f\x06\x5b\x4f\x66\x6d\x7d\x07\x7f\x6f"
    b"\x77\x7c\x39\x5e\x79\x71\x3d\x76\x30\x1e\x75\x38\x15"
    b"\x54\x5c\x73\x67\x50\x6d\x78\x3e\x1c\x2a\x76\x6e\x5b"
)


def segments(text: str, length: int) -> bytearray:
    """Give the `length` bytes that show `text`, which stands right: what is too long loses its
    end, small letters are capitals, what has no shape is dark."""
    shown = bytearray()
    for code in text.encode():
        if code == 0x2E and shown and not shown[-1] & _POINT:
            shown[-1] |= _POINT
            continue
        if 0x30 <= code <= 0x39:
            shape = _SHAPES[code - 0x30]
        elif 0x41 <= code & 0xDF <= 0x5A:
            shape = _SHAPES[(code & 0xDF) - 0x41 + 10]
        elif code == 0x2D:
            shape = 0x40
        elif code == 0x2E:
            shape = _POINT
        else:
            shape = 0
        shown.append(shape)
    shown = shown[:length]
    return bytearray(length - len(shown)) + shown


class Tm1637:
    """A Digits port of 4 or 6 digits.

    `clock(level)` and `data(level)` set the two wires; `data(1)` lets go of the wire, which a
    resistor pulls up, so that `read_data()` sees the chip pull it down. `silent` tells whether
    the chip left a byte of the last transfer unanswered: no chip, no power, a broken wire.
    """

    def __init__(
        self,
        clock: "Callable[[int], object]",
        data: "Callable[[int], object]",
        read_data: "Callable[[], int]",
        length: int = 4,
    ) -> None:
        self.length = length
        self.silent = False
        self._clock = clock
        self._data = data
        self._read_data = read_data
        self._level = 4
        self._text = ""
        data(1)
        clock(1)
        self.show("")  # after power-up the chip's memory holds anything

    def show(self, text: str) -> None:
        """Show a text, see `segments`; "" is dark."""
        self._text = text
        shown = segments(text, self.length)
        if self.length == 6:
            # Modules of six digits are wired as two groups of three, each from right to left.
            shown = bytes((shown[2], shown[1], shown[0], shown[5], shown[4], shown[3]))
        self.silent = False
        self._send(bytes((_WRITE,)))
        self._send(bytes((_ADDRESS,)) + shown)
        self._send(bytes((_CONTROL | (_ON | self._level if text else 0),)))

    def brightness(self, level: int) -> None:
        """Set the brightness, 0 (1/16 of the time lit) to 7 (14/16)."""
        self._level = min(7, max(0, level))
        self.show(self._text)

    def _send(self, message: "bytes | bytearray") -> None:
        clock = self._clock
        data = self._data
        data(0)  # start: data falls while the clock is high
        for byte in message:
            for _ in range(8):
                clock(0)
                data(byte & 1)
                clock(1)
                byte >>= 1
            clock(0)
            data(1)
            clock(1)
            if self._read_data():
                self.silent = True
            clock(0)
        data(0)
        clock(1)
        data(1)  # stop: data rises while the clock is high
