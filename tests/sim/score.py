"""How true the promised waits were, and how much better than the usual sum."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from tests.sim.hall_sim import Seen


@dataclass(slots=True)
class Score:
    """Tickets that were promised a wait and called; `usual_s` by `usual`."""

    inside: int = 0
    below: int = 0
    above: int = 0
    at_once: int = 0  # of which: a free counter and nobody before
    errors_s: list[float] = field(default_factory=list)
    middle_errors_s: list[float] = field(default_factory=list)
    usual_errors_s: list[float] = field(default_factory=list)
    aware_errors_s: list[float] = field(default_factory=list)
    widths_s: list[float] = field(default_factory=list)
    relative_widths: list[float] = field(default_factory=list)  # of waits over five minutes
    unknown: int = 0

    @property
    def count(self) -> int:
        """How many tickets were judged."""
        return len(self.errors_s)

    @property
    def coverage_pct(self) -> float:
        """The share of true waits inside what was shown."""
        return 100 * self.inside / max(1, self.count)

    @property
    def ratio(self) -> float:
        """Median error over that of the usual sum (the better of its two ways to count)."""
        usual = min(median(self.usual_errors_s), median(self.aware_errors_s))
        return median(self.errors_s) / usual if usual else float("inf")

    @property
    def middle_ratio(self) -> float:
        """The same with the middle of what was shown as the estimate."""
        usual = min(median(self.usual_errors_s), median(self.aware_errors_s))
        return median(self.middle_errors_s) / usual if usual else float("inf")

    def add(self, seen: Iterable[Seen]) -> None:
        """Judge tickets."""
        for one in seen:
            if not one.called_ms:
                continue
            if one.shown is None:
                self.unknown += 1
                continue
            low_s, high_s = one.shown
            wait_s = one.wait_s
            self.below += wait_s < low_s
            self.above += wait_s > high_s
            self.inside += low_s <= wait_s <= high_s
            self.at_once += (
                one.noted["free"] and not one.noted["before"] and not one.noted["in_break"]
            )
            self.widths_s.append(high_s - low_s)
            if wait_s > 300:
                self.relative_widths.append((high_s - low_s) / wait_s)
            self.errors_s.append(abs(wait_s - one.issued.promised[1]))
            self.middle_errors_s.append(abs(wait_s - (low_s + high_s) / 2))
            usual_s = one.noted["service_s"] / max(1, one.noted["counters"])
            self.usual_errors_s.append(abs(wait_s - one.noted["waiting"] * usual_s))
            self.aware_errors_s.append(abs(wait_s - one.ahead * usual_s))

    def row(self) -> str:
        """Give the figures on one line."""
        n = max(1, self.count)
        wide = sorted(self.relative_widths) or [0.0]
        return (
            f"{self.count:7} waits {self.coverage_pct:5.1f}% inside"
            f" (sooner {100 * self.below / n:4.1f}, later {100 * self.above / n:4.1f})"
            f"  at once {100 * self.at_once / n:3.0f}%  error {median(self.errors_s):4.0f} s,"
            f" of usual {self.ratio:4.2f}, middle {self.middle_ratio:4.2f}"
            f"  width {sum(self.widths_s) / n / 60:3.0f} min, of wait {wide[len(wide) // 2]:4.2f}"
        )
