"""What every request must pass before anything else sees it, and the headers of every answer.

What keeps other web sites in the same browser out is here, whether somebody is signed in or not:
the Host must be one of ours (against DNS rebinding), a POST must come from our own pages and be
JSON, and pages may load and run nothing but our own files.
"""

import asyncio
import re
from collections.abc import Collection, Mapping
from email.utils import formatdate
from urllib.parse import urlsplit

from web_console.streams import App, Message, Receive, Scope, Send

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
MAX_BODY_BYTES = 16_384
SOCKET = "websocket"  # in place of a method: browsers do not keep other sites from asking
BODY_WITHIN_S = 5.0
_HOST = re.compile(r"(\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[\w.-]+))(:\d{1,5})?", re.ASCII)

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# MicroPython is WebAssembly, which counts as made at run time; it runs in a worker, whose own file
# says what it may do. No page and no other file may.
_MAY_COMPILE = re.compile(r"/static/[^/]+/js/workbench_worker\.js")
_COMPILING = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'").encode()
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def security_headers(path: str) -> tuple[tuple[bytes, bytes], ...]:
    """Give the headers of every answer for `path`."""
    csp = _COMPILING if _MAY_COMPILE.fullmatch(path) else CSP.encode()
    return ((b"content-security-policy", csp), *SECURITY_HEADERS)


class Refusal(Exception):
    """A request that goes no further: `status` and what the sender should know."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def host_name(host: str) -> str:
    """Give the name in a Host header, without port and brackets, in lower case.

    Nothing if it is no name and port: addresses of pages are made of it.
    """
    found = _HOST.fullmatch(host)
    return (found["six"] or found["name"]).lower().removesuffix(".") if found else ""


def check(method: str, headers: Mapping[str, str], hosts: Collection[str]) -> None:
    """Raise Refusal unless the request may pass; `headers` by lower-case name."""
    host = headers.get("host", "")
    if host_name(host) not in hosts:
        known = ", ".join(sorted(hosts))
        raise Refusal(421, f"this console answers to {known}, not to {host[:100]!r}\n")
    if method in ("GET", "HEAD"):
        return
    if method == SOCKET:
        if urlsplit(headers.get("origin", "")).netloc.lower() != host.lower():
            raise Refusal(403, "a connection must come from this console's own pages\n")
        return
    if method != "POST":
        raise Refusal(405, "only GET, HEAD and POST\n")
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        raise Refusal(403, "a POST must say where it comes from (Origin)\n")
    if site not in (None, "same-origin"):
        raise Refusal(403, "a POST must come from this console's own pages\n")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise Refusal(403, "a POST must come from this console's own pages\n")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "a POST must be application/json\n")


class Guard:
    """An ASGI app around another: `hosts` are the names it answers to, in lower case."""

    def __init__(
        self, app: App, hosts: Collection[str], body_within_s: float = BODY_WITHIN_S
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._body_within_s = body_within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == SOCKET:
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        security = security_headers(scope["path"])

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", formatdate(usegmt=True).encode())
                message["headers"] = [*message["headers"], date, *security]
            await send(message)

        headers = _headers(scope)
        try:
            check(scope["method"], headers, self._hosts)
            if scope["method"] == "POST":
                receive = await self._with_body(receive)
        except Refusal as refusal:
            await _answer(send_safely, refusal)
            return
        await self._app(scope, receive, send_safely)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check(SOCKET, _headers(scope), self._hosts)
        except Refusal:
            await no_socket(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _with_body(self, receive: Receive) -> Receive:
        # The whole body is taken here, so that a slow sender holds no thread of the pages.
        body = b""
        try:
            async with asyncio.timeout(self._body_within_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refusal(400, "the body ended early\n")
                    body += message.get("body", b"")
                    if len(body) > MAX_BODY_BYTES:
                        raise Refusal(413, f"at most {MAX_BODY_BYTES} bytes\n")
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            raise Refusal(408, "the body did not come in time\n") from None
        except asyncio.CancelledError:  # a stop that did not wait for the rest
            raise Refusal(503, "this console is closing\n") from None
        whole = [body]

        async def replay() -> Message:
            if whole:
                return {"type": "http.request", "body": whole.pop(), "more_body": False}
            return await receive()

        return replay


async def no_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI app that turns a WebSocket away, with 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})  # before the handshake


def _headers(scope: Scope) -> dict[str, str]:
    return {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}


async def _answer(send: Send, refusal: Refusal) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.text.encode()})
