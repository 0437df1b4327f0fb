"""A board's current life, and how late its messages are, without a clock on the board.

Rules 4 and 5 of docs/contract.md. Pure: arrival times are passed in, in milliseconds of the
gateway's monotonic clock.
"""

from collections import deque

from firmware.wire.words import AHEAD_LIMIT_MS, BASELINE_WINDOW_MS, LATE_AFTER_MS

# The window's minimum is kept in this many steps, so that it costs the same whatever the traffic.
_STEPS = 10
_STEP_MS = BASELINE_WINDOW_MS // _STEPS


class Baseline:
    """The least difference of arrival and `t_ms` over the last ten minutes of one boot."""

    __slots__ = ("_least", "_steps")

    def __init__(self) -> None:
        self._steps: deque[tuple[int, int]] = deque()  # (number of the step, its least difference)
        self._least: int | None = None  # of all steps

    def excess_ms(self, t_ms: int, arrival_ms: int) -> int | None:
        """Give how much longer than the baseline this message took; None if there is none yet.

        Negative: it was quicker than any before. Changes nothing.
        """
        self._forget(arrival_ms)
        return None if self._least is None else arrival_ms - t_ms - self._least

    def add(self, t_ms: int, arrival_ms: int) -> None:
        """Take a valid message into account."""
        difference = arrival_ms - t_ms
        step = arrival_ms // _STEP_MS
        if not self._steps or self._steps[-1][0] != step:
            self._steps.append((step, difference))
        elif difference < self._steps[-1][1]:
            self._steps[-1] = (step, difference)
        if self._least is None or difference < self._least:
            self._least = difference

    def _forget(self, arrival_ms: int) -> None:
        oldest = arrival_ms // _STEP_MS - _STEPS
        if not self._steps or self._steps[0][0] >= oldest:
            return
        while self._steps and self._steps[0][0] < oldest:
            self._steps.popleft()
        self._least = min((least for _, least in self._steps), default=None)


ON_TIME = "on_time"
LATE = "late"
AHEAD = "ahead"  # further ahead of the baseline than any clock can be: a bad payload


class Lives:
    """Which boot each board is living, and the baselines of its recent boots."""

    # A board that draws boot numbers without end may not fill our memory.
    _BASELINES_KEPT = 4

    def __init__(self) -> None:
        self._current: dict[str, int] = {}
        self._baselines: dict[str, dict[int, Baseline]] = {}

    def current(self, board: str) -> int | None:
        """Give the boot number of the board's current life, if it ever named one."""
        return self._current.get(board)

    def begin(self, board: str, boot: int) -> None:
        """Take a board's `init` (or, after a start of ours, its retained state) into account."""
        self._current[board] = boot

    def forget(self, board: str) -> None:
        """Drop all that is known of a retired board."""
        self._current.pop(board, None)
        self._baselines.pop(board, None)

    def waited_ms(self, board: str, boot: int, t_ms: int, arrival_ms: int) -> int:
        """Give how long a fact has lain in its board; 0 if that cannot be known.

        Which is so if it was born in another life than the board has spoken of lately.
        """
        baseline = self._baselines.get(board, {}).get(boot)
        excess_ms = None if baseline is None else baseline.excess_ms(t_ms, arrival_ms)
        return max(0, excess_ms or 0)

    def judge(
        self,
        board: str,
        boot: int,
        t_ms: int,
        arrival_ms: int,
        *,
        perishes: bool = False,
        waited: bool = False,
    ) -> str:
        """Give ON_TIME, LATE or AHEAD for a message, and count it if it is valid.

        `perishes` marks an order: one from another life than the current is late, whatever its
        time. A board that never named its life (no `init`) is judged by its time alone.
        `waited` marks a fact: it may have lain in its board for days, so tells nothing about how
        long messages take, and does not count. (Else the oldest fact of an outage would make the
        younger ones look ahead of their time.)
        """
        current = self._current.get(board)
        if perishes and current is not None and boot != current:
            return LATE
        known = self._baselines.setdefault(board, {})
        baseline = known.get(boot)
        if baseline is None:
            if waited:
                return ON_TIME
            while len(known) >= self._BASELINES_KEPT:
                del known[next(iter(known))]
            baseline = known[boot] = Baseline()
        excess_ms = baseline.excess_ms(t_ms, arrival_ms)
        if excess_ms is not None and excess_ms < -AHEAD_LIMIT_MS:
            return AHEAD
        if waited:
            return ON_TIME
        baseline.add(t_ms, arrival_ms)
        return LATE if perishes and (excess_ms or 0) > LATE_AFTER_MS else ON_TIME
