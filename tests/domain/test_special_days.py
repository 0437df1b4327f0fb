"""Days with other hours: which entry counts, what it changes, and what any date looks like."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import reasons as r
from gateway.domain import schedule as s
from gateway.domain.local_time import day_after, weekday_of
from gateway.domain.schedule import PlannedBreak, Schedule
from gateway.domain.site import Break, Hours, Site, SpecialDays, Window
from tests.domain.world import (
    ALWAYS,
    MONDAY,
    NEVER,
    OFFICE,
    SUNDAY,
    TUESDAY,
    World,
    at,
    week,
)
from tests.domain.world import (
    small_site as site_of,
)

SENAM = Break("Senam", "site", (0, 1, 2, 3, 4, 5), 10 * 60, 10)
LUNCH = Break("Istirahat", "agency:duk", (0, 1, 2, 3, 4), 12 * 60, 60)
PRAYER = Break("Salat Jumat", "counter:2", (4,), 11 * 60 + 30, 90)
CLOSED = Hours(NEVER, NEVER, NEVER)
SHORT = Hours(tickets=week("08:00-13:00"), service=week("09:00-14:00"), early=NEVER)
EVENING = Hours(tickets=week("17:00-23:00"), service=week("18:00-24:00"), early=NEVER)
FRIDAY = "2026-11-27"


def special(
    hours: Hours,
    scope: str = "site",
    first_day: str = TUESDAY,
    last_day: str = "",
    breaks: bool = True,
    name: str = "x",
) -> SpecialDays:
    return SpecialDays(name, scope, first_day, last_day or first_day, hours, breaks)


def office(*entries: SpecialDays, **changes: Any) -> Site:
    return site_of(OFFICE, special_days=entries, **changes)


def test_a_special_day_replaces_the_hours_from_its_first_to_its_last_day() -> None:
    schedule = Schedule(office(special(SHORT, first_day=TUESDAY, last_day="2026-11-25")))
    opens = {
        day: [schedule.service("A", at(hhmm, day)) for hhmm in ("08:30", "14:30")]
        for day in (MONDAY, TUESDAY, "2026-11-25", "2026-11-26")
    }
    assert opens == {
        MONDAY: [s.OPEN, s.OPEN],
        TUESDAY: [s.BEFORE, s.AFTER],
        "2026-11-25": [s.BEFORE, s.AFTER],
        "2026-11-26": [s.OPEN, s.OPEN],
    }
    assert schedule.tickets("A", at("06:00", TUESDAY)) == s.TICKETS_CLOSED  # no early window
    assert schedule.tickets("A", at("06:00", MONDAY)) == s.TICKETS_EARLY
    assert schedule.tickets("A", at("13:30", TUESDAY)) == s.TICKETS_CLOSED
    assert schedule.opens_in_s("A", at("08:30", TUESDAY)) == 1_800


def test_the_narrowest_scope_counts_however_they_are_ordered() -> None:
    entries = (
        special(EVENING, "queue:A"),
        special(SHORT, "agency:duk"),
        special(CLOSED, "site"),
    )
    for order in (entries, entries[::-1]):
        schedule = Schedule(office(*order))
        assert schedule.windows_of("A", TUESDAY) == EVENING.service[1]
        assert schedule.windows_of("B", TUESDAY) == ()
    schedule = Schedule(office(*entries[1:]))
    assert schedule.windows_of("A", TUESDAY) == SHORT.service[1]


def test_of_equal_scopes_the_one_named_last_counts() -> None:
    long = special(SHORT, first_day=MONDAY, last_day="2026-12-31", name="Ramadan")
    day = special(CLOSED, first_day=TUESDAY, name="Cuti bersama")
    assert Schedule(office(long, day)).service("A", at("09:30", TUESDAY)) == s.NONE
    assert Schedule(office(day, long)).service("A", at("09:30", TUESDAY)) == s.OPEN


def test_one_agency_or_one_queue_may_be_closed_for_a_day() -> None:
    schedule = Schedule(office(special(CLOSED, "agency:imi"), special(CLOSED, "queue:C")))
    states = {prefix: schedule.service(prefix, at("09:00", TUESDAY)) for prefix in "ABC"}
    assert states == {"A": s.OPEN, "B": s.NONE, "C": s.NONE}
    assert schedule.tickets("B", at("09:00", TUESDAY)) == s.TICKETS_CLOSED
    assert schedule.service("B", at("09:00", MONDAY)) == s.OPEN


def test_a_closure_of_the_site_stands_above_all_special_days() -> None:
    site = office(special(SHORT, "queue:A"), closures=(TUESDAY,), breaks=(SENAM,))
    schedule = Schedule(site)
    assert schedule.service("A", at("10:05", TUESDAY)) == s.NONE
    assert schedule.windows_of("A", TUESDAY) == ()
    assert schedule.site_break(at("10:05", TUESDAY)) is None


def test_breaks_that_are_not_held_on_special_days() -> None:
    site = office(
        special(SHORT, "agency:duk", breaks=False),
        special(SHORT, "site", first_day=FRIDAY, breaks=False),
        breaks=(SENAM, LUNCH, PRAYER),
    )
    schedule = Schedule(site)
    assert schedule.counter_break(1, at("12:30", MONDAY)) is not None
    assert schedule.counter_break(1, at("12:30", TUESDAY)) is None  # the agency's day
    assert schedule.site_break(at("10:05", TUESDAY)) is not None  # the site holds its own
    for number, hhmm in ((0, "10:05"), (1, "12:30"), (2, "12:00")):
        assert schedule.counter_break(number, at(hhmm, FRIDAY)) is None


def test_the_agencys_day_says_alone_whether_its_breaks_are_held() -> None:
    ramadan = special(SHORT, "site", breaks=False)
    agency = special(SHORT, "agency:duk")
    schedule = Schedule(office(ramadan, agency, breaks=(SENAM, LUNCH)))
    assert schedule.counter_break(1, at("12:30", TUESDAY)) is not None
    assert schedule.site_break(at("10:05", TUESDAY)) is None


def test_a_break_is_held_between_its_first_and_its_last_day() -> None:
    bounded = replace(SENAM, first_day=TUESDAY, last_day="2026-11-26")
    schedule = Schedule(office(breaks=(bounded,)))
    days = (MONDAY, TUESDAY, "2026-11-26", FRIDAY)
    assert [schedule.site_break(at("10:05", day)) is not None for day in days] == [
        False, True, True, False,
    ]  # fmt: skip
    open_end = Schedule(office(breaks=(replace(SENAM, first_day=TUESDAY),)))
    assert [open_end.site_break(at("10:05", day)) is not None for day in days] == [
        False, True, True, True,
    ]  # fmt: skip


def test_an_evening_goes_on_after_midnight_in_the_next_days_hours() -> None:
    night = Hours(
        tickets=week("00:00-01:00", "18:00-24:00"),
        service=week("00:00-02:00", "18:00-24:00"),
        early=NEVER,
    )
    schedule = Schedule(site_of(night))
    for hhmm, day, state in (
        ("23:59", MONDAY, s.OPEN),
        ("00:00", TUESDAY, s.OPEN),
        ("01:59", TUESDAY, s.OPEN),
        ("02:00", TUESDAY, s.GAP),
        ("18:00", TUESDAY, s.OPEN),
        ("23:59", "2026-11-28", s.OPEN),
        ("00:00", SUNDAY, s.NONE),  # Sunday has no hours
    ):
        assert schedule.service("A", at(hhmm, day)) == state, (hhmm, day)
    assert schedule.tickets("A", at("23:59", MONDAY)) == s.TICKETS_OPEN
    assert schedule.tickets("A", at("01:00", TUESDAY)) == s.TICKETS_CLOSED


def test_numbers_of_a_special_day_are_given_and_called_in_its_hours_only() -> None:
    w = World(office(special(EVENING)), now=at("09:00", TUESDAY))
    assert w.no("take", queue="A") == r.CLOSED
    w.now = at("17:00", TUESDAY)
    w.ok("tick")
    assert w.take() == "A001"
    assert w.refused("next") == r.CLOSED
    w.now = at("18:00", TUESDAY)
    assert w.press("next")["ticket"] == "A001"


class TestAnyDate:
    def test_windows_of_any_date(self) -> None:
        schedule = Schedule(office(special(SHORT, first_day="2027-02-08", last_day="2027-03-09")))
        assert schedule.windows_of("A", MONDAY) == (Window(480, 900),)
        assert schedule.windows_of("A", SUNDAY) == ()
        assert schedule.windows_of("A", "2027-02-08") == (Window(540, 840),)
        assert schedule.windows_of("A", "2027-03-10") == (Window(480, 900),)
        with pytest.raises(KeyError):
            schedule.windows_of("Z", MONDAY)

    def test_the_next_open_day(self) -> None:
        holidays = ("2026-11-30", "2026-12-01")
        schedule = Schedule(
            office(special(CLOSED, "agency:duk", first_day="2026-12-02"), closures=holidays)
        )
        assert schedule.next_open_day("A", MONDAY) == TUESDAY
        assert schedule.next_open_day("B", "2026-11-28") == "2026-12-02"
        assert schedule.next_open_day("A", "2026-11-28") == "2026-12-03"
        assert Schedule(site_of(CLOSED)).next_open_day("A", MONDAY) is None

    def test_a_day_a_year_ahead_is_found_and_none_beyond(self) -> None:
        def opens(day: str) -> str | None:
            site = replace(site_of(CLOSED), special_days=(special(ALWAYS, first_day=day),))
            return Schedule(site).next_open_day("A", MONDAY)

        assert opens("2027-11-24") == "2027-11-24"
        assert opens("2027-11-25") is None

    def test_more_dates_than_are_kept(self) -> None:
        schedule = Schedule(office())
        assert [schedule.next_open_day("A", f"{year}-12-26") for year in range(2000, 2600)]
        assert schedule.service("A", at("09:00", TUESDAY)) == s.OPEN


class TestPlannedBreaks:
    def test_of_the_site_and_of_a_counter(self) -> None:
        schedule = Schedule(office(breaks=(SENAM, LUNCH, PRAYER)))
        morning = at("08:00"), at("20:00")
        assert schedule.planned_breaks(0, *morning) == (
            PlannedBreak(at("10:00"), at("10:10"), "Senam"),
        )
        assert schedule.planned_breaks(1, *morning) == ((at("12:00"), at("13:00"), "Istirahat"),)
        assert schedule.planned_breaks(2, *morning) == ()
        assert schedule.planned_breaks(99, *morning) == ()

    def test_those_that_touch_the_time_only(self) -> None:
        schedule = Schedule(office(breaks=(SENAM,)))
        for from_hhmm, until_hhmm, count in (
            ("09:00", "10:00", 0),
            ("10:10", "11:00", 0),
            ("10:09", "11:00", 1),
            ("09:00", "10:01", 1),
        ):
            found = schedule.planned_breaks(0, at(from_hhmm), at(until_hhmm))
            assert len(found) == count, (from_hhmm, until_hhmm)

    def test_over_several_days(self) -> None:
        schedule = Schedule(office(breaks=(SENAM,), closures=(TUESDAY,)))
        found = schedule.planned_breaks(0, at("11:00"), at("11:00", "2026-11-26"))
        starts = [b.starts_ms for b in found]
        assert starts == [at("10:00", "2026-11-25"), at("10:00", "2026-11-26")]

    def test_one_that_goes_on_over_midnight(self) -> None:
        night = Break("Malam", "site", (0,), 23 * 60 + 50, 20)
        schedule = Schedule(office(breaks=(night,), closures=(TUESDAY,)))
        found = schedule.planned_breaks(0, at("00:05", TUESDAY), at("09:00", TUESDAY))
        assert found == ((at("23:50"), at("00:10", TUESDAY), "Malam"),)
        closed = Schedule(office(breaks=(night,), closures=(MONDAY,)))
        assert closed.planned_breaks(0, at("00:05", TUESDAY), at("09:00", TUESDAY)) == ()

    def test_of_two_at_once_the_one_that_ends_last_says_when_service_resumes(self) -> None:
        longer = Break("Rapat", "site", (0,), 10 * 60 + 5, 30)
        pause = Schedule(office(breaks=(longer, SENAM))).site_break(at("10:05"))
        assert pause is not None
        assert (pause.name, pause.until_ms) == ("Rapat", at("10:35"))


RANK = {"site": 0, "agency:duk": 1, "agency:imi": 1, "queue:A": 2, "queue:B": 2}
DATES = st.integers(0, 13).map(lambda n: day_after(MONDAY, n))
ENTRIES = st.builds(
    lambda hours, scope, days: special(hours, scope, *sorted(days)),
    st.sampled_from([CLOSED, SHORT, EVENING, ALWAYS]),
    st.sampled_from(list(RANK)),
    st.tuples(DATES, DATES),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ENTRIES, max_size=8),
    st.lists(DATES, max_size=2),
    st.lists(st.tuples(DATES, st.integers(0, 1_439)), min_size=1, max_size=6),
)
def test_whatever_meets_the_hours_are_those_of_a_plain_search(
    entries: list[SpecialDays], closures: list[str], asked: list[tuple[str, int]]
) -> None:
    schedule = Schedule(office(*entries, closures=tuple(closures)))
    agencies = {"A": "agency:duk", "B": "agency:imi"}
    for (day, minute), (prefix, agency) in product(asked, agencies.items()):
        scopes = ("site", agency, f"queue:{prefix}")
        there = [
            (RANK[entry.scope], place, entry.hours)
            for place, entry in enumerate(entries)
            if entry.scope in scopes and entry.first_day <= day <= entry.last_day
        ]
        hours = max(there, key=lambda found: found[:2])[2] if there else OFFICE
        windows = () if day in closures else hours.service[weekday_of(day)]
        given_ = () if day in closures else hours.tickets[weekday_of(day)]
        assert schedule.windows_of(prefix, day) == windows
        now_ms = schedule.ms_of(day, minute)
        is_open = any(w.opens_min <= minute < w.closes_min for w in windows)
        gives = any(w.opens_min <= minute < w.closes_min for w in given_)
        assert (schedule.service(prefix, now_ms) == s.OPEN) == is_open
        assert (schedule.service(prefix, now_ms) == s.NONE) == (not windows)
        assert (schedule.tickets(prefix, now_ms) == s.TICKETS_OPEN) == gives
