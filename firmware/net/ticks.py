"""Milliseconds that wrap, as MicroPython counts them; the same two functions on CPython."""

try:
    from time import ticks_diff as ticks_diff
    from time import ticks_ms as ticks_ms
except ImportError:  # CPython, where only tests run this
    import time

    def ticks_ms() -> int:
        """Give milliseconds of a clock that only goes forward, from an arbitrary start."""
        return time.monotonic_ns() // 1_000_000

    def ticks_diff(later_ms: int, earlier_ms: int) -> int:
        """Give how many milliseconds lie between two readings of `ticks_ms`."""
        return later_ms - earlier_ms
