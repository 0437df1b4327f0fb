"""The writing discipline by itself: at once, in order, and stuck only after its time."""

import asyncio

from firmware.net.sender import Sender
from tests.firmware.pure.expect import raises, until
from tests.firmware.pure.fake_stream import FakeWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def test_what_is_sent_during_a_drain_goes_in_one_write_after_it():
    writer = FakeWriter(lambda data: None)
    sender = Sender(writer)
    running = asyncio.create_task(sender.run())
    for packet in (b"one", b"two", b"three"):
        sender.send(packet)
    assert writer.writes == [b"one"]
    await until(sender.idle.is_set)
    assert writer.writes == [b"one", b"twothree"]
    running.cancel()


async def test_a_stream_that_took_all_wakes_nobody():
    writer: "Any" = FakeWriter(lambda data: None)
    writer.out_buf = b""  # as MicroPython's stream has it
    sender = Sender(writer)
    sender.send(b"one")
    assert sender.idle.is_set()
    writer.out_buf = b"e"
    sender.send(b"two")
    assert not sender.idle.is_set()


async def test_stuck_counts_from_the_write():
    writer = FakeWriter(lambda data: None)
    sender = Sender(writer)
    assert not sender.is_stuck(sender.last_ms + 1_000_000, 100)  # nothing to write
    sender.send(b"one")
    assert not sender.is_stuck(sender.last_ms + 100, 100)
    assert sender.is_stuck(sender.last_ms + 101, 100)


async def test_what_the_stream_raises_comes_out():
    writer = FakeWriter(lambda data: None)
    writer.error = OSError(32)
    raises(OSError, Sender(writer).send, b"one")
