"""The wall clock of a zone, also where clocks are put forward and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.domain import schedule as s
from gateway.domain.local_time import LocalTime, day_after, weekday_of
from gateway.domain.schedule import Schedule
from gateway.domain.site import Break, Hours
from tests.domain.world import NEVER, at, small_site, week

BERLIN = "Europe/Berlin"
FORWARD = "2027-03-28"  # 02:00 becomes 03:00
BACK = "2026-10-25"  # 03:00 becomes 02:00


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Asia/Jakarta", "2026-11-23", 480, "2026-11-23T01:00"),
        ("Asia/Makassar", "2026-11-23", 480, "2026-11-23T00:00"),
        ("Asia/Jayapura", "2026-11-23", 480, "2026-11-22T23:00"),
        ("Asia/Jakarta", "2026-11-23", 1_440, "2026-11-23T17:00"),
        (BERLIN, FORWARD, 119, "2027-03-28T00:59"),
        (BERLIN, FORWARD, 120, "2027-03-28T01:00"),  # left out: the moment of the jump
        (BERLIN, FORWARD, 150, "2027-03-28T01:00"),
        (BERLIN, FORWARD, 180, "2027-03-28T01:00"),
        (BERLIN, FORWARD, 181, "2027-03-28T01:01"),
        (BERLIN, BACK, 150, "2026-10-25T00:30"),  # twice: the first time
        (BERLIN, BACK, 180, "2026-10-25T02:00"),
        ("Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00"),  # no midnight: 01:00 follows 23:59
        ("Africa/Cairo", "2026-04-23", 1_440, "2026-04-23T22:00"),
        ("Australia/Lord_Howe", "2026-10-04", 130, "2026-10-03T15:30"),  # a jump of half an hour
        ("Pacific/Apia", "2011-12-30", 600, "2011-12-30T10:00"),  # a date that never was
    ],
)
def test_when_a_wall_time_is(zone: str, day: str, minute: int, expected: str) -> None:
    assert LocalTime(zone).ms_of(day, minute) == utc(expected)


@pytest.mark.parametrize("zone", [BERLIN, "Africa/Cairo", "Australia/Lord_Howe", "Asia/Jakarta"])
def test_it_is_the_first_moment_at_which_the_clocks_show_that_time_or_a_later_one(
    zone: str,
) -> None:
    clock = LocalTime(zone)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    seen: dict[tuple[str, int], int] = {}
    for day in range(400):  # every 10 minutes around each midnight and the small hours
        for minute in range(0, 600, 10):
            moment = start + timedelta(days=day, minutes=minute)
            local = moment.astimezone(ZoneInfo(zone))
            key = local.date().isoformat(), local.hour * 60 + local.minute
            seen.setdefault(key, int(moment.timestamp() * 1000))
    for (day_, minute_), ms in seen.items():
        assert clock.ms_of(day_, minute_) == ms, (day_, minute_)


def test_dates() -> None:
    assert weekday_of("2026-11-23") == 0
    assert day_after("2026-12-31") == "2027-01-01"
    assert day_after("2027-01-01", -1) == "2026-12-31"
    assert LocalTime("Asia/Jayapura").day_of(utc("2026-11-22T15:00")) == "2026-11-23"
    assert LocalTime("Asia/Jakarta").hhmm(utc("2026-11-23T01:07")) == "08:07"


def test_a_window_that_begins_in_the_hour_that_is_left_out() -> None:
    night = Hours(
        tickets=week("02:30-05:00", sunday=True),
        service=week("02:30-05:00", sunday=True),
        early=NEVER,
    )
    schedule = Schedule(small_site(night, zone=BERLIN))
    jump_ms = utc("2027-03-28T01:00")
    assert schedule.service("A", jump_ms - 60_000) == s.BEFORE
    assert schedule.opens_in_s("A", jump_ms - 60_000) == 60
    assert schedule.service("A", jump_ms) == s.OPEN
    assert schedule.service("A", utc("2027-03-28T03:00")) == s.AFTER


def test_an_hour_that_comes_twice_opens_once() -> None:
    early = Hours(
        tickets=week("01:00-02:30", sunday=True),
        service=week("01:00-02:30", sunday=True),
        early=NEVER,
    )
    schedule = Schedule(small_site(early, zone=BERLIN))
    assert schedule.service("A", utc("2026-10-25T00:29")) == s.OPEN
    assert schedule.service("A", utc("2026-10-25T00:30")) == s.AFTER  # 02:30 for the first time
    assert schedule.service("A", utc("2026-10-25T01:15")) == s.AFTER  # 02:15 once more
    assert schedule.tickets("A", utc("2026-10-25T01:15")) == s.TICKETS_CLOSED


def test_a_break_lasts_its_minutes_though_the_clocks_jump() -> None:
    nightly = Break("Malam", "site", (6,), 110, 30)
    schedule = Schedule(small_site(breaks=(nightly,), zone=BERLIN))
    pause = schedule.site_break(at("01:55", FORWARD, zone=BERLIN))
    assert pause is not None
    assert pause.until_ms == utc("2027-03-28T01:20")
    assert schedule.local_hhmm(pause.until_ms) == "03:20"


def test_by_how_much_local_time_is_ahead() -> None:
    ahead = {"Asia/Jakarta": 420, "Asia/Jayapura": 540, "America/St_Johns": -150}
    for zone, minutes in ahead.items():
        schedule = Schedule(small_site(zone=zone))
        assert schedule.utc_offset_min(utc("2026-07-01T12:00")) == minutes
    berlin = Schedule(small_site(zone=BERLIN))
    assert berlin.utc_offset_min(utc("2026-10-25T00:59")) == 120
    assert berlin.utc_offset_min(utc("2026-10-25T01:00")) == 60
