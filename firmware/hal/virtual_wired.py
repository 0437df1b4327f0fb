"""The cable of a virtual board: a file of its own, for few boards have one."""

import asyncio
import termios

import ffi  # pyright: ignore[reportMissingImports] - only where boards are processes

from firmware.net.serial import Serial
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

_F_GETFL = const(3)
_F_SETFL = const(4)
_O_NONBLOCK = const(0o4000)


def wired(path: "str | int", clock: "Any") -> "Any":
    """Give the network over a terminal that stands for a USB or UART, and never makes the board
    wait."""
    line = open(path, "r+b")  # noqa: SIM115 - it stays open as long as the board lives
    termios.setraw(line.fileno())
    fcntl = ffi.open("libc.so.6").func("i", "fcntl", "iii")
    fcntl(line.fileno(), _F_SETFL, fcntl(line.fileno(), _F_GETFL, 0) | _O_NONBLOCK)
    return Serial(asyncio.StreamReader(line), clock.now_ms)
