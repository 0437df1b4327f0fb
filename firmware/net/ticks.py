"""Milliseconds that wrap, as MicroPython counts them; the same two functions on CPython."""

import time

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# The chip's stubs make ticks a type of their own that is no int; here they are milliseconds.
_time: "Any" = time

if hasattr(time, "ticks_ms"):
    ticks_ms: "Callable[[], int]" = _time.ticks_ms
    ticks_diff: "Callable[[int, int], int]" = _time.ticks_diff
else:  # CPython, where only tests run this

    def _ticks_ms() -> int:
        # Of a clock that only goes forward, from an arbitrary start.
        return _time.monotonic_ns() // 1_000_000  # type: ignore[no-any-return]

    def _ticks_diff(later_ms: int, earlier_ms: int) -> int:
        return later_ms - earlier_ms

    ticks_ms = _ticks_ms
    ticks_diff = _ticks_diff
