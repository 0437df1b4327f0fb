"""Who was passed how often: what a world remembers to hold each policy to the bound it states."""

from gateway.domain import Decision, Hall
from gateway.domain.hall import Ticket
from gateway.domain.ticket_events import Called
from tests.explore.steps import lanes_of
from tests.explore.world import Memory


def passed(memory: Memory, before: Hall, decision: Decision, after: Hall) -> Memory:
    """Count how often the head of a lane saw the other lane called; fail above the bound.

    The bounds are those of docs/domain.md, "Who is next". The memory is (label, times) of
    those who are passed and wait.
    """
    times: dict[str, int] = dict(memory)
    for event in decision.events:
        if not isinstance(event, Called) or event.act != "next":
            continue
        called = before.tickets[event.ticket]
        other = lanes_of(before).get((called.queue, called.klass == ""))
        if not other:
            continue
        head = before.tickets[other[0]]
        bound = _bound(before, head, called, event.at_ms)
        if bound is not None:
            times[head.label] = times.get(head.label, 0) + 1
            assert times[head.label] <= bound, f"{head.label} was passed {times[head.label]} times"
    waiting = {label for lane in lanes_of(after).values() for label in lane}
    return tuple(sorted((label, n) for label, n in times.items() if label in waiting))


def _bound(hall: Hall, head: Ticket, called: Ticket, at_ms: int) -> int | None:
    """Give how often this head of a lane may be passed by the like of `called`; None: no bound."""
    policy = hall.index.queues[called.queue].policy
    if policy.kind == "ratio":
        return policy.normal if head.klass else policy.priority
    if policy.kind == "strict":
        if head.klass:  # by the guard, at most every other time
            assert head.arrived_ms >= called.arrived_ms, "the guard passed an earlier ticket"
            return None
        overdue = at_ms - head.arrived_ms > policy.guard_min * 60_000
        return 1 if overdue and called.arrived_ms >= head.arrived_ms else None
    weights = [policy.priority_weight if t.klass else 1.0 for t in (head, called)]
    waited = [at_ms - t.arrived_ms for t in (head, called)]
    assert weights[1] * waited[1] >= weights[0] * waited[0], f"{head.label} waited longer, weighed"
    return None
