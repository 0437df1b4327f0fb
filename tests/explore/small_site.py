"""What every small world is made from: its site, its times, and asks that come in kinds."""

from dataclasses import replace
from typing import Any

from gateway.domain import Command
from gateway.domain.site import (
    Agency,
    Counter,
    Policy,
    Queue,
    Service,
    Site,
)
from tests.domain.world import ALWAYS, ZONE
from tests.explore.canon import Ages
from tests.explore.world import ask, each

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


def one_queue(policy: Policy | None = None, last: int = 2, counters: int = 2) -> Site:
    return site(
        queues=(Queue("A", "Kependudukan", "duk", policy or Policy(), ALWAYS, last_number=last),),
        services=(),
        counters=tuple(Counter(n + 1, ("A",)) for n in range(counters)),
    )
