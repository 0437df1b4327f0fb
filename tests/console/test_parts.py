"""What the broker brings is checked before a page sees it: it fits, or it is refused by name."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.wire import codec, topics
from tests.console import samples
from web_console.parts import SHAPES, read_part
from web_console.shapes import Misfit

MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "site": samples.site,
    "line": samples.busy_line,
    "facilities": samples.facilities,
    "boards": samples.boards,
}


def as_bytes(content: Any) -> bytes:
    return json.dumps(content).encode()


def test_there_is_a_shape_for_every_hall_part() -> None:
    assert set(SHAPES) == set(topics.HALL_PARTS) == set(MAKERS)


def test_no_figure_that_only_grows_makes_a_page_blind() -> None:
    sent = samples.busy_line()
    sent["queues"][0]["wait_s"] = [900_000, 2_250_000]  # a ticket was forgotten over a weekend
    sent["calls"][0]["times"] = 12_000  # a key stuck
    assert read_part("line", as_bytes(sent)).content["calls"][0]["times"] == 12_000


@pytest.mark.parametrize("name", MAKERS)
def test_a_part_keeps_all_that_pages_show(name: str) -> None:
    sent = MAKERS[name]()
    part = read_part(name, as_bytes(sent))
    assert part.epoch == samples.EPOCH
    bookkeeping = {"epoch", "rev", "utc_ms"}
    assert part.content == {key: value for key, value in sent.items() if key not in bookkeeping}


def test_unknown_fields_are_left_out() -> None:
    line = samples.empty_line()
    line["mood"] = "calm"
    line["counters"][0]["chair"] = "blue"
    content = read_part("line", as_bytes(line)).content
    assert "mood" not in content
    assert "chair" not in content["counters"][0]


def test_optional_fields_have_plain_stand_ins() -> None:
    bare = {
        "epoch": 1,
        "queues": [{"q": "A", "open": True, "waiting": 0}],
        "counters": [{"counter": 1, "state": "idle"}],
        "calls": [],
    }
    content = read_part("line", as_bytes(bare)).content
    assert content["break"] is None
    assert content["counters"][0]["ticket"] == ""
    assert content["counters"][0]["shown"] is None


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(part: dict[str, Any]) -> None:
        *way, last = path.split(".")
        at: Any = part
        for step in way:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = value

    return apply


@pytest.mark.parametrize(
    ("name", "path", "value", "named"),
    [
        ("line", "epoch", "seven", "line: epoch"),
        ("line", "rev", -1, "line: rev"),
        ("line", "queues", {}, "line.queues"),
        ("line", "queues.0.waiting", "4", "line.queues[0].waiting"),
        ("line", "queues.0.waiting", True, "line.queues[0].waiting"),
        ("line", "queues.1.wait_s", [300], "line.queues[1].wait_s"),
        ("line", "counters.2.state", None, "line.counters[2].state"),
        ("line", "counters.2.shown", "no", "line.counters[2].shown"),
        ("line", "calls.0.at_ms", 1.5, "line.calls[0].at_ms"),
        ("line", "calls", [samples.call("A001", 1)] * 13, "line.calls"),
        ("line", "break", "Senam", "line.break"),
        ("site", "name", "x" * 201, "site.name"),
        ("site", "insecure_lan", 1, "site.insecure_lan"),
        ("site", "counters.0.counter", 0, "site.counters[0].counter"),
        ("facilities", "sensors.0.level_pct", 101, "facilities.sensors[0].level_pct"),
        ("facilities", "sensors.0.alerts", "low", "facilities.sensors[0].alerts"),
        ("boards", "boards.0.bad", {"denied": "many"}, "boards.boards[0].bad.denied"),
    ],
)
def test_a_misfit_names_its_place(name: str, path: str, value: Any, named: str) -> None:
    part = MAKERS[name]()
    change(path, value)(part)
    with pytest.raises(Misfit) as caught:
        read_part(name, as_bytes(part))
    assert str(caught.value).startswith(named)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"epoch":1}'])
def test_what_is_no_part_is_refused(name: str, payload: bytes) -> None:
    with pytest.raises(Misfit):
        read_part(name, payload)


def test_an_oversize_part_is_refused() -> None:
    site = samples.site(filler="x" * codec.MAX_HALL_BYTES)
    with pytest.raises(Misfit, match="at most"):
        read_part("site", as_bytes(site))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["q", "counter", "counters", "queues", "calls"]), inner)
    ),
    max_leaves=10,
)


def refusal(name: str, payload: bytes) -> str:
    try:
        read_part(name, payload)
    except Misfit as misfit:
        return str(misfit)
    return ""


@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.text(max_size=6), json_values))
def test_no_json_object_does_worse_than_a_misfit(name: str, rest: dict[str, Any]) -> None:
    said = refusal(name, as_bytes(MAKERS[name]() | rest))
    assert said == "" or said.startswith(name)
