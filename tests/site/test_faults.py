"""Every fault of a site file is found at once, with its line, what was found, what is allowed."""

import re

import pytest

from gateway.site import cross
from gateway.site.load import check_text
from gateway.site.problems import Problem, SiteError
from tests.site.cases import (
    AGENCY,
    DAYS,
    FAULTS,
    GOOD,
    ROLE,
    SERVICE,
    WARNINGS,
    WEEK,
    WEEK_OF_DAYS,
    ZONE,
    changed,
)


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SiteError) as caught:
        check_text(text, "x.toml")
    return caught.value.problems


def test_the_file_that_the_faults_are_put_into_has_none() -> None:
    assert check_text(GOOD, "x.toml").warnings == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place_and_the_way_out(name: str) -> None:
    text, path, found, allowed = FAULTS[name]
    problems = problems_of(text)
    at = [problem for problem in problems if problem.path == path]
    assert len(at) == 1, [str(problem) for problem in problems]
    assert found in at[0].found
    assert allowed in at[0].allowed


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stands_on_the_line_that_holds_it(name: str) -> None:
    text, path, _, _ = FAULTS[name]
    (problem,) = (p for p in problems_of(text) if p.path == path)
    lines = text.splitlines()
    assert problem.line is not None
    if problem.found == "nothing" or path in ("breaks[0]", "special_days[0]"):
        return  # a key that is not there has no line of its own
    key = re.sub(r"(\[\d+\])+$", "", path).rsplit(".", 1)[-1]
    assert key in lines[problem.line - 1]


def test_a_missing_key_has_the_line_of_its_table() -> None:
    (problem,) = problems_of(changed('prefix = "A"', ""))
    assert (problem.line, problem.path) == (13, "queues[0].prefix")


def test_an_item_of_a_long_list_has_its_own_line() -> None:
    text = changed(SERVICE, f'{SERVICE}\n  {{ id = "kk",\n    name = "" }},'.replace("\n    ", " "))
    (problem,) = problems_of(text)
    assert (problem.line, problem.path) == (19, "queues[0].services[1].name")


def test_faults_of_all_kinds_are_told_together() -> None:
    text = (
        changed(ZONE, 'zone = "WIB"\ncolour = 1')
        .replace("08:00-15:00", "15:00-08:00")
        .replace(AGENCY, 'agency = "x"')
        .replace("number = 1", "number = 0")
        .replace('["A"]', '["Z"]')
    )
    assert [(p.line, p.path) for p in problems_of(text)] == [
        (4, "site.zone"),
        (5, "site.colour"),
        (8, "hours.service.mon-fri"),
        (17, "queues[0].agency"),
        (23, "counters[0].number"),
        (24, "counters[0].queues[0]"),
    ]


def test_the_error_reads_as_a_list_with_places() -> None:
    with pytest.raises(SiteError) as caught:
        check_text(changed(ZONE, 'zone = "WIB"\ncolour = 1'), "x.toml")
    lines = str(caught.value).splitlines()
    assert lines[0] == "x.toml cannot be used: 2 errors"
    assert lines[1].startswith('  x.toml:4: site.zone: found "WIB", which is no time zone')
    assert lines[2].startswith("  x.toml:5: site.colour: found a key that is not known; allowed:")


@pytest.mark.parametrize("name", WARNINGS)
def test_a_doubt_is_a_warning_and_no_error(name: str) -> None:
    text, path, found = WARNINGS[name]
    (warning,) = check_text(text, "x.toml").warnings
    assert warning.path == path
    assert found in warning.found


def test_somebody_limited_to_a_queue_that_no_counter_serves_has_nothing_to_call() -> None:
    text = changed(
        SERVICE, f'{SERVICE}\n]\n[[queues]]\nprefix = "C"\nname = "x"\n{AGENCY}\nservices = ['
    )
    text = text.replace(ROLE, 'role = "officer"\nqueues = ["C"]\n[[people]]\nid = "b"\n' + ROLE)
    warnings = check_text(text, "x.toml").warnings
    assert [warning.path for warning in warnings] == ["queues[1].prefix", "people[0].queues"]
    assert '"C", which no counter serves' in warnings[1].found


EXCEPTIONS = {
    "a day inside a longer stretch, named after it": (
        f"{DAYS}{WEEK_OF_DAYS}first_day = 2027-02-08\nlast_day = 2027-03-09\n"
        f"{DAYS}closed = true\non = [2027-02-10, 2027-03-09]\n"
    ),
    "an agency that opens on just that holiday": (
        f"{DAYS}closed = true\non = 2027-02-10\n"
        f'{DAYS}{WEEK_OF_DAYS}on = 2027-02-10\nscope = "agency:dukcapil"\n'
    ),
    "another queue": (
        f"{DAYS}{WEEK_OF_DAYS}on = 2027-02-10\n"
        f'{DAYS}closed = true\non = 2027-02-10\nscope = "queue:A"\n'
    ),
    "a day that has passed": f"{DAYS}closed = true\non = 2001-02-10\n",
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_is_plainly_meant_is_no_doubt(name: str) -> None:
    assert check_text(f"{GOOD}\n{EXCEPTIONS[name]}", "x.toml").warnings == ()


def test_a_machine_without_time_zones_is_told_from_a_wrong_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cross, "_zones", frozenset)
    (problem,) = problems_of(GOOD)
    assert problem.path == "site.zone"
    assert "tzdata" in problem.allowed


def test_more_than_one_short_name_of_a_window_is_understood() -> None:
    site = check_text(changed(WEEK, 'sat-mon = "08:00 - 12:00"\ntue = []'), "x.toml").site
    days = site.queues[0].hours.service
    assert [bool(day) for day in days] == [True, False, False, False, False, True, True]
