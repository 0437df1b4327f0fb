"""How often a password may be guessed: waits that grow with each failure. Safe in many threads.

Failures are counted by person and place, so that who guesses locks out nobody elsewhere, and by
person over all places, so that guessing from many addresses is no faster. Whose browser signed in
as this person before is known: its own failures alone count, so that nobody can keep it out.
"""

import threading
from collections.abc import Callable

FREE_TRIES = 3
FREE_TRIES_EVERYWHERE = 30
LONGEST_WAIT_S = 60.0
_FORGET_AFTER_S = 15 * 60
_MOST_COUNTS = 1_000
_EVERYWHERE = "*"
_OTHERS = ""  # in place of the places that are too many to be counted

_Key = tuple[str, str]


class Guesses:
    """Counts failed sign-ins; `mono_s` is a clock that never goes back."""

    def __init__(self, mono_s: Callable[[], float]) -> None:
        self._mono_s = mono_s
        self._lock = threading.Lock()
        # (person, place) -> (failures in a row, when the last one was)
        self._failures: dict[_Key, tuple[int, float]] = {}

    def wait_s(self, person: str, place: str, *, known: bool = False) -> int:
        """Give the seconds to wait before the next try as `person` at `place`; 0 if it may come.

        `known` is a place where this person signed in before.
        """
        with self._lock:
            return max(
                self._wait_s(self._own(person, place), FREE_TRIES),
                0 if known else self._wait_s((person, _EVERYWHERE), FREE_TRIES_EVERYWHERE),
            )

    def failed(self, person: str, place: str, *, known: bool = False) -> None:
        """Count a failure."""
        with self._lock:
            self._count(self._own(person, place))
            if not known:
                self._count((person, _EVERYWHERE))

    def forgive(self, person: str, place: str) -> None:
        """Forget the failures at `place`: the right password came. Those elsewhere stay."""
        with self._lock:
            self._failures.pop(self._own(person, place), None)

    def _wait_s(self, key: _Key, free: int) -> int:
        failures, last_s = self._failures.get(key, (0, 0.0))
        if failures < free:
            return 0
        pause_s = min(LONGEST_WAIT_S, 2.0 ** (failures - free + 1))
        return max(0, -int(-(last_s + pause_s - self._mono_s()) // 1))

    def _count(self, key: _Key) -> None:
        now_s = self._mono_s()
        failures, last_s = self._failures.pop(key, (0, now_s))
        if now_s - last_s > _FORGET_AFTER_S:
            failures = 0
        self._failures[key] = (min(failures + 1, 100), now_s)

    def _own(self, person: str, place: str) -> _Key:
        if (person, place) in self._failures or len(self._failures) < _MOST_COUNTS:
            return (person, place)
        now_s = self._mono_s()
        self._failures = {
            key: count
            for key, count in self._failures.items()
            if now_s - count[1] <= _FORGET_AFTER_S
        }
        return (person, place) if len(self._failures) < _MOST_COUNTS else (person, _OTHERS)
