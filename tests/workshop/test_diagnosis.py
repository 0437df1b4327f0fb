"""The workshop answers `doctor` from what it has heard, and says nothing else."""

import json
from typing import Any

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.workshop.diagnosis import Diagnosis
from gateway.workshop.program import SUBSCRIPTIONS, Program
from gateway.workshop.trade import Now

UTC_MS = 1_795_230_000_000


class Desk:
    """A workshop whose only trade is the doctor's."""

    def __init__(self) -> None:
        self.program = Program([Diagnosis(lambda: ("0.2.0", 0))])
        self.now = Now(1_000, UTC_MS)
        self._asked = 0
        self.hear(topics.GW_STATE, {"s": "ready", "epoch": 7})
        self.beat()

    def hear(self, topic: str, content: Any, retained: bool = False) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.program.message(Message(topic, data, retained), self.now)

    def beat(self) -> None:
        self.hear(topics.GW_BEAT, {"epoch": 7, "utc_ms": self.now.utc_ms})

    def pass_ms(self, ms: int) -> None:
        self.now = Now(self.now.mono_ms + ms, self.now.utc_ms + ms)
        self.beat()

    def row(self, **changes: Any) -> None:
        first = {"board": "counter-03", "role": "counter", "counter": 3, "state": "ready",
                 "seen_ms": self.now.utc_ms, "fw": "0.2.0"}  # fmt: skip
        self.hear(topics.hall_part("boards"), {"epoch": 7, "boards": [{**first, **changes}]})

    def ask(self, **fields: object) -> dict[str, Any]:
        self._asked += 1
        ask = {"key": f"k{self._asked}", "ask": "doctor", **fields}
        self.hear(topics.of_board("cli", topics.UP_ASK), ask)
        (answer,) = self.program.turn(self.now)
        assert answer.topic == "loket/1/cli/dn/answer"
        found: dict[str, Any] = json.loads(answer.payload)
        return found

    def codes(self, board: str = "counter-03") -> list[str]:
        return [finding["code"] for finding in self.ask(board=board)["findings"]]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_the_hall_tells_becomes_findings_in_two_languages(desk: Desk) -> None:
    desk.row(alerts={"paper_out": ""})
    answer = desk.ask(board="counter-03")
    assert (answer["st"], answer["via"]) == ("accepted", "network")
    (finding,) = answer["findings"]
    assert (finding["code"], finding["level"]) == ("paper_out", "trouble")
    assert finding["title_id"] == "Kertas habis"
    assert finding["next_en"].startswith("Put in a new roll")
    desk.row()
    assert desk.codes() == ["well"]
    assert desk.codes("counter-99") == ["unknown_board"]


def test_an_update_that_does_not_go_on_is_noticed_with_time(desk: Desk) -> None:
    desk.row()
    said = {"kind": "firmware", "st": "loading", "version": "0.2.0", "got": 5, "size": 9}
    desk.hear("loket/1/counter-03/up/update", said)
    assert desk.codes() == ["well", "updating"]
    desk.pass_ms(121_000)
    desk.row()
    assert desk.codes() == ["update_stuck"]
    desk.hear("loket/1/counter-03/up/update", {**said, "st": "rolled_back", "why": "no_hello"})
    assert desk.codes() == ["update_rolled_back"]


def test_a_writer_that_is_silent_is_told(desk: Desk) -> None:
    desk.row()
    desk.now = Now(desk.now.mono_ms + 7_000, desk.now.utc_ms + 7_000)
    assert desk.codes() == ["writer_silent"]
    desk.beat()
    assert desk.codes() == ["well"]


def test_what_the_board_said_of_its_network_is_used(desk: Desk) -> None:
    desk.row(state="lost", seen_ms=desk.now.utc_ms - 90_000)
    assert desk.codes() == ["lost"]
    line = {"boot": 1, "t_ms": 5, "text": "wifi: cannot join Loket status -3"}
    desk.hear("loket/1/counter-03/up/log", line)
    assert desk.codes() == ["wifi_password"]


@pytest.mark.parametrize("board", ["", "x" * 33, 7, None, "a\nb"])
def test_an_ask_without_a_board_is_refused(desk: Desk, board: object) -> None:
    assert desk.ask(board=board)["st"] == "refused"


def test_all_that_it_judges_by_is_subscribed() -> None:
    wanted = [topics.GW_STATE, topics.GW_BEAT, topics.ALL_HALL]
    wanted += [topics.of_board("+", leaf) for leaf in ("up/update", "up/log", "up/about")]
    assert set(wanted) <= set(SUBSCRIPTIONS)


def test_it_sleeps_when_nobody_asks(desk: Desk) -> None:
    assert desk.program.due_ms() is None
    assert desk.program.turn(desk.now) == []
