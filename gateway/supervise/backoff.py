"""How long to wait before a program that died is started again."""

FIRST_S = 0.1
MOST_S = 2.0
# Alive this long, a program is well: its next death is a first one again.
WELL_S = 5.0


class Backoff:
    """Delays of 0.1 s, doubling to 2 s, and back to 0.1 s after 5 s of life."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def delay_s(self, alive_s: float) -> float:
        """Give the seconds to wait after a life of `alive_s` seconds."""
        if alive_s >= WELL_S:
            self._next_s = FIRST_S
        delay_s = self._next_s
        self._next_s = min(MOST_S, 2 * delay_s)
        return delay_s
