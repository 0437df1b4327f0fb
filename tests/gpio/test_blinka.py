"""The pins through Adafruit Blinka: its OS-agnostic board, and its code for a Raspberry Pi."""

import errno
import logging
import os
import subprocess
import sys

import pytest

from gateway.gpio.blinka import RETRY_MS, BlinkaPins
from gateway.gpio.wiring import MatrixWiring, OutputWiring, Wiring
from tests.gpio.conftest import WIRING, Board
from tests.support.tools import ROOT

CHIME, STATUS, STOP, STOP_LAMP, CS = 4, 3, 2, 0, 6


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_every_part_is_opened_and_dark(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    pins = BlinkaPins(WIRING)
    pins.mend(0)
    assert [board.level(pin) for pin in (CHIME, STATUS, STOP_LAMP)] == [0, 0, 0]
    assert board.modes[STOP] == (1, 1)  # an input with its pull-up
    assert lines(caplog) == []


def test_lamps_and_chime_are_written_when_they_change(board: Board) -> None:
    pins = BlinkaPins(WIRING)
    pins.mend(0)
    board.written.clear()
    for on in (True, True, False, False, True):
        pins.chime(on)
        pins.status(on)
        pins.stop_lamp(on)
    for pin in (CHIME, STATUS, STOP_LAMP):
        assert [level for number, level in board.written if number == pin] == [1, 0, 1]


def test_a_relay_that_closes_at_a_low_level_is_open_from_the_start_to_the_end(board: Board) -> None:
    pins = BlinkaPins(Wiring(chime=OutputWiring(CHIME, active_low=True)))
    pins.mend(0)
    assert board.level(CHIME) == 1
    pins.chime(True)
    assert board.level(CHIME) == 0
    pins.close()
    assert board.level(CHIME) == 1


@pytest.mark.parametrize("active_low", [True, False])
def test_the_key_is_down_at_its_level(board: Board, active_low: bool) -> None:
    pins = BlinkaPins(Wiring(stop=STOP, stop_active_low=active_low))
    assert not pins.stop_down()  # not open yet
    pins.mend(0)
    assert board.modes[STOP][1] == (1 if active_low else 2)  # pull-up, pull-down
    for level in (True, False):
        board.levels[STOP] = level
        assert pins.stop_down() is (level is not active_low)


def test_the_matrix_gets_its_words_between_edges_of_cs(board: Board) -> None:
    pins = BlinkaPins(Wiring(matrix=MatrixWiring(0, CS, 32)))
    pins.mend(0)
    assert pins.matrix is not None
    board.written.clear()
    board.spi.clear()
    frame = bytearray(range(1, 33))
    pins.matrix.show(frame)
    assert board.spi == [
        b"".join(bytes((row + 1, frame[4 * row + module])) for module in range(4))
        for row in range(8)
    ]
    assert board.written == [(CS, 0), (CS, 1)] * 8


def test_the_kernels_own_cs_is_left_to_it(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    pins = BlinkaPins(Wiring(matrix=MatrixWiring(0, 8, 32)))
    pins.mend(0)
    assert (board.written, lines(caplog)) == ([], [])
    assert bytes((12, 1) * 4) in board.spi  # out of shutdown


def test_closing_leaves_everything_dark(board: Board) -> None:
    pins = BlinkaPins(WIRING)
    pins.mend(0)
    assert pins.matrix is not None
    for part in (pins.chime, pins.status, pins.stop_lamp):
        part(True)
    pins.matrix.show(bytearray(b"\xff" * 32))
    board.spi.clear()
    pins.close()
    assert [board.level(pin) for pin in (CHIME, STATUS, STOP_LAMP)] == [0, 0, 0]
    assert [word[1::2] for word in board.spi] == [bytes(4)] * 8
    pins.chime(True)  # nothing is open any more
    assert board.level(CHIME) == 0


@pytest.mark.parametrize(
    ("trouble", "way_out"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "groups gpio and spi"),
        (OSError(errno.EBUSY, "Device or resource busy"), "gpioinfo"),
        (RuntimeError("No Raspberry Pi header GPIO controller exposes GPIO 4"), "/dev/gpiochip*"),
        (OSError(errno.EIO, "Input/output error"), "docs/gpio.md"),
    ],
    ids=["permission", "busy", "no controller", "other"],
)
def test_one_that_is_missing_is_told_once_and_the_rest_goes_on(
    board: Board, caplog: pytest.LogCaptureFixture, trouble: Exception, way_out: str
) -> None:
    caplog.set_level(logging.INFO)
    board.broken[CHIME] = trouble
    pins = BlinkaPins(WIRING)
    for now_ms in (0, 1_000, RETRY_MS, 5 * RETRY_MS):
        pins.mend(now_ms)
        pins.chime(True)
    (line,) = lines(caplog)
    assert line.startswith("chime (GPIO 4): ")
    assert way_out in line
    pins.status(True)
    assert board.level(STATUS) == 1
    del board.broken[CHIME]
    pins.mend(5 * RETRY_MS + 1_000)  # not yet
    assert len(lines(caplog)) == 1
    pins.mend(6 * RETRY_MS)
    assert lines(caplog)[1:] == ["chime (GPIO 4): is there"]
    pins.chime(True)
    assert board.level(CHIME) == 1


def test_what_fails_later_is_told_and_comes_back(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    pins = BlinkaPins(WIRING)
    pins.mend(0)
    assert pins.matrix is not None
    trouble = OSError(errno.EIO, "Input/output error")
    board.broken = {CHIME: trouble, STOP: trouble}
    board.spi_broken = trouble
    for _ in range(3):
        pins.chime(True)
        assert not pins.stop_down()
        pins.matrix.show(bytearray(b"\x01" * 32))
    assert sorted(line.split(" (")[0] for line in lines(caplog)) == [
        "all-stop key", "chime", "matrix",
    ]  # fmt: skip
    board.broken, board.spi_broken = {}, None
    board.levels[STOP] = False
    pins.mend(RETRY_MS)
    assert pins.stop_down()
    pins.chime(True)
    assert board.level(CHIME) == 1
    assert [word[1::2] for word in board.spi[-8:]] == [b"\x01" * 4] * 8  # the last frame again


def test_a_pin_or_an_spi_that_this_machine_lacks(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    pins = BlinkaPins(Wiring(chime=OutputWiring(17), matrix=MatrixWiring(1, CS, 32)))
    pins.mend(0)
    assert lines(caplog) == [
        "chime (GPIO 17): this machine has no such pin: on a computer without pins leave"
        " --gpio / LOKET_GPIO out",
        "matrix (SPI 1, CS GPIO 6): this machine has no such SPI: leave --gpio / LOKET_GPIO out",
    ]


_TRY = """
import logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
from gateway.gpio.blinka import BlinkaPins
from gateway.gpio.wiring import MatrixWiring, OutputWiring, Wiring
pins = BlinkaPins(Wiring(chime=OutputWiring(17), stop=27, matrix=MatrixWiring(0, 8, 32)))
pins.mend(0)
pins.chime(True)
print("down" if pins.stop_down() else "up")
pins.close()
"""


def on(board: str, chip: str, *first: str) -> list[str]:
    """Give what the pins of a Pi say in a process of their own, after the lines in `first`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(first) + _TRY],
        cwd=ROOT,
        env={**os.environ, "BLINKA_FORCEBOARD": board, "BLINKA_FORCECHIP": chip},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_blinkas_code_for_a_raspberry_pi_finds_no_pins_here() -> None:
    chime, key, matrix, up = on("RASPBERRY_PI_4B", "BCM2XXX")
    assert "GPIO 17" in chime
    assert "/dev/gpiochip*" in chime
    assert "/dev/gpiochip*" in key
    assert "dtparam=spi=on" in matrix
    assert up == "up"


def test_without_the_library_for_its_pins_a_pi_says_how_to_get_it() -> None:
    said = on("RASPBERRY_PI_5", "BCM2XXX", "import sys", "sys.modules['gpiod'] = None")
    assert len(said) == 4
    for line in said[:3]:
        assert "gpiod" in line
        assert "make setup" in line
