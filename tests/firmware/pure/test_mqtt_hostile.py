"""Whatever the other side does, the client ends with a typed reason in bounded time."""

import asyncio

from firmware.net.errors import Closed, LinkError, Malformed, TimedOut
from firmware.net.packets import publish
from firmware.net.ticks import ticks_diff, ticks_ms
from tests.firmware.pure.expect import raises, raises_async, until
from tests.firmware.pure.fake_stream import CONNACK, FakeBroker
from tests.firmware.pure.test_mqtt import Board, connected

MICROPYTHON_HEAP_KB = 192  # the fake broker remembers every packet
TIMEOUT_MS = 100
BOUND_MS = 3_000  # time limit, coarseness of the watch, and a busy machine


async def ends(kind, awaitable):
    """Give the reason of type `kind` with which awaiting ends, within the bound."""
    start_ms = ticks_ms()
    error = await raises_async(kind, asyncio.wait_for(awaitable, 10))
    took_ms = ticks_diff(ticks_ms(), start_ms)
    assert took_ms < BOUND_MS, took_ms
    return error


async def test_the_opener_fails_or_never_comes_back():
    async def refuses():
        raise OSError(111)

    async def forgets():
        await asyncio.sleep(60)

    async def distrusts():
        raise ValueError("certificate not correctly signed")

    for opener, kind, words in (
        (refuses, Closed, "111"),
        (forgets, TimedOut, "stream did not open"),
        (distrusts, Closed, "certificate"),
    ):
        board = Board(timeout_ms=TIMEOUT_MS)
        board.client._open_stream = opener
        error = await ends(kind, board.client.connect())
        assert words in str(error), error


async def test_silence_instead_of_connack_and_of_suback():
    broker = FakeBroker()
    broker.connack = b""
    board = Board(broker, timeout_ms=TIMEOUT_MS)
    board.client._ping_every_ms = 10
    error = await ends(TimedOut, board.client.connect())
    assert "CONNACK" in str(error)
    assert broker.writer.closed
    assert not broker.sent(0xC0)  # nothing may follow CONNECT before its answer
    board = await connected(timeout_ms=TIMEOUT_MS)
    board.broker.subacks = False
    assert "SUBACK" in str(await ends(TimedOut, board.client.subscribe(["t"])))
    assert board.broker.writer.closed


async def test_silence_after_connack_is_noticed_by_the_ping():
    board = await connected(timeout_ms=TIMEOUT_MS, keepalive_s=1)
    board.broker.pingresps = False
    board.client._ping_every_ms = 100
    assert "PINGRESP" in str(await ends(TimedOut, board.client.run()))


async def test_no_puback():
    board = await connected(timeout_ms=TIMEOUT_MS)
    board.broker.pubacks = False
    board.client.publish("t", b"", 1)
    flushing = asyncio.create_task(raises_async(TimedOut, board.client.flush()))
    assert "PUBACK" in str(await ends(TimedOut, board.client.run()))
    await flushing


async def test_a_socket_that_takes_no_bytes():
    board = await connected(timeout_ms=TIMEOUT_MS)
    board.broker.writer.stuck = True
    board.client.publish("t", b"")
    assert "took no bytes" in str(await ends(TimedOut, board.client.run()))
    board = await connected(timeout_ms=TIMEOUT_MS)
    board.broker.writer.stuck = True
    board.client.publish("t", b"")
    await asyncio.wait_for(board.client.close(), 3)


async def test_a_broken_stream_while_reading_writing_and_draining():
    for error in (OSError(104), EOFError(), ValueError("tls")):
        board = await connected()
        board.broker.reader.fail(error)
        await ends(Closed, board.client.run())
    board = await connected()
    await until(board.client._sender.idle.is_set)
    board.broker.writer.error = OSError(32)
    raises(Closed, board.client.publish, "t", b"")
    raises(Closed, board.client.publish, "t", b"")
    await ends(Closed, board.client.run())
    board = await connected()
    await until(board.client._sender.idle.is_set)
    board.client.publish("t", b"")
    board.client.publish("t", b"")  # waits for the first one's drain
    board.broker.writer.error = OSError(32)
    await ends(Closed, board.client.run())
    assert board.broker.writer.closed


async def test_cpython_does_not_wait_for_a_dead_peer_but_for_its_last_words():
    for dies in (False, True):
        board = await connected(FakeBroker(cpython_like=True))
        if dies:
            board.broker.reader.fail(OSError(104))
            await ends(Closed, board.client.run())
        else:
            await board.client.close()
        assert board.broker.writer.closed
        assert board.broker.writer.transport.aborted == dies


async def test_closed_at_every_byte_of_a_conversation():
    stream = CONNACK + bytes(publish("t", b"hello", 4, False)) + b"\xd0"
    for at in range(len(stream)):
        broker = FakeBroker()
        broker.connack = stream[:at]
        board = Board(broker)

        async def talk(board=board, broker=broker):
            connecting = asyncio.create_task(board.client.connect())
            await until(lambda: broker.opened)
            await until(lambda: broker.sent(0x10))
            broker.feed(b"")
            await connecting
            await board.client.run()

        await ends(Closed, talk())
        assert len(board.got) == (1 if at >= len(stream) - 1 else 0), at


async def test_a_conversation_in_single_bytes():
    broker = FakeBroker()
    broker.connack = b""
    board = Board(broker)
    connecting = asyncio.create_task(board.client.connect())
    await until(lambda: broker.opened)
    for byte in CONNACK + bytes(publish("t", b"hello", 4, False)):
        broker.feed(bytes((byte,)))
        await asyncio.sleep(0)
    await connecting
    await until(lambda: board.got)
    assert board.got == [("t", b"hello", False)]
    await board.client.close()


async def test_bytes_that_never_make_a_packet_do_not_count_as_life():
    board = await connected(timeout_ms=TIMEOUT_MS, keepalive_s=1)
    board.client._ping_every_ms = 100
    board.broker.pingresps = False
    board.broker.feed(b"\x30\xff\x0f")

    async def dribble():
        while True:
            board.broker.feed(b"\x00")
            await asyncio.sleep(0.01)

    dribbling = asyncio.create_task(dribble())
    await ends(TimedOut, board.client.run())
    dribbling.cancel()


async def test_before_connack_only_connack_is_heard():
    for data in (
        publish("t", b"", 0, False),
        b"\x40\x02\x00\x01",
        b"\xd0\x00",
        b"\x90\x03\x00\x01\x01",
        b"\x20\x02\x02\x00",
        b"\x20\x02\x00\x06",
        b"\x20\x02\x00\x00\x20\x02\x00\x00",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",  # a TLS alert: the port wants TLS
    ):
        broker = FakeBroker()
        broker.connack = bytes(data)
        board = Board(broker)

        async def talk(board=board):
            await board.client.connect()
            await board.client.run()

        await ends(Malformed, talk())
        assert broker.writer.closed and not board.got


async def test_unexpected_answers_end_the_connection():
    for data in (
        b"\x40\x02\x00\x01",  # PUBACK, nothing in flight
        b"\xd0\x00",  # PINGRESP, nothing asked
        b"\x90\x03\x00\x01\x01",  # SUBACK, nothing asked
        b"\x20\x02\x00\x00",
        b"\x30\x02\x00\x00",
        b"\x32\x05\x00\x01t\x00\x00",
        b"\x30\x04\x00\x02\xc3\x28",
        b"\xff\xff\xff\xff",
    ):
        board = await connected()
        board.broker.feed(data)
        await ends(Malformed, board.client.run())
        assert board.broker.writer.closed


async def test_wrong_subacks():
    for size, wrong in (
        (1, b"\x90\x03\x77\x77\x01"),  # of another SUBSCRIBE
        (2, b"\x90\x03\x00\x01\x01"),  # too few codes
        (1, b"\x90\x04\x00\x01\x01\x01"),
        (1, b"\x90\x03\x00\x01\x02"),  # more than was asked
        (1, b"\x90\x03\x00\x01\x03"),
    ):
        board = await connected()
        board.broker.subacks = False
        subscribing = asyncio.create_task(board.client.subscribe(["t"] * size))
        await until(lambda: board.broker.sent(0x80))
        assert board.broker.sent(0x80)[0][:2] == b"\x00\x01"
        board.broker.feed(wrong)
        await ends(Malformed, subscribing)


async def test_the_same_suback_twice():
    board = await connected()
    await board.client.subscribe(["t"])
    board.broker.feed(b"\x90\x03" + board.broker.sent(0x80)[0][:2] + b"\x01")
    await ends(Malformed, board.client.run())


async def test_a_stream_that_dies_while_closing_is_not_waited_for():
    board = await connected(timeout_ms=10_000)
    board.broker.writer.stuck = True
    board.client.publish("t", b"")
    closing = asyncio.create_task(board.client.close())
    await asyncio.sleep(0.01)
    board.broker.reader.fail(OSError(104))
    await asyncio.wait_for(closing, BOUND_MS / 1_000)


async def test_a_flood_from_a_broker_that_takes_no_answers_stops_being_read():
    board = await connected(max_unsent_bytes=400)
    await until(board.client._sender.idle.is_set)
    board.broker.writer.stuck = True
    for i in range(1, 201):
        board.broker.feed(publish("t", b"flood", i, False))
    await until(lambda: len(board.client._sender.unsent) > 400)
    for _ in range(50):
        await asyncio.sleep(0)
    assert board.broker.reader.unread() > 50
    assert len(board.client._sender.unsent) < 500, len(board.client._sender.unsent)
    board.broker.writer.stuck = False
    await until(lambda: len(board.got) == 200)
    await until(lambda: len(board.broker.sent(0x40)) == 200)
    await board.client.close()


async def test_random_bytes_after_connack_always_end_typed():
    seed = 99
    for _ in range(60):
        data = bytearray()
        for _ in range(60):
            seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            data.append(seed >> 16 & 0xFF)
        board = await connected()
        board.broker.feed(bytes(data))
        board.broker.feed(b"")
        await ends(LinkError, board.client.run())
