"""The usual byte stream: TCP, plain or TLS, with Nagle's algorithm off."""

import asyncio
import socket
import sys

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    Stream = tuple[Any, Any]

# Not all ports name these two; the numbers are the same everywhere (POSIX, lwIP).
_IPPROTO_TCP = getattr(socket, "IPPROTO_TCP", 6)
_TCP_NODELAY = getattr(socket, "TCP_NODELAY", 1)


def opener(
    host: str, port: int, ca: "bytes | None" = None, server_name: str = ""
) -> "Callable[[], Awaitable[Stream]]":
    """Give what `mqtt.Client` opens its stream with: `async def open() -> (reader, writer)`.

    `host` is better an address than a name: looking a name up stops everything on MicroPython.
    Plain TCP without `ca`. With it TLS, and the broker must show a certificate signed by `ca`
    (DER, which every port reads; PEM where the port can) for `server_name`, by default `host`.
    The stream raises OSError when nobody listens, and ValueError or OSError for a certificate
    that is not believed; the client makes Closed of both.
    """
    if sys.implementation.name != "micropython":
        from firmware.net.tcp_cpython import open_stream

        return lambda: open_stream(host, port, ca, server_name or host)
    return lambda: _open_micropython(host, port, ca, server_name or host)


async def _open_micropython(host: str, port: int, ca: "bytes | None", name: str) -> "Stream":
    # asyncio.open_connection leaves Nagle on (44 ms a packet with the peer's delayed
    # acknowledgement), and leaks the socket when it is cancelled by a time limit.
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    s: "Any" = socket.socket(family, kind, protocol)
    try:
        s.setblocking(False)
        try:
            s.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        except (OSError, ValueError):
            pass  # a port that cannot: slower by one delayed acknowledgement, not wrong
        try:
            s.connect(address)
        except OSError as e:
            import errno

            if e.errno != errno.EINPROGRESS:
                raise
        if ca is not None:
            import tls

            context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)  # demands a certificate by default
            context.load_verify_locations(ca)
            s = context.wrap_socket(s, server_hostname=name, do_handshake_on_connect=False)
            s.setblocking(False)
        await _writable(s)  # type: ignore[misc]
    except BaseException:
        s.close()
        raise
    stream: "Any" = asyncio.StreamReader(s)
    return stream, stream


def _writable(s: "Any") -> "Any":
    # A generator is an awaitable on MicroPython, and the only way to its poller.
    core: "Any" = getattr(asyncio, "core")  # noqa: B009 (CPython's has none, the stubs neither)
    yield core._io_queue.queue_write(s)
