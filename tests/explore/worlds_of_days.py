"""Small worlds of a hall's frame: hours, days, settings, closings, appointments, the door."""

from dataclasses import replace
from typing import Any

from gateway.domain import Command, Hall
from gateway.domain.hall import FINAL
from gateway.domain.site import (
    Break,
    Counter,
    Hours,
    Person,
    Policy,
    Queue,
    Slots,
)
from tests.domain.world import MONDAY, TUESDAY, at, week
from tests.explore.canon import Ages
from tests.explore.small_site import (
    THREE,
    TICK_MS,
    TWO,
    USUAL_AGES,
    at_counters,
    named_at_counters,
    of_tickets,
    one_queue,
    site,
    takes,
)
from tests.explore.world import BOARDS, SmallWorld, ask, each

_SLOT_MS = at("09:30")
_HOURS = Hours(
    tickets=week("07:45-12:00"), service=week("08:00-10:00", "11:00-12:00"),
    early=week("06:00-07:45"),
)  # fmt: skip


def stopping(tickets: int) -> SmallWorld:
    """Counters that pause, close and break, with tickets in hand."""
    return SmallWorld(
        f"stopping {tickets}",
        one_queue(last=tickets),
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
        one_queue(last=tickets),
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


def closing(tickets: int) -> SmallWorld:
    """A supervisor closes the queue in every way, holds the agency, and opens again."""
    return SmallWorld(
        f"closing {tickets}",
        one_queue(last=tickets),
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


def booking(slots: int, counters: int, *, ahead: bool = True) -> SmallWorld:
    """Appointments that come early, on time, late or never, among those who walk in.

    Unless `ahead`, none is made for tomorrow.
    """
    queue = replace(one_queue().queues[0], slots=Slots(30, slots), last_number=slots + 1)
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
                    {"queue": "X", "slot_ms": _SLOT_MS},
                    *([{"queue": "A", "slot_ms": at("09:30", TUESDAY)}] if ahead else []),
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
    queue = replace(one_queue().queues[0], last_number=1, lease_first=700, lease_last=699 + numbers)
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


def _few_passes(hall: Hall, command: Command) -> bool:
    return command.name != "screen" or len(hall.passes) < 2


def crowding(tickets: int) -> SmallWorld:
    """A hall with room for one: numbers are given outside, and people asked in."""
    return SmallWorld(
        f"crowding {tickets}",
        replace(one_queue(last=tickets), capacity=1, screening=True),
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
