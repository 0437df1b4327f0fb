"""What displays show, from the hall alone."""

import json
from typing import Any

import pytest

from gateway.domain import affected
from gateway.domain.estimate import forecast
from gateway.domain.events import BreakStarted, DayOpened, InsideCorrected, SiteLoaded, Started
from gateway.domain.faces import counter_face, gate_face, hall_face, rating_face, ticket_face
from gateway.domain.hallview import line_part, site_part
from gateway.domain.site import Break
from tests.domain.test_visits import booth_site
from tests.domain.world import OFFICE, SUNDAY, TUESDAY, World, at, small_site


@pytest.fixture
def w() -> World:
    return World()


def face(w: World, counter: int = 1) -> dict[str, object]:
    return counter_face(w.hall, counter, w.now)


def test_idle(w: World) -> None:
    assert face(w) == {"state": "idle", "text": "--", "blink": False, "lamp": "off", "ticket": ""}


def test_called_and_recalled(w: World) -> None:
    w.take()
    w.press("next")
    called = {
        "state": "called",
        "text": "A001",
        "blink": True,
        "lamp": "green",
        "ticket": "A001",
        "times": 1,
    }
    assert face(w) == called
    w.press("recall")
    assert face(w) == {**called, "times": 2}  # another face, so that it blinks anew


def test_priority_is_shown_without_its_reason(w: World) -> None:
    w.take(cls="disabled")
    w.press("next")
    assert face(w)["priority"] is True
    assert "disabled" not in json.dumps(face(w))
    assert "disabled" not in json.dumps(line_part(w.hall, w.now))


def test_serving_is_not_hidden_by_break_pause_or_closing(w: World) -> None:
    w.take()
    w.press("next")
    w.press("start")
    w.ok("break_start")
    w.press("pause")
    w.ok("close", counter=1)
    shown = face(w)
    assert (shown["state"], shown["text"], shown["blink"]) == ("serving", "A001", False)
    w.press("done")
    assert face(w)["state"] == "closed"
    w.ok("open", counter=1)
    w.press("pause")
    assert face(w)["state"] == "paused"
    w.press("resume")
    assert face(w)["state"] == "break"


def test_break_says_until_when() -> None:
    w = World(small_site(breaks=(Break("Senam", "site", (0,), 600, 10),)), now=at("10:00"))
    assert (face(w)["state"], face(w)["text"]) == ("break", "SENAM S.D. 10:10")
    assert line_part(w.hall, w.now)["break"] == {"name": "Senam", "until_ms": at("10:10")}


def test_a_break_by_hand_has_no_end_yet(w: World) -> None:
    w.ok("break_start")
    assert (face(w)["text"], face(w)["lamp"]) == ("ISTIRAHAT", "amber")
    assert line_part(w.hall, w.now)["break"] == {"name": "", "until_ms": None}
    w.ok("break_end")
    w.ok("break_start", reason="x" * 200)
    assert len(str(face(w)["text"])) <= 120


def test_closed_by_hand_and_by_the_hours() -> None:
    w = World(small_site(OFFICE), now=at("14:00"))
    w.ok("close", counter=1)
    assert (face(w)["text"], face(w)["lamp"]) == ("TUTUP", "red")
    assert face(w, 2)["state"] == "idle"
    w.now = at("15:00")
    assert face(w, 2)["state"] == "closed"
    w.now = at("14:29")
    w.take()
    w.now = at("15:00")
    assert face(w, 2)["state"] == "idle"  # somebody still waits
    w.now = at("09:00", SUNDAY)
    assert face(w, 2)["state"] == "closed"


def test_ticket_boards_see_what_can_be_taken() -> None:
    w = World(small_site(OFFICE), now=at("09:00"))
    for _ in range(3):
        w.take("B")
    assert ticket_face(w.hall, w.now) == {
        "queues": [
            {"q": "A", "open": True, "waiting": 0},
            {"q": "B", "open": False, "waiting": 3},
            {"q": "C", "open": False, "waiting": 0},
        ]
    }
    assert ticket_face(w.hall, w.now, ["B", "Z"]) == {
        "queues": [{"q": "B", "open": False, "waiting": 3}]
    }
    closed = ticket_face(w.hall, at("14:30"))
    assert not any(queue["open"] for queue in closed["queues"])  # type: ignore[attr-defined]


def part(w: World) -> dict[str, Any]:
    return line_part(w.hall, w.now)


def test_the_line(w: World) -> None:
    w.take()
    w.take(cls="child")
    w.wait(5)
    w.ok("claim", counter=1, by="sari")
    w.press("next")
    w.press("help", counter=2)
    shown = part(w)
    wait = forecast(w.hall, "A", "", w.now)
    assert wait is not None
    assert shown["day"] == "2026-11-23"
    assert shown["queues"][0] == {
        "q": "A",
        "open": True,
        "waiting": 1,
        "priority": 0,
        "wait_s": wait.shown_s(),
        "next": "A001",
        "issued": 2,
        "closing": "",
        "held": None,
    }
    assert shown["counters"][0] == {
        "counter": 1,
        "state": "called",
        "ticket": "A002",
        "since_ms": w.now,
        "priority": True,
        "by": "sari",
        "boards": ["counter-01"],
        "shown": None,
    }
    assert shown["calls"] == [
        {"ticket": "A002", "counter": 1, "at_ms": w.now, "times": 1, "priority": True}
    ]
    assert shown["break"] is None
    assert shown["notices"] == [{"code": "help", "text": "2"}]


def test_the_line_shows_every_change_at_once(w: World) -> None:
    def queue() -> tuple[object, object, object]:
        entry = part(w)["queues"][0]
        return entry["waiting"], entry["next"], entry["wait_s"]

    assert queue()[:2] == (0, None)
    w.take()
    assert queue()[:2] == (1, "A001")
    w.take(cls="elderly")
    assert queue()[:2] == (2, "A002")
    w.press("next")
    assert queue()[:2] == (1, "A001")
    w.ok("cancel", ticket="A001")
    assert queue()[:2] == (0, None)
    w.ok("close", counter=1)
    w.press("pause", counter=2)
    assert queue()[2] is None


def test_calls_newest_first_at_most_twelve_each_ticket_once(w: World) -> None:
    for _ in range(14):
        w.take()
        w.press("next")
    w.press("recall")
    w.wait(1)
    w.press("no_show")
    w.press("reinstate", counter=2, ticket="A013")
    calls = part(w)["calls"]
    assert [call["ticket"] for call in calls] == ["A013", "A014"] + [
        f"A{n:03d}" for n in range(12, 2, -1)
    ]
    assert [call["times"] for call in calls[:2]] == [1, 2]
    assert calls[0]["counter"] == 2


def test_yesterdays_calls_are_gone_but_who_is_in_hand(w: World) -> None:
    for counter in (1, 2):
        w.take()
        w.press("next", counter=counter)
    w.press("done", counter=1)
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert [call["ticket"] for call in part(w)["calls"]] == ["A002"]


def test_the_site_part(w: World) -> None:
    shown = site_part(w.hall)
    assert shown["counters"] == [
        {
            "counter": 1,
            "place": "Lantai 1",
            "agency": "Disdukcapil",
            "queues": ["A"],
            "kind": "desk",
        },
        {"counter": 2, "place": "", "agency": "Imigrasi", "queues": ["A", "B"], "kind": "desk"},
        {"counter": 3, "place": "", "agency": "BPJS", "queues": ["C"], "kind": "desk"},
    ]
    assert shown["queues"][0] == {  # type: ignore[index]
        "q": "A",
        "name": "Kependudukan",
        "agency": "Disdukcapil",
    }
    assert (shown["counter_word"], shown["zone"]) == ("loket", "Asia/Jakarta")


def test_which_faces_an_event_changes() -> None:
    assert affected(Started(1, "", 7, "A001")) == (7,)
    assert affected(BreakStarted(1, "", 7)) == (7,)
    assert affected(BreakStarted(1, "")) is None
    assert affected(DayOpened(1, "", "2026-11-23")) is None
    assert affected(SiteLoaded(1, "", {})) is None
    assert affected(InsideCorrected(1, "", 3)) == ()


def test_a_video_booth_says_what_it_is() -> None:
    w = World(booth_site())
    assert counter_face(w.hall, 3, w.now)["kind"] == "video"
    assert "kind" not in counter_face(w.hall, 1, w.now)
    counters: Any = site_part(w.hall)["counters"]
    assert [counter["kind"] for counter in counters] == ["desk", "desk", "video"]


def test_the_door_is_told_how_many_are_inside() -> None:
    w = World(small_site(capacity=2))
    assert hall_face(w.hall) == {"light": "green", "inside": 0}
    w.ok("count", source="hall-01", count_in=2, count_out=0)
    assert hall_face(w.hall) == {"light": "red", "inside": 2}


def test_the_entrance_check_is_open_while_anybody_has_a_reason_to_come() -> None:
    w = World(small_site(OFFICE), now=at("07:44"))

    def is_open() -> object:
        return gate_face(w.hall, w.now)["open"]

    w.now = at("05:29")
    assert not is_open()
    w.now = at("05:30")  # early numbers
    assert is_open()
    w.now = at("14:31")  # no more numbers, service until 15:00
    assert is_open()
    w.now = at("14:29")
    w.take()
    w.now = at("15:00")  # somebody still waits
    assert is_open()
    w.press("next")
    assert not is_open()


def test_a_rating_board_of_a_counter_that_is_gone_asks_nobody(w: World) -> None:
    assert rating_face(w.hall, 99, w.now) == {"ask": False, "ticket": ""}
