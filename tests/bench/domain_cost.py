"""What one command costs the rules: decide and evolve, all rules on, on one core.

A hall of 40 counters and 30 queues with every policy, preferring counters, breaks, limits, visits
of several services and of several numbers. A morning is played until so many tickets are in the
day, one in ten of them waiting; then the same mix goes on, is written down, and is played again on
copies of the hall for the time it takes: processor time, so that a busy machine counts less.
"""

import gc
import pickle
import time
from copy import copy
from random import Random

from gateway.domain import Command, Hall, decide, evolve
from gateway.domain.hall import NO_SITE, SiteIndex
from gateway.domain.site import (
    Agency,
    Break,
    Counter,
    Hours,
    Person,
    Policy,
    Queue,
    Service,
    Site,
    Window,
)
from tests.bench.results import Result, plain_result

FIGURES = ("domain_commands_per_s", "domain_growth_1k_100k")
QUEUES, COUNTERS = 30, 40
TICKETS = 2_000
COMMANDS = 6_000
ROUNDS = 5
_NO_INDEX = SiteIndex(NO_SITE)
BAR_PER_S, BAR_GROWTH = 30_000, 2.0
_START_MS = 1_795_400_000_000  # a Monday morning in Jakarta
_POLICIES = (Policy(), Policy("strict"), Policy("ageing"), Policy("ratio", 2, 2))


def site() -> Site:
    """Give the hall's settings."""
    day = (Window(0, 1_440),)
    hours = Hours((day,) * 7, (day,) * 7, ((),) * 7)
    prefixes = [chr(65 + n % 26) + ("" if n < 26 else "X") for n in range(QUEUES)]
    agencies = tuple(Agency(f"a{n}", f"Agency {n}") for n in range(6))
    queues = tuple(
        Queue(
            prefix, prefix, f"a{n % 6}", _POLICIES[n % 4], hours, last_number=9_999,
            lease_first=10_000, lease_last=10_100,
            transfer_arrival="now" if n % 3 else "original",
        )
        for n, prefix in enumerate(prefixes)
    )  # fmt: skip
    services = tuple(
        Service(f"s{n}", f"Service {n}", f"a{n % 6}", prefixes[n % QUEUES], 100_000)
        for n in range(2 * QUEUES)
    )
    counters = tuple(
        Counter(
            n + 1,
            tuple(prefixes[(n + step) % QUEUES] for step in (0, 7, 19)[: 1 + n % 3]),
            f"a{n % 6}",
            choice="preferred" if n % 2 else "longest",
        )
        for n in range(COUNTERS)
    )
    breaks = tuple(
        Break(f"Senam {n}", scope, (0, 1, 2, 3, 4), 60 * n + 30, 10)
        for n in range(8, 17, 2)
        for scope in ("site", "agency:a1", "counter:3")
    )
    people = tuple(Person(f"p{n}", "officer", (), 100_000) for n in range(COUNTERS))
    return Site(
        "bench", "Bench", "Asia/Jakarta", agencies, services, queues, counters, breaks,
        people=people, sign_in=False, per_link_per_day=5, capacity=500,
    )  # fmt: skip


class Morning:
    """A hall in which things happen; what was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.hall = Hall()
        self.asked: list[Command] = []
        self.now_ms = _START_MS
        self._rnd = Random(7)
        self.ask("site_load", site=site())
        self.ask("tick")
        for number in self.hall.counters:
            self.ask("claim", counter=number, by=f"p{number - 1}")

    def ask(self, name: str, **fields: object) -> None:
        """Ask for something; a refusal is an answer, too."""
        command = Command(name, self.now_ms, **fields)  # type: ignore[arg-type]
        self.asked.append(command)
        for event in decide(self.hall, command).events:
            evolve(self.hall, event)

    def fill(self, tickets: int) -> None:
        """Play until so many tickets are in the day, one in ten of them waiting."""
        waiting = 0
        while len(self.hall.tickets) < tickets:
            self._take()
            waiting += 1
            while waiting * 10 > len(self.hall.tickets):
                waiting = self._serve_some()

    def _serve_some(self) -> int:
        for number in self.hall.counters:
            self.now_ms += 20
            self.ask("next", counter=number)
            self.ask("start", counter=number)
            self.ask("done", counter=number)
        return sum(line.waiting() for line in self.hall.lines.values())

    def go_on(self, commands: int) -> list[Command]:
        """Play so many commands of every kind; give them."""
        self.asked = []
        while len(self.asked) < commands:
            self.now_ms += self._rnd.randrange(100)
            self._one()
        return self.asked

    def _one(self) -> None:
        rnd = self._rnd
        counter = rnd.randrange(COUNTERS) + 1
        kind = rnd.randrange(100)
        if kind < 24:
            self._take()
        elif kind < 54:
            self.ask("next", counter=counter)
        elif kind < 66:
            self.ask("start", counter=counter)
        elif kind < 74:
            self.ask("done", counter=counter)
        elif kind < 78:
            self.ask("recall", counter=counter)
        elif kind < 81:
            self.ask("park", counter=counter, for_min=1)
        elif kind < 85:
            self.ask("transfer", counter=counter, queue=self._queue())
        elif kind < 90:
            self.ask("undo", counter=counter)
        elif kind < 91:
            self.ask("tick")
        else:
            self._about_a_ticket(counter, kind)

    def _about_a_ticket(self, counter: int, kind: int) -> None:
        label = f"{self._queue()}{self._rnd.randrange(1, 100):03d}"
        if kind < 93:
            self.ask("call", counter=counter, ticket=label)
        elif kind < 95:
            self.ask("reinstate", counter=counter, ticket=label)
        elif kind < 97:
            self.ask("check_in", ticket=label, reason="kembali")
        elif kind < 98:
            self.ask("cancel", ticket=label)
        else:
            self.ask("set_class", ticket=label, cls="elderly")

    def _queue(self) -> str:
        return self._rnd.choice(self.hall.site.queues).prefix

    def _take(self) -> None:
        rnd = self._rnd
        self.now_ms += 5
        n = rnd.randrange(2 * QUEUES)
        queue = self.hall.index.services[f"s{n}"].queue
        fields: dict[str, object] = {"queue": queue, "service": f"s{n}"}
        if rnd.randrange(5) == 0:
            fields["cls"] = "elderly"
        what = rnd.randrange(10)
        if what == 0:
            fields["services"] = [f"s{n}", f"s{(n + 7) % 60}", f"s{(n + 19) % 60}"]
        elif what == 1:
            fields["link"] = f"link{rnd.randrange(10_000)}"
        elif what == 2 and self.hall.lines[queue].normal.head():
            head = self.hall.lines[queue].normal.head()
            fields["visit"] = head[3] if head else ""
        self.ask("take", **fields)


def cost_us(tickets: int) -> float:
    """Give what a command costs in a hall of so many tickets, in microseconds: the best round."""
    morning = Morning()
    morning.fill(tickets)
    start = copy_of(morning.hall)
    commands = morning.go_on(COMMANDS)
    took_s = min(_round_s(start, commands) for _ in range(ROUNDS))
    return took_s / len(commands) * 1e6


def _round_s(start: Hall, commands: list[Command]) -> float:
    hall = copy_of(start)
    gc.collect()
    gc.freeze()  # as the gateway does: what is there stays, and is not looked at again
    try:
        return _play(hall, commands)
    finally:
        gc.unfreeze()


def copy_of(hall: Hall) -> Hall:
    """Give a copy of a hall, quicker than deepcopy; what follows from its settings is shared."""
    bare = copy(hall)
    bare.index = _NO_INDEX
    made: Hall = pickle.loads(pickle.dumps(bare))
    made.index = hall.index
    return made


def _play(hall: Hall, commands: list[Command]) -> float:
    started = time.process_time()
    for command in commands:
        for event in decide(hall, command).events:
            evolve(hall, event)
    return time.process_time() - started


def run() -> list[Result]:
    """Measure the hall of 2,000 tickets, and how a command's cost grows from 1,000 to 100,000."""
    per_s = 1e6 / cost_us(TICKETS)
    growth = cost_us(100_000) / cost_us(1_000)
    return [
        Result("domain_commands_per_s", round(per_s), "commands/s", None, None,
               f">= {BAR_PER_S}", per_s >= BAR_PER_S),
        plain_result("domain_growth_1k_100k", growth, "x", BAR_GROWTH),
    ]  # fmt: skip
