"""Fixtures: a broker, and boards with the gateway that a test scripts for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boards.virtual.process import BoardProcess
from tests.boards.scripted import Broker, ScriptedGateway, make_flash


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A mosquitto of this test's own."""
    broker = Broker(tmp_path)
    yield broker
    broker.kill()


class Stage:
    """A board, its flash and its gateway; `start` again after `board.kill()`."""

    def __init__(self, flash: Path, gateway: ScriptedGateway) -> None:
        self.flash = flash
        self.gateway = gateway
        self.boards: list[BoardProcess] = []

    def start(self, heap_kb: int = 128) -> BoardProcess:
        """Start the board."""
        self.boards.append(BoardProcess(self.flash, heap_kb))
        return self.boards[-1]

    def close(self) -> None:
        """End the boards and the gateway."""
        for board in self.boards:
            board.kill()
        self.gateway.close()


MakeStage = Callable[..., Stage]


@pytest.fixture
def stage(tmp_path: Path, broker: Broker) -> Iterator[MakeStage]:
    """Give `stage(role, id="board-01", **settings)`: nothing is started yet but the gateway."""
    stages = []

    def make(role: str, board: str = "board-01", **settings: object) -> Stage:
        flash = make_flash(tmp_path, board, role, broker.port, **settings)
        stages.append(Stage(flash, ScriptedGateway(broker.port, board)))
        return stages[-1]

    yield make
    for made in stages:
        made.close()
