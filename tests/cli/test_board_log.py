"""`loket board log`: live lines from the cable and over the network."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from boards.virtual.usb import UsbBoard
from firmware.wire.frames import frame
from gateway.cli import main
from gateway.config import ConfigError, Settings
from gateway.ports import claim
from tests.support.tools import ROOT, wait_for
from tests.support.usb import PROMPT, wait_said

TALKS = b"import time\nn = 0\nwhile True:\n n += 1\n print('line', n)\n time.sleep(0.05)\n"


class Log:
    """The running command; `said` is what it has printed, both ways."""

    def __init__(self, home: Path, *words: str, env: dict[str, str] | None = None) -> None:
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "board", "log", *words],
            cwd=ROOT,
            env={**os.environ, "LOKET_HOME": str(home), "LANG": "en", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait(self, text: str) -> None:
        """Wait until it has printed something, and forget what it has printed."""
        wait_for(lambda: text in self.said, what=f"{text!r} in the log")
        self.said = ""

    def end(self) -> int:
        """Press Ctrl-C and give the exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(10)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture
def board(tmp_path: Path) -> Iterator[UsbBoard]:
    """A board that says a line every 50 ms."""
    with UsbBoard(tmp_path / "usb") as board:
        wait_said(board, PROMPT)
        board.power_cut()
        board.put({"main.py": TALKS})
        board.power_on()
        yield board


def test_lines_come_live_through_a_replug_and_ctrl_c_ends_it_well(
    board: UsbBoard, tmp_path: Path
) -> None:
    log = Log(tmp_path, "--port", board.port)
    log.wait("Connected at ")
    log.wait(" line ")
    board.unplug()
    log.wait("the log goes on when it is back")
    board.plug()
    log.wait("Connected at ")
    log.wait(" line ")
    assert log.end() == 0
    assert "Traceback" not in log.said
    assert board.resets == 0
    assert b"Interrupt" not in board.said


def test_it_waits_for_a_cable_that_is_not_there_yet(board: UsbBoard, tmp_path: Path) -> None:
    board.unplug()
    log = Log(tmp_path, "--port", board.port)
    log.wait("Waiting for a board at ")
    board.plug()
    log.wait(" line ")
    assert log.end() == 0


def test_noise_is_told_once_and_not_printed(board: UsbBoard, tmp_path: Path) -> None:
    board.power_cut()
    board.babbles = True
    board.inject(b"")
    log = Log(tmp_path, "--port", board.port)
    wait_for(lambda: "no text" in log.said, what="the word for noise")
    assert log.end() == 0
    assert log.said.isascii()


@pytest.mark.parametrize(("lang", "words"), [("en", "is in use by"), ("id", "sedang dipakai")])
def test_a_port_that_another_program_has_is_told(
    board: UsbBoard, lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serial.Serial(board.port, exclusive=True):
        assert main(["board", "log", "--port", board.port, "--lang", lang]) == 1
    assert words in capsys.readouterr().err


def test_a_board_that_the_hall_serves_over_its_cable_is_left_to_the_hall(
    board: UsbBoard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seeks = b"import sys, time\nwhile True:\n sys.stdout.buffer.write(%r)\n time.sleep(0.05)\n"
    board.power_cut()
    board.put({"main.py": seeks % frame(1, 2, 3, 4)})
    board.power_on()
    with socket.create_server(("127.0.0.1", 0)) as hall:
        monkeypatch.setenv("LOKET_HOME", str(tmp_path))
        monkeypatch.setenv("LOKET_MQTT_PORT", str(hall.getsockname()[1]))
        assert main(["board", "log", "--port", board.port, "--lang", "en"]) == 1
    assert "is served by this hall over that very cable" in capsys.readouterr().err


def test_a_port_at_which_another_of_our_tools_works_is_told(
    board: UsbBoard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    with claim(Settings.from_env().paths, board.port):
        assert main(["board", "log", "--port", board.port, "--lang", "en"]) == 1
    assert "Another tool is at work at" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ({}, "A cable that only charges shows no port"),
        ({"/dev/ttyACM0": 1, "/dev/ttyACM1": 1}, "/dev/ttyACM0, /dev/ttyACM1. Choose one"),
    ],
)
def test_without_a_port_or_with_several_it_says_what_to_do(
    ports: dict[str, int],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("gateway.fleet.cable.line.find_ports", lambda: ports)
    assert main(["board", "log", "--lang", "en"]) == 1
    assert words in capsys.readouterr().err


class Workshop:
    """Answers as the workshop does; ends the command with Ctrl-C once `script` is told.

    The script: the texts that it has of the board, with the board's life before them, or why there
    is no hall.
    """

    def __init__(self, *script: list[str] | ConfigError) -> None:
        self.script = list(script)
        self.asked: list[object] = []
        self.refuses: dict[str, list[dict[str, object]]] = {"board": [], "log": []}

    @contextmanager
    def __call__(self) -> Iterator["Workshop"]:
        if self.script and isinstance(why := self.script[0], ConfigError):
            del self.script[0]
            raise why
        yield self

    def ask(self, name: str, _within_s: float = 10.0, **fields: object) -> dict[str, Any]:
        if name == "log":
            self.asked.append(fields["on"])
        if self.refuses[name]:
            return {"st": "refused", **self.refuses[name].pop(0)}
        if name == "log":
            return {"st": "accepted"}
        if not self.script:
            raise KeyboardInterrupt
        texts = self.script.pop(0)
        assert isinstance(texts, list)
        lines = [{"utc_ms": 0, "t_ms": 0, "text": text} for text in texts[1:]]
        state, boots = texts[0].split()
        return {"st": "accepted", "board": {"log": lines, "state": state, "boots": int(boots)}}


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Give `follow(workshop)`: (exit status, texts of the lines, what was told besides)."""

    def follow(workshop: Workshop) -> tuple[int, list[str], str]:
        monkeypatch.setattr("gateway.cli.workshop.workshop", workshop)
        monkeypatch.setattr("gateway.cli.board.log.time.sleep", lambda _s: None)
        status = main(["board", "log", "counter-03", "--lang", "en"])
        said = capsys.readouterr()
        return status, [line[13:] for line in said.out.splitlines()], said.err

    old = signal.getsignal(signal.SIGINT)
    yield follow
    signal.signal(signal.SIGINT, old)


UP = "ready 1"


def test_over_the_network_each_line_comes_once(follow: Any) -> None:
    script = [[UP, "a"], [UP, "a"], [UP, "a", "a", "b\nc"], [UP, "a", "b\nc", "d"], [UP, "e"]]
    workshop = Workshop(*script)
    status, lines, told = follow(workshop)
    assert (status, lines) == (0, ["a", "a", "b", "c", "d", "e"])
    assert told == "loket: (lines are missing here)\n"
    assert workshop.asked == [True, False]


def test_a_board_that_restarts_is_asked_again(follow: Any) -> None:
    workshop = Workshop([UP], [UP], ["lost 1"], ["ready 2"], ["ready 2"], ["ready 3"], ["ready 2"])
    assert follow(workshop) == (0, [], "")
    assert workshop.asked == [True, True, True, True, False]


def test_a_board_that_is_not_connected_is_waited_for(
    follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.cli.board.log._REFUSED_S", 0.0)
    workshop = Workshop([UP, "before"], [UP, "before"], [UP, "before", "after"])
    away: dict[str, object] = {"why": "wrong_state", "text_en": "The board is not connected."}
    workshop.refuses["log"] = [away, away]
    status, lines, told = follow(workshop)
    assert (status, lines) == (0, ["before", "after"])
    assert told == (
        "loket: counter-03 gives no log yet: The board is not connected. Waiting (Ctrl-C ends).\n"
    )
    assert workshop.asked == [True, True, True, False]


def test_over_the_network_a_hall_that_restarts_is_waited_for(follow: Any) -> None:
    closed = [ConfigError("no hall is open") for _ in range(2)]
    workshop = Workshop([UP, "a"], *closed, [UP, "a", "b"])
    status, lines, told = follow(workshop)
    assert (status, lines) == (0, ["a", "b"])
    assert told == "loket: no hall is open; trying again.\n"
    assert workshop.asked == [True, True, False]  # the board may have been restarted, too


def test_over_the_network_an_unknown_board_and_a_closed_hall_end_it(follow: Any) -> None:
    workshop = Workshop()
    workshop.refuses["board"] = [{"why": "unknown_board", "text_en": "It is not known."}]
    status, lines, told = follow(workshop)
    assert (status, lines) == (1, [])
    assert told == "loket: counter-03 gives no log: It is not known.\n"
    status, _, told = follow(Workshop(ConfigError("no hall is open")))
    assert (status, told) == (1, "loket: no hall is open\n")
