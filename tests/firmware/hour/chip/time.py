# mypy: ignore-errors
# (runs inside MicroPython only)
"""The `time` that the board sees: it stands while the board works, and jumps when it idles."""

import utime
from utime import *  # noqa: F403 - all that is not said here is the chip's own

_now = utime.ticks_ms()


def ticks_ms():
    global _now
    # asyncio's queue, which is not Python, looks at the true counter: never be behind that.
    true_ms = utime.ticks_ms()
    if utime.ticks_diff(true_ms, _now) > 0:
        _now = true_ms
    return _now


def advance(ms):
    """Let `ms` pass."""
    global _now
    _now = utime.ticks_add(_now, ms)
