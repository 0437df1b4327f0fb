"""The serial Network port over a line in memory, with the gateway's end played by the test."""

import asyncio

from firmware.net.serial import Serial
from firmware.wire import cable
from firmware.wire.frames import Cutter, frame
from tests.firmware.pure.expect import raises_async, until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Line:
    """The board's raw stream; `takes` is how many bytes it takes at once, None: all."""

    def __init__(self):
        self.out_buf = b""
        self.written = b""
        self.takes = None
        self._chunks = []
        self._fed = asyncio.Event()

    def feed(self, data):
        self._chunks.append(data)
        self._fed.set()

    async def readinto(self, space):
        while not self._chunks:
            self._fed.clear()
            await self._fed.wait()
        chunk = self._chunks.pop(0)
        if isinstance(chunk, Exception):
            raise chunk
        size = min(len(space), len(chunk))
        space[:size] = chunk[:size]
        if size < len(chunk):
            self._chunks.insert(0, chunk[size:])
        return size

    def write(self, data):
        assert not self.out_buf, "a write before all was drained"
        size = len(data) if self.takes is None else min(self.takes, len(data))
        self.written += bytes(data[:size])
        self.out_buf = bytes(data[size:])

    async def drain(self):
        while self.out_buf:
            await asyncio.sleep(0)
            self.written += self.out_buf[:10]
            self.out_buf = self.out_buf[10:]


class Stage:
    """A board's network on a line whose other end the test holds."""

    def __init__(self, answers=True):
        self.now_ms = 1_000
        self.line = Line()
        self.network = Serial(self.line, lambda: self.now_ms)
        self.gateway: "Any" = None
        self.answers = answers
        self.got = b""
        self._cutter = Cutter()

    def turn(self):
        """Let the gateway's end hear, take, and answer."""
        data, self.line.written = self.line.written, b""
        for body in self._cutter.cut(data):
            tag = cable.opens(cable.GATEWAY, body)
            if tag and self.answers:
                self.gateway = cable.Cable(cable.GATEWAY, 77, self.now_ms)
                self.gateway.accept(tag)
            elif tag:
                self.line.feed(bytes(cable.refusal(cable.GATEWAY, body)))
            elif self.gateway:
                self.gateway.heard(body, self.now_ms)
        if self.gateway:
            while self.gateway.arrived:
                self.got += self.gateway.take(999)
            self.gateway.tick(self.now_ms)
            self.flush()

    def flush(self):
        while self.gateway.out:
            self.line.feed(bytes(self.gateway.out.pop(0)))

    def say(self, data):
        self.gateway.send(data, self.now_ms)
        self.flush()

    async def opened(self):
        task = asyncio.create_task(self.network.open())
        await asyncio.sleep(0)
        await until(lambda: self.line.written)
        self.turn()
        return await task


async def read(reader, size):
    """Read until there are `size` bytes."""
    got = b""
    while len(got) < size:
        space = memoryview(bytearray(50))
        n = await reader.readinto(space)
        if not n:
            break
        got += bytes(space[:n])
    return got


async def test_what_is_written_leaves_in_the_same_call():
    stage = Stage()
    _, writer = await stage.opened()
    writer.write(b"CONNECT")
    assert not writer.out_buf
    stage.turn()
    assert stage.got == b"CONNECT"
    writer.close()


async def test_what_comes_is_read_in_parts():
    stage = Stage()
    reader, writer = await stage.opened()
    text = b"0123456789" * 60
    stage.line.feed(b"noise ~ and more\r\n")
    stage.say(text)
    task = asyncio.create_task(read(reader, len(text)))
    for _ in range(20):
        await asyncio.sleep(0)
        stage.turn()
    assert await task == text
    writer.close()


async def test_more_than_the_window_waits_until_it_is_acknowledged():
    stage = Stage()
    _, writer = await stage.opened()
    text = b"x" * 3_000
    writer.write(text)
    assert len(writer.out_buf) == 3_000 - 1_280
    task = asyncio.create_task(writer.drain())

    def all_there():
        stage.turn()
        stage.now_ms += 10
        return len(stage.got) == len(text)

    await until(all_there)
    await task
    assert stage.got == text
    writer.close()


async def test_a_line_that_takes_little_gets_no_torn_frame():
    stage = Stage()
    _, writer = await stage.opened()
    stage.line.takes = 5
    for n in range(8):
        writer.write(b"message %d " % n)
    task = asyncio.create_task(writer.drain())

    def all_there():
        stage.turn()
        stage.now_ms += 10
        return len(stage.got) == 80

    await until(all_there)
    await task
    assert stage.got == b"".join(b"message %d " % n for n in range(8))
    writer.close()


async def test_nobody_there_is_an_error_after_three_seconds():
    stage = Stage()
    task = asyncio.create_task(stage.network.open())

    def asked_again():
        stage.now_ms += 20
        return task.done()

    await until(asked_again)
    error = await raises_async(OSError, task)
    assert "nobody at the other end" in str(error), error
    assert stage.line.written.count(b"\x7e") >= 2 * 8


async def test_a_bridge_without_a_broker_is_an_error_at_once():
    stage = Stage(answers=False)
    task = asyncio.create_task(stage.network.open())
    await until(lambda: stage.line.written)
    stage.turn()
    error = await raises_async(OSError, task)
    assert "broker" in str(error), error


async def test_the_gateways_end_is_the_end_of_the_stream():
    stage = Stage()
    reader, _ = await stage.opened()
    stage.say(b"no")
    stage.gateway.close()
    stage.flush()
    assert await read(reader, 2) == b"no"
    task = asyncio.create_task(reader.readinto(memoryview(bytearray(9))))

    def told():
        stage.now_ms += 5
        stage.turn()
        return stage.gateway.ended

    await until(told)
    assert await task == 0


async def test_silence_ends_a_read_and_every_later_write():
    stage = Stage()
    reader, writer = await stage.opened()
    task = asyncio.create_task(reader.readinto(memoryview(bytearray(9))))
    await asyncio.sleep(0)
    writer.write(b"anybody?")
    stage.now_ms += 10_000
    error = await raises_async(OSError, task)
    assert "no answer" in str(error), error
    try:
        writer.write(b"more")
    except OSError:
        return
    raise AssertionError("a dead session took bytes")


async def test_a_line_that_is_pulled_out_ends_the_session():
    stage = Stage()
    reader, _ = await stage.opened()
    stage.line.feed(OSError(5, "pulled out"))
    await raises_async(OSError, reader.readinto(memoryview(bytearray(9))))


async def test_closing_waits_until_the_last_word_has_arrived():
    stage = Stage()
    _, writer = await stage.opened()
    writer.write(b"DISCONNECT")
    writer.close()
    task = asyncio.create_task(writer.wait_closed())
    await asyncio.sleep(0.02)
    assert not task.done()
    stage.turn()
    stage.now_ms += 20
    stage.turn()
    await task
    stage.turn()
    assert stage.got == b"DISCONNECT"
    assert stage.gateway.ended == cable.CLOSED


async def test_closing_gives_up_when_nobody_hears():
    stage = Stage()
    _, writer = await stage.opened()
    writer.write(b"DISCONNECT")
    writer.close()
    await writer.wait_closed()
    assert stage.got == b""


async def test_it_opens_again_and_nothing_of_before_counts():
    stage = Stage()
    _, writer = await stage.opened()
    stage.say(b"old")
    stage.gateway = None
    writer.close()
    await writer.wait_closed()
    stage.line.feed(bytes(frame(0x80 | 3 | 4 << 3, 1, 0, 0, b"older")))
    reader, writer = await stage.opened()
    stage.say(b"new")
    assert await read(reader, 3) == b"new"
    writer.close()


async def test_a_time_limit_on_opening_leaves_nothing_behind():
    stage = Stage()
    await raises_async(asyncio.TimeoutError, asyncio.wait_for(stage.network.open(), 0.02))
    stage.line.written = b""
    _, writer = await stage.opened()
    writer.write(b"x")
    stage.turn()
    assert stage.got == b"x"
    writer.close()
