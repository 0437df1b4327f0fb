"""Load cells: the HX711 converter on two wires."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_READY_POLLS = 500  # of 1 ms: a conversion takes 100 ms, the first after power-up 400
_BITS = 24


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
        """Give the median of some conversions: a hand at the bottle spoils one."""
        raws = []
        for _ in range(times):
            raw = self.read_raw()
            if raw is None:
                return None
            raws.append(raw)
        return sorted(raws)[times // 2]
