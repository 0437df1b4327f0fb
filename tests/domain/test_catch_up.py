"""Numbers that were served by hand in an outage: entered afterwards, and never given again."""

from typing import Any

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import CATCH_UP
from gateway.domain.ticket_events import CaughtUp
from tests.domain.world import TUESDAY, World, at, small_site


def enter(w: World, **fields: Any) -> str:
    return str(w.ok("catch_up", **{"queue": "A", **fields})["ticket"])


def test_a_written_number_is_done_at_the_time_it_was_served() -> None:
    w = World()
    label = enter(
        w, ticket="A007", counter=2, service="kk", cls="elderly", services=["kk"], ago_min=40
    )
    ticket = w.hall.tickets[label]
    assert (label, ticket.state, ticket.origin) == ("A007", "done", CATCH_UP)
    assert (ticket.klass, ticket.service) == ("elderly", "kk")
    assert ticket.ended_ms == ticket.issued_ms == at("08:20")
    assert ticket.ended_at == 2
    event = w.events[-1]
    assert isinstance(event, CaughtUp)
    assert (event.services, event.number) == (("kk",), 7)


@pytest.mark.parametrize("written", ["A012", "a12", "12", " A12 "])
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    assert enter(World(), ticket=written) == "A012"


@pytest.mark.parametrize("written", ["B012", "A000", "A1000", "A", "x", "A-1", "A²", "9" * 5_000])
def test_what_is_no_number_of_the_queue_is_told(written: str) -> None:
    decision = World().ask("catch_up", queue="A", ticket=written)
    assert decision.why == r.BAD_PAYLOAD
    assert decision.result["text"] == "ticket: a number of queue A is needed, 1-699 or 700-999"


def test_without_a_number_the_next_free_one_is_used() -> None:
    w = World()
    w.take()
    assert [enter(w) for _ in range(2)] == ["A002", "A003"]
    assert w.take() == "A004"


def test_it_is_never_given_again_that_day() -> None:
    w = World()
    enter(w, ticket="A002")
    assert [w.take() for _ in range(2)] == ["A001", "A003"]
    w.now = at("09:00", TUESDAY)
    assert [w.take() for _ in range(2)] == ["A002", "A004"]  # the others were carried


def test_a_number_that_is_known_is_a_duplicate() -> None:
    w = World()
    enter(w, ticket="A001")
    decision = w.ask("catch_up", queue="A", ticket="A001")
    assert decision.why == r.DUPLICATE
    assert decision.result["text"] == "A001 is known already: it is done"
    w.take()
    w.press("next")
    assert w.no("catch_up", queue="A", ticket="A002") == r.DUPLICATE


@pytest.mark.parametrize("state", ["waiting", "parked", "reserved"])
def test_one_that_waits_here_but_was_served_by_hand_is_done(state: str) -> None:
    w = World()
    label = w.take(service="ktp", has_printer=state == "reserved")
    if state == "parked":
        w.press("next")
        w.press("park")
    assert w.state(label) == state
    w.wait(20)
    assert enter(w, ticket=label, service="kk", counter=1) == label
    ticket = w.hall.tickets[label]
    assert (ticket.state, ticket.service, ticket.origin) == ("done", "ktp", CATCH_UP)
    assert w.hall.quota_used == {"ktp": 1}
    if state == "parked":
        assert w.refused("undo") == r.WRONG_STATE
    assert w.refused("next") == r.NOBODY_WAITING


def test_a_service_named_afterwards_uses_its_quota() -> None:
    w = World()
    label = w.take()
    enter(w, ticket=label, service="ktp")
    assert w.hall.quota_used == {"ktp": 1}


def test_a_quota_counts_it_but_does_not_refuse_what_happened() -> None:
    w = World()
    for _ in range(3):
        enter(w, service="ktp")
    assert w.hall.quota_used == {"ktp": 3}
    assert w.no("take", source="ticket-01", queue="A", service="ktp") == r.QUOTA_REACHED


def test_it_teaches_nothing_about_service_times() -> None:
    w = World()
    enter(w, ago_min=1)
    line = w.hall.lines["A"]
    assert (line.pace.recent, line.issued) == ([], 1)


def test_a_leased_number_that_was_served_by_hand_is_not_waited_for() -> None:
    w = World()
    w.ok("lease", board="ticket-01", queues=("A",))
    enter(w, ticket="A700")
    refused = w.no("offline", source="ticket-01", ticket="A700", queue="A", age_ms=0)
    assert refused == r.DUPLICATE
    w.ok("offline", source="ticket-01", ticket="A701", queue="A", age_ms=60_000)
    # Its time is its own, not that of a number that somebody typed in.
    assert w.hall.tickets["A701"].arrived_ms == w.now


def test_a_leased_number_that_was_handed_in_first_is_done_as_well() -> None:
    w = World()
    w.ok("lease", board="ticket-01", queues=("A",))
    w.ok("offline", source="ticket-01", ticket="A700", queue="A", age_ms=0)
    enter(w, ticket="A700")
    assert w.state("A700") == "done"


def test_what_is_wrong_is_refused() -> None:
    w = World()
    for why, fields in (
        (r.UNKNOWN_QUEUE, {"queue": "Z"}),
        (r.UNKNOWN_SERVICE, {"service": "nikah"}),
        (r.UNKNOWN_SERVICE, {"service": "paspor"}),
        (r.UNKNOWN_COUNTER, {"counter": 9}),
        (r.BAD_PAYLOAD, {"cls": "vip"}),
        (r.BAD_PAYLOAD, {"services": ["kk", "nikah"]}),
        (r.BAD_PAYLOAD, {"ago_min": -1}),
        (r.BAD_PAYLOAD, {"ago_min": 2**53 - 1}),
        (r.BAD_PAYLOAD, {"ago_min": 541}),  # it is 09:00
    ):
        assert w.no("catch_up", **{"queue": "A", **fields}) == why, fields
    enter(w, ago_min=540)


def test_all_numbers_are_given() -> None:
    w = World()
    for _ in range(3):
        w.take("B")
    assert w.no("catch_up", queue="B") == r.QUOTA_REACHED
    enter(w, queue="B", ticket="B700")


def test_only_a_supervisor_enters_them() -> None:
    w = World(small_site(sign_in=True))
    assert w.no("catch_up", source="console", by="tono", queue="A") == r.NOT_ALLOWED
    w.ok("catch_up", source="console", by="budi", queue="A")


def test_with_a_clock_that_was_put_back_its_own_date_is_today() -> None:
    w = World(now=at("09:00", TUESDAY))
    w.ok("clock", clock="", system_ms=at("09:00"))
    w.now = at("09:00")  # of Monday, and the business day is Tuesday
    assert w.hall.tickets[enter(w, ago_min=40)].ended_ms == at("08:20")
    assert w.no("catch_up", queue="A", ago_min=541) == r.BAD_PAYLOAD
