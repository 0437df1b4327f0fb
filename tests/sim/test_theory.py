"""The simulator against what is known of M/M/c queues: a hall of one queue and c counters."""

from random import Random

import pytest

from gateway.domain.site import Counter, Policy, Queue, Site
from tests.domain.world import ALWAYS, at
from tests.sim.hall_sim import HallSim, Officer, Seen, Visitor
from tests.sim.theory import erlang_c, mean_and_error, mean_wait_s

SERVICE_S = 120.0
_DAY_MIN = 24 * 60


def _queue_and(counters: int) -> Site:
    queue = Queue(
        "A", "A", "", Policy(), ALWAYS, last_number=9_000, lease_first=9_001, lease_last=9_002
    )
    every = tuple(Counter(n, ("A",)) for n in range(1, counters + 1))
    return Site("mmc", "M/M/c", "Asia/Jakarta", (), (), (queue,), every, sign_in=False)


def _played(counters: int, load: float, count: int, seed: int) -> tuple[list[Seen], float]:
    # Tickets of one long stretch over midnights, and its length in seconds.
    rnd = Random(seed)
    sim = HallSim(_queue_and(counters), rnd, at("00:00"), walk_s=(0, 0))
    rate = load * counters / SERVICE_S
    time_s, visitors = 0.0, []
    for _ in range(count):
        time_s += rnd.expovariate(rate)
        visitors.append(Visitor(time_s / 60, "A", "", rnd.expovariate(1 / SERVICE_S)))
    officers = [
        Officer(n, ((0, time_s),), react_s=(0, 0), dawdle_s=(0, 0)) for n in range(1, counters + 1)
    ]
    return sim.day(0, visitors, officers), time_s


@pytest.mark.parametrize(
    ("counters", "load", "count"),
    [(1, 0.6, 9_000), (2, 0.7, 9_000), (4, 0.7, 16_000), (10, 0.8, 16_000)],
)
def test_waits_of_a_memoryless_hall_are_erlangs(counters: int, load: float, count: int) -> None:
    seen, _ = _played(counters, load, count, seed=104 + counters)
    waits = [one.wait_s for one in seen][1_000:]  # it starts empty
    rate = load * counters / SERVICE_S
    mean, error = mean_and_error(waits)
    expected = mean_wait_s(counters, rate, SERVICE_S)
    # Of 25 batches the mean has a t distribution of 24 degrees: 3.5 errors are 1 in 500, so that
    # one of the eight comparisons here fails by chance with 1 seed in 60.
    assert abs(mean - expected) < 3.5 * error
    assert error < 0.15 * expected, "too few to tell"
    share, error = mean_and_error([float(wait > 0.001) for wait in waits])
    assert abs(share - erlang_c(counters, load * counters)) < 3.5 * error


def test_the_line_is_as_long_as_littles_law_says() -> None:
    # L = lambda W holds for any stretch that starts and ends empty, whatever the distributions.
    seen, length_s = _played(3, 0.8, 5_000, seed=7)
    changes = sorted([(s.taken_ms, 1) for s in seen] + [(s.called_ms, -1) for s in seen])
    area = waiting = last_ms = 0
    for at_ms, change in changes:
        area += waiting * (at_ms - last_ms)
        waiting += change
        last_ms = at_ms
    assert waiting == 0
    stretch_ms = last_ms - seen[0].taken_ms
    mean_wait_ms = sum(s.called_ms - s.taken_ms for s in seen) / len(seen)
    assert area / stretch_ms == pytest.approx(len(seen) / stretch_ms * mean_wait_ms)
    offered = 0.8 * 3 / SERVICE_S
    assert len(seen) / length_s == pytest.approx(offered, rel=0.06)


def test_erlang_c_gives_known_values() -> None:
    assert erlang_c(1, 0.7) == pytest.approx(0.7)  # one counter: it is busy with the load's share
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert mean_wait_s(1, 0.5, 1.0) == pytest.approx(1.0)  # M/M/1: rho / (1 - rho) services
