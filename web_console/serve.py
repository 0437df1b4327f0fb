"""Wires the console and serves it: one process, one event loop, a few threads for pages."""

import asyncio
import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

from gateway.config import USER_CONSOLE, Settings
from web_console.bench_link import BenchLink
from web_console.bus import Bus
from web_console.fanout import Fanout
from web_console.fleet import Fleet
from web_console.guard import LOOPBACK_HOSTS, SOCKET, Guard, no_socket
from web_console.hall import LINK, Hall
from web_console.pages import Views, create_app
from web_console.relay import FLEET_PARTS, PARTS, Relay, now
from web_console.sign_in import SignIn
from web_console.streams import (
    BEAT_EVERY_S,
    App,
    EventStream,
    Message,
    Receive,
    Scope,
    Send,
    refuse,
)
from web_console.workbench_link import MOST_MESSAGE_BYTES, WorkbenchLink
from web_console.workshop import ANSWER, MOST_AT_ONCE, RECEIPT, NoAnswer, Workshop

LISTEN = "127.0.0.1"
_PAGE_THREADS = 4
# What waits for the workshop, or for a password to be checked, has threads of its own: however many
# technicians ask, pages are given.
_SLOW = ("/teknisi/tanya", "/bengkel/papan", "/masuk")
_SLOW_THREADS = MOST_AT_ONCE + 3
_SESSION_LOOK_EVERY_S = 5.0
_PULSE_EVERY_S = 5.0
_PULSE_WITHIN_S = 4.0
_ORDER_WITHIN_S = 5.0


def listen(port: int) -> socket.socket:
    """Give a socket bound to `port` on loopback; raises OSError if it is taken."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted connections inherit these: news leaves at once, and what a vanished reader
        # never took is let go of.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
        listener.bind((LISTEN, port))
    except BaseException:
        listener.close()
        raise
    return listener


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve the hall of `settings` on `listener` until SIGTERM or SIGINT."""
    asyncio.run(_serve(settings, listener))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    hall, fanout, bench_fanout, fleet_fanout = Hall(now()), Fanout(), Fanout(), Fanout()
    outlets = {
        fanout: PARTS,
        bench_fanout: (LINK, "site", "line"),
        fleet_fanout: (LINK, "site", "line", "boards", *FLEET_PARTS),
    }
    relay = Relay(hall, outlets, loop, Fleet())
    secret_file = settings.paths.secrets / USER_CONSOLE
    broker = ("127.0.0.1", settings.mqtt_port)

    def heard(topic: str, payload: bytes) -> None:  # runs in the bus's thread
        if topic in (ANSWER, RECEIPT):
            workshop.took(payload)
        else:
            relay.message(topic, payload)

    bus = Bus(broker, USER_CONSOLE, secret_file, heard, relay.link)
    workshop = Workshop(bus.say)
    bench = BenchLink(settings.paths.hall_socket, bench_fanout)

    def bench_do(got: Any) -> None:  # runs in one of the pages' threads
        asyncio.run_coroutine_threadsafe(bench.do(got), loop).result(_ORDER_WITHIN_S)

    def site_name() -> str:
        site = hall.content("site")
        return str(site["name"]) if site else ""

    build = build_id()
    sign_in = SignIn(settings.paths.secrets)
    do = bench_do if settings.demo else None
    views = Views(site_name, hall.missing, do, build, sign_in, workshop)

    def utc_ms() -> int:
        return hall.utc_ms(now())

    streams: dict[str, App] = {"/events": EventStream(fanout, utc_ms, build)}
    if settings.demo:
        streams["/bangku/events"] = _while_held(bench, EventStream(bench_fanout, utc_ms, build))
    for_technicians = EventStream(fleet_fanout, utc_ms, build)
    streams["/teknisi/events"] = _signed_in(sign_in, for_technicians)
    link = WorkbenchLink(broker, lambda scope: sign_in.technician_of(scope) is not None)
    pages = create_app(views)
    apart = dict.fromkeys(_SLOW, _to_asgi(pages, _SLOW_THREADS))
    app = _route(streams | apart, {"/bengkel/link": link}, _to_asgi(pages, _PAGE_THREADS))

    def leave() -> None:
        # Streams never end by themselves, and answers may be long in coming; without this a stop
        # would wait for all pages to close.
        fanout.close()
        bench_fanout.close()
        fleet_fanout.close()
        link.close()
        workshop.close()

    server = _Server(Guard(app, {*LOOPBACK_HOSTS, *settings.http_hosts}), leave)
    beats = asyncio.create_task(_beat(fanout, bench_fanout, fleet_fanout))
    pulse = asyncio.create_task(_feel_workshop(workshop, fleet_fanout))
    bus.start()
    try:
        await server.serve(sockets=[listener])
    finally:
        beats.cancel()
        pulse.cancel()
        bench.close()
        await asyncio.to_thread(bus.stop)


def build_id() -> str:
    """Give a name for the pages' files as they are: a page that was made from others reloads."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for folder in ("static", "templates", "texts"):
        for path in sorted((root / folder).rglob("*.*")):
            if path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _to_asgi(pages: Any, threads: int) -> App:
    # a2wsgi's types and Flask's describe one WSGI in two ways.
    return cast(App, WSGIMiddleware(pages, workers=threads))


def _route(own: dict[str, App], sockets: dict[str, App], pages: App) -> App:
    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == SOCKET:
            await sockets.get(scope["path"], no_socket)(scope, receive, send)
            return
        await own.get(scope["path"], pages)(scope, receive, send)

    return route


def _while_held(bench: BenchLink, stream: App) -> App:
    async def held(scope: Scope, receive: Receive, send: Send) -> None:
        with bench.held():
            await stream(scope, receive, send)

    return held


def _signed_in(sign_in: SignIn, stream: App) -> App:
    """Give a stream for technicians; it ends soon after their session does."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if sign_in.technician_of(scope) is None:
            await refuse(send, 401, "sign in at /masuk\n")
            return

        async def receive_or_end() -> Message:
            while True:
                try:
                    async with asyncio.timeout(_SESSION_LOOK_EVERY_S):
                        return await receive()
                except TimeoutError:
                    if sign_in.technician_of(scope) is None:
                        return {"type": "http.disconnect"}

        await stream(scope, receive_or_end, send)

    return guarded


async def _feel_workshop(workshop: Workshop, fanout: Fanout) -> None:
    """Let technicians' pages know whether the workshop answers, while there are any."""
    while True:
        if len(fanout):
            fanout.publish(
                "workshop", "workshop", {"up": await asyncio.to_thread(_is_up, workshop)}
            )
        await asyncio.sleep(_PULSE_EVERY_S)


def _is_up(workshop: Workshop) -> bool:
    try:
        workshop.ask("ping", within_s=_PULSE_WITHIN_S)  # that it knows no such ask is an answer
    except NoAnswer as nobody:
        return nobody.why == "workshop.busy"
    return True


async def _beat(*fanouts: Fanout) -> None:
    while True:
        await asyncio.sleep(BEAT_EVERY_S)
        for fanout in fanouts:
            fanout.beat()


class _Server(uvicorn.Server):
    """uvicorn that sleeps when there is nothing to do, and ends its streams when told to stop."""

    def __init__(self, app: App, leave: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="websockets-sansio",
                ws_max_size=MOST_MESSAGE_BYTES,
                ws_per_message_deflate=False,  # of small packets, and of a secret
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,  # uvicorn's is made by the timer left out below; see Guard
                timeout_graceful_shutdown=3,
            )
        )
        self._leave = leave
        self._told = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def main_loop(self) -> None:
        # uvicorn's own looks ten times a second whether it should stop.
        await self._told.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own, which raises the signal once more when all is done: a stop that was
        # asked for and went well is a success.
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self._leave()
        self._told.set()
