"""Numbers: taking, printing, quotas, early ones, cancelling."""

import pytest

from gateway.domain import reasons as r
from tests.domain.world import OFFICE, TUESDAY, World, at, small_site


@pytest.fixture
def w() -> World:
    return World()


def test_take_tells_number_people_ahead_and_wait(w: World) -> None:
    first = w.ok("take", source="ticket-01", queue="A")
    assert first == {"ticket": "A001", "queue": "A", "ahead": 0, "wait_s": [0, 60]}
    second = w.ok("take", source="ticket-01", queue="A")
    assert (second["ticket"], second["ahead"]) == ("A002", 1)
    low, high = second["wait_s"]
    assert 0 == low < high  # counter 2 is free as well, but nobody knows whether it calls at once
    assert high % 60 == 0


def test_wait_is_unknown_while_no_counter_is_open(w: World) -> None:
    w.ok("close", counter=1)
    w.press("pause", counter=2)
    assert "wait_s" not in w.ok("take", source="ticket-01", queue="A")


def test_priority_is_told_its_own_place(w: World) -> None:
    for _ in range(6):
        w.take()
    # Ratio 3:1: it is the turn of priority; after it three normal tickets go before the next.
    assert w.ok("take", queue="A", cls="pregnant")["ahead"] == 0
    assert w.ok("take", queue="A", cls="elderly")["ahead"] == 4
    assert [w.press("next")["ticket"] for _ in range(5)][4] == "A008"
    assert w.ok("take", queue="A", cls="child")["ahead"] == 3


def test_a_printed_number_waits_for_its_paper(w: World) -> None:
    label = w.take(has_printer=True)
    assert w.state(label) == "reserved"
    assert w.refused("next") == r.NOBODY_WAITING
    assert w.ok("paper", source="ticket-01", ticket=label, ok=True) == {"ticket": label}
    assert w.state(label) == "waiting"


def test_a_failed_print_voids_the_number_for_the_day(w: World) -> None:
    label = w.take(has_printer=True)
    w.ok("paper", source="ticket-01", ticket=label, ok=False)
    assert w.state(label) == "void"
    assert w.take(has_printer=True) == "A002"


def test_an_unconfirmed_print_is_void_by_the_tick_and_revived_by_late_paper(w: World) -> None:
    first = w.take(has_printer=True)
    w.wait(1)
    second = w.take()
    w.wait(28.999)
    w.ok("tick")
    assert w.state(first) == "reserved"
    w.wait(0.001)
    w.ok("tick")
    assert w.state(first) == "void"
    w.wait(300)
    w.ok("paper", source="ticket-01", ticket=first, ok=True)
    assert [w.press("next")["ticket"] for _ in range(2)] == [first, second]


def test_numbers_run_out(w: World) -> None:
    assert [w.take("B") for _ in range(3)] == ["B001", "B002", "B003"]
    assert w.no("take", source="ticket-01", queue="B") == r.QUOTA_REACHED


def test_leased_numbers_are_not_given_out() -> None:
    assert World().hall.site.queues[0].last_number == 699


@pytest.mark.parametrize("how", ["cancel", "no_show", "void"])
def test_quota_is_given_back(w: World, how: str) -> None:
    w.take(service="ktp")
    second = w.take(service="ktp", has_printer=how == "void")
    assert w.no("take", queue="A", service="ktp") == r.QUOTA_REACHED
    if how == "cancel":
        w.ok("cancel", ticket=second)
    elif how == "void":
        w.ok("paper", source="ticket-01", ticket=second, ok=False)
    else:
        w.press("next")
        w.press("no_show")
    w.take(service="ktp")
    assert w.no("take", queue="A", service="ktp") == r.QUOTA_REACHED


def test_served_numbers_keep_their_quota_and_other_services_have_none(w: World) -> None:
    for _ in range(2):
        w.take(service="ktp")
        w.press("next")
        w.press("done")
    assert w.no("take", queue="A", service="ktp") == r.QUOTA_REACHED
    w.take(service="kk")
    w.take()


def test_a_reinstated_no_show_takes_its_quota_again(w: World) -> None:
    w.take(service="ktp")
    w.take(service="ktp")
    w.press("next")
    w.press("no_show")
    assert w.hall.quota_used["ktp"] == 1
    w.press("reinstate", ticket="A001")
    assert w.hall.quota_used["ktp"] == 2


def test_walk_in_closed_says_where_to_go(w: World) -> None:
    decision = w.ask("take", source="ticket-01", queue="C")
    assert decision.why == r.WALK_IN_CLOSED
    assert decision.result == {"text": "BPJS: https://bpjs.example / 165"}


def test_cancel_takes_a_ticket_out_of_the_middle(w: World) -> None:
    for _ in range(3):
        w.take()
    assert w.ok("cancel", ticket="A002", reason="pulang", by="tono") == {"ticket": "A002"}
    assert [w.press("next")["ticket"] for _ in range(2)] == ["A001", "A003"]


class TestEarly:
    """Numbers from 05:30 that join the line at check-in; service from 08:00."""

    @pytest.fixture
    def w(self) -> World:
        return World(small_site(OFFICE), now=at("05:29"))

    def test_the_window(self, w: World) -> None:
        assert w.no("take", queue="A") == r.CLOSED
        w.now = at("05:30")
        result = w.ok("take", queue="A")
        assert (result["ticket"], result["early"]) == ("A001", True)
        assert w.state("A001") == "booked"
        low, high = result["wait_s"]
        assert low == 150 * 60  # until 08:00
        assert high > low
        w.now = at("07:45")
        assert w.take() == "A002"
        assert w.state("A002") == "waiting"

    def test_checked_in_before_service_keeps_its_place(self, w: World) -> None:
        w.now = at("05:30")
        w.take()
        w.take()
        w.now = at("07:50")
        w.take()
        w.ok("check_in", ticket="A002")
        w.ok("check_in", ticket="A001")
        w.now = at("08:00")
        assert [w.press("next")["ticket"] for _ in range(3)] == ["A001", "A002", "A003"]

    def test_checked_in_later_joins_at_the_end(self, w: World) -> None:
        w.now = at("05:30")
        w.take()
        w.now = at("07:50")
        w.take()
        w.now = at("08:00")
        w.take()
        w.ok("check_in", ticket="A001")
        w.take()
        order = [w.press("next")["ticket"] for _ in range(4)]
        assert order == ["A002", "A003", "A001", "A004"]

    def test_not_checked_in_is_not_called(self, w: World) -> None:
        w.now = at("05:30")
        w.take()
        w.now = at("08:00")
        assert w.refused("next") == r.NOBODY_WAITING

    def test_an_early_number_prints_like_any_other(self, w: World) -> None:
        w.now = at("05:30")
        label = w.take(has_printer=True)
        assert w.state(label) == "reserved"
        w.ok("paper", source="ticket-01", ticket=label, ok=True)
        assert w.state(label) == "booked"

    def test_a_booked_number_of_yesterday_is_still_good(self, w: World) -> None:
        w.now = at("05:30")
        w.take()
        w.now = at("07:50", TUESDAY)
        w.ok("check_in", ticket="A001")
        assert w.take() == "A002"  # A001 is in use
