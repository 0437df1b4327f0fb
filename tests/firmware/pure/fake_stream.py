"""A byte stream in memory and a broker to be scripted at its other end, on both interpreters."""

import asyncio

from firmware.net.packets import read_u16

CONNACK = b"\x20\x02\x00\x00"
PINGRESP = b"\xd0\x00"


class FakeReader:
    """Gives the chunks that were fed, at most one per read; `readinto` as MicroPython has it."""

    def __init__(self):
        self._chunks = []
        self._fed = asyncio.Event()

    def feed(self, data):
        self._chunks.append(bytes(data))
        self._fed.set()

    def fail(self, error):
        self._chunks.append(error)
        self._fed.set()

    async def readinto(self, space):
        while not self._chunks:
            self._fed.clear()
            await self._fed.wait()
        await asyncio.sleep(0)
        chunk = self._chunks.pop(0)
        if isinstance(chunk, Exception):
            raise chunk
        size = min(len(space), len(chunk))
        space[:size] = chunk[:size]
        if size < len(chunk):
            self._chunks.insert(0, chunk[size:])
        return size

    def unread(self):
        """Give how many chunks nobody has read yet."""
        return len(self._chunks)


class CPythonLikeReader:
    """The same with `read(n)` only, as CPython's StreamReader has it."""

    def __init__(self, reader):
        self._reader = reader

    async def read(self, size):
        space = bytearray(size)
        got = await self._reader.readinto(memoryview(space))
        return bytes(space[:got])


class FakeTransport:
    """What CPython's StreamWriter has beneath it."""

    def __init__(self):
        self.aborted = False

    def abort(self):
        self.aborted = True


class FakeWriter:
    """Keeps every write apart; `stuck` makes drain wait, as a full socket does."""

    def __init__(self, on_write):
        self.writes = []
        self.stuck = False
        self.closed = False
        self.error = None
        self.draining = 0
        self.transport = None
        self._on_write = on_write

    def write(self, data):
        assert not self.draining, "write between another's write and drain"
        if self.error:
            raise self.error
        self.writes.append(bytes(data))
        self._on_write(bytes(data))

    async def drain(self):
        self.draining += 1
        try:
            await asyncio.sleep(0)
            while self.stuck:
                await asyncio.sleep(0.001)
        finally:
            self.draining -= 1

    def close(self):
        self.closed = True

    async def wait_closed(self):
        await asyncio.sleep(0)


class FakeBroker:
    """Answers as a broker does, except for what is switched off; `open` is the client's opener.

    `packets` holds (first byte, body) of all that the client sent over this connection.
    """

    def __init__(self, cpython_like=False):
        self.cpython_like = cpython_like
        self.opened = 0
        self.connack = CONNACK
        self.pubacks = True
        self.pingresps = True
        self.subacks = True

    async def open(self):
        await asyncio.sleep(0)
        self.opened += 1
        self.packets = []
        self.reader = FakeReader()
        self.writer = FakeWriter(self._take)
        if self.cpython_like:
            self.writer.transport = FakeTransport()
            return CPythonLikeReader(self.reader), self.writer
        return self.reader, self.writer

    def feed(self, data):
        self.reader.feed(data)

    def _take(self, data):
        # The inbox knows only what brokers send, so cut the client's packets here.
        at = 0
        while at < len(data):
            first = data[at]
            at += 1
            length = 0
            shift = 0
            while True:
                byte = data[at]
                at += 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            body = data[at : at + length]
            assert len(body) == length, "a packet over several writes"
            at += length
            self.packets.append((first, body))
            self._answer(first, body)

    def _answer(self, first, body):
        kind = first & 0xF0
        if kind == 0x10 and self.connack:
            self.feed(self.connack)
        elif first & 0xF6 == 0x32 and self.pubacks:
            at = 2 + read_u16(body, 0)
            self.feed(b"\x40\x02" + body[at : at + 2])
        elif kind == 0x80 and self.subacks:
            codes = []
            at = 2
            while at < len(body):
                at += 2 + read_u16(body, at)
                codes.append(body[at])
                at += 1
            self.feed(bytes((0x90, 2 + len(codes))) + body[:2] + bytes(codes))
        elif kind == 0xC0 and self.pingresps:
            self.feed(PINGRESP)

    def sent(self, kind):
        """Give the bodies of the client's packets of one type."""
        return [body for first, body in self.packets if first & 0xF0 == kind]
