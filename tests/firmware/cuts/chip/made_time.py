# mypy: ignore-errors
# (runs inside MicroPython only)
"""Time that only waiting makes pass, in the place of `time` and `select`."""

import select as _select
import time as _time


class Made:
    """Stands for the module `time`: only waiting makes it pass."""

    def __init__(self):
        self.now_ms = 5_000
        # As attributes: MicroPython imports no methods by name.
        self.ticks_diff = _time.ticks_diff
        self.ticks_add = _time.ticks_add
        self.ticks_ms = lambda: self.now_ms & 0x1FFFFFFF
        self.ticks_us = lambda: self.now_ms * 1_000 & 0x1FFFFFFF
        self.time = lambda: self.now_ms // 1_000
        self.sleep_ms = self._pass
        self.sleep = lambda s: self._pass(int(s * 1_000))

    def _pass(self, ms):
        self.now_ms += ms


made = Made()


class Poll:
    """Stands for `select.poll`: where nothing is to be read, the time passes at once."""

    def __init__(self):
        self._poll = _select.poll()
        self.register = self._poll.register
        self.modify = self._poll.modify
        self.unregister = self._poll.unregister

    def ipoll(self, ms):
        ready = [(found[0], found[1]) for found in self._poll.ipoll(0)]
        if not ready:
            made.now_ms += max(ms, 0)
        return ready


class Select:
    """Stands for the module `select`."""

    def __init__(self):
        self.POLLIN = _select.POLLIN
        self.POLLOUT = _select.POLLOUT
        self.poll = Poll
