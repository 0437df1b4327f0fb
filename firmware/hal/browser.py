"""The backend of a board in a web page: the virtual one, with the page's network and flash.

It runs in MicroPython compiled to WebAssembly, which has neither sockets nor a standard input. The
worker that runs it (web_console/static/js/workbench_worker.js) is the module `page`: `connect()`
gives the number of a new connection, `send(n, hex)` and `hang_up(n)` are for it, `kept(name)`
tells of a file that was written. It calls `Browser.do(line)` and `Network.happened(what, n, hex)`.
"""

import asyncio
import binascii
import json
import sys

import page  # pyright: ignore[reportMissingImports] - there is one in a web page only

from firmware.hal.store import FileStore
from firmware.hal.virtual import Virtual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FLASH = "/flash"


class Store(FileStore):
    """A folder of the page's memory; the page keeps what is written over the board's restarts."""

    def put(self, name: str, at: int, data: bytes) -> bool:
        return self._kept(name, super().put(name, at, data))

    def write(self, name: str, data: "bytes | memoryview") -> bool:
        return self._kept(name, super().write(name, data))

    def _kept(self, name: str, done: bool) -> bool:
        if done:
            page.kept(name)
        return done


class Stream:
    """One connection: a reader and a writer. What comes waits in `_in` until it is read."""

    out_buf = b""  # the page takes all that is written, at once

    def __init__(self) -> None:
        self.ended = False
        self.news = asyncio.Event()
        self.n: int = page.connect()
        self._in = bytearray()

    def take(self, data: bytes) -> None:
        """Take what has come."""
        self._in.extend(data)
        self.news.set()

    async def readinto(self, buffer: "memoryview") -> int:
        while not self._in and not self.ended:
            self.news.clear()
            await self.news.wait()
        size = min(len(buffer), len(self._in))
        buffer[:size] = self._in[:size]
        self._in = self._in[size:]
        return size

    def write(self, data: "bytes | bytearray | memoryview") -> None:
        if self.ended:
            raise OSError("the connection has ended")
        page.send(self.n, binascii.hexlify(bytes(data)).decode())

    async def drain(self) -> None:
        pass

    def close(self) -> None:
        self.ended = True
        self.news.set()
        page.hang_up(self.n)

    async def wait_closed(self) -> None:
        pass


class Network:
    """The page's way to the console, which leads on to the broker."""

    def __init__(self) -> None:
        self._stream: "Stream | None" = None

    async def up(self) -> None:
        pass

    async def open(self) -> "tuple[Stream, Stream]":
        stream = self._stream = Stream()
        await stream.news.wait()  # opened, or ended before it was
        if stream.ended:
            raise OSError("the console gave no connection")
        return stream, stream

    def happened(self, what: str, n: int, data: str) -> None:
        """Take what became of connection `n`: `opened`, `ended`, or `came` with `data` in hex."""
        stream = self._stream
        if stream is None or stream.n != n:
            return  # of one that was given up
        if what == "came":
            stream.take(binascii.unhexlify(data))
            return
        stream.ended = what == "ended"
        stream.news.set()

    def rssi_dbm(self) -> "int | None":
        return None


class Browser(Virtual):
    """All ports of a board in a page; lines come by `do`, and go out as any virtual board's."""

    def __init__(self, settings: "dict[str, Any]") -> None:
        super().__init__(settings, FLASH, Store(FLASH + "/"), Network())

    def do(self, line: str) -> None:
        """Do what one line says."""
        try:
            what = json.loads(line)
            self._do(what["do"], what)
        except (ValueError, KeyError, TypeError) as why:
            print("cannot do", line, repr(why), file=sys.stderr)

    async def run(self) -> None:
        """Do nothing: the page calls."""
        await asyncio.Event().wait()
