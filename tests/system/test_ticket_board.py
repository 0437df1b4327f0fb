"""A real ticket board (32-bit MicroPython) that serves visitors through outages of the gateway."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.glass import px
from boards.virtual.process import BoardProcess
from firmware.core.lease import FILE as LEASES
from gateway.journal import read_events
from tests.boards.scripted import make_flash
from tests.support.rig import Board, Rig
from tests.support.tools import wait_for

ID = "t-1"
OWN = "A700"  # the first number that only a board gives
PRESS_S = 0.4  # between two presses: on a busy machine faster ones look like bounces


class Door:
    """The board at the door, its papers, and the gateway that comes and goes."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        secret = rig.add_board(ID, "ticket")
        self.flash = make_flash(folder, ID, "ticket", rig.settings.mqtt_port, secret=secret)
        self.board = BoardProcess(self.flash)
        self.papers: list[tuple[str, int]] = []  # with the time (UTC ms)

    def press(self) -> None:
        """Press the first key, slowly enough that it is no bounce."""
        time.sleep(PRESS_S)
        self.board.press("queue1")

    def take(self) -> str:
        """Press the first key and take the paper."""
        self.press()
        paper = self.board.wait("paper")
        self.papers.append((str(paper["ticket"]), int(time.time() * 1_000)))
        return self.papers[-1][0]

    def shows(self, lamp: str = "on", **matrix: Any) -> None:
        """Wait until the board shows this."""
        seen: dict[str, Any] = {}

        def looks() -> bool:
            seen.update(self.board.look())
            return bool(
                seen["lamps"]["queue1"] == lamp and (not matrix or seen["matrix"] == px(**matrix))
            )

        wait_for(looks, 15.0, f"the board to show {lamp} {matrix}, not {seen}")

    def lose_gateway(self) -> None:
        """End the gateway as kill -9 does; the board gives its own numbers from now on.

        Not before it knows of the last paper: one that is confirmed after the outage comes later.
        """
        online = [label for label, _ in self.papers if label < OWN]
        wait_for(lambda: self._printed() == online, what=f"the papers of {online} to be known")
        gateway = self.rig.gateway
        assert gateway is not None
        gateway.kill()
        gateway.wait()
        self.shows(text="AMBIL", dot=True)

    def restart_board(self) -> None:
        """Cut the board's power, and give it again."""
        self.board.kill()
        self.board = BoardProcess(self.flash)

    def _printed(self) -> list[Any]:
        events = read_events(self.rig.settings.paths.journal, ("ticket_printed",))
        return [event["ticket"] for event in events]

    def handed_in(self) -> list[dict[str, Any]]:
        """Give the numbers of outages as the journal has them, in its order."""
        events = read_events(self.rig.settings.paths.journal, ("ticket_issued",))
        return [event for event in events if event.get("origin") == "offline"]

    def wait_handed_in(self) -> None:
        """Wait until the gateway has all papers with numbers of the board's own."""
        own = [label for label, _ in self.papers if label >= OWN]
        wait_for(lambda: [e["ticket"] for e in self.handed_in()] == own, 15.0, f"{own} to come in")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with Rig(tmp_path / "home") as rig:
        made = Door(rig, tmp_path)
        yield made
        made.board.kill()


def test_every_paper_of_three_outages_is_called_once_in_its_order(door: Door) -> None:
    secret = door.rig.add_board("c-1", "counter", 1)
    counter = door.rig.adopt(Board(door.rig.settings.mqtt_port, "c-1", secret))
    door.shows(text="AMBIL")
    assert door.take() == "A001"
    wait_for((door.flash / LEASES).exists, what="numbers to be leased")

    door.lose_gateway()
    assert [door.take() for _ in range(3)] == ["A700", "A701", "A702"]
    door.board.do("printer", state="paper_out")
    door.shows("off")
    door.press()
    door.board.do("printer", state="ready")
    door.shows()
    assert door.take() == "A703"
    door.rig.start_gateway()
    door.wait_handed_in()
    for event, (_, printed_ms) in zip(door.handed_in(), door.papers[1:], strict=True):
        assert abs(event["issued_ms"] - printed_ms) < 1_500
    door.shows(text="AMBIL")
    assert door.take() == "A002"

    door.lose_gateway()
    assert [door.take() for _ in range(2)] == ["A704", "A705"]
    door.restart_board()
    door.shows("off", text="TIDAK TERHUBUNG", dot=True)  # it does not know which day it is
    door.rig.start_gateway()
    door.wait_handed_in()
    door.shows(text="AMBIL")

    door.lose_gateway()
    assert door.take() == "A706"
    door.restart_board()
    door.restart_board()
    door.rig.start_gateway()
    door.wait_handed_in()
    door.shows(text="AMBIL")
    assert door.take() == "A003"

    labels = [label for label, _ in door.papers]
    assert len(set(labels)) == len(labels)
    # Whose age a restart lost, have the time of the board's number before them.
    order = ["A001", *(label for label in labels if label >= OWN), "A002", "A003"]
    assert [counter.ask("next")["ticket"] for _ in labels] == order
