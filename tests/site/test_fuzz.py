"""No text, however wrong, does anything but give a site or a list of its faults."""

import random
import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import schedule as schedule_words
from gateway.domain.schedule import Schedule
from gateway.domain.site import Hours, Site
from gateway.site.load import check_text
from gateway.site.problems import SiteError
from tests.site.cases import GOOD
from tests.support.tools import ROOT

SAMPLES = [
    GOOD,
    *(
        (ROOT / "gateway" / "site" / "samples" / f"{name}.toml").read_text(encoding="utf-8")
        for name in ("market", "village")
    ),
    GOOD
    + """
[[breaks]]
name = "Senam"
minutes = 10
starts = "10:00"
first_day = 2026-12-01
last_day = 2027-02-07
[[special_days]]
name = "Ramadan"
first_day = 2027-02-08
last_day = 2027-03-09
breaks = false
[special_days.hours.service]
mon-thu = ["08:00-11:00", "12:00-14:00"]
[special_days.hours.tickets]
mon-thu = "07:45-13:00"
[[special_days]]
name = "Cuti bersama"
on = [2027-03-09, 2027-03-08, 2027-03-12]
scope = ["agency:dukcapil", "queue:A"]
closed = true
""",
]
VALUES = [
    "0", "-1", "1", "true", "1.5", "nan", "inf", "2026-12-25", "07:45:00", "2026-12-25T00:00:00Z",
    '""', '"A"', '"site"', '"counter:1"', '"00:00-24:00"', '"mon"', '"ratio 1:1"', '"24:00"',
    "2027-02-08", "[2027-02-08, 2027-02-09]", "0001-01-01", "9999-12-31", '"queue:A"',
    '"preferred"', '"video"', "{ every_min = 30, per_slot = 2 }",
    "[]", "[[]]", "{}", '["A", 1, {}]', '{ kind = "strict" }', '{ open = "always" }',
    '{ service = { mon = "08:00-09:00" } }', '"\\u0000"', '"é\\U0001F600"',
    f"0x{'f' * 5_000}",
]  # fmt: skip


def outcome(text: str) -> Site | None:
    """Give the site of a text, or None if it is refused with faults that can be read."""
    try:
        return check_text(text, "x.toml").site
    except SiteError as error:
        problems = error.problems
    assert problems
    lines = text.replace("\r\n", "\n").count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in problems if problem.line)
    assert [str(p) for p in problems if not (p.found and p.allowed)] == []
    assert list(problems) == sorted(problems, key=lambda p: p.line or 0)
    return None


def mutate(text: str, random_: random.Random) -> str:
    """Give the text with one line dropped, doubled, swapped or with another value."""
    lines = text.splitlines()
    place = random_.randrange(len(lines))
    line = lines[place]
    how = random_.randrange(5)
    if how == 0:
        del lines[place]
    elif how == 1:
        lines.insert(random_.randrange(len(lines)), line)
    elif how == 2 and "=" in line:
        lines[place] = f"{line.split('=')[0]}= {random_.choice(VALUES)}"
    elif how == 3 and "=" in line:
        other = random_.choice([entry for entry in lines if "=" in entry])
        lines[place] = f"{other.split('=')[0]}={line.split('=', 1)[1]}"
    else:
        at = random_.randrange(len(line) + 1)
        lines[place] = line[:at] + random_.choice('"[]{}=.,#\\x0\n\t é') + line[at + 1 :]
    return "\n".join(lines) + "\n"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="[]{}=.,\"'\\#\n\r\tsitehoursqueuesagencies0123456789-: é\0", max_size=80))
def test_no_text_makes_it_fall_over(text: str) -> None:
    assert outcome(text) is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), st.integers(1, 4))
def test_no_change_of_a_sample_makes_it_fall_over(
    text: str, random_: random.Random, times: int
) -> None:
    for _ in range(times):
        text = mutate(text, random_)
    site = outcome(text)
    if site is not None:
        consistent(site)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), JUNK, st.randoms(use_true_random=False))
def test_junk_in_any_place_does_not_make_it_fall_over(
    text: str, junk: Any, random_: random.Random
) -> None:
    raw = tomllib.loads(text)
    place: Any = raw
    step: Any = random_.choice(list(raw))
    while isinstance(place[step], (dict, list)) and place[step] and random_.random() < 0.8:
        place = place[step]
        step = random_.choice(list(place) if isinstance(place, dict) else range(len(place)))
    place[step] = junk
    outcome(to_toml(raw))


def to_toml(value: Any) -> str:
    """Give a TOML text, inline below its first level, of what TOML can say of `value`."""
    return "\n".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "\n"


def _key(key: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" for c in key if not 0xD800 <= ord(c) < 0xE000) + '"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _key(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return "0" if value is None else str(value)


def consistent(site: Site) -> None:
    """Fail if a site that was let through would lead the domain astray."""
    agencies = {agency.id for agency in site.agencies}
    prefixes = [queue.prefix for queue in site.queues]
    numbers = [counter.number for counter in site.counters]
    assert len(prefixes) == len(set(prefixes))
    assert len(numbers) == len(set(numbers))
    assert {queue.agency for queue in site.queues} <= agencies
    assert {service.agency for service in site.services} <= agencies
    assert {prefix for counter in site.counters for prefix in counter.queues} <= set(prefixes)
    scopes = {"site", *(f"agency:{a}" for a in agencies), *(f"counter:{n}" for n in numbers)}
    for pause in site.breaks:
        assert pause.scope in scopes
        assert pause.starts_min >= 0
        assert pause.starts_min + pause.minutes <= 1_440
    by_scope = {"site", *(f"agency:{a}" for a in agencies), *(f"queue:{q}" for q in prefixes)}
    for days in site.special_days:
        assert days.scope in by_scope
        assert days.first_day <= days.last_day
        assert len(days.first_day) == len(days.last_day) == 10
        whole_weeks(days.hours)
    in_person = {service.queue for service in site.services if service.in_person}
    for counter in site.counters:
        assert counter.kind == "desk" or not in_person & set(counter.queues)
    for person in site.people:
        assert set(person.queues) <= set(prefixes)
    schedule = Schedule(site)
    for prefix in prefixes:
        for day in ("2026-12-24", "2027-03-09"):
            start_ms = schedule.ms_of(day, 0)
            assert (schedule.service(prefix, start_ms) == schedule_words.NONE) == (
                schedule.windows_of(prefix, day) == ()
            )
    for queue in site.queues:
        assert not set(range(queue.first_number, queue.last_number + 1)) & set(
            range(queue.lease_first, queue.lease_last + 1)
        )
        whole_weeks(queue.hours)


def whole_weeks(hours: Hours) -> None:
    """Fail if the windows of a day are out of order, meet or leave the day."""
    for week in (hours.tickets, hours.service, hours.early):
        assert len(week) == 7
        for day in week:
            edges = [edge for w in day for edge in (w.opens_min, w.closes_min)]
            assert edges == sorted(edges)
            assert all(0 <= w.opens_min < w.closes_min <= 1_440 for w in day)
