"""The estimate that is to be beaten."""

from typing import Any

from gateway.domain import Hall

_FIRST_GUESS_S = 300.0  # before anybody was served


class UsualSum:
    """What "people ahead x average service time / open counters" says, noted at each take.

    The average is the true one of all services of the queue that have ended so far, with the way
    to the counter; the counters are those neither closed nor paused.
    """

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}

    def ended(self, queue: str, service_s: float) -> None:
        """Note a service that has just ended."""
        sums = self._sums.setdefault(queue, [0.0, 0.0])
        sums[0] += 1
        sums[1] += service_s

    def note(self, hall: Hall, queue: str, at_ms: int) -> dict[str, Any]:
        """Give what the score needs of the hall before a take."""
        line = hall.lines[queue]
        count, total_s = self._sums.get(queue, (0.0, 0.0))
        states = [hall.counters[n] for n in hall.index.serving[queue]]
        hours = hall.index.schedule
        return {
            "service_s": total_s / count if count else _FIRST_GUESS_S,
            "counters": line.serving,
            "waiting": line.waiting(),
            "before": hours.service(queue, at_ms) == "before",
            "in_break": hours.site_break(at_ms) is not None,
            "free": not line.waiting()
            and any(c.open and not c.paused and not c.ticket for c in states),
        }
