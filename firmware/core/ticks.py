"""Time on a board: milliseconds since start that never wrap, made from a counter that does."""

PERIOD = 1 << 30  # MicroPython's ticks_ms wraps here, after 12.4 days
NEVER = 9_007_199_254_740_991  # later than any due time: "nothing is due"


class Ticks:
    """Extends a wrapping counter; must be read at least once in half a period (6.2 days)."""

    def __init__(self, raw: int, period: int = PERIOD) -> None:
        self._raw = raw
        self._period = period
        self._total_ms = 0

    def extend(self, raw: int) -> int:
        """Give the milliseconds since the start for the counter's reading `raw`; never less
        than the answer before."""
        step = (raw - self._raw) % self._period
        # More than half a period forward is a reading taken a little before the last one.
        if step < self._period // 2:
            self._raw = raw
            self._total_ms += step
        return self._total_ms
