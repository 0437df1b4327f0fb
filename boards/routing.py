"""Lanes for wires between a column of terminals and a column of pads, with few crossings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A wire through a channel, from height `start` at the terminals to height `end` at the pads.

    `bar`: it comes from a bar above or below and has no piece at the terminals' side.
    """

    start: float
    end: float
    bar: bool = False


def lanes(runs: list[Run]) -> list[int]:
    """Give each run its lane: 0 next to the terminals, one more for each towards the pads."""
    count = len(runs)
    # What it costs when run i has a lane nearer to the terminals than run j.
    cost = [[_crossings(runs[i], runs[j]) for j in range(count)] for i in range(count)]
    order = sorted(range(count), key=lambda i: (runs[i].start, runs[i].end))
    better = True
    while better:
        better = False
        for place in range(count):
            moved = order.pop(place)
            # Cost of each place for `moved`: after the ones before, before the ones after.
            best, least = place, _place_cost(cost, order, moved, place)
            for other in range(count):
                its = _place_cost(cost, order, moved, other)
                if its < least:
                    best, least = other, its
            order.insert(best, moved)
            better = better or best != place
    placed = [0] * count
    for lane, run in enumerate(order):
        placed[run] = lane
    return placed


def _place_cost(cost: list[list[int]], order: list[int], moved: int, place: int) -> int:
    before = sum(cost[other][moved] for other in order[:place])
    return before + sum(cost[moved][other] for other in order[place:])


def _crossings(near: Run, far: Run) -> int:
    """Count the crossings of two runs of which `near` has the lane next to the terminals."""
    found = 0
    if not far.bar and _between(far.start, near):
        found += 1  # far's way to its lane crosses near's lane
    if _between(near.end, far):
        found += 1  # near's way to its pad crosses far's lane
    return found


def _between(height: float, run: Run) -> bool:
    return min(run.start, run.end) < height < max(run.start, run.end)
