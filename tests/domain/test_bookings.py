"""Appointments: which times can be booked, when they check in, and where they then stand."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import BOOKING
from gateway.domain.site import Counter, Hours, Site, Slots
from gateway.domain.ticket_events import BookingEnded, Called, Issued
from tests.domain.world import (
    MONDAY,
    NEVER,
    SUNDAY,
    TUESDAY,
    World,
    at,
    small_site,
    week,
)

HOURS = Hours(week("08:00-15:00"), week("08:00-12:00", "13:15-15:00"), NEVER)


def site(**changes: Any) -> Site:
    """Give the small site, of which queue A takes two appointments each half hour."""
    small = small_site(HOURS)
    a, b, c = small.queues
    a = replace(a, slots=Slots(every_min=30, per_slot=2, days_ahead=7))
    return replace(small, queues=(a, b, c), **changes)


def world(hhmm: str = "08:00", **changes: Any) -> World:
    return World(site(**changes), now=at(hhmm))


def book(w: World, hhmm: str = "09:30", day: str = MONDAY, **fields: Any) -> str:
    return str(w.ok("book", queue="A", slot_ms=at(hhmm, day), **fields)["booking"])


def no_book(w: World, hhmm: str = "09:30", day: str = MONDAY, **fields: Any) -> str:
    return w.no("book", **{"queue": "A", "slot_ms": at(hhmm, day), **fields})


def come(w: World, booking: str) -> str:
    return str(w.ok("check_in", ticket=booking)["ticket"])


def test_a_booking_has_an_id_its_queue_and_its_time() -> None:
    w = world()
    result = w.ok("book", queue="A", slot_ms=at("09:30"))
    assert result == {"booking": "#1", "queue": "A", "slot_ms": at("09:30")}
    assert book(w) == "#2"
    assert w.hall.tickets == {}


@pytest.mark.parametrize("hhmm", ["08:30", "11:30", "13:15", "14:45"])
def test_a_slot_begins_on_the_grid_of_its_window(hhmm: str) -> None:
    assert book(world(), hhmm) == "#1"


@pytest.mark.parametrize("hhmm", ["09:10", "12:00", "13:00", "15:00", "15:15", "07:30"])
def test_other_times_are_no_slots(hhmm: str) -> None:
    w = World(site(), now=at("06:00"))
    assert no_book(w, hhmm) == r.BAD_PAYLOAD


def test_a_slot_begins_on_the_minute() -> None:
    w = world()
    assert w.no("book", queue="A", slot_ms=at("09:30") + 1_000) == r.BAD_PAYLOAD


@pytest.mark.parametrize("slot_ms", [2**53 - 1, 253_402_300_800_000, 10**30])
def test_a_time_beyond_all_calendars_is_too_far(slot_ms: int) -> None:
    assert world().no("book", queue="A", slot_ms=slot_ms) == r.TOO_EARLY


def test_no_appointment_before_the_business_day_of_a_clock_that_was_put_back() -> None:
    w = world()
    w.now = at("08:00", TUESDAY)
    w.ok("tick")
    w.ok("clock", clock="", system_ms=at("08:00"))
    w.now = at("08:00")
    assert no_book(w) == r.CLOSED  # it would lapse at the next tick
    assert book(w, day=TUESDAY) == "#1"


def test_what_is_no_slot_is_told_with_those_there_are() -> None:
    w = world()
    text = w.ask("book", queue="A", slot_ms=at("09:10")).result["text"]
    assert text == (
        "slot_ms: 09:10 begins no slot of queue A on 2026-11-23;"
        " there is one every 30 minutes from 08:00 and 13:15"
    )


def test_when_nothing_can_be_booked() -> None:
    w = world()
    assert no_book(w, "08:00") == r.TOO_LATE
    assert no_book(w, day=SUNDAY) == r.CLOSED
    assert no_book(w, queue="B") == r.CLOSED
    assert no_book(w, queue="Z") == r.UNKNOWN_QUEUE
    assert no_book(w, service="paspor") == r.UNKNOWN_SERVICE
    assert no_book(w, service="nikah") == r.UNKNOWN_SERVICE
    assert no_book(w, cls="vip") == r.BAD_PAYLOAD


def test_seven_days_ahead_and_no_more() -> None:
    w = world()
    assert book(w, day="2026-11-30") == "#1"
    assert no_book(w, day="2026-12-01") == r.TOO_EARLY


def test_a_closed_day_has_no_slots() -> None:
    w = world(closures=(TUESDAY,))
    assert no_book(w, day=TUESDAY) == r.CLOSED


def test_a_slot_is_full_with_those_who_have_come_already() -> None:
    w = world()
    first = book(w)
    book(w)
    assert no_book(w) == r.QUOTA_REACHED
    w.now = at("09:00")
    come(w, first)
    assert no_book(w) == r.QUOTA_REACHED
    book(w, "10:00")


def test_a_cancelled_appointment_gives_its_time_back() -> None:
    w = world()
    first = book(w)
    book(w)
    w.ok("cancel", ticket=first, reason="sakit")
    event = w.events[-1]
    assert isinstance(event, BookingEnded)
    assert (event.how, event.reason) == ("cancelled", "sakit")
    assert book(w) == "#3"
    assert w.no("cancel", ticket=first) == r.UNKNOWN_TICKET


def test_appointments_count_in_the_quota_of_their_day() -> None:
    w = world()
    book(w, service="ktp")
    book(w, service="ktp")
    assert no_book(w, "10:00", service="ktp") == r.QUOTA_REACHED
    assert w.no("take", source="ticket-01", queue="A", service="ktp") == r.QUOTA_REACHED
    book(w, "10:00", TUESDAY, service="ktp")  # another day has its own
    book(w, "10:00", TUESDAY, service="ktp")
    assert no_book(w, "11:00", TUESDAY, service="ktp") == r.QUOTA_REACHED
    w.ok("cancel", ticket="#1")
    w.take(service="ktp")
    assert no_book(w, "10:00", service="ktp") == r.QUOTA_REACHED


def test_the_quota_is_used_once_by_an_appointment_that_comes() -> None:
    w = world()
    book(w, service="ktp")
    assert w.hall.quota_used == {"ktp": 1}
    w.now = at("09:20")
    label = come(w, "#1")
    assert w.hall.quota_used == {"ktp": 1}
    w.ok("cancel", ticket=label)
    assert w.hall.quota_used == {"ktp": 0}


def test_tomorrows_appointments_are_in_tomorrows_quota_from_its_first_moment() -> None:
    w = world()
    book(w, day=TUESDAY, service="ktp")
    assert w.hall.quota_used == {}
    w.now = at("08:00", TUESDAY)
    w.take(service="ktp")
    assert w.no("take", source="ticket-01", queue="A", service="ktp") == r.QUOTA_REACHED


def test_a_visitors_link_has_its_limit_on_each_day() -> None:
    w = world(per_link_per_day=1)
    book(w, link="abc")
    assert no_book(w, "10:00", link="abc") == r.LIMIT_REACHED
    book(w, "10:00", link="xyz")
    book(w, "10:00", TUESDAY, link="abc")
    w.ok("cancel", ticket="#1")
    book(w, "10:00", link="abc")


def test_an_agency_without_walk_in_takes_appointments() -> None:
    small = site()
    a, b, c = small.queues
    w = World(replace(small, queues=(a, b, replace(c, slots=Slots(60, 1)))), now=at("08:00"))
    w.ok("book", queue="C", slot_ms=at("09:00"))
    w.now = at("09:00")
    assert come(w, "#1") == "C001"


def test_check_in_before_its_time_names_the_time() -> None:
    w = world()
    book(w)
    w.now = at("09:00") - 1
    decision = w.ask("check_in", ticket="#1")
    assert decision.why == r.TOO_EARLY
    assert "09:00" in str(decision.result["text"])
    book(w, day=TUESDAY)
    w.now = at("09:30")
    decision = w.ask("check_in", ticket="#2")
    assert decision.why == r.TOO_EARLY
    assert TUESDAY in str(decision.result["text"])


def test_check_in_gives_the_next_number_with_all_that_was_booked() -> None:
    w = world()
    w.take()
    book(w, cls="elderly", service="kk", link="abc")
    w.now = at("09:20")
    result = w.ok("check_in", ticket="#1", by="tono")
    assert result == {"ticket": "A002", "queue": "A", "booking": "#1"}
    ticket = w.hall.tickets["A002"]
    assert (ticket.state, ticket.klass, ticket.service) == ("waiting", "elderly", "kk")
    assert (ticket.origin, ticket.slot_ms) == (BOOKING, at("09:30"))
    issued, ended = w.events[-2:]
    assert isinstance(issued, Issued)
    assert issued.link == "abc"
    assert isinstance(ended, BookingEnded)
    assert (ended.how, ended.ticket) == ("ticket", "A002")


def test_on_time_it_passes_who_came_less_than_half_an_hour_before_it() -> None:
    w = world("08:30")
    book(w)
    w.take()  # 08:30
    w.now = at("09:00", seconds=-1)
    w.take()
    w.now = at("09:05")
    w.take()
    w.now = at("09:20")
    assert come(w, "#1") == "A004"
    w.take()
    order = [w.press("next")["ticket"] for _ in range(5)]
    assert order == ["A001", "A002", "A004", "A003", "A005"]
    rules = [event.rule for event in w.events if isinstance(event, Called)]
    assert rules[2] == "first come; appointment 09:30"
    assert [rule for rule in rules if "appointment" in rule] == rules[2:3]


def test_a_quarter_of_an_hour_late_it_still_has_its_place_then_no_more() -> None:
    for minutes, place in ((15, 0), (16, 1)):
        w = world("09:10")
        book(w)
        w.take()
        w.now = at("09:30", seconds=minutes * 60)
        label = come(w, "#1")
        assert [w.press("next")["ticket"] for _ in range(2)].index(label) == place
        rules = [event.rule for event in w.events if isinstance(event, Called)]
        assert ("appointment" in rules[place]) == (place == 0)


def test_ticket_hours_do_not_bind_an_appointment() -> None:
    early = replace(site(), book_early_min=60)
    w = World(early, now=at("06:00"))
    book(w, "08:00")
    w.now = at("07:30")
    assert w.no("take", source="ticket-01", queue="A") == r.CLOSED
    come(w, "#1")
    w.now = at("08:00")
    assert w.press("next")["ticket"] == "A001"


def test_a_queue_closed_to_be_served_keeps_its_promise() -> None:
    w = world()
    book(w)
    book(w)
    w.now = at("09:20")
    w.ok("queue_close", queue="A", how="serve")
    label = come(w, "#1")
    assert w.press("next")["ticket"] == label
    w.ok("queue_close", queue="A", how="expire")
    assert w.no("check_in", ticket="#2") == r.CLOSED
    assert no_book(w, "10:00") == r.CLOSED
    book(w, "10:00", TUESDAY)


def test_an_appointment_checks_in_once() -> None:
    w = world()
    book(w)
    w.now = at("09:20")
    come(w, "#1")
    assert w.no("check_in", ticket="#1") == r.WRONG_STATE
    assert w.no("cancel", ticket="#1") == r.WRONG_STATE
    assert w.no("check_in", ticket="#2") == r.UNKNOWN_TICKET


def test_no_number_left() -> None:
    small = site()
    a, b, c = small.queues
    w = World(replace(small, queues=(replace(a, last_number=1), b, c)), now=at("08:00"))
    book(w)
    w.take()
    w.now = at("09:20")
    assert w.no("check_in", ticket="#1") == r.QUOTA_REACHED
    assert w.hall.bookings["#1"].ticket == ""


def test_a_missed_appointment_lapses_when_its_day_is_over() -> None:
    w = world()
    book(w)
    book(w)
    book(w, day=TUESDAY)
    w.now = at("09:20")
    come(w, "#2")
    w.now = at("08:00", TUESDAY)
    assert w.no("check_in", ticket="#1") == r.TOO_LATE
    w.ok("tick")
    w.ok("tick")
    ended = [event for event in w.events if isinstance(event, BookingEnded)]
    assert [(event.booking, event.how) for event in ended] == [("#2", "ticket"), ("#1", "lapsed")]
    assert list(w.hall.bookings) == ["#3"]
    assert w.no("check_in", ticket="#1") == r.UNKNOWN_TICKET


def test_an_appointment_of_a_service_that_is_gone_keeps_its_time() -> None:
    w = world()
    book(w, service="kk")
    services = tuple(s for s in w.hall.site.services if s.id != "kk")
    w.ok("site_load", site=replace(w.hall.site, services=services))
    w.now = at("09:20")
    assert w.hall.tickets[come(w, "#1")].service == ""


def test_a_queue_with_appointments_cannot_be_removed() -> None:
    w = world()
    book(w, day=TUESDAY)
    small = w.hall.site
    without = replace(
        small,
        queues=small.queues[1:],
        services=tuple(s for s in small.services if s.queue != "A"),
        counters=(Counter(2, ("B",), "imi"), Counter(3, ("C",), "far"), Counter(1, ("B",), "imi")),
    )
    decision = w.ask("site_load", site=without)
    assert decision.why == r.WRONG_STATE
    assert "1 appointments are booked" in str(decision.result["text"])
    w.ok("cancel", ticket="#1")
    w.ok("site_load", site=without)


def test_the_greeter_books_and_the_officer_does_not() -> None:
    w = world(sign_in=True)
    fields: dict[str, Any] = {"source": "console", "queue": "A", "slot_ms": at("09:30")}
    assert w.no("book", by="sari", **fields) == r.NOT_ALLOWED
    w.ok("book", by="tono", **fields)


def test_slots_hold_where_clocks_change() -> None:
    zone, day = "Europe/Berlin", "2027-03-28"  # 02:00 becomes 03:00
    always = week("00:00-24:00", sunday=True)
    small = small_site(Hours(always, always, NEVER), zone=zone)
    a = replace(small.queues[0], slots=Slots(60, 1))
    w = World(replace(small, queues=(a, *small.queues[1:])), now=at("00:30", day, zone=zone))
    w.ok("book", queue="A", slot_ms=at("03:00", day, zone=zone))
    assert w.hall.bookings["#1"].slot_ms - w.now == 90 * 60_000
    w.now = at("03:10", day, zone=zone)
    come(w, "#1")
