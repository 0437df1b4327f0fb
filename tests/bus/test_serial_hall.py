"""A wired board in a real hall: its own secret, and each press once, whatever is killed."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from boards.catalog import load_kind
from boards.virtual.glass import px
from boards.virtual.process import BoardProcess
from gateway.config import DEMO_SITE
from tests.support.cable import PtyCable, start_bridge
from tests.support.rig import Board, Rig, stop
from tests.support.tools import wait_for


class WiredHall:
    """A gateway, a broker that knows secrets, a bridge, and what a test plugs in."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.rig = stack.enter_context(Rig(folder / "home", DEMO_SITE))
        self.log = folder / "serial.log"
        self._folder = folder
        self._stack = stack
        self.start_bridge()
        stack.callback(self._stop_bridge)

    def start_bridge(self) -> None:
        """Start the bridge."""
        self.bridge = start_bridge(self.rig.settings, f"{self._folder}/usb*", self.log)

    def _stop_bridge(self) -> None:
        stop(self.bridge)

    def flash(self, board: str, secret: str) -> Path:
        """Make the flash of a wired counter board, its cable plugged in."""
        cable = PtyCable(self._folder / f"usb-{board}")
        self._stack.callback(cable.close)
        flash = self._folder / board
        flash.mkdir()
        settings = {
            "id": board, "secret": secret, "role": "counter", "kind": "counter_led",
            "host": "", "port": 0,
            "parts": {**load_kind("counter_wired").settings_parts(), "link": cable.link},
        }  # fmt: skip
        (flash / "settings.json").write_text(json.dumps(settings))
        return flash

    def board(self, flash: Path, stderr: Any = None) -> BoardProcess:
        """Start a board."""
        board = BoardProcess(flash, stderr=stderr)
        self._stack.callback(board.kill)
        return board


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[WiredHall]:
    with ExitStack() as stack:
        yield WiredHall(tmp_path, stack)


def _take(hall: WiredHall, numbers: int) -> None:
    secret = hall.rig.add_board("t-1", "ticket")
    tickets = hall.rig.adopt(Board(hall.rig.settings.mqtt_port, "t-1", secret))
    for _ in range(numbers):
        assert tickets.ask("take", queue="A")["st"] == "accepted"


def test_every_press_counts_once_though_board_and_bridge_are_killed(hall: WiredHall) -> None:
    _take(hall, 3)
    console = hall.rig.client("console")
    flash = hall.flash("c-1", hall.rig.add_board("c-1", "counter", 1))
    board = hall.board(flash)
    board.wait("state", s="ready", timeout_s=15)
    board.press("next")
    board.wait("matrix", px=px("A001"))
    hall.bridge.kill()
    hall.bridge.wait()
    hall.start_bridge()
    board.wait("state", s="ready", timeout_s=15)
    board.kill()
    board = hall.board(flash)
    # A new life: what the counter shows is what it showed, and the press is not made again.
    board.wait("matrix", px=px("A001"), timeout_s=15)
    board.press("no_show")
    board.wait("matrix", px=px("--"), timeout_s=10)
    line = console.saw("gw/hall/line", lambda p: p["counters"][0]["state"] == "idle" and p["calls"])
    assert [call["ticket"] for call in line["calls"]] == ["A001"]


def test_a_wrong_secret_is_refused_and_the_right_one_next_to_it_is_not(
    hall: WiredHall, tmp_path: Path
) -> None:
    right = hall.rig.add_board("c-1", "counter", 1)
    hall.rig.add_board("c-2", "counter", 2)
    wrong_says = tmp_path / "wrong.txt"
    with wrong_says.open("wb") as out:
        wrong = hall.board(hall.flash("c-2", right), stderr=out)
        well = hall.board(hall.flash("c-1", right))
        well.wait("state", s="ready", timeout_s=15)
        wait_for(
            lambda: (
                "may not connect" in wrong_says.read_text()
                or "wrong user name or secret" in wrong_says.read_text()
            ),
            what="the refused board to say why",
        )
        assert all(see.get("s") != "ready" for see in wrong.seen if see["see"] == "state")
