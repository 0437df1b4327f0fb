"""What the keys of a site file become in the domain's site, and that a full file loads."""

from dataclasses import fields

import pytest

from gateway.domain import ranges
from gateway.domain.schedule import Schedule
from gateway.domain.site import (
    MAX_QUEUES_OF_COUNTER,
    Hours,
    Site,
    Slots,
    SpecialDays,
    Window,
)
from gateway.site import schema
from gateway.site.load import check_text
from gateway.toml.read import MAX_BYTES
from tests.domain.world import at
from tests.site.cases import AGENCY, COUNTER, DAYS, GOOD, LUNCH, ROLE, SERVICE, ZONE, added, changed

CLOSED = ((),) * 7


def site_of(text: str) -> Site:
    return check_text(text, "x.toml").site


def test_a_file_without_them_has_the_domains_defaults() -> None:
    site = site_of(GOOD)
    defaults = {f.name: f.default for f in fields(Site)}
    for name in (*schema.SiteTable.model_fields, "special_days"):
        if name not in ("id", "name", "zone", "policy", "closures"):
            assert getattr(site, name) == defaults[name], name


@pytest.mark.parametrize("name", [n for n in schema.SiteTable.model_fields if n in ranges.RANGES])
def test_a_number_of_the_site_is_taken_over(name: str) -> None:
    for value in ranges.RANGES[name]:
        text = changed(ZONE, f"{ZONE}\n{name} = {value}")
        text = text.replace(AGENCY, f'{AGENCY}\nlease_numbers = "700-1300"')
        assert getattr(site_of(text), name) == value


def test_words_and_flags_of_the_site_are_taken_over() -> None:
    site = site_of(
        changed(ZONE, f'{ZONE}\nlate_place = "front"\nscreening = true\nmask_needed = true')
    )
    assert (site.late_place, site.screening, site.mask_needed) == ("front", True, True)


def test_what_stands_on_paper() -> None:
    url = "http://192.0.2.7:8080/t?n={ticket}"
    text = f'{ZONE}\nvisitor_url = "{url}"\nticket_head = "MPP"\nticket_foot = ""'
    site = site_of(changed(ZONE, text))
    assert (site.visitor_url, site.ticket_head, site.ticket_foot) == (url, "MPP", "")


def test_appointments_arrival_and_services_in_person() -> None:
    slots = "appointments = { every_min = 20, per_slot = 3 }"
    text = changed(AGENCY, f'{AGENCY}\n{slots}\ntransfer_arrival = "now"')
    text = text.replace(SERVICE, SERVICE.replace(" }", ", in_person = true }"))
    site = site_of(text)
    assert site.queues[0].slots == Slots(20, 3, 30)
    assert site.queues[0].transfer_arrival == "now"
    assert site.services[0].in_person
    assert site_of(GOOD).queues[0].slots is None


def test_choice_and_kind_of_a_counter_and_limits_of_an_officer() -> None:
    text = changed(
        COUNTER, f'{COUNTER}\nchoice = "preferred"\nguard_min = 20\nkind = "video"'
    ).replace(ROLE, 'role = "officer"\nqueues = ["A"]\nper_day = 40')
    site = site_of(text)
    (counter,), (person,) = site.counters, site.people
    assert (counter.choice, counter.guard_min, counter.kind) == ("preferred", 20, "video")
    assert (person.queues, person.per_day) == (("A",), 40)


def test_a_break_between_dates() -> None:
    (pause,) = site_of(added(LUNCH + 'starts = "12:00"\nfirst_day = 2027-01-02')).breaks
    assert (pause.first_day, pause.last_day) == ("2027-01-02", "")


def test_special_days_of_a_stretch() -> None:
    (days,) = site_of(
        added(
            '[[special_days]]\nname = "Ramadan"\nfirst_day = 2027-02-08\nlast_day = 2027-03-09\n'
            'breaks = false\n[special_days.hours.service]\nmon-thu = "08:00-14:00"\n'
            '[special_days.hours.tickets]\nmon-thu = "07:45-13:00"'
        )
    ).special_days
    served, given = ((Window(480, 840),),) * 4, ((Window(465, 780),),) * 4
    rest = ((),) * 3
    hours = Hours(tickets=(*given, *rest), service=(*served, *rest), early=CLOSED)
    assert days == SpecialDays("Ramadan", "site", "2027-02-08", "2027-03-09", hours, False)


def test_special_days_named_singly_make_stretches_and_one_entry_for_each_scope() -> None:
    site = site_of(
        added(
            f'{DAYS}closed = true\nscope = ["agency:dukcapil", "queue:A"]\n'
            "on = [2027-03-12, 2027-03-09, 2027-03-10]"
        )
    )
    assert [(d.scope, d.first_day, d.last_day) for d in site.special_days] == [
        ("agency:dukcapil", "2027-03-09", "2027-03-10"),
        ("queue:A", "2027-03-09", "2027-03-10"),
        ("agency:dukcapil", "2027-03-12", "2027-03-12"),
        ("queue:A", "2027-03-12", "2027-03-12"),
    ]
    assert all(d.hours == Hours(CLOSED, CLOSED, CLOSED) for d in site.special_days)
    assert not any(d.breaks for d in site.special_days)


def test_no_break_is_shown_on_a_closed_day() -> None:
    text = added(
        LUNCH + 'starts = "12:00"\n[[special_days]]\nname = "x"\nclosed = true\non = 2026-11-24'
    )
    schedule = Schedule(site_of(text))
    assert schedule.site_break(at("12:10", "2026-11-23")) is not None
    assert schedule.site_break(at("12:10", "2026-11-24")) is None


def largest() -> str:
    """Give a file with as much of all as there may be, as far as it fits."""
    prefixes = [f"{a}{b}" for a in "ACEFGHJK" for b in "ACEFGHJKLM"][: schema.MAX_QUEUES]
    parts = [
        changed("mon-fri", "daily")[: GOOD.index("[[queues]]") - len("mon-fri") + len("daily")]
    ]
    slots = "appointments = { every_min = 5, per_slot = 1 }"
    for n, prefix in enumerate(prefixes):
        services = ", ".join(f'{{ id = "s-{n}-{m}", name = "Layanan {m}" }}' for m in range(10))
        parts.append(
            f'[[queues]]\nprefix = "{prefix}"\nname = "x"\n{AGENCY}\n{slots}\n'
            f"services = [{services}]"
        )
    for n in range(1, schema.MAX_COUNTERS + 1):
        own = [prefixes[(n + k) % len(prefixes)] for k in range(MAX_QUEUES_OF_COUNTER)]
        parts.append(f"[[counters]]\nnumber = {n}\nqueues = {own}")
    for n in range(1, schema.MAX_BREAKS + 1):
        parts.append(f'[[breaks]]\nname = "b"\nminutes = 5\nstarts = "{n % 24:02d}:00"')
    for n in range(schema.MAX_PEOPLE):
        parts.append(f'[[people]]\nid = "p-{n}"\nrole = "officer"\nqueues = {prefixes[:3]}')
    for n in range(schema.MAX_SPECIAL_DAYS):
        parts.append(
            f'[[special_days]]\nname = "d"\nfirst_day = 2027-01-01\nlast_day = 2027-12-31\n'
            f'scope = "queue:{prefixes[n % len(prefixes)]}"\n'
            'hours = { service = { daily = "08:00-12:00" } }'
        )
    return "\n".join(parts)


def test_the_largest_file_is_checked_and_told_briefly() -> None:
    text = largest()
    assert len(text) < MAX_BYTES
    checked = check_text(text, "x.toml")
    assert len(checked.site.special_days) == schema.MAX_SPECIAL_DAYS
    doubts = [w for w in checked.warnings if "named last" in w.found]
    assert len(doubts) == schema.MAX_SPECIAL_DAYS - schema.MAX_QUEUES  # one for each that meets
