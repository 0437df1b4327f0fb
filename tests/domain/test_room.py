"""The hall's capacity, who waits outside and is asked in; the entrance check before a number."""

import pytest

from gateway.domain import reasons as r
from gateway.domain import room
from gateway.domain.command import Command
from gateway.domain.evolve import evolve
from gateway.domain.faces import hall_face
from gateway.domain.hallview import line_part, site_part
from gateway.domain.ticket_events import AskedIn
from tests.domain.world import TUESDAY, World, at, small_site


@pytest.fixture
def w() -> World:
    """A full hall of two, one waiting inside (A001) and three outside; counter 1 is open."""
    w = World(small_site(capacity=2, ask_in_min=20, ask_in_hold_min=10))
    w.take()
    w.ok("count", source="hall-01", count_in=2, count_out=0)
    for _ in range(3):
        w.take()
    w.ok("close", counter=2)
    return w


def asked(w: World) -> list[str]:
    return [event.ticket for event in w.ask("tick").events if isinstance(event, AskedIn)]


def test_numbers_taken_in_a_full_hall_wait_outside(w: World) -> None:
    assert w.hall.outside == {"A002": 0, "A003": 0, "A004": 0}
    assert hall_face(w.hall) == {"light": "red", "inside": 2}
    shown = line_part(w.hall, w.now)
    assert (shown["full"], shown["outside"], shown["ask_in"]) == (True, 3, [])
    w.ok("count", source="hall-01", count_in=0, count_out=1)
    assert hall_face(w.hall) == {"light": "green", "inside": 1}


def test_without_a_capacity_nobody_waits_outside() -> None:
    w = World()
    w.ok("count", source="hall-01", count_in=500, count_out=0)
    w.take()
    assert w.hall.outside == {}


def test_who_is_called_soon_is_asked_in_though_the_hall_is_full(w: World) -> None:
    # A service is taken to last five minutes, and ask_in_min is 20.
    assert asked(w) == ["A002", "A003", "A004"]
    assert asked(w) == []
    shown = line_part(w.hall, w.now)
    assert (shown["outside"], shown["ask_in"]) == (0, ["A002", "A003", "A004"])


def test_who_is_called_late_waits_until_there_is_room() -> None:
    w = World(small_site(capacity=2, ask_in_min=1, ask_in_hold_min=10))
    w.ok("close", counter=2)
    w.take()
    w.ok("count", source="hall-01", count_in=2, count_out=0)
    for _ in range(3):
        w.take()
    assert asked(w) == []
    w.ok("count", source="hall-01", count_in=0, count_out=1)
    assert asked(w) == ["A002"]
    assert asked(w) == []  # the one place is kept for A002
    w.ok("count", source="hall-01", count_in=0, count_out=1)
    assert asked(w) == ["A003"]
    w.wait(601)
    assert asked(w) == ["A004"]  # neither came: their places are kept no longer


def test_the_hall_is_never_too_full_to_call(w: World) -> None:
    w.press("next")
    assert w.press("next")["ticket"] == "A002"
    assert "A002" not in w.hall.outside
    w.press("undo")
    assert w.hall.outside["A002"] == 0
    w.press("done")
    w.press("next")
    w.press("start")
    w.press("park")
    w.ok("check_in", ticket="A002")  # who stood at a counter is in the hall
    assert list(w.hall.outside) == ["A003", "A004"]


def test_who_is_cancelled_leaves_the_list(w: World) -> None:
    w.ok("cancel", ticket="A003")
    assert list(w.hall.outside) == ["A002", "A004"]


def test_a_number_on_paper_waits_outside_too(w: World) -> None:
    label = w.take(has_printer=True)
    assert asked(w) == ["A002", "A003", "A004"]  # not before it waits
    assert w.no("ask_in", ticket=label) == r.WRONG_STATE
    w.ok("paper", source="ticket-01", ticket=label, ok=False)
    assert label not in w.hall.outside
    w.ok("paper", source="ticket-01", ticket=label, ok=True)
    assert w.hall.outside[label] == 0


def test_somebody_is_asked_in_by_hand_once_while_the_place_is_kept(w: World) -> None:
    assert w.ok("ask_in", ticket="A004", by="tono") == {"ticket": "A004"}
    assert w.no("ask_in", ticket="A004") == r.WRONG_STATE
    w.wait(600)
    w.ok("ask_in", ticket="A004")
    assert w.no("ask_in", ticket="A001") == r.WRONG_STATE
    assert w.no("ask_in", ticket="A999") == r.UNKNOWN_TICKET


def test_a_hall_without_a_limit_asks_all_in(w: World) -> None:
    w.ok("settings", change={"site": {"capacity": 0, "ask_in_min": 1}})
    assert asked(w) == ["A002", "A003", "A004"]


def test_over_night_nobody_waits_at_the_door(w: World) -> None:
    w.now = at("00:00", TUESDAY)
    w.ok("tick")
    assert w.hall.outside == {}
    assert not any(ticket.outside for ticket in w.hall.tickets.values())
    assert w.ask("tick").events == ()


def test_a_day_that_a_press_opens_asks_nobody_in(w: World) -> None:
    w.now = at("07:00", TUESDAY)
    assert [event.kind for event in w.ask("tick").events] == ["day_opened"]


def test_when_a_call_is_expected_follows_the_line(w: World) -> None:
    tickets = w.hall.tickets
    expected = [room.expected_call_s(w.hall, tickets[label], w.now) for label in sorted(tickets)]
    assert None not in expected
    assert expected == sorted(expected, key=lambda s: s or 0)
    w.ok("close", counter=1)
    assert room.expected_call_s(w.hall, tickets["A001"], w.now) is None
    assert asked(w) == []  # nobody knows when, and there is no room


class TestScreening:
    """Where the entrance is checked, a number at a board is for who has passed."""

    @pytest.fixture
    def w(self) -> World:
        return World(small_site(screening=True, screening_good_min=10))

    def screen(self, w: World, temp_c: float = 36.5) -> None:
        w.ok("screen", source="gate-01", temp_c=temp_c, mask=True)

    def test_a_pass_is_used_once(self, w: World) -> None:
        decision = w.ask("take", source="ticket-01", queue="A")
        assert decision.why == r.NOT_SCREENED
        assert decision.result["text"] == "Silakan periksa suhu badan dan masker dahulu"
        self.screen(w)
        w.take()
        assert w.no("take", source="ticket-01", queue="A") == r.NOT_SCREENED
        self.screen(w, 38.0)
        assert w.no("take", source="ticket-01", queue="A") == r.NOT_SCREENED

    def test_a_pass_is_good_for_its_time(self, w: World) -> None:
        self.screen(w)
        w.wait(300)
        self.screen(w)
        w.wait(300.001)
        w.take()  # the second is used, the first is too old
        assert w.hall.passes == []

    def test_a_console_sees_the_visitor_itself(self, w: World) -> None:
        w.ok("take", source="console", queue="A")

    def test_old_passes_are_forgotten_and_none_outlives_the_night(self, w: World) -> None:
        self.screen(w)
        w.wait(601)
        self.screen(w)
        assert w.hall.passes == [w.now]
        w.now = at("08:00", TUESDAY)
        w.ok("tick")
        assert w.hall.passes == []

    def test_without_screening_no_pass_is_kept(self) -> None:
        w = World()
        self.screen(w)
        assert w.hall.passes == []


def test_a_closed_agency_says_where_else() -> None:
    queues = site_part(World().hall)["queues"]
    assert isinstance(queues, list)
    assert "online" not in queues[0]
    assert (queues[2]["walk_in"], queues[2]["online"], queues[2]["phone"]) == (
        False,
        "https://bpjs.example",
        "165",
    )


def test_held_and_closed_queues_are_shown() -> None:
    w = World()
    w.take()
    before = line_part(w.hall, w.now)["queues"]
    w.ok("hold", agency="duk", reason='"' + "\U0001f9fe" * 60)
    w.ok("queue_close", queue="B")
    shown = line_part(w.hall, w.now)
    assert isinstance(before, list)
    assert isinstance(shown["queues"], list)
    assert (before[0]["held"], before[0]["next"]) == (None, "A001")
    held = shown["queues"][0]["held"]
    assert held == {"reason": '"' + "\U0001f9fe" * 19, "since_ms": w.now}  # what fits in 80 bytes
    assert shown["queues"][0]["next"] is None
    assert [queue["closing"] for queue in shown["queues"]] == ["", "serve", ""]


def test_rooms_functions_for_other_rules() -> None:
    w = World(small_site(screening=True))
    at_board = Command("take", w.now, source="ticket-01")
    assert room.needs_pass(w.hall, at_board)
    assert not room.needs_pass(w.hall, Command("take", w.now, source="console"))
    evolve(w.hall, w.ask("screen", source="gate-01", temp_c=36.0, mask=True).events[0])
    assert room.has_pass(w.hall, w.now)
