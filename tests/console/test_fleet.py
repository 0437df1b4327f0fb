"""The fleet as the workshop tells of it, and what pages may ask: checked both ways."""

import json
import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.wire import codec, topics
from tests.console import fleet_samples
from web_console.asks import ASKS, read_ask
from web_console.fleet import LOG_LINES, MOST_LOGS, PARTS, Fleet
from web_console.shapes import Misfit
from web_console.workshop import ANSWER, MOST_AT_ONCE, NoAnswer, Workshop

MAKERS: dict[str, Any] = {
    "boards": fleet_samples.fleet,
    "update": fleet_samples.plan,
    "jobs": lambda: {"jobs": [fleet_samples.job("j1", "counter-05", "/dev/ttyACM0")]},
}


def as_bytes(content: Any) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_kept_once_and_shown_whole(part: str) -> None:
    fleet, topic, sent = Fleet(), topics.fleet_part(part), as_bytes(MAKERS[part]())
    kind, _ = PARTS[part]
    assert fleet.content(kind) is None
    assert fleet.heard(topic, sent) == {kind}
    assert fleet.heard(topic, sent) == set()
    assert fleet.content(kind)


def test_rows_keep_what_pages_show_and_nothing_else() -> None:
    fleet = Fleet()
    row = fleet_samples.row("ticket-01", alerts={"paper_out": "", "sensor_fault": "ir"}, secret="x")
    fleet.heard(topics.fleet_part("boards"), as_bytes({"boards": [row, {**row, "alerts": ["a"]}]}))
    content = fleet.content("fleet")
    assert content
    one, other = content["boards"]
    assert "secret" not in one
    assert one["alerts"] == [
        {"code": "paper_out", "part": ""}, {"code": "sensor_fault", "part": "ir"}
    ]  # fmt: skip
    assert other["alerts"] == [{"code": "a", "part": ""}]
    bare = {"board": "counter-01", "role": "counter", "state": "never"}
    fleet.heard(topics.fleet_part("boards"), as_bytes({"boards": [bare]}))
    content = fleet.content("fleet")
    assert content
    assert content["boards"][0]["fw"] is None


@pytest.mark.parametrize(
    ("part", "content", "named"),
    [
        ("boards", {"boards": {}}, "fleet boards.boards"),
        ("boards", {"boards": [{"board": "a", "role": "b"}]}, "fleet boards.boards[0].state"),
        ("update", {"plan": {"kind": "x"}}, "fleet update.plan.state"),
        ("update", {"plan": []}, "fleet update.plan"),
        ("jobs", {"jobs": [{"job": 3, "state": "x"}]}, "fleet jobs.jobs[0].job"),
        ("jobs", {}, "fleet jobs.jobs"),
    ],
)
def test_a_misfit_names_its_place_and_the_last_good_stays(
    part: str, content: Any, named: str
) -> None:
    fleet, topic = Fleet(), topics.fleet_part(part)
    kind, _ = PARTS[part]
    fleet.heard(topic, as_bytes(MAKERS[part]()))
    before = fleet.content(kind)
    with pytest.raises(Misfit) as caught:
        fleet.heard(topic, as_bytes(content))
    assert str(caught.value).startswith(named)
    assert fleet.content(kind) is before
    assert fleet.bad[topic] == 1


def test_a_part_of_a_newer_workshop_is_passed_over() -> None:
    assert Fleet().heard(topics.fleet_part("weather"), b"{}") == set()


def test_logs_keep_the_last_lines_of_the_boards_that_spoke_last() -> None:
    fleet = Fleet()
    for n in range(LOG_LINES + 5):
        assert fleet.heard_line(topics.fleet_log("b-00"), as_bytes({"text": f"l{n}"})) == "b-00"
    lines = fleet.log("b-00")["lines"]
    assert len(lines) == LOG_LINES
    assert lines[-1]["text"] == f"l{LOG_LINES + 4}"
    for n in range(1, MOST_LOGS + 3):
        fleet.heard_line(topics.fleet_log(f"b-{n:02}"), as_bytes({"text": "x"}))
    assert fleet.forget_logs() == ["b-00", "b-01", "b-02"]
    assert fleet.log("b-00")["lines"] == []


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"text":3}', b'{"text":"' + b"x" * 3_000])
def test_a_line_that_is_none_is_counted(payload: bytes) -> None:
    fleet = Fleet()
    with pytest.raises(Misfit):
        fleet.heard_line(topics.fleet_log("counter-01"), payload)
    assert sum(fleet.bad.values()) == 1


@pytest.mark.parametrize("name", ASKS)
def test_every_ask_is_read(name: str) -> None:
    every: dict[str, Any] = {
        "board": "counter-01", "on": True, "cmd": "restart", "version": "1.5.0", "boards": [],
        "spare": False, "to": "counter-02", "port": "/dev/ttyACM0", "kind": "counter_led",
        "job": "j1",
    }  # fmt: skip
    if name == "link_start":
        every["port"] = 18830
    if name == "replace":
        every["spare"] = "spare-01"
    got, ask, fields = read_ask({**every, "ask": name, "mood": "calm", "by": "somebody else"})
    assert (got, ask) == (name, ASKS[name])
    assert not {"mood", "by", "ask", "key"} & set(fields)


@pytest.mark.parametrize(
    "got",
    [
        None,
        [],
        {},
        {"ask": 3},
        {"ask": "ping"},
        {"ask": "bench_board", "kind": "counter_led"},
        {"ask": "board"},
        {"ask": "board", "board": 3},
        {"ask": "cmd", "board": "counter-01", "cmd": "look"},
        {"ask": "log", "board": "counter-01", "on": 1},
        {"ask": "update_start", "version": "1.5.0", "boards": "all"},
        {"ask": "update_start", "version": "1.5.0", "boards": [], "stages": [0]},
        {"ask": "link_start", "boards": [], "wifi": [{"ssid": "x"}]},
        {"ask": "link_start", "boards": [], "wifi": [{"ssid": "x", "password": "y"}] * 3},
    ],
)
def test_what_is_no_ask_is_refused(got: Any) -> None:
    with pytest.raises(Misfit):
        read_ask(got)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("board", fleet_samples.board("counter-01")),
        ("look", fleet_samples.look()),
        ("doctor", fleet_samples.findings()),
        ("releases", fleet_samples.releases()),
        ("ports", fleet_samples.ports("/dev/ttyACM0")),
        ("site_boards", fleet_samples.site_boards()),
    ],
)
def test_an_answer_keeps_all_that_pages_show(name: str, answer: dict[str, Any]) -> None:
    kept = ASKS[name].answer(answer, "answer")
    assert json.loads(json.dumps(kept)).keys() >= answer.keys()


@pytest.mark.parametrize("px", ["f" * 63, "g" * 64, "", None])
def test_a_glass_that_cannot_be_drawn_is_no_glass(px: str | None) -> None:
    look = ASKS["look"].answer({"px": px, "w": 32, "h": 8, "digits": "12"}, "answer")
    assert (look["px"], look["w"], look["h"], look["digits"]) == (None, None, None, "12")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["board", "boards", "plan", "jobs", "ask"]), inner)
    ),
    max_leaves=10,
)


@given(st.sampled_from(sorted(ASKS)), st.dictionaries(st.text(max_size=6), json_values))
def test_nothing_does_worse_than_a_misfit(name: str, rest: dict[str, Any]) -> None:
    for check in (
        lambda: read_ask({**rest, "ask": name}),
        lambda: ASKS[name].answer(rest, "answer"),
        lambda: Fleet().heard(topics.fleet_part("boards"), as_bytes(rest)),
    ):
        with suppress(Misfit):
            check()


class Broker:
    """What a road is built on: keeps what was said, and answers if told to."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.up = True
        self.answer: dict[str, Any] | None = None
        self.road = Workshop(self.say)

    def say(self, topic: str, payload: bytes) -> bool:
        if not self.up:
            return False
        self.said.append((topic, codec.decode(payload, codec.MAX_CONSOLE_UP_BYTES)))
        if self.answer is not None:
            self.road.took(as_bytes({**self.answer, "key": self.said[-1][1]["key"]}))
        return True


def test_an_ask_gets_its_own_answer() -> None:
    broker = Broker()
    broker.answer = {"st": "accepted", "job": "j1"}
    for garbage in (b"", b"[]", b'{"key":3}', as_bytes({"key": "x", "st": "accepted"})):
        broker.road.took(garbage)
    assert broker.road.ask("flash", by="budi", port="/dev/ttyACM0")["job"] == "j1"
    ((topic, wish),) = broker.said
    assert topic == topics.of_board("console", topics.UP_ASK)
    key = wish.pop("key")
    assert wish == {"ask": "flash", "by": "budi", "port": "/dev/ttyACM0"}
    broker.road.order("board_retire", board="counter-01")
    topic, wish = broker.said[1]
    assert topic == topics.of_board("console", topics.UP_EVENT)
    assert (wish["ev"], wish["board"]) == ("board_retire", "counter-01")
    assert wish["key"] != key
    assert topic != ANSWER


def test_silence_and_no_broker_are_told_apart() -> None:
    broker = Broker()
    with pytest.raises(NoAnswer) as caught:
        broker.road.ask("board", within_s=0.02, board="counter-01")
    assert caught.value.why == "workshop.away"
    with pytest.raises(NoAnswer) as caught:
        broker.road.order("board_retire", within_s=0.02, board="counter-01")
    assert caught.value.why == "workshop.gateway_away"
    broker.up = False
    with pytest.raises(NoAnswer) as caught:
        broker.road.ask("board", board="counter-01")
    assert caught.value.why == "workshop.no_broker"
    with pytest.raises(NoAnswer) as caught:
        broker.road.ask("link_start", ca="x" * codec.MAX_CONSOLE_UP_BYTES)
    assert caught.value.why == "workshop.too_long"


def test_some_of_the_pages_threads_stay_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web_console.workshop._FREE_WITHIN_S", 0.01)
    broker = Broker()
    said: list[str] = []

    def ask() -> None:
        try:
            broker.road.ask("look", within_s=0.5, board="counter-01")
        except NoAnswer as nobody:
            said.append(nobody.why)

    threads = [threading.Thread(target=ask) for _ in range(MOST_AT_ONCE + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("workshop.busy") == 2
    assert said.count("workshop.away") == MOST_AT_ONCE
