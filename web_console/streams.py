"""The event stream over ASGI: current state at connect, then news, and a beat now and then."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from web_console.fanout import Fanout, Stream, event_bytes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BEAT_EVERY_S = 10.0
# A reader that takes nothing for this long is gone, or may come back and start anew.
GIVE_UP_S = 20.0
_RETRY = b"retry: 2000\n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """An ASGI app for one path: every GET is one reader of `fanout`."""

    def __init__(
        self,
        fanout: Fanout,
        utc_ms: Callable[[], int],
        build: str,
        give_up_s: float = GIVE_UP_S,
    ) -> None:
        self.fanout = fanout
        self._utc_ms = utc_ms
        self._build = build
        self._give_up_s = give_up_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await refuse(send, 405, "only GET\n")
            return
        stream = self.fanout.open()
        if stream is None:
            await refuse(send, 503, "too many open pages, try again later\n")
            return
        watcher = asyncio.create_task(_watch(receive, stream))
        try:
            await self._pump(stream, send)
        finally:
            self.fanout.leave(stream)
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _pump(self, stream: Stream, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _RETRY, "more_body": True})
        while True:
            due = await stream.wait()
            if stream.ended:
                break
            body = b"".join(map(self.fanout.newest, due))
            if stream.beat_due:
                stream.beat_due = False
                body = event_bytes("now", self._now()) + body
            try:
                async with asyncio.timeout(self._give_up_s):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
            except TimeoutError:
                return  # without an end, so that the server closes the connection
        await send({"type": "http.response.body", "body": b""})

    def _now(self) -> dict[str, Any]:
        return {"utc_ms": self._utc_ms(), "build": self._build}


async def _watch(receive: Receive, stream: Stream) -> None:
    """End the stream as soon as its reader leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def refuse(send: Send, status: int, text: str) -> None:
    """Answer a request for a stream with a status and one plain sentence."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
