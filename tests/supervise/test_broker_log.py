"""What the broker says reaches the gateway or its log, and never holds the broker up."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.supervise.bounded_log import BoundedLog
from gateway.supervise.broker_log import CHUNK_BYTES, MAX_LINE_BYTES, BrokerLines

DENIED = b"Denied PUBLISH from counter-01 (d0, q1, r0, m7, 'loket/1/gw/state', ... (9 bytes))"
TOO_LARGE = b"Dropped too large PUBLISH from counter-02 (d0, q0, r0, m0, 'x', ... (999999 bytes))"
DULL = b"Received PUBLISH from counter-01 (d0, q1, r0, m7, 'loket/1/counter-01/up/event', ...)\n"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[socket.socket]:
    """Give the gateway's end of the socket for denied messages."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(str(tmp_path / "denied.sock"))
        own.settimeout(5)
        yield own


def lines_in(folder: Path) -> BrokerLines:
    """Give a reader that sends to the gateway's socket in `folder`."""
    return BrokerLines(folder / "denied.sock", BoundedLog(folder / "broker.log"))


def test_denied_and_oversize_go_to_the_gateway(tmp_path, gateway):
    lines = lines_in(tmp_path)
    lines.take(DULL + DENIED + b"\n" + DULL + TOO_LARGE + b"\n")
    lines.close()
    assert [gateway.recv(2048), gateway.recv(2048)] == [DENIED, TOO_LARGE]
    assert not (tmp_path / "broker.log").exists()


@pytest.mark.parametrize("cut", range(1, len(DENIED) + 1, 7))
def test_a_line_may_come_in_two_pieces(tmp_path, gateway, cut):
    lines = lines_in(tmp_path)
    text = DULL + DENIED + b"\n" + DULL
    lines.take(text[: len(DULL) + cut])
    lines.take(text[len(DULL) + cut :])
    lines.close()
    assert gateway.recv(2048) == DENIED
    gateway.setblocking(False)
    with pytest.raises(BlockingIOError):
        gateway.recv(2048)


def test_errors_and_warnings_are_kept_and_the_last_one_is_known(tmp_path):
    lines = lines_in(tmp_path)
    lines.take(DULL + b"Warning: no user\n" + DULL + b"Error: Address already in use")
    lines.close()
    assert (tmp_path / "broker.log").read_bytes() == (
        b"Warning: no user\nError: Address already in use\n"
    )
    assert lines.last_line == b"Error: Address already in use"


CAME = b"New client connected from 10.0.0.7:3393 as error-01 (p2, c1, k60, u'error-01')."
REFUSED = b"Sending CONNACK to 10.0.0.7 (0, 5)"
TLS = b"OpenSSL Error[0]: error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca"


def test_who_comes_and_who_is_refused_goes_to_the_gateway_and_fills_no_log(tmp_path, gateway):
    lines = lines_in(tmp_path)
    usual = b"Socket error on client counter-01, disconnecting.\n"
    lines.take(CAME + b"\nSending CONNACK to counter-01 (0, 0)\n" + usual + REFUSED + b"\n")
    assert [gateway.recv(2048), gateway.recv(2048)] == [CAME, REFUSED]
    assert not (tmp_path / "broker.log").exists()
    lines.take(TLS + b"\n")
    lines.close()
    assert gateway.recv(2048) == TLS
    assert (tmp_path / "broker.log").read_bytes() == TLS + b"\n"


def test_without_a_gateway_nothing_happens(tmp_path):
    lines = lines_in(tmp_path)
    lines.take(DENIED + b"\n")
    lines.close()


def test_a_gateway_that_does_not_read_holds_nobody_up(tmp_path, gateway):
    lines = lines_in(tmp_path)
    for _ in range(5_000):
        lines.take(DENIED + b"\n")
    lines.close()
    assert gateway.recv(2048) == DENIED


def test_a_line_without_end_takes_bounded_memory_and_is_cut(tmp_path, gateway):
    lines = lines_in(tmp_path)
    for _ in range(20):
        lines.take(b"x" * CHUNK_BYTES)
    lines.take(b"\n" + DENIED + b"y" * CHUNK_BYTES + b"\n")
    lines.close()
    got = gateway.recv(CHUNK_BYTES)
    assert got.startswith(DENIED)
    assert len(got) == MAX_LINE_BYTES


def test_a_broker_that_says_much_is_not_held_up(start, tmp_path, gateway):
    # 60 MB of debug lines, as 600,000 messages would give; then a sign that all was taken.
    flood = (
        "import signal, sys\n"
        f"dull = {DULL!r} * 700\n"
        "for _ in range(1000): sys.stdout.buffer.write(dull)\n"
        f"sys.stdout.buffer.write({DENIED!r} + b'\\n'); sys.stdout.buffer.flush()\n"
        "open('done', 'w'); signal.pause()"
    )
    denied_to = str(tmp_path / "denied.sock")
    hall = start({"name": "broker", "code": flood, "denied_to": denied_to, "ready": "done"})
    hall.pids(timeout_s=20)
    assert gateway.recv(2048) == DENIED
    assert hall.stop() == 0
    assert not (tmp_path / "broker.log").exists()
