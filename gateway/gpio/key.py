"""A key that must be held: leaning on it, brushing it or a wire that picks up noise does nothing.

Pure: it is looked at again and again, with the time.
"""

HOLD_MS = 1_000
# A contact that bounces is not let go; a key let go is open for longer than this.
_OPEN_MS = 60
# Whoever looks less often than this has not seen that the key stayed down.
_LOOK_WITHIN_MS = 300
STUCK_MS = 30_000


class HoldKey:
    """Tells once for each time the key is held for HOLD_MS.

    A key that is down when we begin counts only after it was let go: it may be stuck.
    """

    def __init__(self) -> None:
        self._armed = False
        self._down_ms: int | None = None
        self._open_ms: int | None = None
        self._looked_ms: int | None = None
        self._stuck_told = False

    def look(self, down: bool, now_ms: int) -> bool:
        """Take how the key is now; True at the moment it has been held long enough."""
        blind = self._looked_ms is None or now_ms - self._looked_ms > _LOOK_WITHIN_MS
        self._looked_ms = now_ms
        if blind:
            self._down_ms = self._open_ms = None
        if not down:
            self._open_ms = now_ms if self._open_ms is None else self._open_ms
            if now_ms - self._open_ms >= _OPEN_MS:
                self._armed, self._down_ms, self._stuck_told = True, None, False
            return False
        self._open_ms = None
        if self._down_ms is None:
            self._down_ms = now_ms
        if not self._armed or now_ms - self._down_ms < HOLD_MS:
            return False
        self._armed = False
        return True

    def took_stuck(self, now_ms: int) -> bool:
        """Tell, once for each time, that the key has been down for STUCK_MS."""
        if self._down_ms is None or self._stuck_told or now_ms - self._down_ms < STUCK_MS:
            return False
        self._stuck_told = True
        return True
