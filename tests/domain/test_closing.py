"""The end of a day is a supervisor's act: who waits is served, carried or expired."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.faces import counter_face, gives_numbers
from gateway.domain.hall import FINAL
from gateway.domain.lines import FRONT
from gateway.domain.ticket_events import Expired
from tests.domain.walk import wander
from tests.domain.world import (
    MONDAY,
    OFFICE,
    SUNDAY,
    TUESDAY,
    World,
    at,
    small_site,
    week,
)

SATURDAY = "2026-11-28"
NEXT_MONDAY = "2026-11-30"


@pytest.fixture
def w() -> World:
    return World(small_site(OFFICE))


def test_a_queue_where_nobody_waits_closes_without_a_question(w: World) -> None:
    assert w.ok("queue_close", queue="A") == {"queues": 1, "how": "serve"}
    assert w.no("take", source="ticket-01", queue="A") == r.CLOSED
    assert w.take("B") == "B001"
    assert not gives_numbers(w.hall, "A", w.now)
    assert w.no("queue_close", queue="A") == r.WRONG_STATE
    w.ok("queue_open", queue="A")
    assert w.take("A") == "A001"


def test_where_somebody_waits_the_three_choices_are_offered(w: World) -> None:
    for _ in range(4):
        w.take()
    w.take(has_printer=True)
    w.press("next")
    w.press("park")
    w.press("next")
    decision = w.ask("queue_close", queue="A")
    assert decision.why == r.WRONG_STATE
    text = str(decision.result.pop("text"))
    assert decision.result == {"waiting": 2, "parked": 1, "booked": 0, "reserved": 1}
    assert text.startswith("2 menunggu, 1 ditunda, 1 sedang dicetak: pilih serve")
    assert all(how in text for how in ("carry", "expire"))
    assert w.take() == "A006"  # nothing was closed


def test_to_serve_is_to_be_done_with_those_of_earlier_days_who_did_not_come(w: World) -> None:
    w.now = at("06:00", TUESDAY)
    early = w.take()
    w.now = at("09:00", TUESDAY)
    parked, carried = w.take(), w.take()
    assert w.press("next")["ticket"] == parked
    w.press("park")
    w.ok("queue_close", queue="A", how="serve")  # of today: they may come yet
    assert (w.state(early), w.state(parked)) == ("booked", "parked")
    w.now = at("09:00", "2026-11-25")
    new = w.take()
    assert w.press("next")["ticket"] == carried
    w.press("park")
    w.ok("queue_close", queue="A", how="serve", by="budi", reason="tutup")
    assert w.events[-2:] == [Expired(w.now, "budi", gone, "tutup") for gone in (early, parked)]
    assert (w.state(carried), w.state(new)) == ("parked", "waiting")
    assert w.no("queue_close", queue="A", how="serve") == r.WRONG_STATE


def test_a_queue_that_is_always_closed_to_be_served_keeps_its_numbers_for_years(w: World) -> None:
    for week_ in range(3):
        for n in range(5):
            day = f"2026-12-{7 * week_ + n + 7:02d}"
            w.now = at("06:00", day)
            for _ in range(3):
                w.take()  # and nobody comes
            w.now = at("15:00", day)
            w.ok("queue_close", how="serve")
            assert len(w.hall.tickets) <= 6


def test_to_serve_is_to_call_until_the_line_is_empty_after_hours_and_in_gaps() -> None:
    office = type(OFFICE)(
        tickets=OFFICE.tickets, service=week("08:00-12:00", "13:00-15:00"), early=OFFICE.early
    )
    w = World(small_site(office))
    for _ in range(2):
        w.take()
    w.now = at("12:10")
    assert w.refused("next") == r.CLOSED
    w.ok("queue_close", queue="A", how="serve", by="budi")
    assert w.press("next")["ticket"] == "A001"
    assert counter_face(w.hall, 2, w.now)["state"] == "idle"
    w.now = at("19:00")
    assert w.press("next", 2)["ticket"] == "A002"
    w.press("done", 2)
    assert w.refused("next", 2) == r.CLOSED
    assert counter_face(w.hall, 2, w.now)["state"] == "closed"


def test_before_service_begins_serving_waits_for_it(w: World) -> None:
    w.now = at("07:50")
    w.take()
    w.ok("queue_close", queue="A", how="serve")
    assert w.refused("next") == r.CLOSED
    w.now = at("08:00")
    assert w.press("next")["ticket"] == "A001"


def test_in_opening_hours_a_closed_empty_queue_shows_closed(w: World) -> None:
    w.ok("queue_close", queue="A")
    assert counter_face(w.hall, 1, w.now)["text"] == "TUTUP"
    assert counter_face(w.hall, 2, w.now)["state"] == "idle"  # it serves B as well
    assert w.refused("next") == r.CLOSED
    assert w.refused("next", 2) == r.NOBODY_WAITING


def test_who_is_carried_is_first_on_the_next_open_day_with_the_same_number(w: World) -> None:
    w.now = at("14:00", SATURDAY)
    w.ok("tick")
    for _ in range(3):
        w.take()
    w.press("next")
    w.ok("queue_close", queue="A", how="carry", reason="listrik padam")
    assert w.press("next")["why"] == r.CLOSED  # the one in hand ended all the same
    assert w.no("call", counter=1, ticket="A002") == r.CLOSED
    assert w.refused("next") == r.CLOSED
    w.now = at("09:00", SUNDAY)  # no service on this day
    w.ok("tick")
    assert w.hall.lines["A"].closing == ""
    assert w.refused("next") == r.CLOSED
    w.now = at("07:50", NEXT_MONDAY)
    assert w.take() == "A001"
    assert w.take() == "A004"  # two numbers are in use
    w.now = at("08:00", NEXT_MONDAY)
    assert w.hall.tickets["A002"].rank == FRONT
    called = []
    for _ in range(4):
        called.append(w.press("next")["ticket"])
        w.press("done")
    assert called == ["A002", "A003", "A001", "A004"]


def test_expire_ends_all_who_are_not_in_hand(w: World) -> None:
    for _ in range(3):
        w.take()
    w.take(has_printer=True)
    w.press("next")
    w.press("park")
    w.press("next")
    result = w.ok("queue_close", queue="A", how="expire", reason="sistem mati", by="budi")
    assert result == {"queues": 1, "how": "expire"}
    states = {label: w.state(label) for label in w.hall.tickets}
    assert states == {"A001": "expired", "A002": "called", "A003": "expired", "A004": "expired"}
    expired = [event for event in w.events if isinstance(event, Expired)]
    assert {(event.by, event.reason) for event in expired} == {("budi", "sistem mati")}
    assert w.no("paper", source="ticket-01", ticket="A004", ok=True) == r.WRONG_STATE
    w.press("done")


def test_a_sterner_choice_may_follow_and_a_milder_one_not(w: World) -> None:
    w.take()
    w.ok("queue_close", queue="A", how="serve")
    assert w.no("queue_close", queue="A", how="serve") == r.WRONG_STATE
    w.ok("queue_close", queue="A", how="carry")
    assert w.no("queue_close", queue="A", how="serve") == r.WRONG_STATE
    w.ok("queue_close", queue="A", how="expire")
    assert w.state("A001") == "expired"
    assert w.no("queue_close", queue="A", how="expire") == r.WRONG_STATE
    w.ok("queue_open", queue="A")
    assert w.state("A001") == "expired"
    w.ok("queue_close", queue="A", how="carry")


def test_latecomers_of_an_expired_queue_can_be_expired_too(w: World) -> None:
    w.take()
    w.press("next")
    w.ok("queue_close", queue="A", how="expire")
    w.press("park")
    assert w.ok("queue_close", queue="A", how="expire") == {"queues": 0, "how": "expire"}
    assert w.state("A001") == "expired"


def test_all_queues_at_once(w: World) -> None:
    w.take("A")
    w.take("B")
    w.ok("queue_close", queue="B", how="expire")
    decision = w.ask("queue_close")
    assert (decision.why, decision.result["waiting"]) == (r.WRONG_STATE, 1)
    assert w.ok("queue_close", how="carry") == {"queues": 2, "how": "carry"}
    assert [line.closing for line in w.hall.lines.values()] == ["carry", "expire", "carry"]
    assert w.no("queue_close", how="carry") == r.WRONG_STATE
    w.ok("queue_open")
    assert [line.closing for line in w.hall.lines.values()] == [""] * 3
    assert w.no("queue_open") == r.WRONG_STATE


def test_a_closing_ends_with_its_day(w: World) -> None:
    w.ok("queue_close")
    w.now = at("08:00", TUESDAY)
    assert w.take() == "A001"
    assert w.hall.day != MONDAY


@pytest.mark.parametrize("seed", range(60))
def test_from_any_state_a_supervisor_can_end_the_day(seed: int) -> None:
    """Invariant 1: every number of the day reaches a final state by the end of its closing."""
    w = wander(seed, 120, shadowed=False).world
    w.ask("queue_close", how="expire")
    for _ in range(10):  # one number may go through several counters
        for number, counter in w.hall.counters.items():
            if counter.ticket:
                w.ok("done", counter=number)
        if all(ticket.state in FINAL for ticket in w.hall.tickets.values()):
            return
        w.ok("queue_close", how="expire")
    raise AssertionError("the day cannot be ended")
