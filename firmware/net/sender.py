"""Bytes out: each packet is one write, made at once; what the socket does not take waits."""

import asyncio

from firmware.net.ticks import ticks_diff, ticks_ms
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    Buffer = bytes | bytearray | memoryview


class Sender:
    """Writes to one stream for any number of tasks; `run` must run beside them."""

    def __init__(self, writer: "Any") -> None:
        self.unsent = bytearray()  # waits for the drain under way
        self.last_ms = ticks_ms()  # when something was sent last
        self.idle = asyncio.Event()  # all is written
        self.idle.set()
        self._writer = writer
        self._drain_since_ms = 0
        self._to_drain = asyncio.Event()

    def send(self, packet: "Buffer") -> None:
        """Write `packet` now, or after what is being drained; raise what the stream raises."""
        self.last_ms = ticks_ms()
        if not self.idle.is_set():
            # A write between another's write and drain would be lost or torn on MicroPython.
            self.unsent.extend(packet)
            return
        self._writer.write(packet)
        # MicroPython's stream keeps in out_buf what the socket did not take: mostly nothing,
        # and then no other task needs to wake.
        if getattr(self._writer, "out_buf", packet):
            self.idle.clear()
            self._drain_since_ms = self.last_ms
            self._to_drain.set()

    def is_stuck(self, now_ms: int, timeout_ms: int) -> bool:
        """Tell whether the stream has taken nothing for `timeout_ms` of what it should."""
        return not self.idle.is_set() and ticks_diff(now_ms, self._drain_since_ms) > timeout_ms

    async def close(self, in_order: bool, timeout_ms: int) -> None:
        """Close the stream, if `in_order` after what is still to be written; never raises."""
        # Only CPython has it, whose close would wait for a dead peer to take the rest.
        abort = getattr(getattr(self._writer, "transport", None), "abort", None)
        if abort and not in_order:
            abort()
        try:
            self._writer.close()
            await asyncio.wait_for(self._writer.wait_closed(), timeout_ms / 1_000)
        except (OSError, EOFError, asyncio.TimeoutError):
            if abort:  # else it is closed as far as it can be
                abort()

    async def run(self) -> None:
        """Drain whatever is written, for ever; raise what the stream raises."""
        while True:
            await self._to_drain.wait()
            self._to_drain.clear()
            await self._writer.drain()
            while self.unsent:
                unsent, self.unsent = self.unsent, bytearray()
                self._drain_since_ms = ticks_ms()
                self._writer.write(unsent)
                await self._writer.drain()
            self.idle.set()
