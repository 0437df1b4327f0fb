"""Promised waits in short simulated months, with families that the constants were not tuned on."""

from math import sqrt

import pytest

from gateway.domain.site import Policy
from tests.sim.families import HELD_OUT, HELD_OUT_ARRIVALS
from tests.sim.months import make_month, run_month
from tests.sim.score import Score

DAYS = 8
# Waits of one afternoon go wrong together: that many in a row count like one of their own.
_ALIKE = 12

MONTHS = [
    ("erlang_4", "two_peaks", "single", {"policy": Policy()}),
    ("lognormal_1.0", "bursts", "pair", {"policy": Policy("strict")}),
    ("heavy_tail", "crowd", "shared", {"policy": Policy("ageing")}),
    ("queries_and_cases", "two_peaks", "mall", {}),
    ("same", "bursts", "mall", {}),
]


@pytest.mark.parametrize(("service", "arrivals", "layout", "fixed"), MONTHS)
def test_waits_fall_inside_what_was_shown(service, arrivals, layout, fixed) -> None:
    score = Score()
    for seed in (901,) if layout == "mall" else (901, 902):  # a mall's one has 5,000 tickets
        month = make_month(
            seed, HELD_OUT[service], HELD_OUT_ARRIVALS[arrivals], layout, load=0.85, **fixed
        )
        for day in run_month(month, DAYS)[1]:
            score.add(day)
    assert score.count > 500
    margin = 3 * 100 * sqrt(0.875 * 0.125 / (score.count / _ALIKE))
    assert 80 - margin < score.coverage_pct < 95 + margin, score.row()
    assert score.ratio < 0.9, score.row()
    # A promise that is always true because it says nothing is none.
    assert sorted(score.relative_widths)[len(score.relative_widths) // 2] < 2.0, score.row()
    assert score.unknown < 0.1 * score.count


def test_over_halls_with_breaks_priorities_and_counters_that_come_and_go_the_usual_sum_is_beaten(
) -> None:  # fmt: skip
    score = Score()
    for seed, (service, arrivals) in enumerate(
        [("weibull", "two_peaks"), ("quicker", "bursts"), ("gamma_0.5", "crowd")], 911
    ):
        for layout in ("pair", "shared"):
            month = make_month(seed, HELD_OUT[service], HELD_OUT_ARRIVALS[arrivals], layout)
            for day in run_month(month, DAYS)[1]:
                score.add(day)
    assert 80 < score.coverage_pct < 95, score.row()
    assert score.ratio < 0.75, score.row()


def test_a_month_of_an_empty_hall_is_told_at_once() -> None:
    month = make_month(
        921, HELD_OUT["weibull"], HELD_OUT_ARRIVALS["two_peaks"], "single", load=0.2, absent=0.0
    )
    _, days = run_month(month, 3)
    free = [seen for day in days for seen in day if seen.noted["free"]]
    at_once = [s for s in free if not s.noted["before"] and not s.noted["in_break"]]
    assert len(at_once) > 20
    assert sum(s.shown == [0, 60] for s in at_once) > 0.9 * len(at_once)  # but for lunch
