"""A spare takes over, a board gets another name and secret: real broker, gateway and boards."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.process import RESET_STATUS, BoardProcess
from firmware.wire import topics
from gateway.fleet.secrets import board_hashes, is_secret_of
from tests.boards.scripted import make_flash
from tests.support.rig import Rig, stop
from tests.support.tools import ROOT, wait_for

# As a Pico W has it: these boards run from source.
_HEAP_KB = 192


class Device:
    """A virtual board that is started again whenever it restarts, as on a shelf with power."""

    def __init__(self, flash: Path) -> None:
        self.flash = flash
        self.may_start = threading.Event()
        self.may_start.set()
        self.restarts = 0
        self._ends = False
        self._board = BoardProcess(flash, _HEAP_KB)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def settings(self) -> Any:
        """What it goes by."""
        return json.loads((self.flash / "settings.json").read_text())

    def close(self) -> None:
        """End it."""
        self._ends = True
        self.may_start.set()
        self._board.kill()
        self._keeper.join()

    def _keep(self) -> None:
        while self._board.wait_end(300) == RESET_STATUS and not self._ends:
            self.restarts += 1
            self.may_start.wait()
            if not self._ends:
                self._board = BoardProcess(self.flash, _HEAP_KB)


class Mall:
    """A hall with a workshop that can be killed; `devices` are on."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        self._folder = folder
        self.devices: list[Device] = []
        self.workshop = self.start_workshop()
        self.console = rig.client("console")

    def start_workshop(self) -> "subprocess.Popen[bytes]":
        with open(self.rig.settings.paths.log / "workshop.log", "ab") as log:
            self.workshop = subprocess.Popen(
                [sys.executable, "-m", "gateway.workshop"],
                cwd=ROOT,
                env={**os.environ, **self.rig.settings.to_env()},
                stdout=log,
                stderr=log,
            )
        return self.workshop

    def device(self, board: str, secret: str) -> Device:
        """Switch a counter board on, and wait until it is ready."""
        port = self.rig.settings.mqtt_port
        flash = make_flash(self._folder, board, "counter", port, secret=secret, trial_s=20)
        self.devices.append(Device(flash))
        self.ready(board)
        return self.devices[-1]

    def rows(self) -> dict[str, Any]:
        """Give the hall's boards, as they are said last."""
        self.console.take()
        told = [p for t, p in self.console.seen if t == topics.hall_part("boards")]
        return {row["board"]: row for row in told[-1]["boards"]} if told else {}

    def ready(self, board: str) -> None:
        """Wait until a board is ready."""
        wait_for(
            lambda: self.rows().get(board, {}).get("state") == "ready", 20, f"{board} to be ready"
        )

    def loket(self, *words: str) -> str:
        """Run a command that must do its work; give what it printed."""
        done = self.rig.loket(*words)
        log = (self.rig.settings.paths.log / "workshop.log").read_text()[-2_000:]
        assert done.returncode == 0, (done.stdout, done.stderr, log)
        return done.stdout

    def kept(self, file: str) -> Any:
        """Give what the workshop keeps of what is under way."""
        return json.loads((self.rig.settings.paths.workshop / f"{file}.json").read_text())[file]

    def honours(self, device: Device) -> bool:
        """Whether the broker's file has this device's id with its secret."""
        settings = device.settings
        found = board_hashes(self.rig.settings.paths).get(settings["id"], "")
        return is_secret_of(settings["secret"], found)


@pytest.fixture
def mall(tmp_path: Path) -> Iterator[Mall]:
    with Rig(tmp_path / "home") as rig:
        mall = Mall(rig, tmp_path)
        yield mall
        for device in mall.devices:
            device.close()
        stop(mall.workshop)


@pytest.mark.timeout(180)
def test_a_spare_takes_over_gets_another_secret_and_another_name(mall: Mall) -> None:
    rig = mall.rig
    old = rig.add_board("counter-01", "counter", 1)
    made = json.loads(
        mall.loket("board", "add", "spare-01", "--role", "counter", "--spare", "--json")
    )
    spare = mall.device("spare-01", made["secret"])
    said = mall.loket("board", "replace", "counter-01", "--lang", "en")
    assert said.startswith("spare-01 becomes counter-01.")
    assert spare.settings["id"] == "counter-01"
    mall.ready("counter-01")
    wait_for(lambda: "spare-01" not in mall.rows(), what="the spare's own id to be retired")
    assert mall.rows()["counter-01"]["counter"] == 1
    assert rig.client("counter-01", old).refused
    assert rig.client("spare-01", made["secret"]).refused
    assert mall.kept("moves") == []

    before = spare.settings["secret"]
    mall.loket("update", "secrets", "--in-service")
    assert spare.settings["secret"] != before
    assert mall.honours(spare)
    wait_for(lambda: mall.kept("rotations") == [], what="the rotation to be over")

    mall.loket("board", "rename", "counter-01", "loket-1", "--in-service")
    mall.ready("loket-1")
    wait_for(lambda: "counter-01" not in mall.rows(), what="the old id to be retired")
    assert mall.rows()["loket-1"]["counter"] == 1
    assert spare.restarts == 3


@pytest.mark.timeout(180)
def test_a_workshop_killed_in_the_middle_of_a_change_of_secrets(mall: Mall) -> None:
    device = mall.device("counter-01", mall.rig.add_board("counter-01", "counter", 1))
    before = device.settings["secret"]
    device.may_start.clear()
    done = mall.rig.loket("update", "secrets", "--in-service", "--no-wait")
    assert done.returncode == 3, (done.stdout, done.stderr)  # it goes on
    wait_for(lambda: device.restarts, 20, "the board to leave for its trial")
    mall.workshop.kill()
    mall.workshop.wait()
    mall.start_workshop()
    device.may_start.set()
    wait_for(lambda: mall.kept("rotations") == [], 60, "the rotation to be over")
    assert device.settings["secret"] != before
    assert mall.honours(device)
    mall.ready("counter-01")
