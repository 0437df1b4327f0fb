"""Load cells: the HX711 converter on two wires.

Pulses, coding and settling times: HX711 data sheet (Avia Semiconductor), "Serial Interface" and
"Reset and Power-Down". Noise: its "Key Electrical Characteristics", 50 nV rms at 10 conversions
a second and gain 128, some 20 steps.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

_READY_POLLS = const(500)  # of 1 ms: a conversion takes 100 ms, the first after power-up 400
_BITS = const(24)
_HIGHEST = const(0x7FFFFF)  # beyond what it can measure: a wire of the cell is off
_LOWEST = const(-0x800000)
_SAME_MOST = const(8)  # so many equal conversions: no cell, for a cell is never without noise


class Hx711:
    """One load cell at gain 128.

    `data()` reads the data wire; `pulse()` gives one pulse on the clock wire and the data wire
    during it (0.2 to 50 us: longer than 60 us is the order to sleep); `wait_ms(n)` waits.
    """

    def __init__(
        self,
        data: "Callable[[], int]",
        pulse: "Callable[[], int]",
        wait_ms: "Callable[[int], None]",
    ) -> None:
        self._data = data
        self._pulse = pulse
        self._wait_ms = wait_ms

    def read_raw(self) -> "int | None":
        """Give one conversion, -8,388,608 to 8,388,607, or None if the chip does not answer."""
        for _ in range(_READY_POLLS):
            if not self._data():
                break
            self._wait_ms(1)
        else:
            return None
        raw = 0
        for _ in range(_BITS):
            raw = raw << 1 | self._pulse()
        self._pulse()  # the 25th pulse asks for gain 128 next time
        return raw - (1 << _BITS) if raw >> (_BITS - 1) else raw

    def read_median(self, times: int = 3) -> "int | None":
        """Give the median of some conversions: a hand at the bottle spoils one.

        None if the chip does not answer, if a conversion is at an end of its range, or if eight
        in a row are exactly equal: then what is read is not a cell.
        """
        raws: "list[int]" = []
        while len(raws) < times or min(raws) == max(raws):
            if len(raws) >= _SAME_MOST:
                return None
            raw = self.read_raw()
            if raw is None or raw in (_LOWEST, _HIGHEST):
                return None
            raws.append(raw)
        return sorted(raws)[len(raws) // 2]
