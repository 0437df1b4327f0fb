"""What queueing theory says, and how far a simulation may be from it."""

from collections.abc import Sequence
from math import sqrt


def erlang_c(servers: int, offered: float) -> float:
    """Give the probability of waiting in M/M/c; `offered` is arrival rate times mean service."""
    term, total = 1.0, 1.0
    for k in range(1, servers):
        term *= offered / k
        total += term
    term *= offered / servers
    waits = term * servers / (servers - offered)
    return waits / (total + waits)


def mean_wait_s(servers: int, arrivals_per_s: float, service_s: float) -> float:
    """Give the mean wait in M/M/c, of those who do not wait too."""
    offered = arrivals_per_s * service_s
    return erlang_c(servers, offered) * service_s / (servers - offered)


def mean_and_error(values: Sequence[float], batches: int = 25) -> tuple[float, float]:
    """Give the mean of correlated values and its standard error, by the method of batch means."""
    size = len(values) // batches
    means = [sum(values[i * size : (i + 1) * size]) / size for i in range(batches)]
    mean = sum(means) / batches
    variance = sum((m - mean) ** 2 for m in means) / (batches - 1)
    return mean, sqrt(variance / batches)
