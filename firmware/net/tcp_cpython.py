"""The byte stream of tcp.py on CPython, where tests run the client: no board takes this along."""

import asyncio

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any


async def open_stream(host: str, port: int, ca: "bytes | None", name: str) -> "tuple[Any, Any]":
    """Give a (reader, writer) pair; `ca` and `name` as in tcp.opener."""
    if ca is not None:
        import ssl

        cadata: "Any" = ca.decode() if ca.startswith(b"-----BEGIN") else ca  # its PEM is text
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # demands a certificate by default
        context.load_verify_locations(cadata=cadata)
        reader, writer = await asyncio.open_connection(
            host, port, ssl=context, server_hostname=name
        )
    else:
        reader, writer = await asyncio.open_connection(host, port)
    # CPython sets TCP_NODELAY by itself, but would call 64 KB of unsent bytes drained. (Not 0:
    # its TLS then takes an empty buffer for a full one and pauses for ever.)
    writer.transport.set_write_buffer_limits(high=1, low=0)
    return reader, writer
