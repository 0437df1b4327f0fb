"""The Network port of a board on a cable: its USB, or a UART (docs/wired-boards.md)."""

import asyncio
import select
import sys

import machine

from firmware.net.serial import Serial
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BAUD = const(115_200)
# Both ways more than a window of frames: what is on its way always fits, however busy the board.
_BUFFER_BYTES = const(2_048)


def wired(link: "dict[str, Any]", now_ms: "Callable[[], int]") -> Serial:
    """Give the network of `parts.link`, {driver: "usb"} or {driver: "uart", uart, tx, rx, baud}."""
    if link["driver"] == "usb":
        return Serial(Usb(), now_ms)
    baud = link.get("baud", _BAUD)
    uart = machine.UART(
        link["uart"],
        baudrate=baud,
        tx=machine.Pin(link["tx"]),
        rx=machine.Pin(link["rx"]),
        rxbuf=_BUFFER_BYTES,
        txbuf=_BUFFER_BYTES,
    )
    return Serial(asyncio.StreamReader(uart), now_ms, baud)


class Usb:
    """The board's own USB, which is its stdin and stdout: what it prints goes the same way."""

    out_buf = b""  # stdout takes all; what the host does not read in time is lost

    def __init__(self) -> None:
        self._stream: "Any" = asyncio.StreamReader(sys.stdin.buffer)
        self._byte = bytearray(1)
        self._poll: "Any" = select.poll()
        self._poll.register(sys.stdin.buffer, select.POLLIN)

    async def readinto(self, space: memoryview) -> int:
        """Read what has come, at least a byte."""
        # stdin blocks until it has all that it was asked for: ask for one byte, as long as there
        # is one.
        await self._stream.readinto(self._byte)
        space[0] = self._byte[0]
        size = 1
        while size < len(space) and any(self._poll.ipoll(0)):
            sys.stdin.buffer.readinto(self._byte)
            space[size] = self._byte[0]
            size += 1
        return size

    def write(self, data: bytes) -> None:
        """Write all of `data`."""
        sys.stdout.buffer.write(data)

    async def drain(self) -> None:
        """Return: there is nothing to wait for."""
