"""The gateway's connection at brokers that fail in every way: it drops, tries again, goes on."""

import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.bus import Door, door

CONNACK = b"\x20\x02\x00\x00"
SUBACK = b"\x90\x03\x00\x01\x01"

Serve = Callable[[socket.socket], None]


class FakeBroker:
    """Takes connections on loopback one after another and does with each what a test wants."""

    def __init__(self, serve: Serve) -> None:
        self.seen = 0
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.seen += 1
            with connection:
                self._serve(connection)


def _reset(connection: socket.socket) -> None:
    # Closing then sends RST, as the kernel does for a broker that was killed.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _accept(connection: socket.socket) -> None:
    connection.settimeout(5)
    connection.recv(4096)  # CONNECT
    connection.sendall(CONNACK)
    connection.recv(4096)  # SUBSCRIBE
    connection.sendall(SUBACK)


@pytest.fixture
def brokers() -> Iterator[Callable[[Serve], FakeBroker]]:
    made: list[FakeBroker] = []

    def make(serve: Serve) -> FakeBroker:
        made.append(FakeBroker(serve))
        return made[-1]

    yield make
    for broker in made:
        broker.close()


def _door(port: int) -> Door:
    return Door("127.0.0.1", port, "gw", "secret", ("loket/1/+/up/#",), ("loket/1/gw/state", b"x"))


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _try(tried: Door, times: int, broker: FakeBroker) -> None:
    for _ in range(200):
        if broker.seen >= times:
            return
        tried.wait(0.1)
    raise AssertionError(f"only {broker.seen} connections were made")


def test_a_broker_that_is_killed_between_connection_and_connect_is_tried_again(
    brokers: Callable[[Serve], FakeBroker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for_reset(_client: Any, _data: Any, sock: socket.socket) -> None:
        poll = select.poll()
        poll.register(sock, select.POLLRDHUP)
        assert poll.poll(5_000), "the broker did not hang up"

    monkeypatch.setattr(door, "no_delay", wait_for_reset)
    broker = brokers(_reset)
    tried = _door(broker.port)
    before = _open_files()
    _try(tried, 4, broker)
    assert not tried.ready
    assert _open_files() <= before + 1
    tried.close(("loket/1/gw/state", b"y"))


def test_a_connection_that_breaks_while_we_publish_is_made_anew(
    brokers: Callable[[Serve], FakeBroker],
) -> None:
    def serve(connection: socket.socket) -> None:
        _accept(connection)
        connection.recv(1)  # the first bytes of what we publish
        _reset(connection)

    broker = brokers(serve)
    tried = _door(broker.port)
    connected = 0
    for _ in range(200):
        tried.wait(0.1)
        connected += tried.took_ready()
        if connected == 3:
            break
        while tried.ready:
            tried.say([("loket/1/gw/beat", b"x" * 1_000, False, 1)])
    assert connected == 3
    tried.close(("loket/1/gw/state", b"y"))
