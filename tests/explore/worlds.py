"""The small worlds that are explored: each a corner of the rules, whole."""

from dataclasses import replace
from typing import Any

from gateway.domain import Command, Hall
from gateway.domain.hall import FINAL
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
    Slots,
)
from tests.domain.world import ALWAYS, MONDAY, TUESDAY, ZONE, at, week
from tests.explore.canon import FOR_EVER_MS, Ages
from tests.explore.delivery import Deliveries
from tests.explore.passed import passed
from tests.explore.world import BOARDS, SmallWorld, ask, each

# After one tick an act can no longer be undone, after two a call
# is old (presence 60 s, undo 30 s).
TICK_MS = 40_000
USUAL_AGES = Ages(call_ms=2 * TICK_MS, act_ms=TICK_MS)


def site(policy: Policy | None = None, **changes: Any) -> Site:
    """Give a site of two queues and two counters: 1 serves A, 2 serves A and B."""
    policy = policy or Policy()
    small = Site(
        id="two",
        name="Dua loket",
        zone=ZONE,
        agencies=(Agency("duk", "Disdukcapil"),),
        services=(Service("ktp", "KTP", "duk", "A", quota_per_day=1),),
        queues=(
            Queue("A", "Kependudukan", "duk", policy, ALWAYS, last_number=2),
            Queue("B", "Paspor", "duk", policy, ALWAYS, last_number=1),
        ),
        counters=(Counter(1, ("A",)), Counter(2, ("A", "B"))),
        sign_in=False,
        late_within_min=0,  # all day
    )
    return replace(small, **changes)


def takes(*kinds: tuple[str, str], **fields: Any) -> tuple[Command, ...]:
    """Give the asks for a number of each (queue, class)."""
    return tuple(ask("take", source="t", queue=q, cls=klass, **fields) for q, klass in kinds)


def at_counters(*names: str, **fields: Any) -> tuple[Command, ...]:
    """Give these asks at both counters."""
    return tuple(ask(name, source=board, **fields) for name in names for board in ("c1", "c2"))


def of_tickets(name: str, labels: tuple[str, ...], **fields: Any) -> tuple[Command, ...]:
    """Give an ask about each of the tickets, and about one that never is."""
    return each(name, [{"ticket": label, **fields} for label in (*labels, "Z999")])


def named_at_counters(name: str, labels: tuple[str, ...]) -> tuple[Command, ...]:
    """Give an ask at each counter about each of the tickets."""
    return tuple(c for n in (1, 2) for c in of_tickets(name, labels, counter=n))


CLASSES = (("A", ""), ("A", "elderly"), ("B", ""))
TWO = ("A001", "A002")
THREE = (*TWO, "B001")


def _one_queue(policy: Policy | None = None, last: int = 2, counters: int = 2) -> Site:
    return site(
        queues=(Queue("A", "Kependudukan", "duk", policy or Policy(), ALWAYS, last_number=last),),
        services=(),
        counters=tuple(Counter(n + 1, ("A",)) for n in range(counters)),
    )


def calling(b_tickets: int) -> SmallWorld:
    """The counters' life: two queues, two classes, three tickets (or two, without B)."""
    return SmallWorld(
        f"calling {2 + b_tickets}",
        site(),
        (
            *takes(*CLASSES[: 2 + b_tickets]),
            *at_counters("next", "start", "done", "no_show", "undo", "recall"),
            *at_counters("next", has=""),
            *at_counters("next", has="A001"),
            *at_counters("next", queue="A"),
            *at_counters("done", has="B001"),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def naming(tickets: int) -> SmallWorld:
    """Everything that can be done with a ticket by its name, and set aside, in one queue."""
    labels = TWO[:tickets]
    return SmallWorld(
        f"naming {tickets}",
        _one_queue(last=tickets),
        (
            *takes(("A", ""), ("A", "disabled")),
            *at_counters("next", "start", "done", "park", "undo"),
            *named_at_counters("call", labels),
            *named_at_counters("reinstate", labels),
            *of_tickets("check_in", labels),
            *of_tickets("cancel", labels),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def sending(tickets: int) -> SmallWorld:
    """One visitor after another is sent on to another queue, and back."""
    queues = tuple(Queue(q, q, "duk", Policy(), ALWAYS, last_number=tickets) for q in ("A", "B"))
    return SmallWorld(
        f"sending {tickets}",
        site(queues=queues, services=(), counters=(Counter(1, ("A", "B")), Counter(2, ("B",)))),
        (
            *takes(("A", ""), ("A", "elderly")),
            *at_counters("next", "start", "done", "undo"),
            *at_counters("transfer", queue="A"),
            *at_counters("transfer", queue="B"),
            *at_counters("transfer", queue="X"),
            *at_counters("next", queue="B"),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def paper(b_tickets: int) -> SmallWorld:
    """Numbers that wait for their paper, which comes, fails, or comes after all."""
    labels = THREE[: 2 + b_tickets]
    return SmallWorld(
        f"paper {2 + b_tickets}",
        site(),
        (
            *takes(*CLASSES[: 2 + b_tickets], has_printer=True),
            *of_tickets("paper", labels, source="t", ok=True),
            *of_tickets("paper", labels, source="t", ok=False),
            *of_tickets("cancel", labels),
            ask("next", source="c2"),
            ask("undo", source="c2"),
            ask("tick"),
        ),
        waits_ms=(TICK_MS,),
        ages=Ages(call_ms=2 * TICK_MS, act_ms=TICK_MS, paper_ms=TICK_MS),
    )


def stopping(tickets: int) -> SmallWorld:
    """Counters that pause, close and break, with tickets in hand."""
    return SmallWorld(
        f"stopping {tickets}",
        _one_queue(last=tickets),
        (
            *takes(("A", "")),
            *at_counters("next", "done", "pause", "resume", "undo"),
            *each("close", [{"counter": 1}, {"counter": 2}, {"counter": 9}, {}]),
            *each("open", [{"counter": 1}, {"counter": 2}]),
            *each("break_start", [{}, {"counter": 1}, {"counter": 9}]),
            *each("break_end", [{}, {"counter": 1}]),
            *named_at_counters("call", TWO[:1]),
            *named_at_counters("reinstate", TWO[:1]),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


_HOURS = Hours(
    tickets=week("07:45-12:00"), service=week("08:00-10:00", "11:00-12:00"),
    early=week("06:00-07:45"),
)  # fmt: skip


_EARLY = ("06:30", "08:10", "09:06")
_DAY = ("05:00", "06:30", "07:50", "08:10", "09:06", "09:11", "10:30", "11:10", "12:30")


def hours(tickets: int, moments: tuple[str, ...]) -> SmallWorld:
    """A day with early numbers, two windows, a break in the first, and an evening after."""
    queue = Queue("A", "Kependudukan", "duk", Policy(), _HOURS, last_number=tickets)
    return SmallWorld(
        f"hours {tickets} {len(moments)}",
        site(
            queues=(queue,),
            services=(),
            counters=(Counter(1, ("A",)), Counter(2, ("A",))),
            breaks=(
                Break("Senam", "site", tuple(range(7)), 9 * 60, 10),
                Break("Makan", "counter:2", tuple(range(7)), 9 * 60 + 5, 10),
            ),
        ),
        (
            *takes(("A", ""), ("A", "pregnant")),
            *of_tickets("check_in", TWO[:tickets]),
            *at_counters("next", "undo", "park"),
            *named_at_counters("reinstate", TWO[:1]),
            *each("break_end", [{}, {"counter": 2}]),
            ask("cancel", ticket="A001"),
            ask("tick"),
        ),
        moments_ms=tuple(at(hhmm) for hhmm in moments),
        ages=USUAL_AGES,
    )


def days(tickets: int) -> SmallWorld:
    """Past midnight, back again with a wrong clock, and on into the next days."""
    return SmallWorld(
        f"days {tickets}",
        _one_queue(last=tickets),
        (
            *takes(("A", ""), ("A", "child")),
            ask("take", source="t", queue="A", has_printer=True),
            ask("paper", source="t", ticket="A001", ok=True),
            *at_counters("next", "park", "undo"),
            ask("check_in", ticket="A001"),
            ask("cancel", ticket="A002"),
            ask("claim", counter=1, by="sari"),
            ask("tick"),
        ),
        moments_ms=(
            at("23:58"), at("00:01", TUESDAY), at("23:59", MONDAY, 30), at("00:03", TUESDAY),
            at("00:02", "2026-11-25"),
        ),
        ages=Ages(call_ms=60_000, act_ms=30_001, paper_ms=30_000),
    )  # fmt: skip


def settings(ways: int) -> SmallWorld:
    """Settings that change under everybody's hands: counters, queues and policies go and come."""
    whole = site()
    whole = replace(whole, queues=tuple(replace(q, last_number=1) for q in whole.queues))
    return SmallWorld(
        f"settings {ways}",
        whole,
        (
            *each(
                "site_load",
                [
                    {"site": whole},
                    {"site": replace(whole, counters=whole.counters[:1])},
                    {"site": replace(whole, queues=whole.queues[:1],
                                     counters=(Counter(1, ("A",)), Counter(2, ("A",))))},
                    {"site": site(Policy("strict", guard_min=1))},
                ][:ways],
            ),
            *takes(("A", ""), ("B", "elderly")),
            *at_counters("next", "done", "undo", "close"),
            *at_counters("transfer", queue="B"),
            *each("open", [{"counter": 1}, {"counter": 2}]),
        ),
        waits_ms=(2 * TICK_MS,),
        ages=Ages(call_ms=2 * TICK_MS, act_ms=2 * TICK_MS, arrival_ms=2 * TICK_MS),
    )  # fmt: skip


def quotas() -> SmallWorld:
    """A service with one number a day, which comes back when somebody does not."""
    return SmallWorld(
        "quotas",
        site(),
        (
            ask("take", source="t", queue="A", service="ktp"),
            ask("take", source="t", queue="A"),
            ask("take", source="t", queue="B", service="ktp"),
            ask("take", source="t", queue="B", service="ktp", cls="nobody"),
            *at_counters("next", "no_show", "undo"),
            *of_tickets("cancel", THREE),
            *of_tickets("check_in", THREE),
            *named_at_counters("reinstate", TWO),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def people() -> SmallWorld:
    """Who may what: consoles that sign in, boards of all roles, one that is no board."""
    staff = (
        Person("sari", "officer"), Person("budi", "supervisor"), Person("tono", "greeter"),
    )  # fmt: skip
    asks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("take", {"queue": "A"}), ("next", {"counter": 1}), ("done", {"counter": 1}),
        ("claim", {"counter": 1}), ("cancel", {"ticket": "A001"}),
        ("break_start", {}), ("break_end", {}),
        ("board_retire", {"board": "c2"}),
        ("board_add", {"board": "c2", "role": "counter", "counter": 2}),
    )  # fmt: skip
    return SmallWorld(
        "people",
        site(sign_in=True, people=staff, rate_within_s=90),
        (
            *(
                ask(name, source="console", by=by, **fields)
                for name, fields in asks
                for by in ("sari", "budi", "tono", "nobody")
            ),
            *at_counters("next", "done"),
            *each("rate", [{"source": "r", "score": score} for score in (0, 4)]),
            ask("take", source="stranger", queue="A"),
            ask("dance"),
        ),
        waits_ms=(TICK_MS,),
        ages=Ages(call_ms=2 * TICK_MS, act_ms=TICK_MS, ended_ms=3 * TICK_MS),
        boards=(("c1", "counter", 1), ("c2", "counter", 2), ("r", "rating", 1)),
    )


def coming(policy: Policy, tickets: int, **more: Any) -> SmallWorld:
    """One waits and others keep coming, of either class: is anybody passed too often?"""
    return SmallWorld(
        f"{policy.kind} {tickets}",
        replace(_one_queue(policy, tickets, counters=1), presence_s=0),  # how one ends is no matter
        (
            *takes(("A", ""), ("A", "elderly")),
            ask("next", source="c1"),
        ),
        boards=(("c1", "counter", 1), ("t", "ticket", None)),
        remember=passed,
        **more,
    )


_GUARD = Ages(arrival_ms=2 * TICK_MS)  # guard_min 1
_MINUTES = tuple(at("09:00") + n * 60_000 for n in range(6))
_FOR_EVER = Ages(arrival_ms=FOR_EVER_MS)


def strict(tickets: int) -> SmallWorld:
    """Priority first, but nobody for ever."""
    guard = Policy("strict", guard_min=1)
    return coming(guard, tickets, waits_ms=(TICK_MS,), ages=_GUARD)


def ratio(tickets: int) -> SmallWorld:
    """Two normal ones for each of priority."""
    return coming(Policy("ratio", 2, 1), tickets)


def ageing(tickets: int, minutes: int) -> SmallWorld:
    """Waiting time counts, that of priority twice."""
    moments = _MINUTES[:minutes]
    return coming(Policy("ageing"), tickets, moments_ms=moments, ages=_FOR_EVER)


def closing(tickets: int) -> SmallWorld:
    """A supervisor closes the queue in every way, holds the agency, and opens again."""
    return SmallWorld(
        f"closing {tickets}",
        _one_queue(last=tickets),
        (
            *takes(("A", ""), ("A", "child")),
            ask("take", source="t", queue="A", has_printer=True),
            ask("next", source="c1"),
            ask("next", source="c2"),
            *each("park", [{"source": "c1"}]),
            ask("undo", source="c1"),
            ask("reinstate", source="c1", ticket="A001"),
            ask("check_in", ticket="A001"),
            *each("queue_close", [{"how": how} for how in ("", "serve", "carry", "expire", "?")]),
            *each("queue_open", [{}, {"queue": "X"}]),
            *each("hold", [{"agency": "duk"}, {"agency": "x"}]),
            ask("hold_end", agency="duk"),
            ask("tick"),
        ),
        moments_ms=(at("10:00"), at("10:01"), at("00:10", TUESDAY)),
        ages=Ages(call_ms=60_000, act_ms=30_001, paper_ms=30_000),
    )


_SLOT_MS = at("09:30")


def booking(slots: int, counters: int) -> SmallWorld:
    """Appointments that come early, on time, late or never, among those who walk in."""
    queue = replace(_one_queue().queues[0], slots=Slots(30, slots), last_number=slots + 1)
    return SmallWorld(
        f"booking {slots} {counters}",
        site(queues=(queue,), counters=tuple(Counter(n + 1, ("A",)) for n in range(counters))),
        (
            ask("take", source="t", queue="A"),
            *each(
                "book",
                [
                    {"queue": "A", "slot_ms": _SLOT_MS, "service": "ktp"},
                    {"queue": "A", "slot_ms": _SLOT_MS},
                    {"queue": "A", "slot_ms": _SLOT_MS + 60_000},
                    {"queue": "A", "slot_ms": at("09:30", TUESDAY)},
                    {"queue": "X", "slot_ms": _SLOT_MS},
                ],
            ),
            *of_tickets("check_in", ("#1", "#2", "A001")),
            *of_tickets("cancel", ("#1", "A001")),
            *(ask(name, counter=n + 1) for name in ("next", "undo") for n in range(counters)),
            *each("queue_close", [{"how": "serve"}, {"how": "expire"}]),
            ask("tick"),
        ),
        moments_ms=(at("08:50"), at("09:05"), at("09:31"), at("09:50"), at("00:10", TUESDAY)),
        ages=Ages(call_ms=60_000, act_ms=30_001),
        boards=BOARDS[2:],
        settled=lambda hall: (
            all(t.state in FINAL for t in hall.tickets.values())
            and all(b.ticket or b.day > MONDAY for b in hall.bookings.values())
        ),
    )


def leasing(numbers: int) -> SmallWorld:
    """Numbers that two boards give alone, handed in late, twice, by the wrong board, next day."""
    queue = replace(
        _one_queue().queues[0], last_number=1, lease_first=700, lease_last=699 + numbers
    )
    labels = ("A700", "A701", "A702")[: numbers - 1]
    return SmallWorld(
        f"leasing {numbers}",
        site(queues=(queue,), services=(), counters=(Counter(1, ("A",)),), lease_size=2),
        (
            *each("lease", [{"board": board, "queues": ("A", "X")} for board in ("t", "u", "c1")]),
            *each(
                "offline",
                [
                    {"source": board, "queue": "A", "ticket": label, "age_ms": age_ms}
                    for board in ("t", "u")
                    for label in labels
                    for age_ms in (60_000, None)
                ],
            ),
            ask("take", source="t", queue="A"),
            ask("catch_up", queue="A", ticket="A701", ago_min=1),
            ask("next", source="c1"),
            ask("undo", source="c1"),
            ask("queue_close", how="expire"),
            ask("tick"),
        ),
        moments_ms=(at("10:00"), at("10:05"), at("00:10", TUESDAY)),
        ages=Ages(call_ms=60_000, act_ms=30_001, arrival_ms=1_000_000),
        boards=(("c1", "counter", 1), ("t", "ticket", None), ("u", "ticket", None)),
    )


def catching_up(b_tickets: int) -> SmallWorld:
    """Numbers served by hand are entered: new ones, ones that wait, ones that are in hand."""
    return SmallWorld(
        f"catching up {2 + b_tickets}",
        site(),
        (
            *takes(*(("A", ""), ("B", ""))[: 1 + b_tickets]),
            ask("take", source="t", queue="A", service="ktp"),
            *of_tickets("catch_up", ("", *TWO, "A7000"), queue="A", ago_min=5),
            *of_tickets("catch_up", ("B001",)[:b_tickets], queue="B", ago_min=5, counter=2),
            *of_tickets("catch_up", ("A001",), queue="A", ago_min=1_000),
            *of_tickets("catch_up", ("",), queue="A", service="ktp"),
            *at_counters("next"),
            *each("park", [{"source": "c2"}]),
            *each("undo", [{"source": "c2"}]),
            *of_tickets("check_in", TWO),
            *of_tickets("cancel", TWO),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def _few_passes(hall: Hall, command: Command) -> bool:
    return command.name != "screen" or len(hall.passes) < 2


def crowding(tickets: int) -> SmallWorld:
    """A hall with room for one: numbers are given outside, and people asked in."""
    return SmallWorld(
        f"crowding {tickets}",
        replace(_one_queue(last=tickets), capacity=1, screening=True),
        (
            *takes(("A", ""), ("A", "elderly")),
            ask("take", source="console", queue="A"),
            ask("screen", source="g", temp_c=36.5, mask=True),
            ask("screen", source="g", temp_c=39.0, mask=True),
            *each("correct", [{"inside": 0}, {"inside": 1}]),
            *of_tickets("ask_in", TWO[:tickets]),
            *at_counters("next", "undo"),
            *of_tickets("cancel", TWO[:1]),
            ask("tick"),
        ),
        moments_ms=(at("10:00"), at("10:09"), at("10:11"), at("00:10", TUESDAY)),
        ages=Ages(call_ms=60_000, act_ms=30_001, arrival_ms=700_000),
        boards=(("c1", "counter", 1), ("c2", "counter", 2), ("t", "ticket", None),
                ("g", "gate", None)),
        asked=_few_passes,
    )  # fmt: skip


def visiting(tickets: int) -> SmallWorld:
    """One number through two services, two numbers of one visitor: never at two counters."""
    services = (Service("ktp", "KTP", "duk", "A", 1), Service("kk", "KK", "duk", "B"))
    queues = tuple(Queue(q, q, "duk", Policy(), ALWAYS, last_number=tickets) for q in ("A", "B"))
    return SmallWorld(
        f"visiting {tickets}",
        site(services=services, queues=queues, counters=(Counter(1, ("A",)), Counter(2, ("B",)))),
        (
            *each(
                "take",
                [
                    {"source": "t", "queue": "A", "services": ("ktp", "kk")},
                    {"source": "t", "queue": "A"},
                    {"source": "t", "queue": "B", "visit": "A001"},
                    {"source": "t", "queue": "B", "visit": "Z999", "cls": "elderly"},
                ],
            ),
            *at_counters("next", "done", "undo"),
            *each("park", [{"source": "c1"}]),
            *named_at_counters("call", ("A001", "B001")),
            *named_at_counters("reinstate", ("A001",)),
            *of_tickets("check_in", ("A001",)),
            *of_tickets("cancel", ("A001", "B001")),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
    )


def returning(late_place: str) -> SmallWorld:
    """Who comes too late, comes back by itself, or is brought back for a reason."""
    late_ms = 2 * TICK_MS  # late_within_min 1
    return SmallWorld(
        f"returning {late_place}",
        replace(_one_queue(), late_within_min=1, late_place=late_place),
        (
            *takes(("A", ""), ("A", "")),
            ask("next", source="c1"),
            ask("no_show", source="c1"),
            ask("done", source="c1"),
            ask("undo", source="c1"),
            *each("park", [{"source": "c1", "for_min": 1}, {"source": "c1"}]),
            *of_tickets("check_in", TWO),
            *of_tickets("check_in", TWO, reason="sakit"),
            ask("reinstate", source="c2", ticket="A001"),
            ask("done", source="c2"),
            ask("cancel", ticket="A002"),
            ask("tick"),
        ),
        waits_ms=(TICK_MS,),
        ages=replace(USUAL_AGES, late_ms=late_ms),
    )


def marking() -> SmallWorld:
    """Priority that is marked afterwards, and taken back."""
    return SmallWorld(
        "marking",
        _one_queue(counters=1),
        (
            *takes(("A", ""), ("A", "elderly")),
            ask("take", source="t", queue="A", has_printer=True),
            *of_tickets("paper", TWO, source="t", ok=True),
            *of_tickets("set_class", TWO, cls=""),
            *of_tickets("set_class", TWO, cls="disabled"),
            *of_tickets("set_class", TWO[:1], cls="vip"),
            *(ask(name, counter=1) for name in ("next", "park", "done", "undo")),
            *of_tickets("check_in", TWO),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
        boards=BOARDS[2:],
    )


def limiting() -> SmallWorld:
    """Officers with limits of their own, visitors' links with a number a day."""
    staff = (Person("sari", "officer", ("A",), 1), Person("budi", "officer", ("B",)))
    return SmallWorld(
        "limiting",
        site(people=staff, per_link_per_day=1, sign_in=True),
        (
            ask("take", queue="A"),
            *(ask("take", queue=q, link="x") for q in ("A", "B")),
            *(
                ask(name, source="console", by=by, counter=2)
                for name in ("next", "done", "undo")
                for by in ("sari", "budi")
            ),
            *of_tickets("cancel", THREE),
            ask("reinstate", source="console", by="sari", counter=2, ticket="A001"),
        ),
        waits_ms=(TICK_MS,),
        ages=USUAL_AGES,
        boards=(),
    )


LIGHT = ", light"


def lighter(world: SmallWorld, *names: str) -> SmallWorld:
    """Give a world in which nobody asks for these."""
    asks = tuple(command for command in world.asks if command.name not in names)
    return replace(world, name=world.name + LIGHT, asks=asks)


# Explored by every run of the tests, in about half a minute.
SMALL: tuple[SmallWorld, ...] = (
    lighter(calling(0), "recall", "start"), naming(1), sending(1), paper(0), stopping(1),
    hours(1, _EARLY), days(1), strict(4), ratio(6), ageing(3, 4),
    lighter(closing(1), "reinstate", "check_in"),
    lighter(people(), "claim", "break_start"), lighter(quotas(), "check_in", "no_show"),
    lighter(catching_up(0), "undo", "park", "cancel"), lighter(crowding(1), "undo", "cancel"),
    lighter(leasing(2), "undo", "catch_up"),
    lighter(booking(1, 1), "undo", "cancel", "queue_close"),
    lighter(settings(3), "undo", "close", "open"),
    lighter(visiting(1), "cancel", "check_in", "reinstate", "park"),
    lighter(returning("end"), "reinstate", "undo", "cancel"),
    lighter(marking(), "park", "check_in"), lighter(limiting(), "done", "reinstate", "undo"),
)  # fmt: skip
# Explored by the benchmark besides.
LARGE: tuple[SmallWorld, ...] = (
    lighter(calling(1), "recall", "start", "no_show"), catching_up(0), paper(1), stopping(2),
    lighter(booking(1, 1), "queue_close"), hours(1, _DAY), visiting(1), strict(5), ratio(8),
    returning("front"), returning("place"), people(), quotas(), closing(1), leasing(2),
    crowding(1), marking(), calling(0), limiting(), ageing(4, 4), settings(3),
)  # fmt: skip
WORLDS = SMALL + LARGE

# Boards that press, and press again, before two who wait.
_PRESSES = ("next", "undo")
DELIVERIES: tuple[Deliveries, ...] = tuple(
    Deliveries(name, _one_queue(), takes(("A", ""), ("A", "")), boards, presses, copies)
    for name, boards, presses, copies in (
        ("delivery to one", (("c1", _PRESSES),), 3, 2),
        ("delivery twice", (("c1", ("next",)), ("c2", ("next",))), 1, 2),
        ("delivery to two", (("c1", _PRESSES), ("c2", ("next",))), 2, 1),
    )
)
