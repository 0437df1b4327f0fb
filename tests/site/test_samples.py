"""The four sample files are usable, and each keeps what it is there to show."""

from collections import Counter as count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.wire.words import ROLES
from gateway.domain.schedule import Schedule
from gateway.domain.site import Site, Slots, Window
from gateway.domain.site_json import site_from_dict, site_to_dict
from gateway.site import check_site, load_site
from tests.support.tools import ROOT

SAMPLES = ROOT / "gateway" / "site" / "samples"
MON, FRI, SAT, SUN = 0, 4, 5, 6


def sample(name: str) -> Site:
    return load_site(SAMPLES / f"{name}.toml")


def at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_a_sample_has_neither_errors_nor_warnings(file: Path) -> None:
    checked = check_site(file)
    assert checked.warnings == ()
    assert checked.site.zone == "Asia/Jakarta"
    assert ZoneInfo(checked.site.zone)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_a_sample_survives_the_journal(file: Path) -> None:
    site = load_site(file)
    assert site_from_dict(site_to_dict(site)) == site


def test_the_samples_are_these() -> None:
    assert {file.stem for file in SAMPLES.glob("*.toml")} == {"demo", "mall", "market", "village"}


def test_the_demo_is_open_at_any_hour_without_breaks_and_sign_in() -> None:
    site = sample("demo")
    always = ((Window(0, 1_440),),) * 7
    for queue in site.queues:
        assert queue.hours.service == queue.hours.tickets == always
        assert queue.hours.early == ((),) * 7
    assert site.breaks == ()
    assert site.closures == ()
    assert not site.sign_in
    assert all(agency.walk_in for agency in site.agencies)
    assert all(service.quota_per_day != 0 for service in site.services)


def test_the_demo_has_its_first_queue_at_counters_1_and_2() -> None:
    site = sample("demo")
    assert site.queues[0].prefix == "A"
    served = {counter.number: counter.queues for counter in site.counters}
    assert sorted(served) == [1, 2, 3, 4, 5, 6]
    assert served[1][0] == served[2][0] == "A"


def test_the_demo_has_boards_of_every_role() -> None:
    site = sample("demo")
    assert count(board.kind for board in site.boards) == {
        "counter_led": 6,
        "ticket_button": 2,
        "refill_sensor": 3,
        "refill_distance": 1,
        "rating_keys": 1,
        "hall_door": 1,
        "gate_check": 1,
        "panel_p10": 1,
    }
    assert {board.role for board in site.boards} == set(ROLES)
    assert sorted(b.counter for b in site.boards if b.role == "counter" and b.counter) == [
        1, 2, 3, 4, 5, 6
    ]  # fmt: skip
    assert not site.screening
    assert all(b.queues[0] == "A" for b in site.boards if b.role == "ticket")
    assert site.reading_every_s == 30


def test_the_mall_is_one_like_banyuwangis() -> None:
    site = sample("mall")
    assert len(site.agencies) == 24
    assert len(site.services) == 233
    assert len(site.queues) == 29
    assert len(site.counters) == 40
    assert {"disdukcapil", "imigrasi", "bpjs-kesehatan", "dpmptsp"} <= {a.id for a in site.agencies}
    assert {counter.place for counter in site.counters} == {"Lantai 1", "Lantai 2", "Lantai 3"}
    assert {s.quota_per_day for s in site.services} >= {400, 50}
    assert any(not agency.walk_in and agency.phone for agency in site.agencies)


def test_the_mall_keeps_its_hours_and_breaks() -> None:
    site = sample("mall")
    hours = site.queues[0].hours
    assert hours.tickets[MON][0].opens_min == at(7, 45)
    assert hours.service[MON][0].opens_min == at(8)
    assert hours.service[SAT]
    assert hours.service[SUN] == ()
    senam = [b for b in site.breaks if b.name == "Senam" and MON in b.weekdays]
    assert [(b.starts_min, b.minutes) for b in senam] == [(at(10), 10), (at(12), 10), (at(14), 10)]
    assert {b.scope for b in senam} == {"site"}
    assert [b.starts_min for b in site.breaks if b.name == "Salat Jumat"] == [at(11, 30)]
    lunch = [b.scope for b in site.breaks if b.name == "Istirahat"]
    assert len(lunch) == len(set(lunch)) > 20


def test_an_agency_of_the_mall_has_hours_of_its_own() -> None:
    queues = {queue.prefix: queue for queue in sample("mall").queues}
    assert queues["H"].hours.service[SAT] == ()
    assert queues["R"].hours.service[FRI] == (Window(at(8), at(11)), Window(at(13), at(14, 30)))


def test_the_mall_keeps_ramadan_hours_and_holidays() -> None:
    schedule = Schedule(sample("mall"))
    long_day, ramadan_day = Window(at(8), at(15)), Window(at(8), at(14))
    assert schedule.windows_of("A", "2027-02-05") == (long_day,)
    assert schedule.windows_of("A", "2027-02-08") == (ramadan_day,)
    assert schedule.windows_of("A", "2027-02-13") == (Window(at(8), at(11, 30)),)
    assert schedule.windows_of("H", "2027-02-13") == ()  # no passports on a Saturday
    assert schedule.windows_of("A", "2027-02-12")[1] == Window(at(13), at(14, 30))
    assert schedule.site_break(schedule.ms_of("2027-02-01", at(10, 5))) is not None
    assert schedule.site_break(schedule.ms_of("2027-02-08", at(10, 5))) is None
    assert schedule.next_open_day("A", "2027-03-06") == "2027-03-13"  # Nyepi, then Idulfitri


def test_the_mall_has_a_duty_desk_an_evening_and_a_short_day() -> None:
    schedule = Schedule(sample("mall"))
    assert schedule.windows_of("A", "2026-12-24") == (Window(at(8), at(12)),)
    assert schedule.windows_of("H", "2026-12-24") == ()
    assert schedule.windows_of("H", "2026-12-02")[1] == Window(at(18), at(21))
    assert len(schedule.windows_of("F", "2026-12-02")) == 1
    assert schedule.windows_of("R", "2026-12-31") == (Window(at(8), at(12)),)


def test_the_mall_has_appointments_a_booth_and_limits() -> None:
    site = sample("mall")
    queues = {queue.prefix: queue for queue in site.queues}
    assert queues["H"].slots == Slots(30, 4, 30)
    assert queues["J"].transfer_arrival == "now"
    (booth,) = (counter for counter in site.counters if counter.kind == "video")
    in_person = {service.queue for service in site.services if service.in_person}
    assert in_person >= {"A", "H"}
    assert not in_person & set(booth.queues)
    assert [c.queues for c in site.counters if c.choice == "preferred"] == [("J", "H")]
    assert [(p.queues, p.per_day) for p in site.people if p.per_day] == [(("H",), 25)]
    assert site.capacity > 0
    assert site.per_link_per_day > 0


def test_the_market_lets_nobody_trade_in_places() -> None:
    assert sample("market").per_link_per_day == 2


def test_the_market_gives_numbers_from_half_past_five_that_join_at_check_in() -> None:
    site = sample("market")
    for queue in site.queues:
        assert queue.hours.early[MON] == (Window(at(5, 30), at(7, 30)),)
        assert queue.hours.tickets[MON][0].opens_min == at(7, 30)
        assert queue.hours.service[MON][0].opens_min == at(8)


def test_the_village_is_one_table() -> None:
    site = sample("village")
    assert len(site.counters) == len(site.queues) == 1
    assert [board.role for board in site.boards] == ["counter", "ticket"]
    assert not site.sign_in
