"""Boards of the workbench: registered once, given up with their page, and nobody else's touched."""

import json
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.config import Settings
from gateway.workshop.bench_boards import KEPT_FOR_MS, LONGEST_MS, MOST, BenchBoards
from gateway.workshop.program import Program
from gateway.workshop.trade import Now, Say
from gateway.workshop.wishes import Wishes

UTC_MS = 1_700_000_000_000
EVENT = topics.of_board("workshop", topics.UP_EVENT)


class Bench:
    """The trade in a workshop, with a gateway that answers as a test says."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_env({"LOKET_HOME": str(home)})
        self.settings.paths.make()
        self.ms = 0
        self.start()

    def start(self) -> None:
        wishes = Wishes()
        # In the order of the workshop's own list: what a trade wishes is sent in the same turn.
        self.program = Program([BenchBoards(self.settings, wishes), wishes])
        self._keys = 0

    def turn(self, after_ms: int = 0) -> list[Say]:
        self.ms += after_ms
        return self.program.turn(Now(self.ms, UTC_MS + self.ms))

    def ask(self, name: str, **fields: object) -> None:
        self._keys += 1
        self.hear("console/up/ask", {"key": f"{self.ms}-{self._keys}", "ask": name, **fields})

    def hear(self, topic: str, payload: object) -> None:
        message = Message(topics.PREFIX + topic, json.dumps(payload).encode(), False)
        self.program.message(message, Now(self.ms, UTC_MS + self.ms))

    def receipt(self, wish: Any, st: str = "accepted", **fields: object) -> None:
        self.hear("workshop/dn/receipt", {"key": wish["key"], "st": st, **fields})

    def add(self, kind: str = "panel_p10", **fields: object) -> Any:
        """Register a board and give its answer."""
        self.ask("bench_board", kind=kind, **fields)
        (wish,) = wishes(self.turn())
        self.receipt(wish)
        (said,) = answers(self.turn())
        return said


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def wishes(says: list[Say]) -> list[Any]:
    return [json.loads(say.payload) for say in says if say.topic == EVENT]


def answers(says: list[Say]) -> list[Any]:
    topic = topics.of_board("console", topics.DN_ANSWER)
    return [json.loads(say.payload) for say in says if say.topic == topic]


def test_a_board_gets_a_name_a_secret_and_settings_of_its_kind(bench: Bench) -> None:
    bench.ask("bench_board", kind="counter_led", counter=3, by="tek")
    says = bench.turn()
    assert answers(says) == []  # not before the broker honours it
    (wish,) = wishes(says)
    about = ("ev", "board", "role", "counter", "by")
    assert [wish[name] for name in about] == ["board_add", "meja-1", "counter", 3, "tek"]
    assert wish["secret_hash"].startswith("$7$")
    bench.receipt(wish)
    (said,) = answers(bench.turn())
    settings = said["settings"]
    assert (said["st"], said["board"], settings["id"]) == ("accepted", "meja-1", "meja-1")
    assert (settings["role"], settings["kind"]) == ("counter", "counter_led")
    assert set(settings["parts"]["keys"]) == {"next", "recall", "no_show", "park", "pause"}
    assert len(settings["secret"]) == 24
    assert settings["secret"] not in json.dumps(wish)


def test_the_wish_is_said_again_until_its_receipt(bench: Bench) -> None:
    bench.ask("bench_board", kind="panel_p10")
    (first,) = wishes(bench.turn())
    assert wishes(bench.turn(1_000)) == []
    assert wishes(bench.turn(1_000)) == [first]
    bench.receipt(first)
    assert len(answers(bench.turn())) == 1
    assert wishes(bench.turn(5_000)) == []


def test_a_gateway_that_does_not_answer_is_told_and_leaves_no_board(bench: Bench) -> None:
    bench.ask("bench_board", kind="panel_p10")
    bench.turn()
    says = bench.turn(12_000)
    (said,) = answers(says)
    assert (said["st"], said["why"]) == ("refused", "no_answer")
    assert "Gateway tidak menjawab" in said["text_id"]
    add, retire = wishes(says)
    assert (retire["ev"], retire["board"]) == ("board_retire", "meja-1")
    bench.receipt(add)  # late: nobody waits for it any more
    bench.receipt(retire)
    assert bench.turn(5_000) == []


def test_names_that_the_hall_has_are_left_alone(bench: Bench) -> None:
    bench.hear("gw/hall/boards", {"boards": [{"board": "meja-1"}, {"board": "counter-01"}]})
    bench.ask("bench_board", kind="panel_p10")
    (wish,) = wishes(bench.turn())
    assert wish["board"] == "meja-2"
    bench.receipt(wish, "refused", why="duplicate")  # added by hand a moment ago
    (wish,) = wishes(bench.turn())
    assert wish["board"] == "meja-3"
    bench.receipt(wish)
    assert answers(bench.turn())[0]["board"] == "meja-3"
    assert json.loads((bench.settings.paths.workshop / "bench_boards.json").read_text()) == {
        "meja-3": ""
    }


def test_so_many_and_no_more(bench: Bench) -> None:
    names = [bench.add()["board"] for _ in range(MOST)]
    assert names == ["meja-1", "meja-2", "meja-3", "meja-4"]
    bench.ask("bench_board", kind="panel_p10")
    (said,) = answers(bench.turn())
    assert said["why"] == "too_many"
    bench.ask("bench_end", board="meja-2")
    bench.turn()
    bench.ask("bench_board", kind="panel_p10")
    says = bench.turn()
    # Not the name that is still being retired.
    assert [wish["board"] for wish in wishes(says) if wish["ev"] == "board_add"] == ["meja-5"]


def test_a_page_that_closes_retires_its_board(bench: Bench) -> None:
    bench.add(by="tek")
    bench.ask("bench_end", board="meja-1")
    says = bench.turn()
    assert answers(says)[0]["st"] == "accepted"
    (wish,) = wishes(says)
    assert [wish[name] for name in ("ev", "board", "by")] == ["board_retire", "meja-1", "tek"]
    assert wishes(bench.turn(2_000)) == [wish]
    bench.receipt(wish)
    assert wishes(bench.turn(5_000)) == []


def test_a_page_that_falls_silent_loses_its_board_and_one_that_speaks_keeps_it(
    bench: Bench,
) -> None:
    bench.add()
    bench.turn(KEPT_FOR_MS - 1)
    bench.ask("bench_keep", board="meja-1")
    says = bench.turn()
    assert answers(says)[0]["st"] == "accepted"
    assert wishes(says + bench.turn(KEPT_FOR_MS - 1)) == []
    (wish,) = wishes(bench.turn(1))
    assert wish["ev"] == "board_retire"
    bench.ask("bench_keep", board="meja-1")
    assert answers(bench.turn())[0]["why"] == "unknown_board"


def test_an_hour_is_the_longest(bench: Bench) -> None:
    bench.add()
    for _ in range(LONGEST_MS // 60_000 - 1):
        bench.turn(60_000)
        bench.ask("bench_keep", board="meja-1")
    assert wishes(bench.turn()) == []
    (wish,) = wishes(bench.turn(60_000))
    assert wish["ev"] == "board_retire"


def test_what_an_earlier_life_left_is_retired_at_the_start(bench: Bench) -> None:
    bench.add(by="tek")
    bench.start()
    (wish,) = wishes(bench.turn())
    assert [wish[name] for name in ("ev", "board", "by")] == ["board_retire", "meja-1", "tek"]
    bench.receipt(wish, "refused", why="not_allowed")
    bench.start()  # and once more, until the gateway knows it no more
    (wish,) = wishes(bench.turn())
    bench.receipt(wish, "refused", why="unknown_board")
    bench.start()
    assert wishes(bench.turn()) == []


@pytest.mark.parametrize("text", ["{", "[1]", '{"counter-01": "", "meja-x": "", "gw": ""}'])
def test_a_strange_file_retires_nobody(bench: Bench, text: str) -> None:
    (bench.settings.paths.workshop / "bench_boards.json").write_text(text)
    bench.start()
    assert wishes(bench.turn()) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "bad_payload"),
        ({"kind": "gateway_pi"}, "bad_payload"),
        ({"kind": "../etc"}, "bad_payload"),
        ({"kind": "counter_led"}, "bad_payload"),
        ({"kind": "counter_led", "counter": "3"}, "bad_payload"),
    ],
)
def test_a_wrong_wish_is_refused(bench: Bench, fields: dict[str, object], why: str) -> None:
    bench.ask("bench_board", **fields)
    says = bench.turn()
    assert [said["why"] for said in answers(says)] == [why]
    assert wishes(says) == []


def test_the_gateways_refusal_is_told_in_words(bench: Bench) -> None:
    bench.ask("bench_board", kind="counter_led", counter=77)
    (wish,) = wishes(bench.turn())
    bench.receipt(wish, "refused", why="unknown_counter", text="a counter board needs ...")
    (said,) = answers(bench.turn())
    assert (said["why"], said["text_id"]) == ("unknown_counter", "Loket 77 tidak ada di sini.")
    assert bench.add(counter=None)["board"] == "meja-1"


@pytest.mark.parametrize("st", ["accepted", "refused"])
def test_a_board_that_is_ended_while_it_is_registered_is_given_to_nobody(
    bench: Bench, st: str
) -> None:
    bench.ask("bench_board", kind="panel_p10")
    (add,) = wishes(bench.turn())
    bench.ask("bench_end", board="meja-1")  # of another page, or of one that was hasty
    says = bench.turn()
    assert sorted(said["st"] for said in answers(says)) == ["accepted", "refused"]
    (retire,) = wishes(says)
    bench.receipt(add, st, why="unknown_counter")
    bench.receipt(retire, "refused", why="unknown_board")
    assert answers(bench.turn(15_000)) == []
    assert bench.add()["board"] == "meja-1"
