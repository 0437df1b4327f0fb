"""Days, windows and breaks where clocks are put forward and back: no site of ours, yet anyone's."""

import pytest

from gateway.domain.schedule import AFTER, BEFORE, OPEN, Schedule
from gateway.domain.site import Break, Hours
from tests.domain.world import NEVER, World, at, small_site, week

MIN_MS = 60_000
HOUR_MS = 60 * MIN_MS
EVERY_DAY = tuple(range(7))

# zone, the day on which clocks are put forward, the day on which back, by how many minutes.
CHANGES = [
    ("America/New_York", "2027-03-14", "2027-11-07", 60),  # at 02:00
    ("Europe/Berlin", "2027-03-28", "2027-10-31", 60),  # at 02:00 and 03:00
    ("Australia/Lord_Howe", "2027-10-03", "2027-04-04", 30),  # at 02:00, by half an hour
    ("America/Havana", "2027-03-14", "2027-11-07", 60),  # at 00:00: a day without a midnight
]
INDONESIA = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


def schedule(zone: str, *breaks: Break, **hours: str) -> Schedule:
    """Give a site's schedule with these hours ("08:00-15:00") on every day."""
    given = {name: week(text, sunday=True) for name, text in hours.items()}
    hours_ = Hours(**{"tickets": NEVER, "service": NEVER, "early": NEVER, **given})
    return Schedule(small_site(hours_, zone=zone, breaks=breaks))


def begins_ms(zone: str, day: str) -> int:
    """Give when a day begins: the first moment with its date."""
    s = schedule(zone)
    now_ms = at("12:00", day, zone=zone)
    while s.day_of(now_ms - MIN_MS) == day:
        now_ms -= MIN_MS
    return now_ms


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
def test_a_day_ends_where_its_date_does(zone: str, forward: str, back: str, by_min: int) -> None:
    s = schedule(zone)
    for day, hours_ms in (
        (forward, 24 * HOUR_MS - by_min * MIN_MS),
        (back, 24 * HOUR_MS + by_min * MIN_MS),
    ):
        begins, ends = begins_ms(zone, day), s.day_ends_ms(day)
        assert ends - begins == hours_ms
        assert s.day_of(ends - 1) == day
        assert s.day_of(ends) > day
        yesterday = s.day_of(begins - 1)
        assert s.day_ends_ms(yesterday) == begins


@pytest.mark.parametrize("zone", INDONESIA)
def test_in_indonesia_every_day_has_24_hours(zone: str) -> None:
    s = schedule(zone)
    ends = [s.day_ends_ms(f"2027-{month:02d}-{day:02d}") for month in (3, 10) for day in (27, 28)]
    assert [b - a for a, b in zip(ends[::2], ends[1::2], strict=True)] == [24 * HOUR_MS] * 2


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
def test_every_minute_of_a_change_belongs_to_one_day(
    zone: str, forward: str, back: str, by_min: int
) -> None:
    for change in (forward, back):
        w = World(small_site(zone=zone), now=begins_ms(zone, change) - HOUR_MS)
        opened = [w.hall.day]
        for _ in range(27 * 60):
            w.wait(60)
            if w.now >= w.hall.day_ends_ms:
                w.ok("tick")
                opened.append(w.hall.day)
            assert w.hall.day == w.hall.index.schedule.day_of(w.now)
        assert len(opened) == len(set(opened)) == 3


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
def test_hours_are_those_of_the_wall(zone: str, forward: str, back: str, by_min: int) -> None:
    s = schedule(zone, service="08:00-15:00")
    for day in (forward, back):
        opens, closes = at("08:00", day, zone=zone), at("15:00", day, zone=zone)
        asked = (opens - 1, opens, closes - 1, closes)
        assert [s.service("A", ms) for ms in asked] == [BEFORE, OPEN, OPEN, AFTER]


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
def test_it_is_told_how_long_it_really_is_until_service(
    zone: str, forward: str, back: str, by_min: int
) -> None:
    s = schedule(zone, service="08:00-15:00")
    for day in (forward, back):
        begins, opens = begins_ms(zone, day), at("08:00", day, zone=zone)
        for ms in range(begins, opens, 10 * MIN_MS):
            assert s.opens_in_s("A", ms) == (opens - ms) // 1000
    assert s.opens_in_s("A", at("08:00", back, zone=zone)) == 0


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
@pytest.mark.parametrize("starts", ["00:50", "01:30", "01:59", "10:00"])
def test_a_break_is_as_long_as_it_is_and_is_on_once(
    zone: str, forward: str, back: str, by_min: int, starts: str
) -> None:
    starts_min = int(starts[:2]) * 60 + int(starts[3:])
    s = schedule(zone, Break("Senam", "site", EVERY_DAY, starts_min, 40))
    for day in (forward, back):
        begins = begins_ms(zone, day)
        on = [ms for ms in range(begins, s.day_ends_ms(day), MIN_MS) if s.site_break(ms)]
        assert on == list(range(on[0], on[0] + 40 * MIN_MS, MIN_MS))
        untils = {pause.until_ms for ms in on if (pause := s.site_break(ms))}
        assert untils == {on[0] + 40 * MIN_MS}


@pytest.mark.parametrize(("zone", "forward", "back", "by_min"), CHANGES)
def test_a_break_over_midnight_ends_when_its_time_is_over(
    zone: str, forward: str, back: str, by_min: int
) -> None:
    s = schedule(zone, Break("Jaga malam", "site", EVERY_DAY, 23 * 60, 240))
    for day in (forward, back):
        ends = begins_ms(zone, day) + 3 * HOUR_MS
        pause = s.site_break(ends - MIN_MS)
        assert pause is not None
        assert pause.until_ms == ends
        assert s.site_break(ends) is None
