"""What a dispenser makes of its sensors: a level in percent, when to report, when to warn."""

REPORT_STEP_PCT = 5  # a change this large is reported at once: a refill, or a theft
LOW_PCT = 15
CLEAR_PCT = 25  # above LOW_PCT by more than the sensor's noise, so that the alert does not flap


def level_pct(raw: "float", empty: "float", full: "float") -> int:
    """Give the level in percent (0 to 100) of a sensor that reads `empty` and `full` at the
    ends; `empty` may be the larger (a distance) or the smaller (a weight)."""
    pct = (raw - empty) * 100 / (full - empty)
    return int(min(100, max(0, pct)) + 0.5)


def is_low(pct: int, was_low: bool) -> bool:
    """Tell whether the alert `level_low` stands: set at LOW_PCT, cleared at CLEAR_PCT."""
    return pct < CLEAR_PCT if was_low else pct <= LOW_PCT


class Reporter:
    """Decides when a reading is sent: every `every_s`, and at once on a large change."""

    def __init__(self, every_s: int) -> None:
        self.every_s = every_s
        self.due_ms = 0
        self._sent_pct = -1

    def is_due(self, pct: int, now_ms: int) -> bool:
        """Tell whether the reading `pct` is worth sending now."""
        return now_ms >= self.due_ms or abs(pct - self._sent_pct) >= REPORT_STEP_PCT

    def sent(self, pct: int, now_ms: int) -> None:
        """Note that `pct` was sent; the next is due `every_s` later."""
        self._sent_pct = pct
        self.skip(now_ms)

    def skip(self, now_ms: int) -> None:
        """Note that there was nothing to read; try again `every_s` later."""
        self.due_ms = now_ms + self.every_s * 1_000
