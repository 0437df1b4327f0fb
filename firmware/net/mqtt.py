"""A small MQTT 3.1.1 client for boards: asyncio, bounded memory, one write per packet.

How a link uses it (one `Client` for the whole life of a board; connect it again and again):

    client = Client(tcp.opener(host, port), "counter-01", "counter-01", secret, 10, on_message,
                    will=(state_topic, lost_payload, True))
    while True:
        try:
            await client.connect()                      # CONNACK has come
            await client.subscribe([topic, ...])        # SUBACK has come
            client.publish(state_topic, ready, 1, True) # a plain call: written at once
            await client.run()                          # until the connection ends
        except LinkError as why:                        # Refused, Malformed, TimedOut, Closed
            ...                                         # wait a little, then again

What it promises:

- `publish` is not a coroutine. It builds one packet and writes it at once, from any task or
  from `on_message`; only what the socket does not take waits (at most `max_unsent_bytes`).
- `on_message(topic, payload, retained)` is called from the reading task as soon as the packet
  is whole. `payload` is a memoryview into the receive buffer: valid during the call only, copy
  what must stay (`codec.decode` does). A QoS 1 message is acknowledged after the call returns.
  What `on_message` raises ends the connection, and `run` raises it as it is: a bug is not
  hidden, and the caller decides.
- Nothing hangs: opening, CONNACK, SUBACK, PUBACK, PINGRESP and every write have `timeout_ms`.
- Whatever breaks MQTT ends the connection with Malformed. A message larger than
  `max_packet_bytes` does not: it is thrown away as it comes in, acknowledged, and counted.
- Sessions are clean: after a connect nothing of the earlier connection is in flight; who needs
  an answer (a receipt) resends by his own rule.

Two tasks may not call `connect`, `subscribe`, `run`, `flush` or `close` at the same time,
except that `close` and `flush` may be called while another task waits in `run`.
"""

import asyncio

from firmware.net import packets
from firmware.net.errors import Closed, LinkError, Malformed, Refused, TimedOut, TooMany
from firmware.net.inbox import Inbox
from firmware.net.owed import Owed
from firmware.net.sender import Sender
from firmware.net.ticks import ticks_diff, ticks_ms
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from typing import Any

    Buffer = bytes | bytearray | memoryview
    OnMessage = Callable[[str, memoryview, bool], None]
    Opener = Callable[[], Awaitable[tuple[Any, Any]]]

__all__ = ("Client", "Closed", "LinkError", "Malformed", "Refused", "TimedOut", "TooMany")

MAX_PACKET_BYTES = 2_304  # the contract's 2,048 of payload, and room for the topic
TIMEOUT_MS = 5_000
MAX_IN_FLIGHT = 8
MAX_UNSENT_BYTES = 4_096
_FLUSH_LOOK_S = 0.01
# How coarse time limits are: often enough, and idle boards stay idle.
_WATCH_EVERY_MS = const(1_000)


class Client:
    """One MQTT connection after another to one broker; see the module for how to use it.

    Counters, over all connections: `bytes_in`, `bytes_out`, `dropped` (inbound messages thrown
    away for their size). `will` may be changed between connections.
    """

    def __init__(
        self,
        open_stream: "Opener",
        client_id: str,
        user: str,
        password: str,
        keepalive_s: int,
        on_message: "OnMessage",
        will: "tuple[str, bytes, bool] | None" = None,
        max_packet_bytes: int = MAX_PACKET_BYTES,
        timeout_ms: int = TIMEOUT_MS,
        max_in_flight: int = MAX_IN_FLIGHT,
        max_unsent_bytes: int = MAX_UNSENT_BYTES,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        `open_stream()` gives a (reader, writer) pair of asyncio streams; it decides about TCP,
        TLS or a serial line. The reader needs `readinto` or `read`, the writer `write`,
        `drain`, `close` and `wait_closed`. `keepalive_s` is 1 to 65,535. `will` is
        (topic, payload, retain), sent by the broker at QoS 1 when this client dies silently.
        """
        if not 1 <= keepalive_s <= 65_535:
            raise ValueError("keepalive_s is %d, 1 to 65535 is allowed" % keepalive_s)
        self.will = will
        self.bytes_in = 0
        self.bytes_out = 0
        self.dropped = 0
        self._open_stream = open_stream
        self._identity = (client_id, user, password, keepalive_s)
        # At 60 % the watch's coarseness still leaves the PINGREQ well inside the keepalive.
        self._ping_every_ms = keepalive_s * 600
        self._on_message = on_message
        self._timeout_ms = timeout_ms
        self._max_in_flight = max_in_flight
        self._max_unsent_bytes = max_unsent_bytes
        self._inbox = Inbox(max_packet_bytes)
        self._reader: "Any" = None
        self._sender: "Any" = None
        self._tasks: "list[Any]" = []
        self._why: "Exception | None" = Closed("not connected yet")
        self._forget()
        self._ended.set()

    def _forget(self) -> None:
        # What belongs to one connection. New events, so that no waiter of the last one wakes.
        self._owed = Owed(self._identity[1])
        self._last_in_ms = ticks_ms()
        self._closing = False  # by us
        self._answered = asyncio.Event()  # CONNACK or SUBACK has come
        self._ended = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us and the connection has not ended since."""
        return self._owed.accepted and not self._ended.is_set()

    @property
    def in_flight(self) -> int:
        """How many QoS 1 messages the broker has not acknowledged yet."""
        return len(self._owed.in_flight)

    async def connect(self) -> None:
        """Open the stream and log in; return when the broker has accepted.

        Ends an earlier connection first. Raises Closed (no stream), Refused (`code` 1 to 5),
        TimedOut or Malformed.
        """
        await self._tear_down()
        self._forget()
        self._inbox.reset()
        self._why = None
        try:
            await self._open()
            self._send(packets.connect(*self._identity, self.will))
            await self._answer("CONNACK")
        except BaseException as why:  # a cancelled connect must not leave a socket behind either
            if isinstance(why, Exception):
                self._end(why)
            await self._tear_down()
            raise

    async def subscribe(self, topics: "Sequence[str]") -> None:
        """Subscribe to all of `topics` at QoS 1; return when the broker has granted each.

        Retained messages may reach `on_message` before this returns. Raises Refused with code
        128 and the topic (the connection then ends), TimedOut, Malformed or Closed.
        """
        self._answered.clear()
        packet_id = self._owed.new_id()
        self._owed.suback(packet_id, topics)
        self._send(packets.subscribe(packet_id, topics))
        await self._answer("SUBACK")

    def publish(self, topic: str, payload: "Buffer", qos: int = 0, retain: bool = False) -> None:
        """Send one message now, at QoS 0 or 1, without waiting for anything.

        A QoS 1 message not acknowledged within `timeout_ms` ends the connection. Raises TooMany
        if `max_in_flight` messages or `max_unsent_bytes` are on their way already (nothing is
        sent then, the connection stands), or a LinkError if there is no connection.
        """
        if not self.connected:
            raise self._why or Closed("not connected")
        in_flight = self._owed.in_flight
        if qos and len(in_flight) >= self._max_in_flight:
            raise TooMany("%d messages wait for the broker's PUBACK" % len(in_flight))
        packet_id = self._owed.new_id() if qos else 0
        packet = packets.publish(topic, payload, packet_id, retain)
        unsent_bytes = len(self._sender.unsent)
        if unsent_bytes and unsent_bytes + len(packet) > self._max_unsent_bytes:
            raise TooMany("%d bytes wait for the network" % unsent_bytes)
        if qos:
            in_flight[packet_id] = ticks_ms()
        self._send(packet)

    async def flush(self) -> None:
        """Return when all that was published is written and, at QoS 1, acknowledged.

        For a board about to sleep. Raises a LinkError when the connection ends first.
        """
        # Rare enough to look now and then, rather than to have every PUBACK set an event.
        while not self._ended.is_set() and (self.in_flight or not self._sender.idle.is_set()):
            await asyncio.sleep(_FLUSH_LOOK_S)
        if self._ended.is_set():
            await self._raise_why()

    async def run(self) -> None:
        """Wait until the connection ends; raise why, or return if `close` ended it.

        Raises a LinkError, or whatever `on_message` raised.
        """
        try:
            await self._ended.wait()
        finally:
            await self._tear_down()
        if self._why is not None:
            raise self._why

    async def close(self) -> None:
        """End the connection in good order (DISCONNECT: no will is sent). Never raises LinkError.

        Harmless when there is no connection.
        """
        if self.connected:
            self._closing = True  # from now on the broker may hang up first
            try:
                self._send(packets.DISCONNECT_PACKET)
                await asyncio.wait_for(self._sender.idle.wait(), self._timeout_ms / 1_000)
            except (LinkError, asyncio.TimeoutError) as why:
                # The broker is gone already, and will send the will: all that could be lost.
                self._end(why)
        await self._tear_down()

    # -- one connection's beginning and end

    async def _open(self) -> None:
        try:
            opening = self._open_stream()
            stream = await asyncio.wait_for(opening, self._timeout_ms / 1_000)
        except asyncio.TimeoutError:
            raise TimedOut("the stream did not open in %d ms" % self._timeout_ms) from None
        except (OSError, ValueError) as e:
            raise Closed("the stream could not be opened: " + repr(e)) from None
        self._reader = stream[0]
        self._sender = Sender(stream[1])
        for part in (self._read(), self._sender.run(), self._watch()):
            self._tasks.append(asyncio.create_task(self._guard(part)))

    async def _answer(self, name: str) -> None:
        # Wait for the CONNACK or SUBACK under way.
        try:
            await asyncio.wait_for(self._answered.wait(), self._timeout_ms / 1_000)
        except asyncio.TimeoutError:
            self._end(TimedOut("no %s in %d ms" % (name, self._timeout_ms)))
        if self._ended.is_set():
            await self._raise_why()

    async def _guard(self, part: "Coroutine[Any, Any, None]") -> None:
        # Whichever of the three tasks fails ends the connection; nobody awaits them.
        try:
            await part
        except (OSError, EOFError, ValueError) as e:  # ValueError: TLS on MicroPython
            self._end(Closed("the stream broke: " + repr(e)))
        except Exception as e:  # noqa: BLE001 (run() raises it)
            self._end(e)

    def _end(self, why: "Exception | None") -> None:
        if self._ended.is_set():
            return  # the first reason is the true one
        self._why = None if self._closing else why
        self._ended.set()
        self._answered.set()
        if self._sender is not None:
            self._sender.idle.set()  # nobody waits for a dead stream

    async def _raise_why(self) -> None:
        await self._tear_down()
        raise self._why or Closed("closed on our side")

    async def _tear_down(self) -> None:
        self._end(None)
        tasks, self._tasks = self._tasks, []
        sender, self._sender = self._sender, None
        self._reader = None
        for task in tasks:
            task.cancel()
        if sender is not None:
            await sender.close(self._closing, self._timeout_ms)

    # -- while it lasts

    def _send(self, packet: "Buffer") -> None:
        if self._ended.is_set():
            raise self._why or Closed("closed on our side")
        try:
            self._sender.send(packet)
        except (OSError, ValueError) as e:
            why = Closed("the stream broke: " + repr(e))
            self._end(why)
            raise why from None
        self.bytes_out += len(packet)

    async def _watch(self) -> None:
        timeout_ms = self._timeout_ms
        every_ms = min(_WATCH_EVERY_MS, timeout_ms // 4, self._ping_every_ms // 2)
        while True:
            await asyncio.sleep(every_ms / 1_000)
            now_ms = ticks_ms()
            if self._sender.is_stuck(now_ms, timeout_ms):
                raise TimedOut("the network took no bytes for %d ms" % timeout_ms)
            overdue = self._owed.overdue(now_ms, timeout_ms)
            if overdue:
                raise TimedOut("no %s in %d ms" % (overdue, timeout_ms))
            if self.connected and self._owed.ping_sent_ms is None and self._is_idle(now_ms):
                self._owed.ping_sent_ms = now_ms
                self._send(packets.PINGREQ_PACKET)

    def _is_idle(self, now_ms: int) -> bool:
        # Nothing sent: the broker would give us up. Nothing received: has it gone itself?
        return (
            ticks_diff(now_ms, self._sender.last_ms) >= self._ping_every_ms
            or ticks_diff(now_ms, self._last_in_ms) >= self._ping_every_ms
        )

    async def _read(self) -> None:
        inbox = self._inbox
        reader = self._reader
        readinto = getattr(reader, "readinto", None)  # MicroPython has it, CPython has not
        while True:
            space = inbox.space()
            if readinto:
                size = await readinto(space)
                if size is None:  # woken for nothing, as TLS does
                    continue
            else:
                data = await reader.read(len(space))
                size = len(data)
                space[:size] = data
                await asyncio.sleep(0)  # CPython's read gives buffered bytes without yielding
            if not size:
                raise Closed("the broker ended the connection")
            self.bytes_in += size
            inbox.added(size)
            while True:
                first = inbox.next()
                if not first:
                    break
                self._take(first)
            if len(self._sender.unsent) > self._max_unsent_bytes:
                # A broker that floods us and takes no answers: stop reading until it does.
                await self._sender.idle.wait()

    def _take(self, first: int) -> None:
        inbox = self._inbox
        kind = first & 0xF0
        if not self._owed.accepted and kind != packets.CONNACK:
            raise Malformed("type 0x%02x before CONNACK" % first)
        self._last_in_ms = ticks_ms()
        if kind != packets.PUBLISH:
            if self._owed.pay(kind, inbox.body):
                self._answered.set()
            return
        if inbox.thrown:
            self.dropped += 1
            packet_id = inbox.thrown_id
        else:
            packet_id = self._deliver(first)
        if packet_id:
            self._send(packets.puback(packet_id))

    def _deliver(self, first: int) -> int:
        topic, packet_id, payload = packets.read_publish(first, self._inbox.body)
        try:
            self._on_message(topic, payload, bool(first & 0x01))
        except Exception as e:
            self._end(e)  # before _guard can take an OSError of the callee for the stream's
            raise
        return packet_id
