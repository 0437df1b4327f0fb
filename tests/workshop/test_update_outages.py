"""The broker, the gateway or the workshop goes away at any message of a plan of five boards."""

import json
from pathlib import Path

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.workshop.trade import Say
from tests.workshop.scripted import Hall, ScriptedBoard, Store, release

_NEW = release("1.1", 7, 60)


class _Outage(Hall):
    """A hall in which `who` goes away when so many messages were said, and comes back after 4 s."""

    def __init__(self, home: Path, who: str, at: int) -> None:
        self.who = who
        self.at = at
        self.said = 0
        self.away = False
        super().__init__(home, [ScriptedBoard(f"counter-{n:02}") for n in range(1, 6)], Store(_NEW))

    def _hear(self, out: list[Say]) -> None:
        for say in out:
            self.said += 1
            if self.said == self.at:
                self._begins()
            if not (self.away and self.who != "gateway"):
                super()._hear([say])

    def _begins(self) -> None:
        self.away = True
        if self.who == "gateway":
            self._gateway("lost")

    def ends(self) -> None:
        """Let it come back."""
        if not self.away:
            return
        self.away = False
        if self.who == "gateway":
            self._gateway("ready")
        if self.who == "workshop":
            self.start("run2")
        if self.who == "broker":  # it has forgotten all: each board says who it is
            self._hear(self.program.again())
            for board in self.boards.values():
                for message in [*board.hello(), *board.ask_again()]:
                    self.program.message(message, self.now)
                if board.last_said.get("st") in ("committed", "rolled_back"):
                    self.program.message(board.say(topics.UP_UPDATE, board.last_said), self.now)

    def _gateway(self, state: str) -> None:
        said = json.dumps({"s": state, "epoch": 1}).encode()
        self.program.message(Message(topics.GW_STATE, said, True), self.now)


@pytest.mark.parametrize("who", ["broker", "gateway", "workshop"])
def test_it_goes_on_where_it_was(who: str, tmp_path: Path) -> None:
    at = 1
    while True:
        hall = _Outage(tmp_path / str(at), who, at)
        topic = topics.of_board("console", topics.UP_ASK)
        ask = {"key": "k", "ask": "update_start", "version": "1.1", "boards": [], "stages": [1]}
        hall.program.message(Message(topic, json.dumps(ask).encode(), False), hall.now)
        hall.run(4_000, 500)
        hall.ends()
        hall.run(60_000, 1_000)
        hall.ends()  # of what came late
        hall.run(60_000, 1_000)
        assert hall.update["plan"]["state"] == "done", at
        assert set(hall.states().values()) == {"committed"}, at
        assert all(len(board.offers) <= 4 for board in hall.boards.values())
        if hall.said < at:
            break
        at += 1
    assert at > 25
