"""A simulated hall: visitors and officers around the real `decide` and `evolve`.

Nothing of the queue is modelled here: who waits, who is next and what a break does are the
domain's. The simulation only presses keys at the times at which people would. Everything
follows from the seed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Any

from gateway.domain import Command, Decision, Hall, decide, evolve
from gateway.domain.site import Site
from gateway.domain.ticket_events import Called, Issued
from tests.sim.usual_sum import UsualSum

MINUTE_MS = 60_000
_GOES_HOME_MIN = 22 * 60


@dataclass(slots=True)
class Officer:
    """Who works at a counter: when (minutes of the day), how fast, and how the keys are used.

    `keys`: "start" presses start and next; "done" presses done, and next after a while;
    "next" presses nothing but next.
    """

    counter: int
    shifts: tuple[tuple[float, float], ...]
    pace: float = 1.0  # service times are multiplied by it
    keys: str = "start"
    react_s: tuple[float, float] = (1.0, 6.0)
    dawdle_s: tuple[float, float] = (2.0, 20.0)
    pauses_per_day: float = 0.0
    pause_min: float = 12.0


@dataclass(slots=True)
class Visitor:
    """One visitor of a day: when (minutes of the day), where to, and what will happen."""

    at_min: float
    queue: str
    klass: str
    service_s: float
    shows_up: bool = True
    parks: bool = False


@dataclass(slots=True)
class Seen:
    """What became of a ticket, and what the hall looked like when it was taken."""

    ticket: str
    queue: str
    klass: str
    taken_ms: int
    ahead: int
    shown: list[int] | None  # wait_s of the receipt
    issued: Issued
    noted: dict[str, Any]  # by UsualSum
    called_ms: int = 0
    counter: int = 0

    @property
    def wait_s(self) -> float:
        """The true wait, of a ticket that was called."""
        return (self.called_ms - self.taken_ms) / 1000


class HallSim:
    """One hall over many days. All times in UTC ms; `walk_s` from seat to counter."""

    def __init__(
        self,
        site: Site,
        rnd: Random,
        midnight_ms: int,
        *,
        walk_s: tuple[float, float] = (4.0, 20.0),
    ) -> None:
        self.hall = Hall()
        self._issued: Issued | None = None
        self.rnd = rnd
        self.site = site
        self.midnight_ms = midnight_ms
        self.seen: list[Seen] = []
        self.commands = 0
        self.now = midnight_ms
        self._goes_home_ms = midnight_ms
        self._walk_s = walk_s
        self.usual = UsualSum()
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self._visitors: dict[str, Visitor] = {}
        self._by_ticket: dict[str, Seen] = {}
        self._officers: dict[int, Officer] = {}
        self._idle: set[int] = set()
        self._to_come: Counter[str] = Counter()
        self._of_queue: dict[str, list[int]] = {
            q.prefix: [c.number for c in site.counters if q.prefix in c.queues] for q in site.queues
        }
        self.ask("site_load", site=site)

    def ask(self, name: str, **fields: Any) -> Decision:
        """Decide a command now and let the hall evolve."""
        if name != "tick" and self.hall.day and self.now >= self.hall.day_ends_ms:
            self.ask("tick")  # as the gateway's do: a day that a press opens is decided on a copy
        self.commands += 1
        decision = decide(self.hall, Command(name, self.now, **fields))
        for event in decision.events:
            evolve(self.hall, event)
            if type(event) is Called:
                seen = self._by_ticket.get(event.ticket)
                if seen is not None and not seen.called_ms:
                    seen.called_ms, seen.counter = event.at_ms, event.counter
            elif type(event) is Issued:
                self._issued = event
        return decision

    def day(self, day: int, visitors: list[Visitor], officers: list[Officer]) -> list[Seen]:
        """Play day number `day` (0 is that of `midnight_ms`) to its end; give its tickets."""
        start_ms = self.midnight_ms + day * 24 * 60 * MINUTE_MS
        self._goes_home_ms = start_ms + _GOES_HOME_MIN * MINUTE_MS
        self.now = start_ms
        self.ask("tick")
        # Whoever is carried from an earlier day keeps the visitor, and is in no statistics.
        self._visitors = {
            label: v for label, v in self._visitors.items() if label in self.hall.tickets
        }
        self._by_ticket.clear()
        self._idle.clear()
        self._officers = {officer.counter: officer for officer in officers}
        first = len(self.seen)
        self._to_come = Counter(visitor.queue for visitor in visitors)
        for visitor in visitors:
            self._at(start_ms + visitor.at_min * MINUTE_MS, self._take, visitor)
        for officer in officers:
            self._work_day(start_ms, officer)
        for minute in sorted(self._restarts()):
            self._at(start_ms + minute * MINUTE_MS, self._wake_all)
        while self._heap:
            at_ms, _, act, args = heappop(self._heap)
            self.now = at_ms
            act(*args)
        return self.seen[first:]

    def _restarts(self) -> set[float]:
        # Whenever a break or the hours let somebody begin, idle officers look at the line.
        minutes: set[float] = set()
        for b in self.site.breaks:
            minutes.add(b.starts_min + b.minutes)
        for queue in self.site.queues:
            for windows in queue.hours.service:
                minutes.update(float(window.opens_min) for window in windows)
        return minutes

    def _work_day(self, start_ms: int, officer: Officer) -> None:
        rnd, n = self.rnd, officer.counter
        if self.hall.counters[n].open:
            self.ask("close", counter=n)
        for from_min, to_min in officer.shifts:
            self._at(start_ms + from_min * MINUTE_MS, self._open, n)
            self._at(start_ms + to_min * MINUTE_MS, self._close, n)
            expected = officer.pauses_per_day * (to_min - from_min) / 480
            at_min = from_min
            while (
                expected
                and (at_min := at_min + rnd.expovariate(expected / (to_min - from_min))) < to_min
            ):
                length = max(1.0, rnd.expovariate(1 / officer.pause_min))
                self._at(start_ms + at_min * MINUTE_MS, self._pause, n)
                self._at(start_ms + (at_min + length) * MINUTE_MS, self._resume, n)

    def _at(self, at_ms: float, act: Callable[..., None], *args: Any) -> None:
        self._order += 1
        heappush(self._heap, (max(self.now, round(at_ms)), self._order, act, args))

    def _after(self, seconds: float, act: Callable[..., None], *args: Any) -> None:
        self._at(self.now + seconds * 1000, act, *args)

    # Visitors

    def _take(self, visitor: Visitor) -> None:
        self._to_come[visitor.queue] -= 1
        noted = self.usual.note(self.hall, visitor.queue, self.now)
        decision = self.ask("take", queue=visitor.queue, cls=visitor.klass)
        if decision.why is not None:
            return  # closed, or all numbers given
        label = str(decision.result["ticket"])
        seen = Seen(
            label, visitor.queue, visitor.klass, self.now, decision.result["ahead"],  # type: ignore[arg-type]
            decision.result.get("wait_s"), self._issued, noted,  # type: ignore[arg-type]
        )  # fmt: skip
        self.seen.append(seen)
        self._by_ticket[label] = seen
        self._visitors[label] = visitor
        self._wake(visitor.queue)

    def _back(self, label: str) -> None:
        if self.ask("check_in", ticket=label).why is None:
            self._wake(self._visitors[label].queue)

    # Officers

    def _wake(self, queue: str) -> None:
        for n in self._of_queue[queue]:
            if n in self._idle:
                self._after(self.rnd.uniform(*self._officers[n].react_s), self._next, n)

    def _wake_all(self) -> None:
        for n in sorted(self._idle):
            self._after(self.rnd.uniform(*self._officers[n].react_s), self._next, n)

    def _open(self, n: int) -> None:
        if not self.hall.counters[n].open:
            self.ask("open", counter=n)
        if not self.hall.counters[n].ticket:
            self._idle.add(n)
            self._next(n)

    def _close(self, n: int) -> None:
        # Whoever is last at a queue stays until nobody waits for it, but not all night.
        late = self.now >= self._goes_home_ms
        for queue in self.hall.index.counters[n].queues:
            others = [m for m in self._of_queue[queue] if m != n and self.hall.counters[m].open]
            if (
                not late
                and not others
                and (self.hall.lines[queue].waiting() or self._to_come[queue])
            ):
                self._after(300, self._close, n)
                return
        if self.hall.counters[n].open:
            self.ask("close", counter=n)
            self._idle.discard(n)

    def _pause(self, n: int) -> None:
        if self.hall.counters[n].open and not self.hall.counters[n].paused:
            self.ask("pause", counter=n)

    def _resume(self, n: int) -> None:
        counter = self.hall.counters[n]
        if counter.paused:
            self.ask("resume", counter=n)
            if not counter.ticket:
                self._idle.add(n)
                self._next(n)

    def _next(self, n: int) -> None:
        if n not in self._idle:
            return  # another wake was quicker
        self._called(n, self.ask("next", counter=n))

    def _called(self, n: int, decision: Decision) -> None:
        label = decision.result.get("ticket") if decision.why is None else None
        if label is None:
            self._idle.add(n)
            return
        self._idle.discard(n)
        visitor, rnd = self._visitors[str(label)], self.rnd
        officer = self._officers[n]
        if not visitor.shows_up:
            visitor.shows_up = True  # whoever calls again finds them
            self._after(rnd.uniform(20, 50), self._give_up, n)
            return
        walk_s = rnd.uniform(*self._walk_s)
        service_s = visitor.service_s * officer.pace
        if officer.keys == "start":
            self._after(walk_s, self._start, n, service_s)
        else:
            self._after(walk_s + service_s, self._finish, n)

    def _give_up(self, n: int) -> None:
        if self._officers[n].keys == "next":
            self._called(n, self.ask("next", counter=n))
        else:
            self.ask("no_show", counter=n)
            self._called(n, self.ask("next", counter=n))

    def _start(self, n: int, service_s: float) -> None:
        self.ask("start", counter=n)
        self._after(service_s, self._finish, n)

    def _finish(self, n: int) -> None:
        label = self.hall.counters[n].ticket
        visitor, officer = self._visitors[label], self._officers[n]
        called_ms = self.hall.tickets[label].called_ms
        self.usual.ended(visitor.queue, (self.now - called_ms) / 1000)
        if visitor.parks:
            visitor.parks = False
            visitor.service_s *= 0.5
            self.ask("park", counter=n)
            self._after(self.rnd.uniform(300, 1_800), self._back, label)
        elif officer.keys != "done":
            self._called(n, self.ask("next", counter=n))
            return
        else:
            self.ask("done", counter=n)
        self._idle.add(n)
        self._after(self.rnd.uniform(*officer.dawdle_s), self._next, n)
