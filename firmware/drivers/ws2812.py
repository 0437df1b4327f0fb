"""WS2812 lamps: LEDs in a row that show one colour."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

# High and low times of a 0 and a 1 in nanoseconds: WS2812B data sheet, "Data transfer time".
TIMING_NS = (400, 850, 800, 450)

# Red, green, blue at a third of full: in sight of an officer all day, and within the supply.
COLOURS = {
    "off": (0, 0, 0),
    "on": (60, 60, 60),
    "green": (0, 80, 10),
    "red": (80, 0, 0),
    "amber": (80, 40, 0),
}


def colour_bytes(show: str, leds: int) -> bytes:
    """Give what `leds` LEDs must be sent to show a colour, in their order green, red, blue."""
    red, green, blue = COLOURS.get(show, COLOURS["off"])
    return bytes((green, red, blue)) * leds


class Ws2812:
    """`leds` LEDs on one wire; `send(bytes)` makes the pulses (machine.bitstream)."""

    def __init__(self, send: "Callable[[bytes], None]", leds: int) -> None:
        self._send = send
        self._leds = leds
        self.light("off")

    def light(self, show: str) -> None:
        """Show a colour of COLOURS at once; an unknown one is dark."""
        self._send(colour_bytes(show, self._leds))
