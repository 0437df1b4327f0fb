"""Which ticket next: the policies of a queue, and the choice among a counter's queues.

A choice carries the rule that made it and the line's next place in its policy's cycle; the
event keeps both, so replay never asks a policy again.
"""

from dataclasses import dataclass

from gateway.domain import reasons, schedule
from gateway.domain.hall import CARRY, EXPIRE, Hall
from gateway.domain.lines import Line, Place
from gateway.domain.site import PREFERENCE, Counter, Policy
from gateway.domain.visits import Back

# The rules that a call may name, besides "ratio n:m …".
FIRST = "first come"  # only one class was waiting
STRICT_PRIORITY = "strict: priority"
STRICT_GUARD = "strict: waited too long"
AGEING_PRIORITY = "ageing: priority"
AGEING_NORMAL = "ageing: normal"
NAMED = "named"  # a person chose this ticket
REINSTATED = "reinstated"
# Added when there was a choice of queues.
LONGEST = "; waits longest of this counter's queues"
PREFERRED = "; this counter's first queue with somebody waiting"
GUARDED = "; waited over {} min at this counter's queues"
APPOINTMENT = "; appointment "  # added, with its local time, when that gave the ticket its place


@dataclass(slots=True)
class Choice:
    """The ticket at `place` of `queue` is next, because of `rule`; `turn` None: cycle unmoved."""

    queue: str
    place: Place
    rule: str
    turn: tuple[int, int] | None


def choose(line: Line, policy: Policy, at_ms: int, back: tuple[Back, ...] = ()) -> Choice | None:
    """Give who is next in one line, or None if nobody waits; `back` are about to come into it.

    The cycle `turn` of `ratio n:m` is (priority calls, normal calls) of the present round: m
    priority tickets, then n normal ones; a class that has nobody waiting loses its turn to the
    other. That of `strict` is (0, 1) after a guard call, so that guard calls alternate.
    """
    normal, priority = line.normal.head(), line.priority.head()
    for prefix, is_priority, place in back:
        if prefix != line.prefix:
            continue
        if is_priority:
            priority = place if priority is None else min(priority, place)
        else:
            normal = place if normal is None else min(normal, place)
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


def pick(
    hall: Hall, counter: Counter, queues: tuple[str, ...], at_ms: int,
    back: tuple[Back, ...] = (),
) -> Choice | None:  # fmt: skip
    """Give the next ticket of a counter that calls from `queues`, or None.

    Of several queues, that whose candidate waits longest; at equal times the one named first.
    A counter with preferred queues takes the first with somebody waiting, unless a candidate of
    another has waited longer than that and over `guard_min`. Lines whose service hours have not
    begun, or pause, are passed over. `back` are about to come into their lines.
    """
    choices = []
    for prefix in queues:
        line = hall.lines[prefix]
        if not line.normal.places and not line.priority.places and not back:
            continue
        if not may_call(hall, prefix, at_ms):
            continue
        choice = choose(line, hall.index.queues[prefix].policy, at_ms, back)
        if choice is not None:
            choices.append(choice)
    if not choices:
        return None
    best = _best(counter, choices, at_ms)
    ticket = hall.tickets[best.place[3]]
    if ticket.slot_ms and ticket.arrived_ms < ticket.issued_ms:
        best.rule += APPOINTMENT + hall.index.schedule.local_hhmm(ticket.slot_ms)
    return best


def _best(counter: Counter, choices: list[Choice], at_ms: int) -> Choice:
    if len(choices) == 1:
        return choices[0]
    if counter.choice == PREFERENCE:
        return _preferred(counter, choices, at_ms)
    best = min(choices, key=_waiting_since)
    best.rule += LONGEST
    return best


def _preferred(counter: Counter, choices: list[Choice], at_ms: int) -> Choice:
    first = choices[0]
    limit_ms = min(at_ms - counter.guard_min * 60_000, first.place[1])
    overdue = [choice for choice in choices[1:] if choice.place[1] < limit_ms]
    if not overdue:
        first.rule += PREFERRED
        return first
    best = min(overdue, key=_waiting_since)
    best.rule += GUARDED.format(counter.guard_min)
    return best


def _waiting_since(choice: Choice) -> tuple[int, int]:
    return choice.place[:2]


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
