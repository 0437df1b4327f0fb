"""The cable of a virtual board: a file of its own, for few boards have one."""

import asyncio
import termios

import ffi  # pyright: ignore[reportMissingImports] - only where boards are processes

from firmware.net.serial import Serial
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_F_GETFL = const(3)
_F_SETFL = const(4)
_O_NONBLOCK = const(0o4000)


def wired(link: "dict[str, Any]", now_ms: "Callable[[], int]") -> Serial:
    """Give the network of `parts.link`: over the terminal `line`, a path or a number that is open,
    that stands for a UART of `baud` and never makes the board wait; else over its own USB."""
    if "line" not in link:
        from firmware.hal import wired as real

        return real.wired(link, now_ms)
    line = open(link["line"], "r+b")  # noqa: SIM115 - it stays open as long as the board lives
    termios.setraw(line.fileno())
    fcntl = ffi.open("libc.so.6").func("i", "fcntl", "iii")
    fcntl(line.fileno(), _F_SETFL, fcntl(line.fileno(), _F_GETFL, 0) | _O_NONBLOCK)
    return Serial(asyncio.StreamReader(line), now_ms, link.get("baud", 0))
