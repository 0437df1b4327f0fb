"""Opening hours and breaks: what they allow, when they end, and that they cut nobody off."""

import pytest

from gateway.domain import reasons as r
from gateway.domain import schedule as s
from gateway.domain.breaks import pause_of
from gateway.domain.schedule import Schedule
from gateway.domain.site import Break, Hours
from tests.domain.world import (
    ALWAYS,
    MONDAY,
    NEVER,
    OFFICE,
    SUNDAY,
    TUESDAY,
    World,
    at,
    small_site,
    week,
)

SPLIT = Hours(tickets=week("08:00-11:00"), service=week("08:00-12:00", "13:00-15:00"), early=NEVER)
EXERCISE = Break("Senam", "site", (0, 1, 2, 3, 4, 5), 10 * 60, 10)
LUNCH = Break("Istirahat", "agency:duk", (0, 1, 2, 3, 4), 12 * 60, 60)
FRIDAY = Break("Salat Jumat", "counter:2", (4,), 11 * 60 + 30, 90)
NIGHT = Break("Malam", "site", (0,), 23 * 60 + 50, 20)


@pytest.mark.parametrize(
    ("hours", "hhmm", "state"),
    [
        (OFFICE, "07:59", s.BEFORE),
        (OFFICE, "08:00", s.OPEN),
        (OFFICE, "14:59", s.OPEN),
        (OFFICE, "15:00", s.AFTER),
        (SPLIT, "12:00", s.GAP),
        (SPLIT, "12:59", s.GAP),
        (SPLIT, "13:00", s.OPEN),
        (SPLIT, "15:00", s.AFTER),
        (ALWAYS, "00:00", s.OPEN),
        (ALWAYS, "23:59", s.OPEN),
    ],
)
def test_service_hours(hours: Hours, hhmm: str, state: str) -> None:
    assert Schedule(small_site(hours)).service("A", at(hhmm)) == state


@pytest.mark.parametrize(
    ("hhmm", "state"),
    [
        ("05:29", s.TICKETS_CLOSED),
        ("05:30", s.TICKETS_EARLY),
        ("07:45", s.TICKETS_OPEN),
        ("14:29", s.TICKETS_OPEN),
        ("14:30", s.TICKETS_CLOSED),
    ],
)
def test_ticket_hours(hhmm: str, state: str) -> None:
    assert Schedule(small_site(OFFICE)).tickets("A", at(hhmm)) == state


def test_days_without_service() -> None:
    closed = Schedule(small_site(OFFICE, closures=(TUESDAY,)))
    assert closed.service("A", at("09:00", TUESDAY)) == s.NONE
    assert closed.tickets("A", at("09:00", TUESDAY)) == s.TICKETS_CLOSED
    assert closed.service("A", at("09:00", SUNDAY)) == s.NONE
    assert closed.service("A", at("09:00", MONDAY)) == s.OPEN


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_hours_are_local(zone: str) -> None:
    schedule = Schedule(small_site(OFFICE, zone=zone))
    assert schedule.service("A", at("08:00", zone=zone)) == s.OPEN
    assert schedule.service("A", at("08:00", zone=zone) - 1) == s.BEFORE
    assert schedule.local_hhmm(at("08:07", zone=zone)) == "08:07"


def test_seconds_until_service() -> None:
    schedule = Schedule(small_site(OFFICE))
    assert schedule.opens_in_s("A", at("07:45", seconds=30)) == 870
    assert schedule.opens_in_s("A", at("08:00")) == 0
    assert schedule.opens_in_s("A", at("09:00", SUNDAY)) == 0


def test_an_answer_is_not_kept_beyond_its_minute() -> None:
    schedule = Schedule(small_site(OFFICE, breaks=(EXERCISE,)))
    assert schedule.service("A", at("07:59", seconds=59.999)) == s.BEFORE
    assert schedule.service("A", at("08:00")) == s.OPEN
    assert schedule.site_break(at("09:59", seconds=59.999)) is None
    assert schedule.site_break(at("10:00")) is not None
    assert schedule.service("A", at("07:59")) == s.BEFORE


def test_the_gap_and_the_evening() -> None:
    w = World(small_site(SPLIT), now=at("10:00"))
    for _ in range(3):
        w.take()
    w.press("next")
    w.now = at("12:30")
    assert w.refused("next", counter=2) == r.CLOSED
    assert w.press("next")["why"] == r.CLOSED  # the one in hand ended all the same
    w.now = at("16:00")
    assert w.press("next")["ticket"] == "A002"
    w.now = at("09:00", SUNDAY)
    w.ok("tick")
    assert w.refused("next", counter=2) == r.CLOSED


def test_a_planned_break_stops_calls_and_resumes_by_itself() -> None:
    w = World(small_site(breaks=(EXERCISE,)), now=at("09:59"))
    for _ in range(3):
        w.take()
    w.press("next")
    w.press("start")
    w.now = at("10:00")
    assert w.refused("next", counter=2) == r.ON_BREAK
    assert w.press("next")["why"] == r.ON_BREAK
    w.now = at("10:10")
    assert w.press("next")["ticket"] == "A002"


def test_scopes_of_breaks() -> None:
    w = World(small_site(breaks=(EXERCISE, LUNCH, FRIDAY)))

    def on(hhmm: str, day: str = MONDAY) -> list[str]:
        pauses = [pause_of(w.hall, c, at(hhmm, day)) for c in w.hall.counters.values()]
        return [pause.name if pause else "" for pause in pauses]

    friday = "2026-11-27"
    assert on("10:05") == ["Senam"] * 3
    assert on("12:30") == ["Istirahat", "", ""]
    assert on("12:30", friday) == ["Istirahat", "Salat Jumat", ""]
    assert on("12:30", SUNDAY) == ["", "", ""]


def test_a_break_over_midnight() -> None:
    schedule = Schedule(small_site(breaks=(NIGHT,)))
    for hhmm, day in (("23:50", MONDAY), ("00:09", TUESDAY)):
        pause = schedule.site_break(at(hhmm, day))
        assert pause is not None
        assert pause.until_ms == at("00:10", TUESDAY)
    assert schedule.site_break(at("00:10", TUESDAY)) is None
    assert schedule.site_break(at("23:50", TUESDAY)) is None


def test_ending_a_planned_break_by_hand() -> None:
    w = World(small_site(breaks=(EXERCISE,)), now=at("10:03"))
    w.take()
    w.ok("break_end", counter=2)
    assert w.refused("next") == r.ON_BREAK
    assert w.press("next", counter=2)["ticket"] == "A001"
    w.ok("break_end")
    assert w.refused("next") == r.NOBODY_WAITING
    assert w.no("break_end") == r.WRONG_STATE
    w.now = at("10:03", TUESDAY)
    w.take()
    assert w.refused("next") == r.ON_BREAK  # tomorrow's is another break


def test_a_break_by_hand_lasts_until_it_is_ended() -> None:
    w = World()
    w.take()
    w.ok("break_start", reason="Rapat", by="budi")
    w.wait(36_000)
    assert w.refused("next") == r.ON_BREAK
    w.ok("break_end", by="budi")
    assert w.press("next")["ticket"] == "A001"


def test_a_counters_break_is_its_own() -> None:
    w = World()
    w.take()
    w.ok("break_start", counter=1)
    assert w.refused("next") == r.ON_BREAK
    assert w.press("next", counter=2)["ticket"] == "A001"
    w.ok("break_end", counter=1)
    assert w.refused("next") == r.NOBODY_WAITING


def test_a_break_by_hand_on_top_of_a_planned_one_ends_with_it() -> None:
    w = World(small_site(breaks=(EXERCISE,)), now=at("10:03"))
    w.take()
    w.ok("break_start")
    w.ok("break_end")
    assert w.press("next")["ticket"] == "A001"
