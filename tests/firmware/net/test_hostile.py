"""The client against servers that misbehave on a real socket: typed, in time, in little memory."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

import pytest

from firmware.net.packets import publish
from tests.firmware.net.conftest import Start
from tests.support.tools import free_port

CONNACK = b"\x20\x02\x00\x00"
TIMEOUT_MS = 300
BOUND_MS = 4_000  # connecting, two time limits, and a busy machine

Scenario = Callable[[socket.socket], None]


class Server:
    """Plays one scenario for each connection, in order, each on a socket of its own."""

    def __init__(self, *scenarios: Scenario) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._scenarios = scenarios
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def _accept(self) -> None:
        for scenario in self._scenarios:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return  # stopped
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.settimeout(20)
            self._open.append(peer)
            thread = threading.Thread(target=self._play, args=(scenario, peer))
            self._threads.append(thread)
            thread.start()

    def _play(self, scenario: Scenario, peer: socket.socket) -> None:
        # The client may hang up: what it said about it is what the test looks at.
        with contextlib.suppress(OSError):
            scenario(peer)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join()
        for peer in self._open:
            with contextlib.suppress(OSError):  # closed already
                peer.shutdown(socket.SHUT_RDWR)
            peer.close()
        for thread in self._threads:
            thread.join()


def read(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise OSError("closed")
        data += more
    return data


def read_packet(peer: socket.socket) -> tuple[int, bytes]:
    first, length = read(peer, 2)
    shift = 7
    while length >> shift & 1:
        length = length & ~(1 << shift) | read(peer, 1)[0] << shift
        shift += 7
    return first, read(peer, length)


def until_closed(peer: socket.socket) -> None:
    while peer.recv(65_536):
        pass


def silent(peer: socket.socket) -> None:
    until_closed(peer)


def closes(peer: socket.socket) -> None:
    peer.close()


def resets(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def says(data: bytes, then_closes: bool = False) -> Scenario:
    def scenario(peer: socket.socket) -> None:
        read_packet(peer)
        peer.sendall(data)
        if then_closes:
            peer.close()
        else:
            until_closed(peer)

    return scenario


def byte_by_byte(data: bytes) -> Scenario:
    def scenario(peer: socket.socket) -> None:
        read_packet(peer)
        for i in range(len(data)):
            peer.sendall(data[i : i + 1])
        peer.shutdown(socket.SHUT_WR)
        until_closed(peer)

    return scenario


def dribbles(peer: socket.socket) -> None:
    # A packet that never gets whole, and never an answer to a ping.
    read_packet(peer)
    peer.sendall(CONNACK + b"\x30\xff\x0f")
    stop = threading.Event()
    while not stop.wait(0.02):
        peer.sendall(b"\x00")


GOOD = bytes(publish("t", b"good", 0, False))
# Scenario, how the connection must end, and how many messages must have come through.
ENDINGS: list[tuple[str, Scenario, tuple[str, ...], int]] = [
    ("silent", silent, ("TimedOut",), 0),
    ("closes at once", closes, ("Closed",), 0),
    ("resets at once", resets, ("Closed",), 0),
    ("half a CONNACK", says(CONNACK[:3], True), ("Closed",), 0),
    ("silence in mid-CONNACK", says(CONNACK[:3]), ("TimedOut",), 0),
    ("silence after CONNACK", says(CONNACK), ("TimedOut",), 0),
    ("close in mid-packet", says(CONNACK + GOOD + GOOD[:4], True), ("Closed",), 1),
    ("several in one segment", says(CONNACK + GOOD * 50, True), ("Closed",), 50),
    ("single bytes", byte_by_byte(CONNACK + GOOD * 3), ("Closed",), 3),
    ("dribbles", dribbles, ("TimedOut",), 0),
    ("endless length", says(CONNACK + b"\x30" + b"\xff" * 50), ("Malformed",), 0),
    ("unknown type", says(CONNACK + GOOD + b"\xf0\x00"), ("Malformed",), 1),
    ("unknown PUBACK", says(CONNACK + b"\x40\x02\x00\x63"), ("Malformed",), 0),
    ("not MQTT", says(b"HTTP/1.1 400 Bad Request\r\n\r\n", True), ("Malformed",), 0),
    ("topic is not UTF-8", says(CONNACK + b"\x30\x04\x00\x02\xc3\x28"), ("Malformed",), 0),
    (
        "oversize, then good",
        says(CONNACK + bytes(publish("t", b"x" * 300_000, 0, False)) + GOOD, True),
        ("Closed",),
        1,
    ),
    ("half an oversize", says(CONNACK + b"\x30\xff\xff\xff\x7f" + b"x" * 9_000), ("TimedOut",), 0),
]


def test_every_ending_is_typed_and_in_time(start: Start) -> None:
    with Server(*(scenario for _, scenario, _, _ in ENDINGS)) as server:
        driver = start(
            port=server.port, connections=len(ENDINGS), keepalive_s=1, timeout_ms=TIMEOUT_MS
        )
        messages = 0
        for name, _, whys, expected in ENDINGS:
            ended = driver.until("ended")
            assert ended["why"] in whys, (name, ended)
            assert ended["ms"] < BOUND_MS, (name, ended)
            messages += expected
            assert len(driver.all("message")) == messages, name
        assert driver.until("done")["dropped"] == 1


def test_nobody_listens(start: Start) -> None:
    ended = start(port=free_port(), connections=1).until("ended")
    assert (ended["why"], ended["ms"] < 1_000) == ("Closed", True)


def test_a_server_that_stops_taking_bytes(start: Start) -> None:
    def deaf(peer: socket.socket) -> None:
        read_packet(peer)
        peer.sendall(CONNACK)
        held.wait(20)

    held = threading.Event()
    big = [["t", "x" * 2_000, 0, False]]
    with Server(deaf) as server:
        try:
            # More than the kernel's buffers take.
            driver = start(port=server.port, timeout_ms=TIMEOUT_MS, publish=big, repeat=100_000)
            ended = driver.until("ended")
        finally:
            held.set()
    assert (ended["why"], "took no bytes" in ended["text"]) == ("TimedOut", True)


FLOOD = 10_000


def flood(peer: socket.socket) -> None:
    # All at once, while nobody reads what the client answers.
    read_packet(peer)
    peer.sendall(CONNACK)
    for start in range(0, FLOOD, 100):
        batch = b"".join(
            bytes(publish("loket/1/counter-01/dn/face", b"f" * (n % 300), n, True))
            for n in range(start + 1, start + 101)
        )
        peer.sendall(batch)
    for n in range(1, FLOOD + 1):
        assert read(peer, 4) == bytes((0x40, 2, n >> 8, n & 0xFF)), n
    peer.close()


def test_a_flood_fits_a_small_heap_and_every_message_is_acknowledged(start: Start) -> None:
    with Server(flood) as server:
        driver = start(heap_kb=64, port=server.port, quiet=True)
        done = driver.until("done")
    assert driver.all("ended")[0]["why"] == "Closed"
    assert done["messages"] == FLOOD
    if start.interpreter == "micropython":  # type: ignore[attr-defined]
        assert done["free_bytes"] > 16_000, done


def test_connecting_again_and_again_leaks_nothing(start: Start) -> None:
    # 64 KB of heap and few file descriptors: a leaked buffer or socket would show.
    many = 150
    endings = [says(CONNACK + GOOD, True), closes, says(CONNACK + b"\x00\x00"), resets]
    with Server(*(endings * many)[:many]) as server:
        driver = start(heap_kb=64, port=server.port, connections=many, quiet=True)
        done = driver.until("done")
    assert len(driver.all("ended")) == many
    assert done["messages"] == pytest.approx(many / 4, abs=1)
