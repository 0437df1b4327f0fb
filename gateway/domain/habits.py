"""When a counter is usually open: learned over days from its openings and closings by hand.

A forecast for somebody who waits for an hour must know that counter 3 opens at ten and that
counter 5 closes at one, though nobody has written that down anywhere.
"""

from dataclasses import dataclass, field

SLOT_MIN = 15
SLOTS = 24 * 60 // SLOT_MIN
_DAY_MIN = SLOTS * SLOT_MIN
_MEMORY = 6  # days that count
_ENOUGH = 2  # days before a habit is one


@dataclass(slots=True)
class Habit:
    """The share of days on which a counter was open, by quarter of an hour."""

    days: int = 0
    share: list[float] = field(default_factory=list)  # empty: never closed by hand so far
    turns: list[int] = field(default_factory=list)  # today's: minutes of the day, in order

    def turned(self, minute: int) -> None:
        """Note that the counter was opened or closed."""
        # The clock may have been put back since the last: a day's minutes only go on.
        self.turns.append(max([minute, *self.turns[-1:]]))

    def day_over(self, is_open: bool, counts: bool) -> None:
        """Learn from a day that ends with the counter as it is; one without visitors is none."""
        if counts and (self.share or self.turns or not is_open):
            self.days = min(self.days + 1, _MEMORY)
            was = self.share or [1.0] * SLOTS
            today = self._today(is_open)
            self.share = [w + (t - w) / self.days for w, t in zip(was, today, strict=True)]
        self.turns.clear()

    def _today(self, is_open: bool) -> list[float]:
        open_min = [0.0] * SLOTS
        until = _DAY_MIN
        for minute in (*reversed(self.turns), 0):
            if is_open:
                for slot in range(minute // SLOT_MIN, -(-until // SLOT_MIN)):
                    begins = slot * SLOT_MIN
                    open_min[slot] += min(until, begins + SLOT_MIN) - max(minute, begins)
            is_open = not is_open
            until = minute
        return [minutes / SLOT_MIN for minutes in open_min]

    def known(self) -> bool:
        """Tell whether there is a habit to go by."""
        return self.days >= _ENOUGH and bool(self.share)

    def flow(self, is_open: bool, minute: int, slot: int) -> float:
        """Give how likely the counter is open in a later `slot`, as it is open now or not."""
        now, then = self.share[minute // SLOT_MIN % SLOTS], self.share[slot % SLOTS]
        if is_open:
            return 1.0 if then >= now else then / now
        return then - now if then > now else 0.0
