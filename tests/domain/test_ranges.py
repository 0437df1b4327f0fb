"""The table of ranges is about settings that exist, and every default lies in its range."""

from dataclasses import MISSING, fields

import pytest

from gateway.domain import ranges
from gateway.domain.site import Counter, Person, Policy, Queue, Service, Site, Slots

OWNERS = (Site, Policy, Slots, Service, Person, Counter, Queue)
DEFAULTS = [(f.name, f.default) for owner in OWNERS for f in fields(owner)]


def test_every_range_is_that_of_a_setting() -> None:
    assert set(ranges.RANGES) <= {name for name, _ in DEFAULTS}
    assert set(ranges.DECIMALS) <= set(ranges.RANGES)


def test_every_number_of_the_site_and_its_policies_has_a_range() -> None:
    numbers = {
        f.name
        for owner in (Site, Policy, Slots)
        for f in fields(owner)
        if f.type in (int, float, "int", "float")
    }
    assert numbers <= set(ranges.RANGES)


@pytest.mark.parametrize("name", ranges.RANGES)
def test_defaults_and_bounds_lie_in_the_range_and_what_is_beyond_does_not(name: str) -> None:
    low, high = ranges.RANGES[name]
    for owned, default in DEFAULTS:
        if owned == name and default not in (None, MISSING):
            assert ranges.in_range(name, default)
    assert ranges.in_range(name, low)
    assert ranges.in_range(name, high)
    for wrong in (low - 1, high + 1, True, str(low), None, float("nan"), float("inf")):
        assert not ranges.in_range(name, wrong)
    assert ranges.in_range(name, low + 0.5) == (name in ranges.DECIMALS)


def test_ranges_are_told_with_their_unit() -> None:
    assert ranges.allowed("presence_s") == "whole seconds from 5 to 3600"
    assert ranges.allowed("next_lock_ms") == "whole milliseconds from 0 to 10000"
    assert ranges.allowed("guard_min") == "whole minutes from 1 to 480"
    assert ranges.allowed("capacity") == "a whole number from 0 to 100000"
    assert ranges.allowed("priority_weight") == "a number from 1 to 100"
    assert ranges.allowed("fever_c") == "degrees Celsius from 36 to 40"
