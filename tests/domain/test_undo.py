"""`undo` restores both tickets as they were, place in line kept, and only if they still can be."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import reasons as r
from gateway.domain.hall import Hall
from gateway.domain.pace import Pace
from tests.domain.world import World, copy_of


def without_traces(hall: Hall) -> Hall:
    """Give a copy without what an act taken back may leave: revisions, memories, calls."""
    copy = copy_of(hall)
    for ticket in copy.tickets.values():
        ticket.rev = 0
    for counter in copy.counters.values():
        counter.last = None
        counter.since_ms = 0
        counter.help_ms = 0
    for line in copy.lines.values():
        line.pace = Pace()
    copy.calls = []
    copy.known_ms = 0
    return copy


def called_hall() -> World:
    w = World()
    for cls in ("", "elderly", "", "child", ""):
        w.take(cls=cls)
        w.wait(1)
    w.take("B")
    w.press("next")
    return w


@pytest.mark.parametrize("served", [False, True])
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("next", {}),
        ("done", {}),
        ("park", {}),
        ("transfer", {"queue": "B"}),
        ("no_show", {}),
        ("start", {}),
    ],
)
def test_every_act_can_be_taken_back(name: str, fields: dict[str, Any], served: bool) -> None:
    w = called_hall()
    if served:
        if name in ("no_show", "start"):
            return
        w.press("start")
    before = without_traces(w.hall)
    w.wait(5)
    w.press(name, **fields)
    assert without_traces(w.hall) != before
    w.wait(w.hall.site.undo_s)
    result = w.press("undo")
    assert result == {"ticket": "A002", "undone": name}
    assert without_traces(w.hall) == before


@pytest.mark.parametrize("name", ["reinstate", "call"])
def test_a_named_call_can_be_taken_back(name: str) -> None:
    w = called_hall()
    label = "A003"
    if name == "reinstate":
        w.press("done")
        label = "A002"
    else:
        w.press("park")
    before = without_traces(w.hall)
    w.ok(name, counter=1, ticket=label)
    assert w.press("undo")["ticket"] is None
    assert without_traces(w.hall) == before


def test_undo_takes_the_call_off_the_displays() -> None:
    w = called_hall()
    w.press("next")
    assert [call.ticket for call in w.hall.calls] == ["A001", "A002"]
    w.press("undo")
    assert [call.ticket for call in w.hall.calls] == ["A002"]


def test_undo_gives_the_policys_turn_back() -> None:
    w = called_hall()  # ratio 3:1 has called its priority ticket: three normal ones follow
    w.press("done")
    w.press("next")
    w.press("undo")
    assert [w.press("next")["ticket"] for _ in range(4)] == ["A001", "A003", "A005", "A004"]


def test_undo_leaves_the_turn_when_others_have_called_since() -> None:
    w = called_hall()
    w.press("next")
    turn = w.hall.lines["A"].turn
    w.press("next", counter=2, queue="A")
    moved = w.hall.lines["A"].turn
    assert moved != turn
    w.press("undo")
    assert w.hall.lines["A"].turn == moved


def test_nothing_is_taken_back_twice() -> None:
    w = called_hall()
    w.press("next")
    w.press("undo")
    assert w.refused("undo") == r.WRONG_STATE


def test_recall_pause_and_rating_do_not_stand_in_the_way() -> None:
    w = called_hall()
    w.press("next")
    w.press("recall")
    w.press("pause")
    w.ok("rate", source="rating-01", score=4)
    assert w.press("undo") == {"ticket": "A002", "undone": "next"}


@pytest.mark.parametrize("counter", [1, 2])
def test_not_when_somebody_touched_a_ticket_since(counter: int) -> None:
    w = called_hall()
    w.press("transfer", queue="B")
    if counter == 2:
        w.ok("call", counter=2, ticket="A002")
    else:
        w.ok("cancel", ticket="A002")
    assert w.refused("undo") == r.WRONG_STATE


def test_not_when_a_ticket_went_and_came_back() -> None:
    w = called_hall()
    w.press("transfer", queue="B")
    w.ok("call", counter=2, ticket="A002")
    w.press("transfer", counter=2, queue="A")
    w.ok("cancel", ticket="A001")
    assert w.refused("undo") == r.WRONG_STATE
    # Counter 2 may still take its own back.
    assert w.press("undo", counter=2)["ticket"] == "A002"


def test_rating_after_an_undone_end_goes_to_the_ticket_in_hand() -> None:
    w = called_hall()
    w.press("done")
    w.press("undo")
    assert w.ok("rate", source="rating-01", score=3) == {"ticket": "A002"}


def test_a_service_time_taken_back_is_forgotten() -> None:
    w = called_hall()
    w.press("start")
    w.wait(100)
    w.press("done")
    assert w.hall.lines["A"].pace.recent == [("A002", 100_000)]
    w.press("undo")
    assert w.hall.lines["A"].pace.recent == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["next", "start", "done", "no_show", "park", "call", "B"])))
def test_any_last_act_is_restored(acts: list[str]) -> None:
    w = World()
    for i in range(6):
        w.take(cls="disabled" if i % 3 == 0 else "")
    before = None
    for act in acts:
        snapshot = without_traces(w.hall)
        if act == "B":
            decision = w.ask("transfer", source="counter-01", queue="B")
        elif act == "call":
            waiting = w.hall.lines["A"].normal.in_order()
            label = waiting[-1][3] if waiting else "A999"
            decision = w.ask("call", counter=1, ticket=label)
        else:
            decision = w.ask(act, source="counter-01")
        if decision.why is None:
            before = snapshot
        w.wait(1)
    if before is None:
        assert w.refused("undo") == r.WRONG_STATE
    else:
        w.press("undo")
        assert without_traces(w.hall) == before
