"""`loket board flash` on a real hall: blank boards over ptys become boards that serve."""

import json
import os
import pty
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.usb import UsbBoard
from gateway.fleet.flash import ports
from gateway.fleet.flash.blink import blinking
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.secrets import board_hashes, is_secret_of
from gateway.fleet.update_keys import key_of, update_keys
from tests.support import command
from tests.support.cable import start_bridge
from tests.support.rig import Rig, register_board, stop
from tests.support.tools import ROOT, wait_for

_READY_WITHIN_S = 40


class Technician:
    """A hall, and the command line as its technician gives it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.paths = rig.settings.paths

    def loket(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Give status, and what was printed to both ends."""
        return command.loket(self.rig.settings.to_env(), *words)

    def flash(self, board: UsbBoard, name: str, *more: str, lang: str = "en") -> str:
        """Flash a board; give what was said."""
        done = self.loket("board", "flash", name, "--port", board.port, "--lang", lang, *more)
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Technician]:
    """A hall that is not open."""
    rig = Rig(tmp_path / "home")
    yield Technician(rig)
    rig.close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Technician]:
    """One that is open, for all: each test flashes its boards anew."""
    with Rig(tmp_path_factory.mktemp("flash") / "home") as rig:
        yield Technician(rig)


def settings_of(board: UsbBoard) -> dict[str, Any]:
    """Give a board's settings; it is restarted for that, and serves again on return."""
    board.power_cut()
    settings = dict(json.loads(board.files()["settings.json"]))
    before = len(board.world.seen)
    board.power_on()
    wait_for(
        lambda: any(see.get("s") == "ready" for see in board.world.seen[before:]),
        _READY_WITHIN_S,
        "the board to serve again",
    )
    return settings


def test_a_blank_board_serves_and_an_unchanged_one_is_left_as_it_is(
    hall: Technician, tmp_path: Path
) -> None:
    with UsbBoard(tmp_path / "usb") as board:
        said = hall.flash(board, "counter-03")
        assert "counter-03 is ready" in said
        secret = settings_of(board)["secret"]
        hashed = board_hashes(hall.paths)["counter-03"]
        assert is_secret_of(secret, hashed)
        assert update_keys(hall.paths)["counter-03"] == key_of(secret)
        assert secret not in said
        again = hall.flash(board, "counter-03", lang="id")
        assert "counter-03 siap (0 berkas ditulis" in again
        assert settings_of(board)["secret"] == secret


def test_another_module_takes_the_id_and_the_first_ones_secret_ends(
    hall: Technician, tmp_path: Path
) -> None:
    with UsbBoard(tmp_path / "first") as first, UsbBoard(tmp_path / "second") as second:
        hall.flash(first, "counter-03")
        old = settings_of(first)["secret"]
        first.power_cut()
        hall.flash(second, "counter-03")
        hashed = board_hashes(hall.paths)["counter-03"]
        assert not is_secret_of(old, hashed)
        assert is_secret_of(settings_of(second)["secret"], hashed)


def test_a_closed_hall_registers_boards_as_well(closed: Technician, tmp_path: Path) -> None:
    rig = closed.rig
    with UsbBoard(tmp_path / "usb") as board:
        said = closed.flash(board, "counter-03")
        assert "The hall is not open" in said
        assert "counter-03 is written" in said
        rig.start_broker()
        rig.start_gateway()
        rig.wait_ready()
        assert settings_of(board)["port"] == rig.settings.mqtt_port
        with rig.client("console") as console:
            console.saw(
                "gw/hall/boards",
                lambda part: any(row["state"] == "ready" for row in part["boards"]),
                _READY_WITHIN_S,
            )


def test_a_tray_side_by_side(
    hall: Technician, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("one", "two", "three")
    boards = [UsbBoard(tmp_path / name) for name in names]
    found = [UsbPort(board.port, serial_number=board.unique_id) for board in boards]
    monkeypatch.setattr(ports, "find_ports", lambda: found)
    with boards[0], boards[1], boards[2]:
        ids = "counter-01,counter-02,counter-03"
        done = hall.loket("board", "flash", "--all", "--ids", ids)
        assert done.returncode == 0, done.stderr
        made = [settings_of(board)["id"] for board in boards]
    assert made == ["counter-01", "counter-02", "counter-03"]


def test_the_bridge_lets_go_of_the_port_for_a_flash_and_takes_it_back(
    hall: Technician, tmp_path: Path
) -> None:
    log = tmp_path / "serial.log"

    def listening() -> int:
        return log.read_text().count("listening at") if log.exists() else 0

    with UsbBoard(tmp_path / "usb") as board:
        bridge = start_bridge(hall.rig.settings, board.port, log)
        try:
            for flashed in (1, 2):
                wait_for(lambda: listening() == flashed, what="the bridge to listen")  # noqa: B023
                said = hall.flash(board, "counter-03", "--kind", "counter_wired")
                assert "counter-03 is ready" in said
                assert log.read_text().count("another tool wants the port") == flashed
            wait_for(lambda: listening() == 3, what="the bridge to listen again")
        finally:
            stop(bridge)


def test_a_person_finds_the_board_by_its_blinking(hall: Technician, tmp_path: Path) -> None:
    with UsbBoard(tmp_path / "usb") as board:
        with blinking(hall.paths, UsbPort(board.port)):
            wait_for(lambda: lamp_changes(board) > 4, what="the board to blink")
        seen = lamp_changes(board)
        wait_for(lambda: b">>> " in board.said, what="the board to go on with its own")
        assert lamp_changes(board) - seen <= 2


def lamp_changes(board: UsbBoard) -> int:
    return sum(see["see"] == "led" for see in board.world.seen)


def test_ctrl_c_ends_it_and_it_can_be_given_again(hall: Technician, tmp_path: Path) -> None:
    with UsbBoard(tmp_path / "usb") as board:
        board.hang()
        words = [sys.executable, "-m", "gateway.cli", "board", "flash", "counter-03"]
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [*words, "--port", board.port, "--lang", "en"],
            cwd=ROOT, env={**os.environ, **hall.rig.settings.to_env()},
            stdin=theirs, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            for line in process.stderr:
                if b"Press RESET" in line:
                    break
            process.send_signal(2)
            rest = process.stderr.read()
        os.close(ours)
        os.close(theirs)
        assert process.returncode == 1
        assert b"Stopped." in rest
        assert b"Traceback" not in rest
        board.reset()
        hall.flash(board, "counter-03")


def test_what_cannot_be_is_told_before_anybody_is_asked(hall: Technician, tmp_path: Path) -> None:
    def says(*words: str) -> str:
        done = hall.loket("board", "flash", *words, "--lang", "en")
        assert done.returncode == 1
        return done.stderr

    assert "an ID or --all" in says()
    assert "cannot be a board's id" in says("gw")
    assert "say its kind" in says("counter-99")
    assert "--counter N" in says("counter-99", "--kind", "counter_led")
    assert "no port /dev/ttyACM99" in says("counter-03", "--port", "/dev/ttyACM99")
    assert "--wifi SSID" in says("counter-03", "--keep")
    assert "hidden" not in says("counter-03", "--wifi", "Gerai", "--port", str(tmp_path))


def test_labels_are_drawn_for_registered_boards(hall: Technician, tmp_path: Path) -> None:
    assert hall.loket("board", "label", "counter-05").returncode == 1
    register_board(hall.rig.settings, "counter-05", "counter", 5)
    done = hall.loket("board", "label", "counter-05")
    assert done.returncode == 0
    assert "counter-05" in done.stdout
    assert done.stdout.startswith("<svg ")
    sheet = tmp_path / "labels.html"
    assert hall.loket("board", "label", "--all", "--out", str(sheet)).returncode == 0
    assert "counter-05" in sheet.read_text()
    assert hall.loket("board", "label", "--all", "--out", "labels.pdf").returncode == 1


def test_the_console_has_a_board_flashed_by_the_workshop(hall: Technician, tmp_path: Path) -> None:
    hall.rig.start_workshop()
    with UsbBoard(tmp_path / "usb") as board, hall.rig.client("console") as console:
        wish = {"port": board.port, "board": "counter-03", "kind": "counter_led", "counter": 3}

        def accepted() -> bool:
            # Until the workshop is there, nobody hears an ask.
            console.publish("up/ask", {"key": secrets.token_hex(8), "ask": "flash", **wish})
            answer = console.wait("dn/answer", timeout_s=3)
            return bool(answer["st"] == "accepted" or answer["why"] == "claimed")

        wait_for(lambda: _tried(accepted), 20, "the workshop to take the job")
        jobs = console.saw(
            "gw/fleet/jobs", lambda part: any(job["state"] == "done" for job in part["jobs"]), 40
        )
        assert jobs["jobs"][-1]["text_id"] == "counter-03 siap."
        secret = settings_of(board)["secret"]
    assert is_secret_of(secret, board_hashes(hall.paths)["counter-03"])


def _tried(what: Callable[[], bool]) -> bool:
    try:
        return what()
    except AssertionError:
        return False
