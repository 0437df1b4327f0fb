"""Things that are due by the clock."""


class Timer:
    """A thing that is due at a time of the monotonic clock, in ms; None: not at all."""

    __slots__ = ("at_ms",)

    def __init__(self, at_ms: int | None = None) -> None:
        self.at_ms = at_ms

    def by(self, at_ms: int) -> None:
        """Make it due at `at_ms` unless it is due earlier."""
        if self.at_ms is None or at_ms < self.at_ms:
            self.at_ms = at_ms

    def take(self, now_ms: int) -> bool:
        """Tell whether it is due, and if so make it not due."""
        if self.at_ms is None or now_ms < self.at_ms:
            return False
        self.at_ms = None
        return True


class Throttle:
    """A thing that follows changes: at once when quiet, at most every `every_ms` when busy."""

    __slots__ = ("_every_ms", "_free_at_ms", "timer")

    def __init__(self, every_ms: int) -> None:
        self._every_ms = every_ms
        self._free_at_ms = 0
        self.timer = Timer()

    def changed(self, now_ms: int, within_ms: int | None = None) -> None:
        """Ask for it: at the next free time, or within `within_ms` if that is sooner."""
        self.timer.by(
            max(now_ms, self._free_at_ms)
            if within_ms is None
            else min(max(now_ms, self._free_at_ms), now_ms + within_ms)
        )

    def take(self, now_ms: int) -> bool:
        """Tell whether it is due; if so it was done, and is not due again before its time."""
        if not self.timer.take(now_ms):
            return False
        self._free_at_ms = now_ms + self._every_ms
        return True
