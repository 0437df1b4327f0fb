"""How many will be called before somebody: by the queue's policy, with priority still to come."""

from dataclasses import dataclass

from gateway.domain.hall import Ticket
from gateway.domain.lines import Line
from gateway.domain.site import Policy

_MOST_COMING = 0.8  # of a queue's calls go to priority tickets still to come


@dataclass(slots=True)
class Before:
    """Who stands before somebody of `klass` who came at `arrived_ms`, in each lane of the line.

    Of the other lane these are all who wait: the policy says how many of them go first.
    """

    klass: str
    arrived_ms: int
    normal: int
    priority: int


def before_new(line: Line, klass: str, at_ms: int) -> Before:
    """Give who stands before somebody who joins now."""
    return Before(klass, at_ms, len(line.normal.places), len(line.priority.places))


def before_ticket(line: Line, ticket: Ticket) -> Before:
    """Give who stands before a ticket that waits in this line (a loop over its lane)."""
    before = before_new(line, ticket.klass, ticket.arrived_ms)
    places = line.lane(ticket.klass).places
    mine = places[ticket.label]
    earlier = sum(1 for place in places.values() if place < mine)
    if ticket.klass:
        before.priority = earlier
    else:
        before.normal = earlier
    return before


def ahead_now(line: Line, policy: Policy, klass: str) -> int:
    """Give how many of those waiting would be called before somebody of `klass` who joins now."""
    normal, priority = len(line.normal.places), len(line.priority.places)
    if not klass:
        return normal + priority
    if policy.kind == "ratio":
        return priority + min(normal, _normal_turns(line, policy, priority))
    return priority


def _normal_turns(line: Line, policy: Policy, priority: int) -> int:
    # Normal tickets that `ratio n:m` calls before the priority ticket with `priority` before it.
    per_round = max(1, policy.priority)
    done_priority, done_normal = line.turn
    if done_priority < per_round:
        left, turns = per_round - done_priority, 0
    else:
        left, turns = per_round, policy.normal - done_normal
    while priority >= left:  # in rounds of the cycle; few, as priority tickets are
        turns += policy.normal
        left += per_round
    return turns


def to_be_called(
    line: Line,
    policy: Policy,
    before: Before,
    per_s: float,
    at_ms: int,
    lead_s: float,
) -> tuple[float, float]:
    """Give how many will be called first, and how many of them are still to come.

    `per_s` is how many tickets the queue's counters call in a second, `lead_s` the time until
    they can begin.
    """
    normal, priority = before.normal, before.priority
    if before.klass:
        return _before_priority(line, policy, before, per_s, at_ms, lead_s), 0.0
    share = 1.0
    if policy.kind == "ageing":  # who comes later passes only while their weighed time is more
        weight = policy.priority_weight
        share = 1 - 1 / weight if weight > 1 else 0.0
    coming_per_s = share / line.pace.priority_gap_s
    # Those who come pass us, and while they are called more of them come.
    load = coming_per_s / per_s
    if load > _MOST_COMING:
        load = _MOST_COMING
    coming = (coming_per_s * lead_s + (normal + priority) * load) / (1 - load)
    if policy.kind == "ratio":
        most = (normal + 1) * max(1, policy.priority) / max(1, policy.normal) + 1
    elif policy.kind == "strict":  # from the guard on at most every other call
        most = policy.guard_min * 60 * per_s + normal + 1
    else:
        return normal + priority + coming, coming
    passing = min(priority + coming, most)
    return normal + passing, max(0.0, passing - priority)


def _before_priority(
    line: Line, policy: Policy, before: Before, per_s: float, at_ms: int, lead_s: float
) -> float:
    normal, priority = before.normal, before.priority
    if policy.kind == "ratio":
        return priority + min(normal, _normal_turns(line, policy, priority))
    head = line.normal.head()
    if head is None:
        return priority
    waited_s = max(1.0, (at_ms - head[1]) / 1000)
    soonest_s = lead_s + (priority + 1) / per_s
    if policy.kind == "strict":
        # Normal tickets that are overdue by then go first, one for each priority ticket.
        overdue = normal * (waited_s + soonest_s - policy.guard_min * 60) / waited_s
        return priority + min(max(0.0, overdue), normal, priority + 1)
    # ageing: those go first whose own time is more than ours, weighed. Their times are taken as
    # spread evenly up to the first one's; x of them make us wait for x more calls.
    weight = max(1.0, policy.priority_weight)
    lacks_s = weight * (at_ms - before.arrived_ms) / 1000 + (weight - 1) * soonest_s
    first = normal * (1 - lacks_s / waited_s) / (1 + normal * (weight - 1) / waited_s / per_s)
    return priority + min(max(0.0, first), normal)
