"""The hall's time, from a machine's clock that may start in the past or jump. Pure.

Two clocks come in: the machine's UTC, which people and NTP may set to anything, and the
monotonic one, which only runs. On Linux their difference stays the same to the nanosecond
until somebody sets the clock (slewing by NTP moves both) or the machine sleeps. So a change of
the difference is a step, and a step is believed when NTP vouches for it, or a person does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.domain.hall import CLOCK_AHEAD, CLOCK_BEHIND, CLOCK_TRUSTED

# Unvouched steps forward move the hall's time by no more than this, all together.
JUMP_MS = 120_000
# A clock that is back by no more is waited for: the hall's time stands still until then.
BACK_MS = 2_000
# A hall may have been shut for as long as the longest holidays, and its year's maintenance.
SHUT_MOST_MS = 40 * 86_400_000
# Of other machines than Linux: how far the two clocks may drift apart, NTP's own limit doubled.
_DRIFT_PER_S = 1  # ms in each second: 1,000 ppm
_STILL_MS = 100  # a difference that is no step at all


@dataclass(frozen=True, slots=True)
class Step:
    """The hall's time went on at `after_ms` where it would have been `before_ms` (both UTC)."""

    before_ms: int
    after_ms: int


class Timeline:
    """Gives the hall's time (UTC ms). It runs back only when NTP or a person says it must.

    While the machine's clock is not believed (`state` behind or ahead), the hall's time goes
    on from where it was by the monotonic clock: the business day is held, but hours pass.
    """

    def __init__(
        self,
        read: Callable[[], tuple[int, int]],
        synced: Callable[[], bool | None],
        known_ms: int,
        was: str = CLOCK_TRUSTED,
    ) -> None:
        """`read` gives (monotonic, machine's UTC) in ms; `synced` whether NTP vouches for it.

        `synced` None: that cannot be had. `known_ms` is the time of the newest event in the
        journal, 0 for none, and `was` the clock's state by then.
        """
        self._read = read
        self._synced = synced
        self._mono_ms, self._system_ms = read()
        self._step: Step | None = None
        self.state = CLOCK_TRUSTED
        self.since_ms = self._now_ms = self._system_ms
        # What the machine's clock shows more than the monotonic one, and should.
        self._ahead_ms = self._system_ms - self._mono_ms
        self._drifted_at_ms = self._mono_ms
        # A clock that was behind at the start and comes right is the usual Pi whose NTP came up.
        self._late_start = False
        if known_ms:
            self._start(known_ms, was)

    @property
    def system_ms(self) -> int:
        """What the machine's clock showed at the last look."""
        return self._system_ms

    def now(self) -> tuple[int, int]:
        """Look at the clocks; give (monotonic ms, the hall's UTC ms)."""
        mono_ms, system_ms = self._read()
        go_on_ms = self._now_ms + mono_ms - self._mono_ms  # by the monotonic clock alone
        self._mono_ms, self._system_ms = mono_ms, system_ms
        step_ms = system_ms - mono_ms - self._ahead_ms
        back_ms = go_on_ms - system_ms
        if abs(step_ms) <= _STILL_MS and back_ms <= _STILL_MS and self.state == CLOCK_TRUSTED:
            self._follow(step_ms)
            return mono_ms, self._now_ms
        vouched = self._synced()  # asked only when it matters, and then as things are now
        if vouched:
            self._believe(go_on_ms)
        elif back_ms > BACK_MS:
            self._hold(CLOCK_BEHIND, go_on_ms)
        elif step_ms <= JUMP_MS:
            self._follow(step_ms)
        elif self._late_start and vouched is None:
            self._believe(go_on_ms)
        else:
            self._hold(CLOCK_AHEAD, go_on_ms)
        return mono_ms, self._now_ms

    def accept(self) -> int:
        """Believe the machine's clock as last looked at; give the hall's time by it."""
        self._believe(self._now_ms)
        return self._now_ms

    def take_step(self) -> Step | None:
        """Give the step that the hall's time made since the last call, if it made one."""
        step, self._step = self._step, None
        return step

    def _start(self, known_ms: int, was: str) -> None:
        gap_ms = self._system_ms - known_ms
        too_late = gap_ms > (JUMP_MS if was == CLOCK_AHEAD else SHUT_MOST_MS)
        if gap_ms >= -BACK_MS and not too_late:
            self._now_ms = max(self._system_ms, known_ms)
        elif self._synced():
            self._believe(known_ms)
        else:
            self._ahead_ms = known_ms - self._mono_ms
            self._late_start = not too_late
            self._hold(CLOCK_AHEAD if too_late else CLOCK_BEHIND, known_ms)

    def _follow(self, step_ms: int) -> None:
        self._now_ms = max(self._now_ms, self._system_ms)
        seconds = (self._mono_ms - self._drifted_at_ms) // 1_000
        if seconds:
            self._drifted_at_ms += seconds * 1_000
            most_ms = seconds * _DRIFT_PER_S
            self._ahead_ms += max(-most_ms, min(step_ms, most_ms))
        self._trust()

    def _hold(self, state: str, now_ms: int) -> None:
        self._now_ms = now_ms
        if state != self.state:
            self.state, self.since_ms = state, now_ms

    def _believe(self, go_on_ms: int) -> None:
        back_ms = go_on_ms - self._system_ms
        if back_ms > BACK_MS or -back_ms > JUMP_MS:
            self._step = Step(self._step.before_ms if self._step else go_on_ms, self._system_ms)
            self._now_ms = self._system_ms
        else:
            self._now_ms = max(self._now_ms, self._system_ms)  # too little to run back for
        self._ahead_ms = self._system_ms - self._mono_ms
        self._drifted_at_ms = self._mono_ms
        self._trust()

    def _trust(self) -> None:
        self._late_start = False
        if self.state != CLOCK_TRUSTED:
            self.state, self.since_ms = CLOCK_TRUSTED, self._now_ms
