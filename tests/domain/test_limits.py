"""Limits of a visitor's link, and of an officer."""

from dataclasses import replace

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import Booking
from gateway.domain.limits import link_used
from gateway.domain.site import Person
from tests.domain.world import MONDAY, TUESDAY, World, at, small_site


class TestLink:
    @pytest.fixture
    def w(self) -> World:
        return World(small_site(per_link_per_day=2))

    def test_so_many_numbers_a_day_and_no_more(self, w: World) -> None:
        w.take(link="andi")
        w.take("B", link="andi")
        decision = w.ask("take", queue="A", link="andi")
        assert decision.why == r.LIMIT_REACHED
        assert decision.result == {"text": "Batas 2 nomor antrean per hari sudah tercapai"}
        w.take(link="rina")
        w.take()

    def test_cancelled_and_void_give_back_and_a_no_show_does_not(self, w: World) -> None:
        w.take(link="andi")
        w.take(link="andi", has_printer=True)
        w.press("next")
        w.press("no_show")
        assert w.no("take", queue="A", link="andi") == r.LIMIT_REACHED
        w.ok("paper", source="ticket-01", ticket="A002", ok=False)
        w.ok("cancel", ticket=w.take(link="andi"))
        w.take(link="andi")
        assert w.no("take", queue="A", link="andi") == r.LIMIT_REACHED

    def test_the_next_day_begins_anew(self, w: World) -> None:
        for _ in range(2):
            w.take(link="andi")
        w.now = at("09:00", TUESDAY)
        w.take(link="andi")
        assert link_used(w.hall, "andi", TUESDAY) == 1

    def test_appointments_count_on_their_own_day(self, w: World) -> None:
        slot_ms = at("10:00", TUESDAY)
        w.hall.bookings = {
            "#1": Booking("#1", "B", slot_ms, TUESDAY, link="andi"),
            "#2": Booking("#2", "B", slot_ms, TUESDAY, link="rina"),
        }
        assert link_used(w.hall, "andi", TUESDAY) == 1
        assert link_used(w.hall, "andi", MONDAY) == 0

    def test_no_limit_where_the_site_has_none(self) -> None:
        w = World()
        for _ in range(20):
            w.take(link="andi")


class TestOfficer:
    @pytest.fixture
    def w(self) -> World:
        people = (Person("sari", "officer", ("B",), None), Person("budi", "officer", (), 2))
        w = World(small_site(people=people))
        w.take()
        w.wait(1)
        for _ in range(3):
            w.take("B")
        for _ in range(3):
            w.take()
        return w

    def test_next_looks_at_the_officers_own_queues_only(self, w: World) -> None:
        w.ok("claim", counter=2, by="sari")
        assert w.press("next", counter=2)["ticket"] == "B001"
        w.ok("release", counter=2)
        assert w.press("next", counter=2)["ticket"] == "A001"

    def test_who_is_named_counts_before_who_claims(self, w: World) -> None:
        w.ok("claim", counter=2, by="sari")
        assert w.ok("next", counter=2, by="budi")["ticket"] == "A001"

    def test_at_a_counter_with_none_of_them_nobody_is_called(self, w: World) -> None:
        w.ok("claim", counter=1, by="sari")
        assert w.refused("next") == r.LIMIT_REACHED
        w.ok("claim", counter=2, by="sari")
        assert w.refused("next", counter=2, queue="A") == r.LIMIT_REACHED

    def test_so_many_calls_a_day_named_ones_counted(self, w: World) -> None:
        w.ok("claim", counter=1, by="budi")
        w.press("next")
        w.press("done")
        w.ok("call", counter=1, ticket="A003")
        result = w.press("next")
        assert (result["ticket"], result["why"]) == (None, r.LIMIT_REACHED)
        assert w.refused("next") == r.LIMIT_REACHED
        w.ok("call", counter=1, ticket="A002")  # a person's decision is not limited
        w.now = at("09:00", TUESDAY)
        assert w.press("next")["ticket"] == "A004"

    def test_a_call_taken_back_is_given_back(self, w: World) -> None:
        w.ok("claim", counter=1, by="budi")
        for _ in range(3):
            w.press("next")
            w.press("undo")
        assert w.hall.calls_of["budi"] == 0
        w.press("next")
        w.press("done")
        w.press("undo")
        assert w.hall.calls_of["budi"] == 1

    def test_limits_change_with_the_settings(self, w: World) -> None:
        w.ok("claim", counter=1, by="sari")
        w.ok("site_load", site=replace(w.hall.site, people=(Person("sari", "officer"),)))
        assert w.press("next")["ticket"] == "A001"


class TestEntrance:
    @pytest.fixture
    def w(self) -> World:
        return World(small_site(screening=True, screening_good_min=10, capacity=2))

    def test_a_number_at_a_board_uses_up_a_pass(self, w: World) -> None:
        decision = w.ask("take", source="ticket-01", queue="A")
        assert decision.why == r.NOT_SCREENED
        assert decision.result == {"text": "Silakan periksa suhu badan dan masker dahulu"}
        w.ok("screen", source="gate-01", temp_c=36.5, mask=True)
        w.take()
        assert w.hall.passes == []
        assert w.no("take", source="ticket-01", queue="A") == r.NOT_SCREENED

    def test_who_takes_a_number_for_a_visitor_sees_that_person(self, w: World) -> None:
        w.ok("take", queue="A")

    def test_a_pass_is_good_for_a_while(self, w: World) -> None:
        w.ok("screen", source="gate-01", temp_c=36.5, mask=True)
        w.wait(10 * 60 + 1)
        assert w.no("take", source="ticket-01", queue="A") == r.NOT_SCREENED

    def test_a_number_taken_while_the_hall_is_full_waits_outside(self, w: World) -> None:
        w.ok("correct", inside=2)
        w.ok("take", queue="A")
        assert (w.hall.tickets["A001"].outside, w.hall.outside) == (True, {"A001": 0})
        w.ok("correct", inside=1)
        w.ok("take", queue="A")
        assert not w.hall.tickets["A002"].outside
