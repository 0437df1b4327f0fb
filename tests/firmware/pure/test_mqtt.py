"""The client's conversation with a broker that behaves: order, answers, limits, endings."""

import asyncio

from firmware.net import mqtt
from firmware.net.errors import Closed, Refused, TooMany
from firmware.net.mqtt import Client
from firmware.net.packets import publish
from tests.firmware.pure.expect import raises, raises_async, until
from tests.firmware.pure.fake_stream import FakeBroker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MQTT: "Any" = mqtt


class Board:
    """A client with its broker and what it received."""

    def __init__(self, broker=None, **options):
        self.broker = broker or FakeBroker()
        self.got = []
        self.fault = None
        options.setdefault("timeout_ms", 3_000)
        options.setdefault("keepalive_s", 60)
        self.client = Client(
            self.broker.open, "b-1", "b-1", "secret", on_message=self._on_message, **options
        )

    def _on_message(self, topic, payload, retained):
        if self.fault:
            raise self.fault
        self.got.append((topic, bytes(payload), retained))


async def connected(broker=None, **options):
    board = Board(broker, **options)
    await board.client.connect()
    return board


async def test_connects_subscribes_publishes_and_receives_with_either_kind_of_reader():
    for cpython_like in (False, True):
        board = await connected(FakeBroker(cpython_like), will=("w", b"gone", True))
        client, broker = board.client, board.broker
        assert client.connected
        await client.subscribe(["a/#", "b"])
        client.publish("up", b"zero")
        client.publish("up", b"one", 1, True)
        assert client.in_flight == 1
        await client.flush()
        assert client.in_flight == 0
        broker.feed(publish("a/1", b"x", 0, True) + publish("b", b"y", 9, False))
        await until(lambda: len(board.got) == 2)
        assert board.got == [("a/1", b"x", True), ("b", b"y", False)]
        await until(lambda: broker.sent(0x40) == [b"\x00\x09"])
        await client.close()
        assert [first for first, _ in broker.packets] == [0x10, 0x82, 0x30, 0x33, 0x40, 0xE0]
        assert broker.writer.closed
        await client.run()  # returns: ended by us
        assert client.bytes_out == sum(len(w) for w in broker.writer.writes)
        assert client.bytes_in == 4 + 6 + 4 + len(publish("a/1", b"x", 0, True)) + 8, (
            client.bytes_in
        )


async def test_each_packet_is_one_write_and_leaves_before_publish_returns():
    board = await connected()
    writes = board.broker.writer.writes
    await until(board.client._sender.idle.is_set)
    board.client.publish("t", b"p" * 1_000, 1)
    assert writes[-1] == bytes(publish("t", b"p" * 1_000, 1, False))
    await board.client.close()


async def test_what_a_busy_socket_does_not_take_waits_in_order_and_bounded():
    board = await connected(max_unsent_bytes=100, max_in_flight=50)
    client, writer = board.client, board.broker.writer
    await until(client._sender.idle.is_set)
    writer.stuck = True
    sent = 0
    try:
        while True:
            client.publish("t", b"%09d" % sent)
            sent += 1
    except TooMany as e:
        assert "bytes wait" in str(e)
    assert sent == 1 + 7, sent  # one written, seven of 14 bytes within the limit
    writer.stuck = False
    await client.flush()
    client.publish("t", b"after")
    await client.flush()
    payloads = [body[3:] for body in board.broker.sent(0x30)]
    assert payloads == [b"%09d" % i for i in range(sent)] + [b"after"], payloads
    await client.close()


async def test_one_message_larger_than_the_bound_still_goes():
    board = await connected(max_unsent_bytes=100)
    board.client.publish("t", b"x" * 1_000)
    await board.client.flush()
    await board.client.close()


async def test_in_flight_is_bounded_and_ids_in_flight_are_not_reused():
    board = await connected(max_in_flight=3)
    client, broker = board.client, board.broker
    broker.pubacks = False
    client._owed.last_id = 65_533
    for _ in range(3):
        client.publish("t", b"", 1)
    raises(TooMany, client.publish, "t", b"", 1)
    client.publish("t", b"", 0)  # QoS 0 is not counted
    await until(client._sender.idle.is_set)
    ids = [body[3] << 8 | body[4] for body in broker.sent(0x30)[:3]]
    assert ids == [65_534, 65_535, 1], ids
    broker.feed(b"\x40\x02\xff\xff")
    await until(lambda: client.in_flight == 2)
    client._owed.last_id = 65_533  # 65,534 is still in flight
    client.publish("t", b"", 1)
    await until(lambda: len(broker.sent(0x30)) == 5)
    assert broker.sent(0x30)[-1][3:5] == b"\xff\xff"
    await client.close()


async def test_oversize_messages_are_counted_acknowledged_and_forgotten():
    board = await connected(max_packet_bytes=100)
    broker = board.broker
    broker.feed(publish("t", b"x" * 5_000, 7, False))
    broker.feed(publish("t", b"x" * 98, 0, False))
    broker.feed(publish("t", b"fits", 8, False))
    await until(lambda: board.got)
    assert board.got == [("t", b"fits", False)]
    assert board.client.dropped == 2
    await until(lambda: len(broker.sent(0x40)) == 2)
    assert broker.sent(0x40) == [b"\x00\x07", b"\x00\x08"]
    await board.client.close()


async def test_refused_connection_and_subscription():
    for code in (1, 2, 3, 4, 5):
        broker = FakeBroker()
        broker.connack = bytes((0x20, 2, 0, code))
        board = Board(broker)
        connecting = asyncio.create_task(board.client.connect())
        await until(lambda: broker.opened and broker.sent(0x10))
        broker.feed(b"")  # brokers hang up at once after their no, which must still be heard
        error = await raises_async(Refused, connecting)
        assert error.code == code and "b-1" in str(error), error
        assert broker.writer.closed
    board = await connected()
    board.broker.subacks = False
    subscribing = asyncio.create_task(board.client.subscribe(["good", "bad"]))
    await until(lambda: board.broker.sent(0x80))
    board.broker.feed(b"\x90\x04" + board.broker.sent(0x80)[0][:2] + b"\x01\x80")
    board.broker.feed(b"")
    error = await raises_async(Refused, subscribing)
    assert error.code == 0x80 and "bad" in str(error), error
    assert board.broker.writer.closed and not board.client.connected


async def test_one_client_connects_again_and_again_with_nothing_left_over():
    board = await connected()
    board.broker.pubacks = False
    board.client.publish("t", b"", 1)
    for n in range(2, 5):
        board.broker.feed(publish("t", b"x" * 100, 0, False)[:50])
        await until(lambda: not board.broker.reader.unread())
        await board.client.connect()
        assert board.broker.opened == n
        assert board.client.in_flight == 0
        board.broker.feed(publish("t", b"%d" % n, 0, False))
        await until(lambda: board.got)
        assert board.got.pop() == ("t", b"%d" % n, False)
    await board.client.close()


async def test_pings_while_either_side_is_silent():
    for hears, speaks in ((False, False), (True, False), (False, True)):
        board = Board()
        board.client._ping_every_ms = 60
        await board.client.connect()
        while len(board.broker.sent(0xC0)) < 3:  # the harness's time limit bounds this
            if hears:
                board.broker.feed(publish("t", b"", 0, False))
            if speaks:
                board.client.publish("t", b"")
            await asyncio.sleep(0.01)
        assert board.client.connected
        await board.client.close()


async def test_idle_is_silence_of_either_side_for_the_ping_interval():
    now_ms = 1_000
    real_ticks_ms = MQTT.ticks_ms
    MQTT.ticks_ms = lambda: now_ms
    try:
        board = await connected(keepalive_s=10)
        client = board.client
        assert not client._is_idle(now_ms + 5_999)
        assert client._is_idle(now_ms + 6_000)
        now_ms += 4_000
        client.publish("t", b"")
        assert client._is_idle(now_ms + 2_000)  # heard nothing
        board.broker.feed(publish("t", b"", 0, False))
        await until(lambda: board.got)
        assert not client._is_idle(now_ms + 2_000)
        assert client._is_idle(now_ms + 6_000)
        await client.close()
    finally:
        MQTT.ticks_ms = real_ticks_ms


def test_the_ping_comes_before_the_keepalive_ends():
    for keepalive_s in (1, 2, 5, 60, 65_535):
        assert Board(keepalive_s=keepalive_s).client._ping_every_ms * 3 // 2 < keepalive_s * 1_000


async def test_publish_from_on_message_leaves_before_the_acknowledgement():
    board = Board()
    client, broker = board.client, board.broker
    client._on_message = lambda topic, payload, retained: client.publish("up", bytes(payload), 1)
    await client.connect()
    broker.feed(publish("dn", b"face", 5, False))
    await until(lambda: broker.sent(0x40))
    assert [first for first, _ in broker.packets] == [0x10, 0x32, 0x40]
    await client.close()


async def test_what_on_message_raises_ends_the_connection_and_comes_out_of_run():
    for fault in (KeyError("role"), OSError(28), ValueError("x")):
        board = await connected()
        board.fault = fault
        board.broker.feed(publish("t", b"", 3, False))
        error = await raises_async(type(fault), board.client.run())
        assert error is fault
        assert not board.broker.sent(0x40)
        assert board.broker.writer.closed


async def test_without_a_connection_everything_says_closed():
    board = Board()
    raises(Closed, board.client.publish, "t", b"")
    await raises_async(Closed, board.client.subscribe(["t"]))
    await raises_async(Closed, board.client.flush())
    await raises_async(Closed, board.client.run())
    await board.client.close()
    await board.client.connect()
    await board.client.close()
    await board.client.close()
    raises(Closed, board.client.publish, "t", b"")
    await raises_async(Closed, board.client.flush())


async def test_cancelled_run_closes_the_stream_without_a_disconnect():
    board = await connected()
    running = asyncio.create_task(board.client.run())
    await asyncio.sleep(0.01)
    running.cancel()
    await raises_async(asyncio.CancelledError, running)
    assert board.broker.writer.closed
    assert not board.broker.sent(0xE0)
    assert not board.client.connected


async def test_cancelled_connect_closes_the_stream():
    broker = FakeBroker()
    broker.connack = b""
    board = Board(broker)
    connecting = asyncio.create_task(board.client.connect())
    await until(lambda: broker.opened)
    await asyncio.sleep(0.01)
    connecting.cancel()
    await raises_async(asyncio.CancelledError, connecting)
    assert broker.writer.closed


async def test_close_ends_a_run_that_waits():
    board = await connected()
    running = asyncio.create_task(board.client.run())
    await asyncio.sleep(0)
    await board.client.close()
    await running
    assert board.broker.sent(0xE0) == [b""]


async def test_a_broker_that_hangs_up_on_disconnect_before_we_do_is_no_error():
    for cpython_like in (False, True):
        board = await connected(FakeBroker(cpython_like))
        running = asyncio.create_task(board.client.run())
        await asyncio.sleep(0)
        board.broker.writer.stuck = True
        closing = asyncio.create_task(board.client.close())
        await until(lambda: board.broker.sent(0xE0))
        board.broker.feed(b"")
        await running
        await closing


def test_keepalive_out_of_range_is_refused():
    for keepalive_s in (0, 65_536):
        raises(ValueError, lambda n: Board(keepalive_s=n), keepalive_s)
