"""The link of a board in a page: bytes both ways, for few, for boards, and only while signed in."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from firmware.net import packets
from tests.console.stand_in import Stage
from web_console import workbench_link as link
from web_console.workbench_link import WorkbenchLink

CONNECT = bytes(packets.connect("meja-1", "meja-1", "s" * 24, 10, ("t", b"w" * 300, True)))
# MQTT 5, without properties: to who reads it as MQTT 3.1.1 the user is meja-1, to the broker gw.
_NAME = b"\x00\x06meja-1".ljust(256, b"x")
_REST = b"\x00\x04MQTT\x05\xc2\x00\x0a" + b"\x00\x01\x00" + _NAME + b"\x00\x02gw\x00\x01s"
DISGUISED = b"\x10" + bytes((len(_REST) & 0x7F | 0x80, len(_REST) >> 7)) + _REST
# A board's, as far as it goes: its user would end in the next message, and be another one.
_CON = bytes(packets.connect("meja-1", "console", "s" * 24, 10, None))
CUT_IN_THE_USER = _CON[: _CON.index(b"console") + 3]
SCOPE: dict[str, Any] = {"type": "websocket", "path": "/bengkel/link"}


class Page:
    """The page's end of a WebSocket, as an ASGI server would show it."""

    def __init__(self, app: WorkbenchLink) -> None:
        self._in: asyncio.Queue[Any] = asyncio.Queue()
        self._out: asyncio.Queue[Any] = asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(SCOPE, self._in.get, self._out.put))

    def say(self, data: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": data})

    def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def got(self) -> Any:
        return await asyncio.wait_for(self._out.get(), 5)

    async def opened(self) -> None:
        assert (await self.got())["type"] == "websocket.accept"

    async def closed(self) -> int:
        """Give the code with which it was closed; the app has ended then."""
        while (message := await self.got())["type"] != "websocket.close":
            assert message["type"] == "websocket.send"
        await asyncio.wait_for(self.task, 5)
        code: int = message["code"]
        return code


class Broker:
    """What stands at the other end: remembers what comes and says what a test says."""

    def __init__(self) -> None:
        self.came = bytearray()
        self.writers: list[asyncio.StreamWriter] = []
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(1_000):
            self.came += data
            if data.endswith(b"PING"):
                writer.write(b"PONG")
        self.ended.set()
        writer.close()


def run(test: Callable[[WorkbenchLink, Broker], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        broker = Broker()
        server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        options.setdefault("may_link", lambda scope: True)
        async with server:
            app = WorkbenchLink(address, **options)
            await test(app, broker)
            app.close()
        for writer in broker.writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    asyncio.run(main())


def test_bytes_go_both_ways_and_the_end_of_one_is_the_end_of_both() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        page.say(CONNECT)
        page.say(b"PING")
        assert await page.got() == {"type": "websocket.send", "bytes": b"PONG"}
        assert broker.came == CONNECT + b"PING"
        assert len(app) == 1
        page.leave()
        await asyncio.wait_for(broker.ended.wait(), 5)
        await page.closed()
        assert len(app) == 0

        page = Page(app)
        await page.opened()
        page.say(CONNECT + b"")
        page.say(b"PING")
        await page.got()
        broker.writers[-1].close()
        assert await page.closed() == link.ENDED

    run(test)


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"\x10",
        b"\x10\xff\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(packets.subscribe(1, ["#"])),
        CONNECT[:20],
        *(bytes(packets.connect("meja-1", user, "s", 10, None)) for user in ("gw", "cli", "", "é")),
        DISGUISED,
        CUT_IN_THE_USER,
        CONNECT[:-1],
        _CON[:1] + bytes((len(CUT_IN_THE_USER) - 2,)) + _CON[2:],
    ],
)
def test_only_boards_are_let_through(first: bytes) -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        page.say(first)
        assert await page.closed() == link.NO_BOARD
        assert broker.writers == []

    run(test)


def test_who_is_not_signed_in_is_turned_away_before_the_handshake() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        assert await Page(app).closed() == 1008

    run(test, may_link=lambda scope: False)


def test_who_signs_out_is_cut_off() -> None:
    signed_in = True

    async def test(app: WorkbenchLink, broker: Broker) -> None:
        nonlocal signed_in
        page = Page(app)
        await page.opened()
        page.say(CONNECT)
        page.say(b"PING")
        await page.got()
        signed_in = False
        assert await page.closed() == link.SIGNED_OUT

    run(test, may_link=lambda scope: signed_in, look_every_s=0.01)


def test_links_are_few() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        first, second = Page(app), Page(app)
        await first.opened()
        first.say(CONNECT)
        first.say(b"PING")
        await first.got()
        await second.opened()
        assert await second.closed() == link.TOO_MANY
        first.leave()
        await first.closed()
        third = Page(app)
        await third.opened()
        third.say(CONNECT)
        third.say(b"PING")
        assert (await third.got())["bytes"] == b"PONG"
        third.leave()
        await third.closed()

    run(test, most_links=1)


def test_a_silent_one_ends() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        page.say(CONNECT)
        assert await page.closed() == link.SILENT

    run(test, idle_s=0.05)


def test_a_flood_is_carried_at_a_boards_pace() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        began_s = asyncio.get_running_loop().time()
        page.say(CONNECT)
        for _ in range(1_000):
            page.say(b"x" * 10)
        async with asyncio.timeout(5):
            while len(broker.came) < len(CONNECT) + 100:
                await asyncio.sleep(0.01)
        took_s = asyncio.get_running_loop().time() - began_s
        assert len(broker.came) - len(CONNECT) <= 1_000 * took_s + 20
        app.close()  # which ends it in the midst of its flood
        assert await page.closed() == 1001

    run(test, most_bytes_a_s=1_000)


def test_text_is_no_mqtt() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        page._in.put_nowait({"type": "websocket.receive", "text": "halo"})
        assert await page.closed() == link.NO_BOARD

    run(test)


def test_a_broker_that_is_away_is_told() -> None:
    async def test() -> None:
        server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        server.close()
        await server.wait_closed()
        page = Page(WorkbenchLink(address, lambda scope: True))
        await page.opened()
        page.say(CONNECT)
        assert await page.closed() == link.BROKER_AWAY

    asyncio.run(test())


def test_a_console_that_leaves_ends_its_links() -> None:
    async def test(app: WorkbenchLink, broker: Broker) -> None:
        page = Page(app)
        await page.opened()
        page.say(CONNECT)
        page.say(b"PING")
        await page.got()
        app.close()
        assert await page.closed() == 1001
        assert await Page(app).closed() == 1008

    run(test)


def knock(stage: Stage, headers: dict[str, str], path: str = "/bengkel/link") -> int:
    """Give the status that a real console answers a WebSocket's handshake with."""
    shaking = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    return stage.ask("GET", path, None, shaking | headers).status


def test_the_console_opens_it_to_its_own_pages_and_to_technicians_only(
    stage: Stage, cookie: str
) -> None:
    own = {"Origin": stage.url, "Cookie": cookie}
    assert knock(stage, own) == 101
    assert knock(stage, own | {"Cookie": ""}) == 403
    assert knock(stage, own | {"Cookie": cookie[:-2]}) == 403
    assert knock(stage, own | {"Origin": ""}) == 403
    assert knock(stage, own | {"Origin": "http://evil.example"}) == 403
    assert knock(stage, own | {"Host": "evil.example"}) == 403
    for path in ("/", "/events", "/bangku/events", "/bengkel"):
        assert knock(stage, own, path) == 403
