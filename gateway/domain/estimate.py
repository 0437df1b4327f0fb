"""How long somebody will wait: a low and a high bound, from this queue's own recent services."""

from gateway.domain.hall import Hall
from gateway.domain.lines import Line

DEFAULT_SERVICE_S = 300
LOW_FACTOR = 0.6
HIGH_FACTOR = 1.5
_FINE_UP_TO_S = 900  # up to a quarter of an hour in minutes, above in steps of five
_FINE_S = 60
_COARSE_S = 300
_LEAN = 2  # the default counts like this many services
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
    line = hall.lines[prefix]
    if not line.serving:
        return None
    expected_s = ahead * service_s(line) / line.serving
    until_open_s = hall.index.schedule.opens_in_s(prefix, at_ms)
    low_s = int(until_open_s + expected_s * LOW_FACTOR)
    high_s = int(until_open_s + (expected_s + _FINE_S) * HIGH_FACTOR)
    low_step_s = _FINE_S if low_s <= _FINE_UP_TO_S else _COARSE_S
    high_step_s = _FINE_S if high_s <= _FINE_UP_TO_S else _COARSE_S
    return [low_s // low_step_s * low_step_s, -(-high_s // high_step_s) * high_step_s]


def service_s(line: Line) -> float:
    """Give the mean of the line's recent service times, leaning on the default while few."""
    mean_s = (line.recent_ms / 1000 + DEFAULT_SERVICE_S * _LEAN) / (len(line.recent) + _LEAN)
    return mean_s if mean_s > _MIN_SERVICE_S else _MIN_SERVICE_S
