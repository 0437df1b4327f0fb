"""The simulated hall: the same seed gives the same month, and its tickets keep the rules."""

import json
from random import Random

from gateway.domain import Hall, decode_event, encode_event, evolve
from gateway.domain.hall import FINAL
from tests.domain.invariants import check
from tests.sim import hall_sim
from tests.sim.families import HELD_OUT, HELD_OUT_ARRIVALS, TUNING, TUNING_ARRIVALS
from tests.sim.months import make_month, run_month


def _month(seed: int = 3):
    return make_month(seed, TUNING["exponential"], TUNING_ARRIVALS["crowd"], "shared")


def test_the_same_seed_gives_the_same_days() -> None:
    first, again, other = (run_month(_month(seed), 2)[1] for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_every_family_has_mean_one() -> None:
    rnd = Random(1)
    for name, family in {**TUNING, **HELD_OUT}.items():
        mean = sum(family(rnd, i / 40_000) for i in range(40_000)) / 40_000
        assert abs(mean - 1) < 0.04, name


def test_every_arrival_family_gives_about_as_many_as_asked() -> None:
    rnd = Random(1)
    for name, family in {**TUNING_ARRIVALS, **HELD_OUT_ARRIVALS}.items():
        days = [family(rnd, 200, 390) for _ in range(40)]
        assert abs(sum(map(len, days)) / 40 - 200) < 10, name
        assert all(day == sorted(day) and day[0] >= -15 and day[-1] <= 390 for day in days), name


def test_a_simulated_day_keeps_the_rules_and_replays(monkeypatch) -> None:
    shadow = Hall()

    def recorded(hall, event) -> None:
        evolve(hall, event)
        evolve(shadow, decode_event(json.loads(json.dumps(encode_event(event)))))

    monkeypatch.setattr(hall_sim, "evolve", recorded)
    month = _month()
    month.park_share = 0.05
    sim, (day,) = run_month(month, 1)
    hall = sim.hall
    check(hall)
    assert shadow == hall
    assert len(day) > 100
    assert all(s.called_ms or hall.tickets[s.ticket].state not in FINAL for s in day)
    assert len({s.counter for s in day}) > 1
