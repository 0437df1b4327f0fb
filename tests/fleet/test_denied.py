"""What the broker kept from us is counted by sender."""

import socket
from pathlib import Path

from gateway.fleet.denied import DeniedSocket, read_line

DENIED = (
    "Denied PUBLISH from counter-03 (d0, q1, r0, m7, 'loket/1/counter-04/up/event', ... (21 bytes))"
)
TOO_LARGE = (
    "Dropped too large PUBLISH from counter-03 (d0, q1, r0, m2, 'a/it's', ... (300000 bytes))"
)


def test_the_brokers_lines_are_read() -> None:
    assert read_line(DENIED) == ("counter-03", "denied", "loket/1/counter-04/up/event")
    assert read_line(TOO_LARGE) == ("counter-03", "oversize", "a/it's")
    assert read_line("Sending PUBACK to counter-03 (m1, rc0)") is None


def test_they_arrive_through_a_socket_that_a_killed_gateway_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "denied.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(path))  # whose path stays
    denied = DeniedSocket(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for line in (DENIED, "something else", "\xff\xfe", TOO_LARGE):
            sender.sendto(line.encode("latin-1"), str(path))
    assert [(who, why) for who, why, _ in denied.read()] == [
        ("counter-03", "denied"),
        ("counter-03", "oversize"),
    ]
    assert denied.read() == []
    denied.close()
    assert not path.exists()
