"""A board's own lines are read as the firmware writes them."""

import pytest

from firmware.net.errors import Closed, Refused, TimedOut
from gateway.fleet.doctor import lines
from gateway.fleet.doctor.lines import read_lines


def link(why: Exception) -> str:
    """Give the line that firmware/net/link.py prints."""
    return f"link: {why}"


@pytest.mark.parametrize(
    ("why", "found"),
    [
        (Refused(4), lines.SECRET),
        (Refused(5), lines.SECRET),
        (Refused(2), lines.SECRET),
        (Refused(3), lines.ENDED),
        (Closed("the stream could not be opened: OSError(111,)"), lines.REFUSED_PORT),
        (Closed("the stream could not be opened: ConnectionRefusedError(111, 'x')"),
         lines.REFUSED_PORT),
        (Closed("the stream could not be opened: OSError(113, 'EHOSTUNREACH')"),
         lines.UNREACHABLE),
        (Closed("the stream could not be opened: OSError(-2,)"), lines.NO_NAME),
        (Closed("the stream could not be opened: ValueError('invalid cert',)"), lines.CA),
        (Closed("the stream broke: OSError(-9984, 'MBEDTLS_ERR_X509_CERT_VERIFY_FAILED')"),
         lines.CA),
        (Closed("the stream broke: OSError(-29184, 'MBEDTLS_ERR_SSL_INVALID_RECORD')"), lines.TLS),
        (TimedOut("the stream did not open in 10000 ms"), lines.UNREACHABLE),
        (TimedOut("no CONNACK in 10000 ms"), lines.UNREACHABLE),
        (TimedOut("no PINGRESP in 10000 ms"), lines.ENDED),
        # As 32-bit MicroPython 1.25 says them, against a real broker.
        (Closed("the stream broke: ValueError('\\nThe certificate is not correctly signed by the "
                "trusted CA\\n',)"), lines.CA),
        (Closed("the stream broke: OSError(111,)"), lines.REFUSED_PORT),
        (Closed("the stream broke: OSError(113,)"), lines.UNREACHABLE),
        (Closed("the stream broke: OSError(104,)"), lines.ENDED),
        (Closed("the stream broke: EOFError()"), lines.ENDED),
        (Closed("the broker ended the connection"), lines.ENDED),
        (Closed("the stream could not be opened: OSError('nobody at the other end of the cable: no "
                "answer',)"), lines.CABLE),
        (Closed("the stream could not be opened: OSError(\"the gateway's serial bridge does not "
                "reach the broker\",)"), lines.CABLE),
    ],
)  # fmt: skip
def test_why_a_link_ends_is_told_apart(why: Exception, found: str) -> None:
    said = read_lines([link(why)])
    assert (said.link, said.link_words) == (found, str(why))


def test_each_network_has_its_own_reason_and_the_latest_counts() -> None:
    said = read_lines(
        [
            "wifi: cannot join Loket status 1",
            "wifi: cannot join Aula status 2 status -2",  # a network may be called so
            "wifi: cannot join Loket status -3",
        ]
    )
    assert said.wifi == {
        "Loket": (lines.PASSWORD, "-3"),
        "Aula status 2": (lines.NOT_SEEN, "-2"),
    }


def test_a_cable_that_we_have_taken_does_not_hide_what_was_before() -> None:
    nobody = link(Closed("the stream could not be opened: OSError('nobody at the other end of"))
    said = read_lines([link(Refused(5)), f"{nobody} the cable: no answer',)"])
    assert said.link == lines.SECRET


def test_who_speaks_of_a_link_has_joined() -> None:
    said = read_lines(["wifi: cannot join Loket status -3", link(Refused(5))])
    assert (said.wifi, said.link) == ({}, lines.SECRET)
    said = read_lines([link(Refused(5)), "wifi: cannot join Loket status -2"])
    assert (list(said.wifi), said.link) == (["Loket"], "")


def test_the_last_line_of_a_traceback_is_its_reason() -> None:
    said = read_lines(
        [
            "Traceback (most recent call last):",
            '  File "firmware/main.py", line 200, in boot',
            "ValueError: settings.json: role is barber: no module named 'firmware.roles.barber'",
            "MPY: soft reboot",
            "Traceback (most recent call last):",
            '  File "firmware/core/board.py", line 12, in tick',
            "MemoryError: memory allocation failed, allocating 2048 bytes",
            "OSError: this is no traceback any more",
        ]
    )
    assert said.tracebacks == 2
    assert said.last_error.startswith("MemoryError: memory allocation failed")
    assert said.settings_fault.startswith("ValueError: settings.json: role")
    assert not said.ca_missing


@pytest.mark.parametrize(
    "junk",
    ["", "\x00", "wifi: cannot join", "link:", "Traceback", "(5)", "é" * 5_000, "wifi: " * 999],
)
def test_garbage_says_nothing(junk: str) -> None:
    said = read_lines([junk, junk])
    assert (said.wifi, said.link, said.tracebacks) == ({}, "", 0)
