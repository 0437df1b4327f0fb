"""Simulated months: a hall made from a seed, and its working days one after another.

A hall has a layout (how many queues, which counters serve them), officers of different pace and
habit, breaks, and a load between quiet and more than it can do. All of it is drawn from the seed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from gateway.domain.site import Agency, Break, Counter, Hours, Policy, Queue, Site, Window
from tests.sim.families import Arrivals, Service
from tests.sim.hall_sim import HallSim, Officer, Seen, Visitor

ZONE = "Asia/Jakarta"
OPENS_MIN, CLOSES_MIN = 480, 900  # service; numbers are given a quarter of an hour earlier
LAST_TICKET_MIN = 870
LAYOUTS = ("single", "pair", "shared", "mall")
_POLICIES = (
    Policy(), Policy("ratio", 2, 1), Policy("strict"), Policy("strict", guard_min=15),
    Policy("ageing"), Policy("ageing", priority_weight=4.0),
)  # fmt: skip
_WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(slots=True)
class Month:
    """A hall and how its days go; `visitors(day)` and `officers(day)` draw one day."""

    site: Site
    rnd: Random
    service: Service
    arrivals: Arrivals
    mean_s: dict[str, float]
    per_day: dict[str, int]
    priority_share: float
    no_show_share: float
    park_share: float
    day_sigma: float  # of how much slower or quicker a whole day is
    team: list[Officer]
    absent: float  # the share of officer-days at which nobody comes

    def visitors(self) -> list[Visitor]:
        """Draw one day's visitors of all queues."""
        rnd = self.rnd
        mood = rnd.lognormvariate(-(self.day_sigma**2) / 2, self.day_sigma)
        visitors = []
        for prefix, count in self.per_day.items():
            minutes = LAST_TICKET_MIN - OPENS_MIN
            for at_min in self.arrivals(rnd, count, minutes):
                klass = "elderly" if rnd.random() < self.priority_share else ""
                service_s = self.mean_s[prefix] * self.service(rnd, max(0.0, at_min / minutes))
                visitors.append(
                    Visitor(
                        OPENS_MIN + at_min, prefix, klass, max(5.0, service_s * mood),
                        rnd.random() >= self.no_show_share, rnd.random() < self.park_share,
                    )
                )  # fmt: skip
        return sorted(visitors, key=lambda visitor: visitor.at_min)

    def officers(self) -> list[Officer]:
        """Draw who comes on one day, and when: shifts move by some minutes."""
        rnd = self.rnd
        team: list[Officer] = []
        for officer in self.team:
            first = not any(
                set(_queues(self.site, officer)) <= set(_queues(self.site, other)) for other in team
            )
            if not first and rnd.random() < self.absent:
                continue
            shifts = tuple(
                (max(OPENS_MIN - 14, from_min + rnd.gauss(0, 6)), to_min + rnd.gauss(0, 6))
                for from_min, to_min in officer.shifts
            )
            team.append(replace(officer, shifts=shifts))
        return team


def _queues(site: Site, officer: Officer) -> tuple[str, ...]:
    return next(c.queues for c in site.counters if c.number == officer.counter)


def make_month(seed: int, service: Service, arrivals: Arrivals, layout: str, **fixed: Any) -> Month:
    """Draw a hall from a seed; `fixed` sets fields of Month instead of their draws, `policy` and
    `load` among them."""
    rnd = Random(seed)
    counters = _counters(rnd, layout)
    prefixes = sorted({prefix for queues in counters for prefix in queues})
    policy = fixed.pop("policy", None)
    hours = _hours()
    agencies = {prefix: f"ag{i % 3}" for i, prefix in enumerate(prefixes)}
    site = Site(
        id="sim", name="Sim", zone=ZONE,
        agencies=tuple(Agency(f"ag{i}", f"Agency {i}") for i in range(3)),
        services=(),
        queues=tuple(
            Queue(p, p, agencies[p], policy or rnd.choice(_POLICIES), hours,
                  last_number=5_000, lease_first=5_001, lease_last=5_002)
            for p in prefixes
        ),
        counters=tuple(
            Counter(n, queues, agencies[queues[0]]) for n, queues in enumerate(counters, 1)
        ),
        breaks=_breaks(rnd, len(counters)),
        sign_in=False,
    )  # fmt: skip
    mean_s = {p: rnd.choice((120, 180, 300, 420, 600)) * rnd.uniform(0.8, 1.2) for p in prefixes}
    team = [_officer(rnd, n) for n in range(1, len(counters) + 1)]
    team[0] = replace(team[0], shifts=((OPENS_MIN - 5, CLOSES_MIN),))
    load = fixed.pop("load", None) or rnd.uniform(0.6, 0.95)
    month = Month(
        site, rnd, service, arrivals, mean_s, {},
        priority_share=rnd.choice((0.05, 0.12, 0.25)),
        no_show_share=rnd.choice((0.02, 0.06, 0.12)),
        park_share=rnd.choice((0.0, 0.0, 0.03)),
        day_sigma=rnd.choice((0.0, 0.08, 0.15)),
        team=team,
        absent=rnd.choice((0.0, 0.05, 0.15)),
    )  # fmt: skip
    for name, value in fixed.items():
        setattr(month, name, value)
    minutes = {
        officer.counter: sum(to - start for start, to in officer.shifts) / officer.pace
        for officer in month.team
    }
    for prefix in prefixes:
        share = sum(
            minutes[n] / len(queues) for n, queues in enumerate(counters, 1) if prefix in queues
        )
        month.per_day[prefix] = max(5, round(load * 0.85 * share * 60 / (mean_s[prefix] + 15)))
    return month


def _counters(rnd: Random, layout: str) -> list[tuple[str, ...]]:
    if layout == "single":
        return [("A",)] * rnd.choice((1, 2, 3, 5, 8))
    if layout == "pair":
        return [
            *[("A",)] * rnd.randint(1, 2),
            *[("A", "B")] * rnd.randint(1, 2),
            *[("B",)] * rnd.randint(0, 1),
        ]
    if layout == "shared":
        return [("A", "B", "C"), ("B", "C", "A"), ("C", "A"), ("A", "B"), ("C",)][
            : rnd.randint(3, 5)
        ]
    own = [(p,) for p in "ABCDEF" for _ in range(rnd.randint(1, 2))]
    return [*own, ("A", "B"), ("C", "D", "E"), ("F", "A")]


def _officer(rnd: Random, n: int) -> Officer:
    kind = rnd.random()
    if kind < 0.5:
        shifts: tuple[tuple[float, float], ...] = ((OPENS_MIN - 5, CLOSES_MIN),)
    elif kind < 0.65:
        shifts = ((OPENS_MIN + rnd.randint(20, 100), CLOSES_MIN),)
    elif kind < 0.8:
        shifts = ((OPENS_MIN - 5, CLOSES_MIN - rnd.randint(60, 180)),)
    else:
        middle = rnd.randint(650, 720)
        shifts = ((OPENS_MIN - 5, middle), (middle + rnd.randint(40, 90), CLOSES_MIN))
    keys = rnd.choice(("start", "start", "done", "next"))
    return Officer(
        n, shifts, rnd.lognormvariate(0, 0.15), keys,
        pauses_per_day=rnd.choice((0.0, 1.0, 3.0)), pause_min=rnd.choice((5.0, 12.0, 20.0)),
    )  # fmt: skip


def _hours() -> Hours:
    def week(opens: int, closes: int) -> tuple[tuple[Window, ...], ...]:
        return ((Window(opens, closes),),) * 6 + ((),)

    return Hours(week(OPENS_MIN - 15, LAST_TICKET_MIN), week(OPENS_MIN, CLOSES_MIN), ((),) * 7)


def _breaks(rnd: Random, counters: int) -> tuple[Break, ...]:
    every = (*_WORKDAYS, 5)
    breaks = []
    if rnd.random() < 0.6:
        breaks += [Break("Senam", "site", every, minute, 10) for minute in (600, 840)]
    if rnd.random() < 0.5:
        breaks.append(Break("Salat Jumat", "site", (4,), 690, 75))
    lunch = rnd.random()
    if lunch < 0.3:
        breaks.append(Break("Istirahat", "site", (0, 1, 2, 3, 5), 720, rnd.choice((30, 60))))
    elif lunch < 0.8:
        minutes = rnd.choice((30, 45))
        breaks += [
            Break("Istirahat", f"counter:{n}", (0, 1, 2, 3, 5), 690 + (n % 3) * minutes, minutes)
            for n in range(1, counters + 1)
        ]
    return tuple(breaks)


def run_month(month: Month, days: int = 26) -> tuple[HallSim, list[list[Seen]]]:
    """Play so many working days; give the hall as it is then, and the tickets of each day."""
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE))
    sim = HallSim(month.site, month.rnd, int(midnight.timestamp()) * 1000)
    played: list[list[Seen]] = []
    day = 0
    while len(played) < days:
        if day % 7 != 6:
            played.append(sim.day(day, month.visitors(), month.officers()))
        day += 1
    return sim, played
