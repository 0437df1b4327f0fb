"""Who comes back into the line: parked for a time, late, or brought back with a reason."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.ticket_events import Called, CheckedIn
from tests.domain.test_visits import waiting
from tests.domain.world import OFFICE, TUESDAY, World, at, small_site


@pytest.fixture
def w() -> World:
    w = World()
    for _ in range(4):
        w.take()
        w.wait(1)
    return w


class TestParkedForATime:
    def test_it_comes_back_by_itself_at_the_front(self, w: World) -> None:
        w.press("next")
        w.press("park", for_min=10)
        assert w.hall.parked == {"A001": w.now + 600_000}
        w.wait(599)
        w.ok("tick")
        assert w.state("A001") == "parked"
        w.wait(1)
        w.ok("tick")
        assert (waiting(w, "A")[0], w.hall.parked) == ("A001", {})
        assert w.hall.tickets["A001"].joined_ms == w.now

    def test_those_whose_time_came_first_are_before_the_others(self, w: World) -> None:
        for minutes in (5, 2):
            w.press("next")
            w.press("park", for_min=minutes)
        w.wait(600)
        w.ok("tick")
        assert waiting(w, "A") == ["A002", "A001", "A003", "A004"]

    def test_check_in_before_its_time_ends_it(self, w: World) -> None:
        w.press("next")
        w.press("park", for_min=10)
        w.ok("check_in", ticket="A001")
        w.wait(600)
        assert w.ask("tick").events == ()

    def test_undo_ends_it_and_undo_of_a_reinstatement_begins_it_again(self, w: World) -> None:
        w.press("next")
        w.press("park", for_min=10)
        until_ms = w.hall.tickets["A001"].until_ms
        w.press("reinstate", ticket="A001")
        assert w.hall.parked == {}
        w.press("undo")
        assert w.hall.parked == {"A001": until_ms}
        w.press("reinstate", ticket="A001")
        w.press("park")
        assert w.hall.parked == {}

    def test_undo_of_the_parking(self, w: World) -> None:
        w.press("next")
        w.press("park", for_min=10)
        w.press("undo")
        assert (w.hall.parked, w.hall.tickets["A001"].until_ms) == ({}, 0)

    def test_a_time_that_comes_over_midnight(self, w: World) -> None:
        w.now = at("23:55")
        w.press("next")
        w.press("park", for_min=10)
        w.now = at("00:10", TUESDAY)
        w.ok("tick")  # the day opens; what else is due is the next one's
        w.ok("tick")
        assert w.hall.day == TUESDAY
        assert w.state("A001") == "waiting"


class TestLate:
    def missed(self, w: World) -> World:
        w.press("next")
        w.press("no_show")
        return w

    @pytest.mark.parametrize(
        ("place", "order"),
        [
            ("front", ["A001", "A002", "A003"]),
            ("place", ["A001", "A002", "A003"]),
            ("end", ["A002", "A003", "A001"]),
        ],
    )
    def test_the_site_says_where_they_join(self, place: str, order: list[str]) -> None:
        w = World(small_site(late_place=place))
        for _ in range(3):
            w.take()
        self.missed(w)
        w.ok("check_in", ticket="A001")
        assert waiting(w, "A") == order

    def test_the_front_is_before_the_old_place_of_others(self) -> None:
        w = World(small_site(late_place="front"))
        for _ in range(3):
            w.take()
        for label in ("A001", "A002"):
            assert w.press("next")["ticket"] == label
            w.press("no_show")
        w.ok("check_in", ticket="A002")
        w.ok("check_in", ticket="A001")
        assert waiting(w, "A") == ["A002", "A001", "A003"]

    def test_within_the_sites_time_of_the_call_and_no_later(self, w: World) -> None:
        self.missed(w)
        called_ms = w.hall.tickets["A001"].called_ms
        w.now = called_ms + 30 * 60_000 + 1
        decision = w.ask("check_in", ticket="A001")
        assert decision.why == r.TOO_LATE
        assert "A001 was called at 09:00, over 30 minutes ago" in str(decision.result["text"])
        w.now -= 1
        w.ok("check_in", ticket="A001")

    def test_all_day_where_the_site_says_so(self) -> None:
        w = World(small_site(late_within_min=0))
        w.take()
        self.missed(w)
        w.wait(8 * 3_600)
        w.ok("check_in", ticket="A001")

    def test_absences_are_counted_and_taken_back(self, w: World) -> None:
        self.missed(w)
        w.ok("check_in", ticket="A001")
        self.missed(w)
        assert w.hall.tickets["A001"].absent == 2
        w.press("undo")
        assert w.hall.tickets["A001"].absent == 1


class TestWithAReason:
    @pytest.mark.parametrize("end", ["done", "no_show", "cancel"])
    def test_any_ticket_ended_today_comes_back_to_the_front(self, w: World, end: str) -> None:
        if end == "cancel":
            w.ok("cancel", ticket="A001")
        else:
            w.press("next")
            w.press(end)
        w.wait(3_600)
        w.ok("check_in", ticket="A001", reason="salah tekan", by="tono")
        assert waiting(w, "A")[0] == "A001"
        event = w.events[-1]
        assert isinstance(event, CheckedIn)
        assert (event.by, event.reason) == ("tono", "salah tekan")

    def test_a_void_number_is_on_no_paper(self, w: World) -> None:
        label = w.take(has_printer=True)
        w.ok("paper", source="ticket-01", ticket=label, ok=False)
        assert w.no("check_in", ticket=label, reason="x") == r.WRONG_STATE

    def test_yesterdays_are_not_remembered(self, w: World) -> None:
        w.ok("cancel", ticket="A001")
        w.now = at("09:00", TUESDAY)
        assert w.no("check_in", ticket="A001", reason="x") == r.UNKNOWN_TICKET

    @pytest.mark.parametrize("act", ["reinstate", "call"])
    def test_a_call_by_hand_has_its_reason_in_the_journal(self, w: World, act: str) -> None:
        if act == "reinstate":
            w.ok("cancel", ticket="A002")
        w.ok(act, counter=1, ticket="A002", reason="menyusui", by="sari")
        event = w.events[-1]
        assert isinstance(event, Called)
        assert (event.act, event.reason, event.by) == (act, "menyusui", "sari")

    def test_its_quota_is_used_again(self, w: World) -> None:
        label = w.take(service="ktp")
        w.ok("cancel", ticket=label)
        assert w.hall.quota_used["ktp"] == 0
        w.ok("check_in", ticket=label, reason="kembali")
        assert w.hall.quota_used["ktp"] == 1


class TestClass:
    def test_priority_is_marked_afterwards_and_keeps_the_place_by_arrival(self, w: World) -> None:
        w.ok("set_class", ticket="A004", cls="elderly")
        w.ok("set_class", ticket="A003", cls="disabled")
        line = w.hall.lines["A"]
        assert [place[3] for place in line.priority.in_order()] == ["A003", "A004"]
        assert w.press("next")["ticket"] == "A003"

    def test_it_is_taken_back(self, w: World) -> None:
        w.ok("set_class", ticket="A004", cls="elderly")
        w.ok("set_class", ticket="A004", cls="")
        assert waiting(w, "A") == ["A001", "A002", "A003", "A004"]

    def test_it_holds_when_the_ticket_joins_its_line_later(self) -> None:
        w = World(small_site(OFFICE), now=at("05:30"))
        early = w.take()
        w.now = at("08:00")
        printing, parked = w.take(has_printer=True), w.take()
        w.press("next")
        w.press("park")
        for label in (early, printing, parked):
            w.ok("set_class", ticket=label, cls="child")
        w.ok("paper", source="ticket-01", ticket=printing, ok=True)
        w.ok("check_in", ticket=parked)
        w.ok("check_in", ticket=early)
        assert len(w.hall.lines["A"].priority) == 3

    def test_one_who_stands_aside_comes_back_into_the_other_lane(self, w: World) -> None:
        w.take(visit="A001")
        w.press("next")
        w.ok("set_class", ticket="A005", cls="pregnant")
        w.press("done")
        assert [place[3] for place in w.hall.lines["A"].priority.in_order()] == ["A005"]

    def test_an_older_act_on_the_ticket_is_not_undone_over_it(self, w: World) -> None:
        w.press("next")
        w.press("park")
        w.ok("set_class", ticket="A001", cls="elderly")
        assert w.refused("undo") == r.WRONG_STATE
