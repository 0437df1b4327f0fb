"""Small worlds of what happens to tickets: called, sent on, printed, brought back, marked."""

from dataclasses import replace

from gateway.domain.site import (
    Counter,
    Person,
    Policy,
    Queue,
    Service,
)
from tests.domain.world import ALWAYS
from tests.explore.canon import Ages
from tests.explore.small_site import (
    CLASSES,
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
        one_queue(last=tickets),
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
        replace(one_queue(), late_within_min=1, late_place=late_place),
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
        one_queue(counters=1),
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
