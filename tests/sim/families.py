"""What a simulated day is made of: how long services take, and when people come.

A service family is a distribution of mean 1; a day multiplies it by the queue's mean. An arrival
family gives the times of one queue's visitors. `TUNING` families may be looked at while the
estimate's constants are chosen; `HELD_OUT` families are for its test alone.
"""

from collections.abc import Callable
from math import exp, gamma
from random import Random

# A service time relative to the mean; `through` is how far the day has gone, 0 to 1.
Service = Callable[[Random, float], float]
# Minutes since `opens` of about `count` visitors of a day of `minutes`; negative: before opening.
Arrivals = Callable[[Random, int, float], list[float]]


def _exponential(rnd: Random, through: float) -> float:
    return rnd.expovariate(1.0)


def lognormal(sigma: float) -> Service:
    """Give a lognormal family; sigma is that of the logarithm."""
    return lambda rnd, through: rnd.lognormvariate(-sigma * sigma / 2, sigma)


def _gamma(shape: float) -> Service:
    return lambda rnd, through: rnd.gammavariate(shape, 1 / shape)


def _uniform(rnd: Random, through: float) -> float:
    return rnd.uniform(0.3, 1.7)


def _same(rnd: Random, through: float) -> float:
    return 1.0


def _quick_or_long(rnd: Random, through: float) -> float:
    mean = 0.4 if rnd.random() < 0.7 else 2.4
    return mean * rnd.uniform(0.7, 1.3)


def _heavy_tail(rnd: Random, through: float) -> float:
    # Lomax with shape 2.5; cut at twenty times the mean, which changes the mean by a hundredth.
    return min(20.0, 1.5 * (rnd.random() ** (-1 / 2.5) - 1))


def _slower(rnd: Random, through: float) -> float:
    return (0.7 + 0.6 * through) * rnd.lognormvariate(-0.125, 0.5)


def _quicker(rnd: Random, through: float) -> float:
    return (1.4 - 0.8 * through) * rnd.gammavariate(2, 0.5)


def _weibull(rnd: Random, through: float) -> float:
    return rnd.weibullvariate(1 / gamma(1 + 1 / 1.7), 1.7)


def _queries_and_cases(rnd: Random, through: float) -> float:
    kind = rnd.random()
    mean = 0.15 if kind < 0.35 else 0.9 if kind < 0.85 else 3.3
    return mean * rnd.expovariate(1.0) * 0.5 + mean * 0.5


TUNING: dict[str, Service] = {
    "exponential": _exponential,
    "lognormal_0.6": lognormal(0.6),
    "uniform": _uniform,
    "quick_or_long": _quick_or_long,
    "slower": _slower,
}
HELD_OUT: dict[str, Service] = {
    "same": _same,
    "erlang_4": _gamma(4.0),
    "gamma_0.5": _gamma(0.5),
    "lognormal_0.3": lognormal(0.3),
    "lognormal_1.0": lognormal(1.0),
    "heavy_tail": _heavy_tail,
    "weibull": _weibull,
    "quicker": _quicker,
    "queries_and_cases": _queries_and_cases,
}


def _thinned(
    rnd: Random, count: int, minutes: float, shape: Callable[[float], float]
) -> list[float]:
    # A Poisson process with rate proportional to `shape` (at most 1) of the time passed, 0 to 1.
    grid = [shape((i + 0.5) / 200) for i in range(200)]
    top = count / (sum(grid) / 200) / minutes
    times, at = [], 0.0
    while (at := at + rnd.expovariate(top)) < minutes:
        if rnd.random() < shape(at / minutes):
            times.append(at)
    return times


def _steady(rnd: Random, count: int, minutes: float) -> list[float]:
    return _thinned(rnd, count, minutes, lambda x: 1.0)


def _morning(rnd: Random, count: int, minutes: float) -> list[float]:
    return _thinned(rnd, count, minutes, lambda x: 0.25 + 0.75 * exp(-(((x - 0.15) / 0.2) ** 2)))


def _two_peaks(rnd: Random, count: int, minutes: float) -> list[float]:
    def shape(x: float) -> float:
        return 0.2 + 0.8 * max(exp(-(((x - 0.2) / 0.12) ** 2)), exp(-(((x - 0.75) / 0.1) ** 2)))

    return _thinned(rnd, count, minutes, shape)


def _bursts(rnd: Random, count: int, minutes: float) -> list[float]:
    # Buses: half of the people come in groups of three to ten.
    times = _steady(rnd, count // 2, minutes)
    left = count - count // 2
    while left > 0:
        size = min(left, rnd.randint(3, 10))
        at = rnd.uniform(0, minutes)
        times += [min(minutes, at + rnd.uniform(0, 2)) for _ in range(size)]
        left -= size
    return sorted(times)


def _crowd(rnd: Random, count: int, minutes: float) -> list[float]:
    # A fifth stand at the door before it opens.
    early = count // 5
    times = [rnd.uniform(-15, 0) for _ in range(early)]
    return sorted(times + _morning(rnd, count - early, minutes))


TUNING_ARRIVALS: dict[str, Arrivals] = {"steady": _steady, "morning": _morning, "crowd": _crowd}
HELD_OUT_ARRIVALS: dict[str, Arrivals] = {
    "steady": _steady,
    "two_peaks": _two_peaks,
    "bursts": _bursts,
    "crowd": _crowd,
}
