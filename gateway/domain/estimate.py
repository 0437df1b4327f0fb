"""How long somebody will wait: a low and a high bound, from this queue's own recent services."""

from gateway.domain.hall import Hall
from gateway.domain.lines import Line

DEFAULT_SERVICE_S = 300
LOW_FACTOR = 0.6
HIGH_FACTOR = 1.5
_FINE_UP_TO_S = 900  # up to a quarter of an hour in minutes, above in steps of five
_FINE_S = 60
_COARSE_S = 300
_MIN_SERVICE_S = 20  # a few accidental short services must not promise "at once"


def ahead_of(hall: Hall, prefix: str, klass: str) -> int:
    """Give how many would be called before somebody of `klass` who joins this line now."""
    line = hall.lines[prefix]
    if not klass:
        return line.waiting()
    priority, normal = len(line.priority.places), len(line.normal.places)
    policy = hall.index.queues[prefix].policy
    if policy.kind == "ratio":
        return priority + min(normal, (priority + 1) * policy.normal // max(1, policy.priority))
    return priority


def wait_s(hall: Hall, prefix: str, ahead: int, at_ms: int) -> list[int] | None:
    """Give [low, high] in seconds, or None while no open counter serves the queue."""
    counters = 0
    for number in hall.index.serving[prefix]:
        counter = hall.counters[number]
        if counter.open and not counter.paused:
            counters += 1
    if counters == 0:
        return None
    expected_s = ahead * service_s(hall.lines[prefix]) / counters
    until_open_s = hall.index.schedule.opens_in_s(prefix, at_ms)
    return [
        _round(until_open_s + expected_s * LOW_FACTOR, up=False),
        _round(until_open_s + (expected_s + _FINE_S) * HIGH_FACTOR, up=True),
    ]


def service_s(line: Line) -> float:
    """Give the mean of the line's recent service times, leaning on the default while few."""
    took_ms = sum(took for _, took in line.recent)
    count = len(line.recent)
    mean_s = (took_ms / 1000 + DEFAULT_SERVICE_S * 2) / (count + 2)
    return max(_MIN_SERVICE_S, mean_s)


def _round(seconds: float, *, up: bool) -> int:
    step_s = _FINE_S if seconds <= _FINE_UP_TO_S else _COARSE_S
    steps = -(-seconds // step_s) if up else seconds // step_s
    return int(steps) * step_s
