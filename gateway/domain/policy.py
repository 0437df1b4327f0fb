"""Which ticket next: the policies of a queue, and the choice among a counter's queues.

A choice carries the rule that made it and the line's next place in its policy's cycle; the
event keeps both, so replay never asks a policy again.
"""

from dataclasses import dataclass

from gateway.domain import reasons, schedule
from gateway.domain.hall import CARRY, EXPIRE, Hall
from gateway.domain.lines import Line, Place
from gateway.domain.site import Policy

# The rules that a call may name, besides "ratio n:m …".
FIRST = "first come"  # only one class was waiting
STRICT_PRIORITY = "strict: priority"
STRICT_GUARD = "strict: waited too long"
AGEING_PRIORITY = "ageing: priority"
AGEING_NORMAL = "ageing: normal"
NAMED = "named"  # a person chose this ticket
REINSTATED = "reinstated"
LONGEST = "; waits longest of this counter's queues"  # added when there was a choice of queues
APPOINTMENT = "; appointment "  # added, with its local time, when that gave the ticket its place


@dataclass(slots=True)
class Choice:
    """The ticket at `place` of `queue` is next, because of `rule`; `turn` None: cycle unmoved."""

    queue: str
    place: Place
    rule: str
    turn: tuple[int, int] | None


def choose(line: Line, policy: Policy, at_ms: int) -> Choice | None:
    """Give who is next in one line, or None if nobody waits.

    The cycle `turn` of `ratio n:m` is (priority calls, normal calls) of the present round: m
    priority tickets, then n normal ones; a class that has nobody waiting loses its turn to the
    other. That of `strict` is (0, 1) after a guard call, so that guard calls alternate.
    """
    normal, priority = line.normal.head(), line.priority.head()
    if normal is None and priority is None:
        return None
    if policy.kind == "ratio":
        return _ratio(line, policy, normal, priority)
    if priority is None or normal is None:
        turn = (0, 0) if policy.kind == "strict" and line.turn != (0, 0) and priority else None
        return Choice(line.prefix, priority or normal, FIRST, turn)  # type: ignore[arg-type]
    if policy.kind == "strict":
        overdue = at_ms - normal[1] > policy.guard_min * 60_000
        if overdue and line.turn != (0, 1) and normal[1] <= priority[1]:
            return Choice(line.prefix, normal, STRICT_GUARD, (0, 1))
        return Choice(line.prefix, priority, STRICT_PRIORITY, (0, 0))
    waited_priority = max(0, at_ms - priority[1]) * policy.priority_weight
    if waited_priority >= max(0, at_ms - normal[1]):
        return Choice(line.prefix, priority, AGEING_PRIORITY, None)
    return Choice(line.prefix, normal, AGEING_NORMAL, None)


def _ratio(line: Line, policy: Policy, normal: Place | None, priority: Place | None) -> Choice:
    done_priority, done_normal = line.turn
    priority_turn = done_priority < policy.priority
    if priority is not None and (priority_turn or normal is None):
        turn = (done_priority + 1, done_normal) if priority_turn else None
        place = priority
    else:
        assert normal is not None
        place = normal
        if priority_turn:
            turn = None  # nobody of the priority class waits: its turn stays owed
        elif done_normal + 1 >= policy.normal:
            turn = (0, 0)
        else:
            turn = (done_priority, done_normal + 1)
    if priority is None or normal is None:
        return Choice(line.prefix, place, FIRST, turn)
    whose = "priority" if place is priority else "normal"
    return Choice(line.prefix, place, f"ratio {policy.normal}:{policy.priority}: {whose}", turn)


def pick(hall: Hall, queues: tuple[str, ...], at_ms: int) -> Choice | None:
    """Give the next ticket of a counter that serves `queues`, or None.

    Of several queues, that whose candidate waits longest; at equal times the one named first.
    Lines whose service hours have not begun, or pause, are passed over.
    """
    best: Choice | None = None
    among = 0
    for prefix in queues:
        line = hall.lines[prefix]
        if not line.normal.places and not line.priority.places:
            continue
        if not may_call(hall, prefix, at_ms):
            continue
        choice = choose(line, hall.index.queues[prefix].policy, at_ms)
        if choice is not None:
            among += 1
            if best is None or choice.place[:2] < best.place[:2]:
                best = choice
    if best is not None and among > 1:
        best.rule += LONGEST
    if best is not None:
        ticket = hall.tickets[best.place[3]]
        if ticket.slot_ms and ticket.arrived_ms < ticket.issued_ms:
            best.rule += APPOINTMENT + hall.index.schedule.local_hhmm(ticket.slot_ms)
    return best


def may_call(hall: Hall, prefix: str, at_ms: int) -> bool:
    """Tell whether who waits in a queue may be called by `next` now.

    The hours allow it while open, and afterwards for those who still wait. A queue that was
    closed for the day to be served is called in gaps and after its hours, too.
    """
    if line_block(hall, prefix) is not None:
        return False
    hours = hall.index.schedule.service(prefix, at_ms)
    if hall.lines[prefix].closing:
        return hours != schedule.BEFORE
    return hours in (schedule.OPEN, schedule.AFTER)


def line_block(hall: Hall, prefix: str) -> str | None:
    """Give why nobody of a queue may be called, whatever the hours: held, closed; or None."""
    if hall.held and hall.index.queues[prefix].agency in hall.held:
        return reasons.HELD
    return reasons.CLOSED if hall.lines[prefix].closing in (CARRY, EXPIRE) else None
