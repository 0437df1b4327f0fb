"""What this machine's clocks show, and whether NTP vouches for them."""

import ctypes
import time

# The kernel lets the greatest error of its clock grow from what NTP said last; at this much,
# which it also says after a start and after somebody set the clock, nobody vouches for it.
# (The flag STA_UNSYNC says less: chrony keeps it set to leave the hardware clock alone.
# systemd's timedated judges by the same bound.)
_UNVOUCHED_US = 16_000_000
_FAILED = -1
_LIBC = ctypes.CDLL(None)


class _Timex(ctypes.Structure):
    """The beginning of Linux's `struct timex`, and room for the rest of it on any machine."""

    _fields_ = (
        ("modes", ctypes.c_uint),  # 0: change nothing
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror_us", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


def read() -> tuple[int, int]:
    """Give (monotonic ms, UTC ms)."""
    return time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000


def synced() -> bool | None:
    """Tell whether NTP vouches for the clock; None where the kernel cannot be asked."""
    adjtimex = getattr(_LIBC, "adjtimex", None)
    if adjtimex is None:  # no Linux
        return None
    timex = _Timex()
    if adjtimex(ctypes.byref(timex)) == _FAILED:
        return None
    return bool(timex.maxerror_us < _UNVOUCHED_US)
