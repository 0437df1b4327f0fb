"""Boards at doors, counters and dispensers from end to end: facts and orders in, faces out."""

from typing import Any

import pytest

from firmware.wire import topics
from tests.service.conftest import Desk
from tests.service.test_service import Hall, hall

__all__ = ["hall"]  # the fixture

DAY_MS = 86_400_000


@pytest.fixture
def door(desk: Desk) -> Desk:
    for board, role, counter in (
        ("rating-01", "rating", 1), ("hall-01", "hall", None), ("gate-01", "gate", None),
        ("panel-01", "panel", None), ("dispenser-01", "dispenser", None),
    ):  # fmt: skip
        desk.add(board, role, counter)
    return desk


def serve_one(desk: Desk, seq: int) -> None:
    desk.press("ticket-01", seq, "take", queue="A")
    desk.press("counter-01", 10 * seq, "next")
    desk.press("counter-01", 10 * seq + 1, "done")


def test_a_rating_that_waited_for_hours_goes_to_its_ticket(door: Desk) -> None:
    serve_one(door, 1)
    born_ms = door.mono_ms
    door.press("rating-01", 1, "hello", boot=4)
    door.pass_ms(3 * 3_600_000)
    serve_one(door, 2)
    door.press("rating-01", 2, "hello", boot=4)  # it is back
    late = {"boot": 4, "seq": 3, "t_ms": born_ms, "ev": "rate", "score": 4, "ticket": "A001"}
    assert door.send("rating-01", late) == {
        "boot": 4, "seq": 3, "st": "accepted", "ticket": "A001"
    }  # fmt: skip
    assert door.send("rating-01", late)["st"] == "accepted"  # a repeat, the first answer
    again = door.press("rating-01", 4, "rate", boot=4, score=1, ticket="A001")
    assert (again["st"], again["why"]) == ("refused", "nothing_to_rate")
    assert door.press("rating-01", 5, "rate", boot=4, score=3)["ticket"] == "A002"


def test_a_restart_forgets_no_rating(door: Desk) -> None:
    serve_one(door, 1)
    door.press("rating-01", 1, "rate", score=4, ticket="A001")
    door.restart()
    again = door.press("rating-01", 2, "rate", score=4, ticket="A001")
    assert again["why"] == "nothing_to_rate"


def test_the_door_counts_on_the_day_it_counted(door: Desk) -> None:
    assert door.press("hall-01", 1, "count", **{"in": 5, "out": 1})["inside"] == 4
    born_ms = door.mono_ms
    door.pass_ms(DAY_MS)
    assert door.press("hall-01", 2, "hello")["st"] == "accepted"
    late = {"boot": 1, "seq": 3, "t_ms": born_ms, "ev": "count", "in": 9, "out": 0}
    assert door.send("hall-01", late)["inside"] == 0
    assert door.press("hall-01", 4, "count", **{"in": 0, "out": 3})["inside"] == 0
    assert door.press("hall-01", 5, "correct", inside=7)["inside"] == 7
    assert door.press("hall-01", 6, "count", **{"in": 1, "out": 0})["inside"] == 8


def test_touches_of_yesterday_are_not_of_today(door: Desk) -> None:
    assert door.press("gate-01", 1, "touch", n=3)["st"] == "accepted"
    assert door.writer.hall.touches == {"gate-01": 3}
    born_ms = door.mono_ms
    door.pass_ms(DAY_MS)
    door.press("gate-01", 2, "hello")
    late = {"boot": 1, "seq": 3, "t_ms": born_ms, "ev": "touch", "n": 5}
    assert door.send("gate-01", late)["st"] == "accepted"
    assert door.press("gate-01", 4, "touch", n=2)["st"] == "accepted"
    assert door.writer.hall.touches == {"gate-01": 2}


@pytest.mark.parametrize("event", [{"ev": "touch", "n": 1}, {"ev": "count", "in": 1, "out": 0}])
def test_a_fact_from_before_all_time_stops_nobody(door: Desk, event: dict[str, Any]) -> None:
    latest = {"boot": 1, "seq": 1, "t_ms": 2**53 - 1, "ev": "hello"}
    assert door.send("hall-01", latest)["st"] == "accepted"
    ancient = {"boot": 1, "seq": 2, "t_ms": 0, **event}
    assert door.send("hall-01", ancient)["st"] == "accepted"
    assert door.writer.hall.touches == {}
    assert door.writer.hall.inside == 0


def test_the_entrance_check_is_an_order_and_perishes(door: Desk) -> None:
    assert door.press("gate-01", 1, "screen", temp_c=36.4, mask=True)["pass"] is True
    assert door.press("gate-01", 2, "screen", temp_c=38.1, mask=True)["pass"] is False
    door.pass_ms(10_000)
    late_ms = door.mono_ms - 5_000
    stale = {"boot": 1, "seq": 3, "t_ms": late_ms, "ev": "screen", "temp_c": 36, "mask": True}
    assert door.send("gate-01", stale)["st"] == "late"


@pytest.mark.parametrize(
    ("board", "event"),
    [
        ("hall-01", {"ev": "rate", "score": 4}),
        ("panel-01", {"ev": "count", "in": 1, "out": 0}),
        ("rating-01", {"ev": "screen", "temp_c": 36.5, "mask": True}),
    ],
)
def test_each_role_only_says_its_own(door: Desk, board: str, event: dict[str, Any]) -> None:
    answer = door.send(board, {"boot": 1, "seq": 1, "t_ms": door.mono_ms, **event})
    assert (answer["st"], answer["why"]) == ("refused", "not_allowed")


class Glass:
    """What the boards of a running gateway are shown."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    def face(self, board: str) -> dict[str, Any]:
        """Give the face of a board as of now, without epoch and rev."""
        desk = self.hall.desk
        desk.pass_ms(1_000)  # the gateway's next look at the time
        self.hall.turn()
        shown = dict(self.hall.kept(f"{board}/{topics.DN_FACE}"))
        del shown["epoch"], shown["rev"]
        return shown

    def press(self, board: str, seq: int, ev: str, **fields: Any) -> None:
        """Let a board send an event made now."""
        t_ms = self.hall.desk.mono_ms
        event = {"boot": 1, "seq": seq, "t_ms": t_ms, "ev": ev, **fields}
        self.hall.bus.hear(f"{board}/{topics.UP_EVENT}", event)
        self.hall.turn()


@pytest.fixture
def glass(hall: Hall, door: Desk) -> Glass:
    return Glass(hall)


def test_a_rating_board_asks_and_stops_asking_by_itself(glass: Glass) -> None:
    assert glass.face("rating-01") == {"ask": False, "ticket": ""}
    glass.press("ticket-01", 1, "take", queue="A")
    glass.press("counter-01", 1, "next")
    glass.press("counter-01", 2, "done")
    assert glass.face("rating-01") == {"ask": True, "ticket": "A001"}
    glass.hall.desk.pass_ms(90_000)
    assert glass.face("rating-01") == {"ask": False, "ticket": ""}


def test_a_rating_board_that_was_answered_asks_no_more(glass: Glass) -> None:
    glass.press("ticket-01", 1, "take", queue="A")
    glass.press("counter-01", 1, "next")
    assert glass.face("rating-01")["ticket"] == "A001"
    glass.press("rating-01", 1, "rate", score=2, ticket="A001")
    assert glass.face("rating-01") == {"ask": False, "ticket": ""}


def test_hall_gate_and_panel_follow_the_hall(glass: Glass) -> None:
    assert glass.face("hall-01") == {"light": "green", "inside": 0}
    assert glass.face("gate-01") == {"open": True}
    assert glass.face("panel-01") == {"calls": [], "break": "", "notices": []}
    glass.press("hall-01", 1, "count", **{"in": 2, "out": 0})
    glass.press("ticket-01", 1, "take", queue="A")
    glass.press("counter-01", 1, "next")
    assert glass.face("hall-01")["inside"] == 2
    assert glass.face("panel-01")["calls"] == [{"t": "A001", "c": 1, "n": 1}]


def test_what_did_not_change_is_not_said_again(glass: Glass) -> None:
    glass.face("panel-01")
    glass.hall.bus.said.clear()
    glass.hall.desk.pass_ms(1_000)
    glass.hall.turn()
    assert not [topic for topic, _ in glass.hall.bus.said if topic.endswith(topics.DN_FACE)]
