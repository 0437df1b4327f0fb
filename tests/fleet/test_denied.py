"""What the broker kept from us is counted by sender."""

import socket
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        # mosquitto 2.0.11 (Debian 12) and 2.0.18: the address, then the name.
        ("Sending CONNACK to 192.168.1.33 (0, 5)", ("192.168.1.33", "refused", "")),
        ("1795319879: Sending CONNACK to counter-03 (0, 5)", ("counter-03", "refused", "")),
        ("Sending CONNACK to fe80::1 (0, 4)", ("fe80::1", "refused", "")),
        ("Sending CONNACK to counter-03 (0, 0)", None),
        (
            "New client connected from 192.168.1.7:33933 as counter-01 (p2, c1, k60, u'…').",
            ("counter-01", "came", "192.168.1.7"),
        ),
        (
            "New client connected from fe80::1:33933 as counter-01 (p2, c1, k60, u'counter-01').",
            ("counter-01", "came", "fe80::1"),
        ),
        (
            "OpenSSL Error[0]: error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca",
            ("", "tls", "unknown ca"),
        ),
        # Of Debian 12's mosquitto, against clients that do not believe its certificate.
        (
            "OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca",
            ("", "tls", "unknown ca"),
        ),
        (
            "OpenSSL Error[0]: error:0A000412:SSL routines::sslv3 alert bad certificate",
            ("", "tls", "bad certificate"),
        ),
        ("OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number", None),
        ("OpenSSL Error[0]: error:1408F10B:SSL routines:ssl3_get_record:wrong version", None),
    ],
)
def test_who_came_and_who_was_sent_away_is_read(
    line: str, said: tuple[str, str, str] | None
) -> None:
    assert read_line(line) == said


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
