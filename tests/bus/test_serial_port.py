"""One port of the bridge against a line gone wild; the broker is a socket, the clock the test's."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from firmware.net import packets
from firmware.wire import cable
from firmware.wire.frames import frame
from gateway.bus.serial_port import Port, client_id


class Line:
    """A port whose other end the test holds; it takes nothing unless the test reads."""

    def __init__(self) -> None:
        self.at_ms = 0
        self.broker = socket.create_server(("127.0.0.1", 0))
        self.broker.setblocking(False)
        self.ours, self.wild = socket.socketpair()
        for end in (self.ours, self.wild):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        self.selector = selectors.DefaultSelector()
        self.said: list[str] = []
        address = ("127.0.0.1", self.broker.getsockname()[1])
        self.port = Port(
            self.ours.fileno(), address, self.selector, lambda: self.at_ms, self.said.append
        )

    def asks(self, tag: int) -> int:
        """Ask for a session; give how many connections the broker got."""
        board = cable.Cable(cable.BOARD, tag, 0)
        board.open(0)
        self.wild.send(b"".join(board.out))
        for _ in range(3):  # the line, the connection, what follows from it
            for key, mask in self.selector.select(0):
                key.data(mask)
        with suppress(BlockingIOError):
            self.broker.accept()[0].close()
            return 1
        return 0

    def read(self) -> int:
        """Take what the port has for the line; give how many bytes."""
        taken = 0
        for _ in range(10_000):
            with suppress(BlockingIOError):
                taken += len(self.wild.recv(65_536))
            ready = self.selector.select(0)
            if not ready:
                break
            for key, mask in ready:
                key.data(mask)
        return taken

    def close(self) -> None:
        """End everything."""
        self.port.close()
        self.selector.close()
        for end in (self.broker, self.ours, self.wild):
            end.close()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


def test_a_board_that_begins_all_the_time_wears_out_no_connections(line: Line) -> None:
    connections = 0
    for n in range(100):
        line.at_ms = 10 * n
        connections += line.asks(n + 1)
    assert 5 <= connections <= 10  # in a second
    assert len(line.said) <= 30


def test_a_line_that_asks_and_takes_nothing_fills_no_memory(line: Line) -> None:
    unknown = frame(cable.BOARD | 3, 7, 0, 0, b"x" * 100)  # data of a session that is not
    for n in range(1_500):
        line.at_ms = 1_000 * n
        line.asks(n + 1)
        with suppress(BlockingIOError):
            line.wild.send(unknown)
    assert line.read() < 20_000


def test_a_line_that_took_nothing_and_is_pulled_out_ends_its_port_alone(line: Line) -> None:
    unknown = frame(cable.BOARD | 3, 7, 0, 0)
    for _ in range(5_000):  # until what is to be written waits
        with suppress(BlockingIOError):
            line.wild.send(unknown)
        ready = line.selector.select(0)
        if any(mask & selectors.EVENT_WRITE for _, mask in ready):
            break
        for key, mask in ready:
            key.data(mask)
    waiting = line.selector.get_key(line.ours.fileno()).events
    assert waiting == selectors.EVENT_READ | selectors.EVENT_WRITE
    line.wild.close()
    for key, mask in line.selector.select(0):
        key.data(mask)
    assert line.port.closed
    assert len(line.said) == 1


def test_a_session_whose_line_has_gone_is_closed_without_a_word(line: Line) -> None:
    assert line.asks(1) == 1
    line.wild.close()
    line.port.close()
    assert line.port.closed
    line.port.tick(10_000)


def test_a_board_is_known_by_the_id_under_which_it_connects() -> None:
    will = ("loket/1/counter-03/up/state", b"{}" * 100, True)
    connect = bytes(packets.connect("counter-03", "counter-03", "secret", 10, will))
    assert client_id(connect) == "counter-03"
    hostile = connect.replace(b"counter-03", b"counter\n\xff3", 1)
    short, other = connect[:20], b"\x30" + connect[1:]
    for strange in (b"", b"\x10", b"\x10\xff\xff\xff\xff", short, other, hostile):
        assert client_id(strange) == "", strange
