"""The Network port over a serial line: MQTT's bytes in a session of wire/cable.py."""

import asyncio
import os

from firmware.wire import cable
from firmware.wire.const import const
from firmware.wire.frames import Cutter

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_READ_BYTES = const(512)
_LOOK_S = 0.02  # while something is on its way
_LAST_WORDS_S = 0.5


class Serial:
    """The network, and the stream it opens: there is one line, so there is one stream.

    `raw` is an asyncio stream of MicroPython's kind (`readinto`, `write`, `drain`, `out_buf`) on
    the line: a UART, the USB of the board, a terminal. Whatever else is printed there may stand
    between frames, never within. `now_ms()` never wraps. `baud` is 0 where it does not matter.
    """

    def __init__(self, raw: "Any", now_ms: "Callable[[], int]", baud: int = 0) -> None:
        self.baud = baud
        self._raw = raw
        self._space = memoryview(bytearray(_READ_BYTES))
        self._cutter = Cutter()
        self._now_ms = now_ms
        self._cable: "Any" = None
        self._task: "Any" = None
        self._reader: "Any" = None  # the task that waits for the line, and then sets _news
        self._woken = False  # it is to stop waiting, though the line has said nothing
        self._draining = False
        self._news = asyncio.Event()
        self._busy = asyncio.Event()  # something is due, or does not get out

    # The network.

    async def up(self) -> None:
        """Return at once: only `open` can tell whether somebody is at the other end."""

    def rssi_dbm(self) -> "int | None":
        """Give None: there is no radio."""
        return None

    async def open(self) -> "tuple[Any, Any]":
        """Open a session with the gateway's bridge; OSError if nobody answers for 3 s."""
        self._stop()
        tag = int.from_bytes(os.urandom(2), "big") or 1
        end = self._cable = cable.Cable(cable.BOARD, tag, self._now_ms())
        end.open(self._now_ms())
        self._task = asyncio.create_task(self._work(end))
        try:
            self._write()
            while not end.opened and not end.ended:
                await self._hear()
            if end.ended == cable.CLOSED:
                raise OSError("the gateway's serial bridge does not reach the broker")
            if end.ended:
                raise OSError("nobody at the other end of the cable: " + end.ended)
        except BaseException:  # also when a time limit cancels this
            self._stop()
            raise
        return self, self

    # The stream's reader.

    async def readinto(self, space: memoryview) -> int:
        """Read at least one byte; 0 if the gateway has closed, OSError if the line is dead."""
        end = self._cable
        while not end.arrived:
            if end.ended == cable.CLOSED:
                return 0
            if end.ended:
                raise OSError(end.ended)
            await self._hear()
        size = 0
        while end.arrived and size < len(space):
            piece = end.take(len(space) - size)
            space[size : size + len(piece)] = piece
            size += len(piece)
        self._write()
        return size

    # The stream's writer.

    @property
    def out_buf(self) -> bytes:
        """What the other end has no room for yet."""
        waiting: bytes = self._cable.waiting
        return waiting

    def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Send bytes, at once as far as there is room for them; OSError if the line is dead."""
        if self._cable.ended:
            raise OSError(self._cable.ended)
        self._cable.send(data, self._now_ms())
        self._write()

    async def drain(self) -> None:
        """Return once there was room for all that was written."""
        while self._cable.waiting:
            await self._hear()
        if self._cable.ended:
            raise OSError(self._cable.ended)

    def close(self) -> None:
        """End the session, after what is on its way."""
        self._cable.close()
        self._write()

    async def wait_closed(self) -> None:
        """Return once all is told, at most half a second later."""
        if not self._cable.ended:
            try:
                await asyncio.wait_for(self._hear_all(), _LAST_WORDS_S)
            except asyncio.TimeoutError:
                pass  # told as well as could be
        self._cable.abandon()
        self._write()
        self._stop()

    # Behind them.

    async def _hear(self) -> None:
        # Wait until something has come over the line. Whoever waits for it reads it: there is
        # always one, the client's reader or who drains, and no task of its own costs time.
        if self._reader:
            await self._news.wait()
            return
        end = self._cable
        self._reader = asyncio.current_task()
        self._woken = False
        self._news.clear()
        try:
            size = await self._raw.readinto(self._space)
            if size == 0:
                raise OSError("the line has ended")
            for body in self._cutter.cut(bytes(self._space[: size or 0])):
                end.heard(body, self._now_ms())
        except OSError as why:  # a USB line that is pulled out
            end.fail(str(why))
        except asyncio.CancelledError:
            if not self._woken:
                raise
        finally:
            self._reader = None
            self._news.set()
        self._write()

    async def _hear_all(self) -> None:
        while not self._cable.ended:
            await self._hear()

    def _stop(self) -> None:
        if self._task:
            self._task.cancel()
        self._task = None
        self._draining = False

    def _write(self) -> None:
        # To the line, what it takes; a write between another's write and drain would be torn.
        end = self._cable
        try:
            while end.out and not self._draining:
                self._raw.write(end.out.pop(0))
                self._draining = bool(self._raw.out_buf)
        except OSError as why:
            end.fail(str(why))
        if self._draining or end.due_ms() < cable.NEVER:
            self._busy.set()

    async def _work(self, end: "Any") -> None:
        # What time brings: repeats, acknowledgements that nothing carried, bytes that wait.
        while True:
            if self._draining:
                try:
                    await self._raw.drain()
                except OSError as why:
                    end.fail(str(why))
                self._draining = False
                self._write()
            elif end.due_ms() < cable.NEVER:
                # What comes meanwhile may be due earlier, so look often; it is not for long.
                await asyncio.sleep(_LOOK_S)
                end.tick(self._now_ms())
                self._write()
            else:
                self._busy.clear()
                await self._busy.wait()
            if end.ended and self._reader and not self._woken:
                self._woken = True
                self._reader.cancel()
