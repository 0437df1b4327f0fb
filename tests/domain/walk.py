"""Walks through a hall's life: any commands in any order, with the promises checked at each step.

A step is three small numbers, so that hypothesis can shrink a walk and a seed can make one.
"""

from random import Random

from gateway.domain import Decision
from gateway.domain.hall import (
    BOOKED,
    CALLED,
    CANCELLED,
    DONE,
    FINAL,
    NO_SHOW,
    PARKED,
    RESERVED,
    SERVING,
    VOID,
    WAITING,
)
from gateway.domain.hall_events import DayOpened
from gateway.domain.policy import may_call
from gateway.domain.reasons import NOBODY_WAITING
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
)
from tests.domain import walk_bookings, walk_day
from tests.domain.promises import Promises
from tests.domain.test_refusals import ALLOWED, ANYTIME
from tests.domain.transitions import follow
from tests.domain.world import ALWAYS, World, small_site, week

Step = tuple[int, int, int]

_DAY = Hours(
    tickets=week("06:00-22:00", sunday=True),
    service=week("08:00-12:00", "13:00-22:00", sunday=True),
    early=week("00:00-06:00", sunday=True),
)
# With everything that tickets and officers can be limited by, and a video booth.
_BUSY = small_site(
    agencies=(Agency("duk", "Disdukcapil"), Agency("imi", "Imigrasi"), Agency("far", "BPJS")),
    services=(
        Service("ktp", "KTP", "duk", "A", quota_per_day=4),
        Service("kk", "KK", "duk", "A", in_person=True),
        Service("paspor", "Paspor", "imi", "B", quota_per_day=3),
        Service("jkn", "JKN", "far", "C"),
    ),
    queues=(
        Queue("A", "Kependudukan", "duk", Policy("ratio", 2, 1), ALWAYS),
        Queue("B", "Paspor", "imi", Policy("ageing"), ALWAYS, transfer_arrival="now"),
        Queue("C", "JKN", "far", Policy("strict", guard_min=1), ALWAYS),
    ),
    counters=(
        Counter(1, ("A", "B", "C"), choice="preferred", guard_min=1),
        Counter(2, ("A", "B")),
        Counter(3, ("C",), kind="video"),
    ),
    people=(Person("sari", "officer", ("B",), 6), Person("budi", "supervisor", (), 4)),
    per_link_per_day=2, late_within_min=5, late_place="end",
)  # fmt: skip
SITES: tuple[Site, ...] = tuple(
    walk_bookings.with_all(site)
    for site in (
        small_site(),
        small_site(policy=Policy("strict", guard_min=1), late_place="front", late_within_min=0),
        small_site(_DAY),
        small_site(
            policy=Policy("ageing"), breaks=(Break("Senam", "site", tuple(range(7)), 610, 5),)
        ),
        _BUSY,
        *walk_day.SITES,
    )
)
_WAITS_S = (*(1,) * 6, *(5,) * 6, 20, 31, 61, 61, 600, 18_000, 64_800, -30)
_CLASSES = ("", "", "", "priority", "elderly")
# Those that move tickets come often, and what stops a counter is mostly ended soon.
NAMES = (
    *("take",) * 8, *("next",) * 12, *("wait",) * 3, *("undo",) * 4, *("print",) * 2,
    *("paper",) * 2, *("start",) * 2, "done", "no_show", *("park",) * 2, *("transfer",) * 3,
    "recall", *("reinstate",) * 3, *("call",) * 2, "cancel", *("check_in",) * 2, "pause",
    *("resume",) * 4, "close", *("open",) * 4, "break_start", *("break_end",) * 6, "rate",
    "claim", "help", *("tick",) * 3, "site", *("set_class",) * 2, "release",
    *walk_bookings.NAMES, *walk_day.NAMES,
)  # fmt: skip
_ROUTES = (("ktp", "paspor"), ("kk", "ktp"), ("ktp", "kk", "paspor"), ("paspor", "jkn", "kk"))
UNFINISHED = (RESERVED, BOOKED, WAITING, CALLED, SERVING, PARKED)
# Where a command of a ticket has something to do.
_FITTING = {
    "paper": (RESERVED, VOID),
    "reinstate": (PARKED, NO_SHOW, DONE, CANCELLED),
    "check_in": (BOOKED, PARKED, NO_SHOW, DONE, CANCELLED),
    "set_class": (RESERVED, BOOKED, WAITING, PARKED),
    "call": (WAITING,),
}


class Walker:
    """A world with its promises: orders keep to the line, and no number is lost or given twice."""

    def __init__(self, site: int = 0, *, shadowed: bool = True) -> None:
        self.world = World(SITES[site % len(SITES)], shadowed=shadowed)
        walk_bookings.prepare(self.world)
        self._promises = walk_bookings.Promises()
        self.names: tuple[str, ...] = NAMES  # of the steps
        self.states: set[str] = set()  # seen so far
        self._today: dict[str, str] = {}  # state by label, of numbers given or carried
        self._kept = Promises()

    def step(self, step: Step) -> None:
        """Do one step; AssertionError (or any other) if a promise is broken."""
        name, a, b = self.names[step[0] % len(self.names)], step[1], step[2]
        world = self.world
        if name == "wait":
            world.wait(_WAITS_S[a % len(_WAITS_S)])
            return
        unfinished = {t.label for t in world.hall.tickets.values() if t.state not in FINAL}
        if name in walk_bookings.NAMES:
            command, fields = walk_bookings.step(world, name, a, b)
        else:
            command = "take" if name == "print" else "site_load" if name == "site" else name
            fields = self._fields(name, a, b)
        decision = world.ask(command, **fields)
        if decision.why is not None:
            assert decision.why in ALLOWED[command] | ANYTIME, f"{command}: {decision.why}"
        if NOBODY_WAITING in (decision.why, decision.result.get("why")):
            assert not self._callable(step[1] % 3 + 1), "somebody waits and is not called"
        self._check(decision, unfinished)

    def _fields(self, name: str, a: int, b: int) -> dict[str, object]:
        label = self._label(b, _FITTING.get(name))
        counter = {"source": f"counter-{a % 3 + 1:02d}"}
        if name in walk_day.NAMES or name in walk_day.BREAKS:
            return walk_day.fields(self.world.hall, name, a, b)
        match name:
            case "take" | "print":
                return {
                    "source": "ticket-01",
                    "queue": "AAAABC"[a % 6],
                    "cls": _CLASSES[b % len(_CLASSES)],
                    "has_printer": name == "print",
                    **self._visit(a, b),
                }
            case "paper":
                return {"source": "ticket-01", "ticket": label, "ok": a % 4 > 0}
            case "transfer":
                service = ("", "", "", "paspor", "jkn", "kk")[a % 6]
                return {**counter, "queue": "ABCZ"[b % 4], "service": service}
            case "park":
                return {**counter, "for_min": (None, 1, 5)[b % 3]}
            case "reinstate":
                return {**counter, "ticket": label, "reason": ("", "salah tekan")[b % 2]}
            case "call":
                return {"counter": a % 3 + 1, "ticket": label}
            case "cancel":
                return {"ticket": label}
            case "check_in":
                return {"ticket": label, "reason": ("", "salah panggil")[a % 2], "by": "tono"}
            case "set_class":
                return {"ticket": label, "cls": _CLASSES[a % len(_CLASSES)]}
            case "open" | "close" | "release":
                return {"counter": a % 3 + 1}
            case "claim":
                return {"counter": a % 3 + 1, "by": ("sari", "budi")[b % 2]}
            case "rate":
                return {"source": "rating-01", "score": b % 4 + 1}
            case "tick":
                return {}
            case "site":
                return {"site": SITES[a % len(SITES)]}
        if b % 4 == 0:  # a press that says what its presser saw, which may be wrong
            in_hand = self.world.in_hand(a % 3 + 1)
            return {**counter, "has": ("", "A001", in_hand, in_hand)[b % 16 // 4]}
        return dict(counter)

    def _visit(self, a: int, b: int) -> dict[str, object]:
        # What a number is for: a service, several, a second number of somebody, of a link.
        out: dict[str, object] = {}
        if a % 2 == 0:
            out["service"] = ("", "ktp", "kk", "kk")[b % 4]
        elif a % 7 == 1:
            out["services"] = _ROUTES[b % len(_ROUTES)]
        if b % 3 == 2:
            out["visit"] = self._label(a, UNFINISHED)
        if b % 4 == 1:
            out["link"] = ("andi", "rina")[a % 2]
        return out

    def _label(self, b: int, fitting: tuple[str, ...] | None) -> str:
        # Mostly a ticket that fits, sometimes any, sometimes none.
        tickets = self.world.hall.tickets.values()
        labels = [t.label for t in tickets if b % 5 == 0 or not fitting or t.state in fitting]
        return labels[b % len(labels)] if labels and b % 11 else "A999"

    def _callable(self, number: int) -> bool:
        hall, now = self.world.hall, self.world.now
        queues = hall.index.counters[number].queues
        mine = [p.queues for p in hall.site.people if p.id == hall.counters[number].by]
        if mine and mine[0]:
            queues = tuple(prefix for prefix in queues if prefix in mine[0])
        return any(hall.lines[q].waiting() and may_call(hall, q, now) for q in queues)

    def _check(self, decision: Decision, unfinished: set[str]) -> None:
        self.states.update(ticket.state for ticket in self.world.hall.tickets.values())
        for event in decision.events:
            self._promises.follow(event)
            if isinstance(event, DayOpened):
                assert set(event.carried) == unfinished, "a day forgot somebody"
                self._today = {label: self._today[label] for label in event.carried}
                self._kept.new_day()
                continue
            self._kept.keep(self.world, event, self._today)
            follow(self._today, event)
            walk_day.check(self.world.hall, event)
        self._promises.check(self.world.hall)
        states = {ticket.label: ticket.state for ticket in self.world.hall.tickets.values()}
        assert states == self._today, "a ticket was lost, or is not what its events made it"


def wander(seed: int, steps: int, *, shadowed: bool = True) -> Walker:
    """Walk so many steps that follow from `seed`."""
    rnd = Random(seed)
    walker = Walker(seed, shadowed=shadowed)
    if seed % 5 == 4:  # one walk in five is mostly about what the others seldom meet
        walker.names += walk_bookings.NAMES * 6
    for _ in range(steps):
        walker.step((rnd.randrange(1_000), rnd.randrange(1_000), rnd.randrange(1_000)))
    return walker
