"""The link of the workbench: a board in a page talks MQTT over a WebSocket, we carry its bytes.

An ASGI app for one path. It adds nothing and reads nothing but who knocks: the first packet must
be a board's whole CONNECT, whose secret the broker checks. Connections are few, and each is carried
at a board's pace; one that is silent ends, and so does one whose owner is signed out meanwhile.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

from firmware.wire import topics
from web_console.streams import Receive, Scope, Send

log = logging.getLogger("loket.console.workbench")

MOST_LINKS = 8
MOST_MESSAGE_BYTES = 16_384
IDLE_S = 60.0  # a board's keepalive is 10 s
_LOOK_EVERY_S = 5.0  # whether the owner is still signed in
# A board says at most a few packets a second. What comes faster waits in the page, so that none
# floods the broker that the hall's own presses go through.
MOST_BYTES_A_S = 32_768
_CONNECT_WITHIN_S = 5.0
_CONNECT = 0x10
# What boards speak, after the length of the packet. Others have their user in another place.
_MQTT_3_1_1 = b"\x00\x04MQTT\x04"
_HAS_WILL, _HAS_USER = 0x04, 0x80

# Close codes, for the page: 4000 to 4999 are an application's own.
BROKER_AWAY = 4001
NO_BOARD = 4002
SILENT = 4003
SIGNED_OUT = 4004
TOO_MANY = 4005
ENDED = 4006  # the broker hung up

MayLink = Callable[[Scope], bool]


class WorkbenchLink:
    """Carries bytes between pages and the broker at `address`; `may_link(scope)` admits."""

    def __init__(
        self,
        address: tuple[str, int],
        may_link: MayLink,
        most_links: int = MOST_LINKS,
        idle_s: float = IDLE_S,
        look_every_s: float = _LOOK_EVERY_S,
        most_bytes_a_s: int = MOST_BYTES_A_S,
    ) -> None:
        self._address = address
        self._may_link = may_link
        self._most_links = most_links
        self._idle_s = idle_s
        self._look_every_s = look_every_s
        self._most_bytes_a_s = most_bytes_a_s
        self._open: set[asyncio.Task[int]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._open)

    def close(self) -> None:
        """End every link and open no more."""
        self._closed = True
        for task in self._open:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        if self._closed or not self._may_link(scope):
            await send({"type": "websocket.close", "code": 1008})  # before the handshake: 403
            return
        await send({"type": "websocket.accept"})
        if len(self._open) >= self._most_links:
            await send({"type": "websocket.close", "code": TOO_MANY})
            return
        task = asyncio.create_task(self._serve(scope, receive, send))
        self._open.add(task)
        try:
            code = await task
        except asyncio.CancelledError:
            code = 1001  # we are leaving
        finally:
            self._open.discard(task)
        # A page that has left hears nothing; telling it is an error to some servers.
        with contextlib.suppress(OSError, RuntimeError):
            await send({"type": "websocket.close", "code": code})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Carry until one side ends; give the close code."""
        link = _Link(receive, send, self._idle_s, self._most_bytes_a_s)
        first = await link.first()
        if first is None or not _is_boards(first):
            return NO_BOARD
        try:
            async with asyncio.timeout(_CONNECT_WITHIN_S):
                reader, writer = await asyncio.open_connection(*self._address)
        except (OSError, TimeoutError) as error:
            log.warning("a page's link finds no broker: %s", error)
            return BROKER_AWAY
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.write(first)
        ways = {
            asyncio.create_task(link.up(writer)),
            asyncio.create_task(link.down(reader)),
            asyncio.create_task(self._watch(scope)),
        }
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _watch(self, scope: Scope) -> int:
        while self._may_link(scope):
            await asyncio.sleep(self._look_every_s)
        return SIGNED_OUT


class _Link:
    """One page and one connection to the broker."""

    def __init__(self, receive: Receive, send: Send, idle_s: float, most_bytes_a_s: int) -> None:
        self._receive = receive
        self._send = send
        self._idle_s = idle_s
        self._most_bytes_a_s = most_bytes_a_s

    async def first(self) -> bytes | None:
        """Give the first message, None if none comes."""
        try:
            async with asyncio.timeout(_CONNECT_WITHIN_S):
                return await self._next()
        except TimeoutError:
            return None

    async def up(self, writer: asyncio.StreamWriter) -> int:
        """Carry from the page to the broker."""
        try:
            while True:
                async with asyncio.timeout(self._idle_s):
                    data = await self._next()
                    if data is None:
                        return 1000
                    writer.write(data)
                    await writer.drain()  # so the broker's pace is the page's
                await asyncio.sleep(len(data) / self._most_bytes_a_s)
        except TimeoutError:
            return SILENT
        except OSError:
            return ENDED

    async def down(self, reader: asyncio.StreamReader) -> int:
        """Carry from the broker to the page."""
        try:
            while data := await reader.read(MOST_MESSAGE_BYTES):
                async with asyncio.timeout(self._idle_s):
                    await self._send({"type": "websocket.send", "bytes": data})
        except TimeoutError:
            return SILENT
        except (OSError, RuntimeError):  # the page has left
            return 1000
        return ENDED

    async def _next(self) -> bytes | None:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return None
        data: bytes | None = message.get("bytes")
        return data  # text is not MQTT: as if the page had left


def _is_boards(packet: bytes) -> bool:
    """Tell whether a packet is the whole CONNECT of a board, by its user: no process of the hall.

    Of half a packet the user could end in the next message.
    """
    if packet[:1] != bytes((_CONNECT,)):
        return False
    length, at = 0, 1
    for at in range(1, 5):
        if at >= len(packet):
            return False
        length |= (packet[at] & 0x7F) << 7 * (at - 1)
        if not packet[at] & 0x80:
            break
    body = packet[at + 1 : at + 1 + length]
    says, flags = body[:7], body[7:8]
    if len(body) < length or says != _MQTT_3_1_1 or not flags or not flags[0] & _HAS_USER:
        return False
    fields = _strings(body[10:])  # after the keepalive
    place = 3 if flags[0] & _HAS_WILL else 1  # the client's name, a will's topic and text
    try:
        return len(fields) > place and topics.is_board_id(fields[place].decode("ascii"))
    except UnicodeDecodeError:
        return False


def _strings(data: bytes) -> list[bytes]:
    """Give the strings that stand whole in `data`, one after the other."""
    found = []
    while len(data) >= 2:
        end = 2 + int.from_bytes(data[:2], "big")
        if len(data) < end:
            break
        found.append(data[2:end])
        data = data[end:]
    return found
