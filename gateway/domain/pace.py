"""What a queue's own days have taught: how long a ticket keeps a counter, who comes with priority,
and how far promises have been from the truth. Learned by `evolve`, kept over days.

Times in hand count from the call to the end, so that walking to the counter and those who do not
come are in it: that is what stands between the next one and the counter.
"""

from dataclasses import dataclass, field
from math import exp

DEFAULT_S = 300.0  # of a queue that has served nobody yet
_LEAN = 2  # the default counts like this many services
_KEPT = 24  # times in hand that make the queue's present pace
_OLDER_WEIGHT = 16  # all earlier ones together count at most like this many
_OLDER_SQUARED_WEIGHT = 64
_OLDER_MEMORY = 300  # and are an average over about so many
_OUTLIER = 5  # longer than this many means: the officer forgot to press; counts as so many
_OUTLIER_S = 3_600.0  # never fewer seconds than this, since a new queue's mean is a guess
_SQUARED = 0.8  # squared coefficient of variation of a new queue; it counts like so many services
_SQUARED_LEAN = 4
_DOUBT = 0.12
_FIRST_DOUBT = 0.5
_MIN_S = 10.0  # a few accidental presses must not promise "at once"
_GAP_MEMORY = 40
_GAP_MAX_S = 120.0  # a longer stretch without a call is an absence, not a habit
_PRIORITY_MEMORY = 12
_PRIORITY_GAP_MAX_S = 7_200.0

# Of all promises of a queue this share is to be wrong, but of those to who must wait at most
# the other: where nearly everybody is served at once, and so is told right, the rest must not
# be told anything at all.
_WRONG = 0.12
_WRONG_OF_WAITS = 0.17
_AT_ONCE_MEMORY = 100
_STEP = 0.06
_FIRST_STEP = 0.3
_MIDDLE_STEP = 0.03


@dataclass(slots=True)
class Margin:
    """How wide a promise must be, in units of its modelled spread; for one class of a queue."""

    low: float = 1.5
    high: float = 2.0
    middle: float = 0.0
    judged: int = 0

    def judge(self, promised: tuple[int, ...], wait_s: float, wrong: float = _WRONG) -> None:
        """Learn from a promise (low, about, high; in s) that came true after `wait_s`.

        Of such promises the share `wrong` is to be wrong: half of it on each side, or all on the
        upper one where the lower bound is "at once" and cannot be wrong.
        """
        low_s, about_s, high_s = promised
        self.judged += 1
        step = max(_STEP, _FIRST_STEP / (1 + self.judged / 10))
        if low_s > 0:
            self.low = _kept(self.low * exp(step * ((wait_s < low_s) - wrong / 2)), 0.3, 6.0)
            miss = wrong / 2
        else:
            miss = wrong
        self.high = _kept(self.high * exp(step * ((wait_s > high_s) - miss)), 0.3, 12.0)
        self.middle = _kept(self.middle + _MIDDLE_STEP * ((wait_s > about_s) - 0.5), -1.0, 2.0)


def _kept(value: float, least: float, most: float) -> float:
    return least if value < least else most if value > most else value


@dataclass(slots=True)
class Pace:
    """One queue's pace."""

    recent: list[tuple[str, int]] = field(default_factory=list)  # (label, time in hand in ms)
    recent_ms: int = 0  # their sum
    recent_sq: int = 0  # the sum of their squares, in ms x ms
    older_s: float = 0.0  # mean of those before
    older_sq: float = 0.0  # mean of their squares
    older_n: int = 0
    # What follows from these: how long a ticket keeps a counter on average, the squared
    # coefficient of variation of that (0 all the same, 1 random), and by how much (a fraction)
    # the mean may be wrong beside chance in the services.
    mean_s: float = DEFAULT_S
    squared: float = _SQUARED
    doubt: float = _DOUBT + _FIRST_DOUBT
    gap_s: float = 5.0  # from an end to the next call while somebody waits
    priority_gap_s: float = 3_600.0  # between two priority tickets
    priority_ms: int = 0  # when the last of them was taken; 0: none today
    at_once: float = 0.3  # share of those who were told "at once"
    normal: Margin = field(default_factory=Margin)
    priority: Margin = field(default_factory=Margin)

    def margin(self, klass: str) -> Margin:
        """Give the margin of a ticket's class ("" is normal)."""
        return self.priority if klass else self.normal

    def came_true(self, promised: tuple[int, ...], klass: str, wait_s: float) -> None:
        """Learn from a promise (low, about, high; in s) that came true after `wait_s`."""
        if wait_s < 0:
            return  # the clock was set back
        at_once = promised[1] == 0
        self.at_once += (at_once - self.at_once) / _AT_ONCE_MEMORY
        if not at_once:
            wrong = min(_WRONG_OF_WAITS, _WRONG / max(0.1, 1 - self.at_once))
            self.margin(klass).judge(promised, wait_s, wrong)

    def served(self, label: str, took_ms: int) -> None:
        """Remember how long a ticket was in hand."""
        took_ms = min(took_ms, int(1000 * max(_OUTLIER_S, _OUTLIER * self.mean_s)))
        self.recent.append((label, took_ms))
        self.recent_ms += took_ms
        self.recent_sq += took_ms * took_ms
        if len(self.recent) > _KEPT:
            old_ms = self.recent.pop(0)[1]
            self.recent_ms -= old_ms
            self.recent_sq -= old_ms * old_ms
            self.older_n = min(self.older_n + 1, _OLDER_MEMORY)
            self.older_s += (old_ms / 1000 - self.older_s) / self.older_n
            self.older_sq += (old_ms * old_ms / 1e6 - self.older_sq) / self.older_n
        self._settle()

    def forget(self, label: str) -> None:
        """Drop the last time of a ticket whose end was taken back."""
        for n in range(len(self.recent) - 1, -1, -1):
            if self.recent[n][0] == label:
                took_ms = self.recent.pop(n)[1]
                self.recent_ms -= took_ms
                self.recent_sq -= took_ms * took_ms
                self._settle()
                return

    def _settle(self) -> None:
        n, older_n = len(self.recent), min(self.older_n, _OLDER_WEIGHT)
        total_s = self.recent_ms / 1000 + older_n * self.older_s + _LEAN * DEFAULT_S
        self.mean_s = max(_MIN_S, total_s / (n + older_n + _LEAN))
        total, weight = _SQUARED * _SQUARED_LEAN, _SQUARED_LEAN
        if self.recent_ms:
            total += n * (n * self.recent_sq / (self.recent_ms * self.recent_ms) - 1)
            weight += n
        if self.older_s:
            older_n = min(self.older_n, _OLDER_SQUARED_WEIGHT)
            total += older_n * (self.older_sq / (self.older_s * self.older_s) - 1)
            weight += older_n
        self.squared = _kept(total / weight, 0.05, 3.0)
        self.doubt = _DOUBT + _FIRST_DOUBT / (1 + (n + self.older_n) / 4)

    def paused_for(self, gap_ms: int) -> None:
        """Remember how long a counter took to call while somebody waited."""
        if 0 <= gap_ms <= _GAP_MAX_S * 1000:
            self.gap_s += (gap_ms / 1000 - self.gap_s) / _GAP_MEMORY

    def priority_taken(self, at_ms: int) -> None:
        """Remember when somebody came with priority."""
        if 0 < self.priority_ms <= at_ms:  # the clock may have been set back
            gap_s = _kept((at_ms - self.priority_ms) / 1000, 1.0, _PRIORITY_GAP_MAX_S)
            self.priority_gap_s += (gap_s - self.priority_gap_s) / _PRIORITY_MEMORY
        self.priority_ms = at_ms

    def new_day(self) -> None:
        """Forget what a night must not count for."""
        self.priority_ms = 0
