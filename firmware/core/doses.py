"""What a dispenser remembers over its sleeps, and over the change of its battery."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

FILE = "dispenser"


class Memory:
    """`doses` is a count that only grows; `level_low`, `battery_low` and `fault` (of the level's
    sensor) are whether these alerts stand; `due_s` is when the next report is due, by the clock
    that goes on in sleep; `pct` the level that was believed last, or None.

    Sleep keeps all of them (`remember`, without wear), flash what may not be forgotten (`keep`):
    written before it is told, if it has changed. That is once a report at most, 35,000 times a
    year at 15 minutes; flash that spreads its wear over 500 blocks bears a thousand times that.
    A power cut between two reports loses the doses in between, and never takes one back.
    """

    def __init__(self, store: "Any", power: "Any") -> None:
        self._store = store
        self._power = power
        self._kept = _numbers(store.read(FILE), 4)
        doses, level_low, battery_low, fault = self._kept
        slept = _numbers(power.recall(), 3)
        self.doses = max(doses, slept[0])
        self.level_low = bool(level_low)
        self.battery_low = bool(battery_low)
        self.fault = bool(fault)
        self.due_s = slept[1]
        self.pct: "int | None" = slept[2] - 1 if slept[2] else None

    def keep(self) -> None:
        """Bring flash up to date."""
        now = [self.doses, int(self.level_low), int(self.battery_low), int(self.fault)]
        if now != self._kept:
            self._kept = now
            self._store.write(FILE, b"%d %d %d %d" % (now[0], now[1], now[2], now[3]))

    def remember(self) -> None:
        """Keep all of it for the time of a sleep."""
        pct = 0 if self.pct is None else self.pct + 1
        self._power.remember(b"%d %d %d" % (self.doses, self.due_s, pct))


def _numbers(data: "bytes | None", count: int) -> "list[int]":
    # What is not there, or not whole, is as new: zeros.
    words = (data or b"").split(b" ")
    for word in words:
        if not word.isdigit():
            words = []
    return [int(word) for word in words] if len(words) == count else [0] * count
