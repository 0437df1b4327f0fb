"""The event stream as an ASGI app, without a server: when it ends, and how it is freed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

import pytest

from web_console.fanout import Fanout
from web_console.guard import Guard
from web_console.serve import _signed_in
from web_console.sign_in import SignIn
from web_console.streams import EventStream, Message

SCOPE = {"type": "http", "method": "GET", "path": "/events", "headers": [(b"host", b"localhost")]}


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 5))


class Reader:
    """The server's side of one request."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.gone = asyncio.Event()
        self.stuck = False

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_reader_that_leaves_is_freed_at_once() -> None:
    async def work() -> None:
        fanout = Fanout()
        reader = Reader()
        serving = asyncio.create_task(
            EventStream(fanout, lambda: 5, "b")(SCOPE, reader.receive, reader.send)
        )
        await settle()
        assert len(fanout) == 1
        assert b'event: now\ndata: {"utc_ms":5,"build":"b"}\n\n' in reader.body
        reader.gone.set()
        await serving
        assert len(fanout) == 0

    run(work())


def test_a_reader_that_takes_nothing_is_given_up_without_an_end() -> None:
    async def work() -> None:
        fanout = Fanout()
        reader = Reader()
        stream = EventStream(fanout, lambda: 5, "b", give_up_s=0.05)
        serving = asyncio.create_task(stream(SCOPE, reader.receive, reader.send))
        await settle()
        reader.stuck = True
        fanout.publish("line", "line", {"v": 1})
        await serving
        assert len(fanout) == 0
        assert all(message.get("more_body", True) for message in reader.sent)

    run(work())


def test_a_stop_ends_the_answer_properly() -> None:
    async def work() -> None:
        fanout = Fanout()
        reader = Reader()
        serving = asyncio.create_task(
            EventStream(fanout, lambda: 5, "b")(SCOPE, reader.receive, reader.send)
        )
        await settle()
        fanout.close()
        await serving
        assert reader.sent[-1] == {"type": "http.response.body", "body": b""}

    run(work())


class Door:
    """A sign-in that lets in who it is told to."""

    def __init__(self) -> None:
        self.person: object = "budi"

    def technician_of(self, scope: Any) -> Any:
        return self.person


def test_a_technicians_stream_ends_soon_after_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web_console.serve._SESSION_LOOK_EVERY_S", 0.01)

    async def work() -> None:
        fanout, door, reader = Fanout(), Door(), Reader()
        stream = _signed_in(cast(SignIn, door), EventStream(fanout, lambda: 5, "b"))
        serving = asyncio.ensure_future(stream(SCOPE, reader.receive, reader.send))
        await asyncio.sleep(0.05)
        assert len(fanout) == 1
        door.person = None
        await serving
        assert len(fanout) == 0
        late = Reader()
        await stream(SCOPE, late.receive, late.send)
        assert late.sent[0]["status"] == 401

    run(work())


def test_a_post_to_a_stream_is_turned_away() -> None:
    async def work() -> None:
        reader = Reader()
        stream = EventStream(Fanout(), lambda: 5, "b")
        await stream({**SCOPE, "method": "POST"}, reader.receive, reader.send)
        assert reader.sent[0]["status"] == 405

    run(work())


def test_a_body_that_trickles_is_not_waited_for() -> None:
    async def work() -> None:
        reached = False

        async def pages(*_: object) -> None:
            nonlocal reached
            reached = True

        headers = [
            (b"host", b"localhost"),
            (b"origin", b"http://localhost"),
            (b"content-type", b"application/json"),
        ]
        reader = Reader()
        guard = Guard(pages, ("localhost",), body_within_s=0.05)
        await guard(
            {"type": "http", "method": "POST", "path": "/bangku/do", "headers": headers},
            reader.receive,
            reader.send,
        )
        assert reader.sent[0]["status"] == 408
        assert not reached

    run(work())
