"""What the probe finds out over the cable: of every state of a port, and of a board behind it."""

import grp
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from boards.virtual.usb import UsbBoard
from gateway.config import Settings
from gateway.fleet.cable import probe
from gateway.fleet.cable.facts import (
    GARBAGE,
    GONE,
    HANGS,
    MISSING,
    NO_PERMISSION,
    NO_PORT,
    OK,
    REPL,
    RUNNING,
    SEVERAL,
    SILENT,
    TAKEN,
    TORN,
    CableFacts,
)
from gateway.fleet.cable.line import Line
from gateway.ports import BRIDGE, claim, who_has
from tests.support.cable import start_bridge
from tests.support.tools import wait_for
from tests.support.usb import PROMPT, firmware_files, settings_file, wait_said

SOON_S = 0.3
TALKS = b"import time\nn = 0\nwhile True:\n n += 1\n print('line', n)\n time.sleep(0.05)\n"
HANGS_PY = b"import micropython\nprint('hi')\nmicropython.kbd_intr(-1)\nwhile True: pass\n"
CRASHES = b"""
import machine, sys, time
try:
    1 / 0
except Exception as why:
    sys.print_exception(why)
time.sleep(0.05)
machine.reset()
"""
# A program that opens a port and keeps it: the words are the port and whether it locks it.
HOLDER = """
import serial, sys
port = serial.Serial(sys.argv[1], exclusive=sys.argv[2] == "yes" or None)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def board(tmp_path: Path) -> Iterator[UsbBoard]:
    """A blank board at its prompt."""
    with UsbBoard(tmp_path / "usb") as board:
        wait_said(board, PROMPT)
        yield board


def running(board: UsbBoard, files: dict[str, bytes], first: bytes = b"") -> None:
    """Start the board anew with these files, and wait until it has printed `first`."""
    board.power_cut()
    board.put(files)
    board.said.clear()
    board.power_on()
    wait_said(board, first)


def found(board: UsbBoard, stop: bool = False, listen_s: float = SOON_S) -> CableFacts:
    """Give what the probe finds."""
    return probe.probe(board.port, stop=stop, listen_s=listen_s)


@contextmanager
def held(port: str, locked: bool) -> Iterator[int]:
    """Let another program have the port, and give its process id."""
    words = [sys.executable, "-c", HOLDER, port, "yes" if locked else "no"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process.pid


def usb(monkeypatch: pytest.MonkeyPatch, *ports: str) -> None:
    """Let these ports, of a Pico, be all that there are."""
    monkeypatch.setattr(probe, "find_ports", lambda: dict.fromkeys(ports, 0x2E8A))


def test_no_port_at_all_and_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    usb(monkeypatch)
    assert probe.probe() == CableFacts(NO_PORT)
    facts = probe.probe("/dev/ttyACM99")
    assert (facts.state, facts.port) == (NO_PORT, "/dev/ttyACM99")
    assert facts.detail == "No such file or directory"


def test_of_several_ports_none_is_taken_and_the_only_one_is(
    monkeypatch: pytest.MonkeyPatch, board: UsbBoard
) -> None:
    usb(monkeypatch, "/dev/ttyACM0", "/dev/ttyACM1")
    assert probe.probe() == CableFacts(SEVERAL, ports=("/dev/ttyACM0", "/dev/ttyACM1"))
    usb(monkeypatch, board.port)
    facts = probe.probe(listen_s=SOON_S)
    assert (facts.state, facts.port) == (REPL, board.port)


def test_a_port_that_may_not_be_opened_names_the_group(
    board: UsbBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise serial.SerialException(13, "could not open port: [Errno 13] Permission denied")

    monkeypatch.setattr(serial, "Serial", refuse)
    facts = found(board)
    group = grp.getgrgid(Path(board.port).stat().st_gid).gr_name
    assert (facts.state, facts.group) == (NO_PERMISSION, group)


@pytest.mark.parametrize("locked", [True, False])
def test_a_port_that_another_program_has_names_it(board: UsbBoard, locked: bool) -> None:
    with held(board.port, locked) as pid:
        facts = found(board)
        assert (facts.state, facts.holder_pid) == (TAKEN, pid)
        assert facts.holder.startswith("python")
    assert found(board).state == REPL


def test_the_halls_bridge_lets_go_and_takes_the_port_back(board: UsbBoard, tmp_path: Path) -> None:
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path), "LOKET_MQTT_PORT": "1"})
    settings.paths.make()
    bridge = start_bridge(settings, board.port, tmp_path / "bridge.log")
    try:
        wait_for(lambda: who_has(board.port), what="the bridge to open the port")
        facts = found(board)
        assert (facts.state, facts.holder, facts.holder_pid) == (TAKEN, BRIDGE, bridge.pid)
        facts = probe.probe(board.port, listen_s=SOON_S, paths=settings.paths)
        assert facts.state == REPL
        wait_for(lambda: who_has(board.port), what="the bridge to take the port back")
        with claim(settings.paths, board.port):
            facts = probe.probe(board.port, stop=True, listen_s=SOON_S, paths=settings.paths)
            assert (facts.state, facts.holder_pid) == (TAKEN, os.getpid())
    finally:
        bridge.terminate()
        bridge.wait()


def test_a_blank_board_is_at_its_prompt_and_has_nothing(board: UsbBoard) -> None:
    facts = found(board)
    assert (facts.state, facts.settings, facts.firmware) == (REPL, MISSING, "")
    assert (facts.chip, facts.slot, facts.trial, facts.crashes) == ("linux", "", None, None)
    assert facts.micropython >= (1, 25, 0)
    assert facts.mpy == 6
    assert facts.machine.startswith("linux")
    assert facts.free_flash_bytes is not None
    assert 1_000_000 < facts.free_flash_bytes < 1_048_576
    # It is left at its prompt, as it was.
    board.said.clear()
    assert found(board) == facts
    assert board.resets == 0


def test_settings_and_slot_are_read(board: UsbBoard) -> None:
    boot = {"slot": "b", "id": "x", "now": {"crashes": 3}}
    manifest = b"loket-firmware 1\nversion 0.2.0\nnumber 7\nrole counter\nchip virtual\nmpy 6\n"
    wifi = [{"ssid": "Balai Kota", "password": "rahasia"}]
    files = settings_file("counter-03", "counter", 1883, wifi=wifi)
    files |= {"boot.json": json.dumps(boot).encode(), "b/manifest": manifest}
    running(board, files, PROMPT)
    facts = found(board)
    assert (facts.settings, facts.settings_lack, facts.board) == (OK, (), "counter-03")
    assert (facts.role, facts.kind, facts.host) == ("counter", "counter_led", "127.0.0.1")
    assert (facts.host_port, facts.tls, facts.ca) == (1883, False, False)
    assert (facts.networks, facts.secret) == (("Balai Kota",), "not needed here")
    assert (facts.slot, facts.firmware, facts.number) == ("b", "0.2.0", 7)
    assert (facts.trial, facts.crashes) == (False, 3)
    assert "rahasia" not in repr(facts)
    assert "not needed here" not in repr(facts)


@pytest.mark.parametrize(
    ("text", "settings", "lack"),
    [
        (b'{"id": "counter-0', TORN, ()),
        (b"\xff\xfe\x00", MISSING, ()),  # no text: the board itself cannot read it
        (b"[]", TORN, ()),
        (b'{"id": 3, "role": "counter", "port": "x"}', OK, ("secret", "host", "parts")),
    ],
)
def test_settings_that_are_not_whole(
    board: UsbBoard, text: bytes, settings: str, lack: tuple[str, ...]
) -> None:
    running(board, {"settings.json": text, "boot.json": b'{"slot": 1, "now": []}'}, PROMPT)
    facts = found(board)
    assert (facts.settings, facts.settings_lack) == (settings, lack)
    assert (facts.board, facts.host_port, facts.slot, facts.crashes) == ("", None, "", 0)


def test_a_program_that_talks_is_heard_and_left_alone(board: UsbBoard) -> None:
    running(board, {"main.py": TALKS}, b"line 1\n")
    pid = board.pid
    facts = found(board, listen_s=1.5)
    assert facts.state == RUNNING
    assert facts.lines[-1].startswith("line ")
    assert facts.heard_ms == 1_500
    assert b"Interrupt" not in board.said
    wait_said(board, b"line ")
    assert (board.pid, board.resets) == (pid, 0)


def test_a_board_that_serves_is_stopped_only_if_told_and_then_serves_again(
    board: UsbBoard,
) -> None:
    files = {**firmware_files("counter"), **settings_file("counter-03", "counter", 9)}
    running(board, files)
    board.world.wait("matrix")
    assert found(board).state in (SILENT, RUNNING)  # it may complain that nobody is at its broker
    assert board.world.look()["role"] == "counter"
    facts = found(board, stop=True)
    assert (facts.state, facts.board, facts.settings) == (REPL, "counter-03", OK)
    wait_for(lambda: board.resets == 1, what="its restart")
    board.world.wait("matrix")
    assert board.world.look()["role"] == "counter"


@pytest.fixture
def soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the probe wait a short time only for what never answers."""
    monkeypatch.setattr(probe, "_STOP_S", SOON_S)
    monkeypatch.setattr(probe, "_PROMPT_S", SOON_S)


@pytest.mark.usefixtures("soon_given_up")
def test_a_program_that_no_ctrl_c_stops_hangs(board: UsbBoard) -> None:
    running(board, {"main.py": HANGS_PY}, b"hi\n")
    assert found(board).state == SILENT
    assert found(board, stop=True).state == HANGS


@pytest.mark.usefixtures("soon_given_up")
def test_a_board_that_takes_nothing_more_hangs(board: UsbBoard) -> None:
    board.hang()
    assert found(board, stop=True).state == HANGS


@pytest.mark.usefixtures("soon_given_up")
def test_behind_a_bridge_silence_may_be_no_board(
    board: UsbBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "find_ports", lambda: {board.port: 0x1A86})
    board.hang()
    assert found(board, stop=True).state == SILENT


def test_a_crash_loop_shows_its_traceback(board: UsbBoard) -> None:
    running(board, {"main.py": CRASHES})
    facts = found(board, listen_s=1.5)
    assert facts.state == RUNNING
    assert "ZeroDivisionError: divide by zero" in facts.lines


def test_garbage_is_no_text(board: UsbBoard) -> None:
    board.babbles = True
    facts = found(board)
    assert (facts.state, facts.lines) == (GARBAGE, ())
    assert found(board, stop=True).state in (GARBAGE, REPL)


@pytest.mark.parametrize("count", [1, 40, 900])
def test_a_port_pulled_out_while_it_is_asked_is_gone(board: UsbBoard, count: int) -> None:
    board.after(count, board.unplug)
    facts = found(board)
    assert facts.state == GONE
    assert facts.detail


def test_a_board_that_resets_while_it_is_asked_is_asked_again(board: UsbBoard) -> None:
    board.after(900, board.reset)
    assert found(board).state == REPL


def test_a_port_pulled_out_while_it_is_listened_to_is_gone(
    board: UsbBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(board, {"main.py": TALKS}, b"line 1\n")
    hear = Line.hear

    def hear_and_pull(line: Line, within_s: float) -> bytes:
        said = hear(line, within_s)
        board.unplug()
        return said

    monkeypatch.setattr(Line, "hear", hear_and_pull)
    facts = found(board)
    assert facts.state == GONE
