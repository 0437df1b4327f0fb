"""Breadth first through every state of a small world, with the real `decide` and `evolve`.

In each state everything is asked, by everybody; what is granted leads to the next state. States
that the rules cannot tell apart are one (canon.py). A promise that breaks is told with the
shortest way to it.
"""

import gc
import time
from array import array
from collections import deque
from dataclasses import dataclass
from importlib import import_module
from unittest.mock import patch

from gateway.domain import Hall, decide
from tests.domain.frozen import Frozen, freeze, pack, thaw, unpack
from tests.domain.invariants import check
from tests.explore.canon import key_of
from tests.explore.steps import (
    Before,
    check_granted,
    check_refusal,
    check_step,
    check_undo,
    take_step,
)
from tests.explore.world import Memory, SmallWorld, later, words

_NOBODY = 0xFFFFFFFF
_STATES_MOST = 700_000  # of one world: more mean that something is counted up for ever
# `decide` looks at a new day on a copy of the hall; here every second ask may meet one, and the
# copy that test_canon.py compares is made in a tenth of the time.
_DECIDE = import_module("gateway.domain.decide")
# What the rules may raise when one of them is wrong: an event that cannot have happened.
FAULTS = (AssertionError, KeyError, AttributeError, TypeError, ValueError, IndexError)


class Broken(AssertionError):
    """A promise that does not hold, with the way to where it breaks."""


class TooMany(Exception):
    """A world has more states than it may have: something in its key never comes twice."""


@dataclass(slots=True)
class Explored:
    """What was found: how many states and steps, and how long it took."""

    world: str
    states: int = 0
    steps: int = 0  # that changed something
    asked: int = 0
    seconds: float = 0.0
    whole: bool = True  # False: ended at the limit asked for

    def __str__(self) -> str:
        end = "" if self.whole else " (not all)"
        return (
            f"{self.world:<12} {self.states:>9,} states{end} {self.steps:>10,} steps"
            f" {self.asked:>11,} asked {self.seconds:>6.1f} s"
        )


# A state on its way: the frozen hall, the time, the number of its moment, what is remembered.
Situation = tuple[Frozen, int, int, Memory]


class Explorer:
    """One exploration of one world. States are numbered in the order they were found."""

    def __init__(self, world: SmallWorld, at_most: int = _STATES_MOST) -> None:
        self.world = world
        self.found = Explored(world.name)
        self._at_most = at_most
        self._numbers: dict[bytes, int] = {}
        self._from = array("I")  # the state that each was found from ...
        self._by = array("H")  # ... by which ask (or, behind them, passing of time)
        self._edges_from = array("I")
        self._edges_to = array("I")
        self._settled: list[int] = []
        self._frontier: deque[tuple[int, bytes]] = deque()
        self._number = _NOBODY  # of the state whose steps are taken
        self._asks = [words(command) for command in world.asks]

    def run(self, stop_at: int | None = None) -> Explored:
        """Visit every state (or the first `stop_at`) and check all that is promised."""
        started = time.monotonic()
        hall, now_ms, _ = self.world.begin()
        self._arrive(hall, now_ms, 0, (), 0)
        gc.disable()  # nothing here refers to itself; looking for it would cost a tenth
        try:
            with patch.object(_DECIDE, "deepcopy", lambda hall, _: thaw(freeze(hall))):
                self._visit(stop_at or self._at_most)
        finally:
            gc.enable()
        found = self.found
        found.states, found.steps = len(self._numbers), len(self._edges_from)
        found.whole = not self._frontier
        if not found.whole and stop_at is None:
            raise TooMany(f"{self.world.name} has more than {self._at_most:,} states")
        if found.whole and self.world.settles:
            self._check_ways_out()
        found.seconds = time.monotonic() - started
        return found

    def _visit(self, limit: int) -> None:
        frontier = self._frontier
        while frontier and len(self._numbers) < limit:
            number, data = frontier.popleft()
            self._expand(number, unpack(data))

    def way_to(self, number: int) -> list[str]:
        """Give the shortest way to a state, in words."""
        way: list[str] = []
        while self._from[number] != _NOBODY:
            way.append(self._word(self._by[number]))
            number = self._from[number]
        return way[::-1]

    def _word(self, by: int) -> str:
        if by < len(self._asks):
            return self._asks[by]
        waits = self.world.waits_ms
        return f"{waits[by - len(self._asks)] / 1000:g} s pass" if waits else "time goes on"

    def _expand(self, number: int, situation: Situation) -> None:
        frozen, now_ms, moment, memory = situation
        self._number = number
        hall = thaw(frozen)
        before = Before(hall)
        asks = self.world.asks
        self.found.asked += len(asks)
        by, done = -1, []
        try:
            for by, command in enumerate(asks):
                if self.world.asked is not None and not self.world.asked(hall, command):
                    continue
                command.at_ms = now_ms
                decision = decide(hall, command)
                if decision.why is not None:
                    check_refusal(before, command, decision)
                    continue
                check_granted(before, command)
                if decision.events in done:
                    continue  # what happens was tried: the same press, said with other words
                done.append(decision.events)
                after = thaw(frozen)
                take_step(after, decision)
                check_step(before, command, decision, after)
                remembered = memory
                if self.world.remember is not None:
                    remembered = self.world.remember(memory, hall, decision, after)
                if decision.events and self._arrive(after, now_ms, moment, remembered, by):
                    check_undo(before, command, decision, after)
            by += 1
            assert freeze(hall) == frozen, "deciding changed the hall"
            for wait, (then_ms, then) in enumerate(later(self.world, now_ms, moment)):
                by = len(asks) + wait
                self._arrive(hall, then_ms, then, memory, by)
        except FAULTS as e:
            way = [*self.way_to(number), self._word(by)]
            told = "\n  ".join(f"{n}. {step}" for n, step in enumerate(way, 1))
            raise Broken(f"{self.world.name}: {type(e).__name__}: {e}; after\n  {told}") from e

    def _arrive(self, hall: Hall, now_ms: int, moment: int, memory: Memory, by: int) -> bool:
        """Note a state that was reached; give whether it is new."""
        key = key_of(hall, now_ms, self.world.ages, (moment, memory))
        number = self._numbers.get(key)
        new = number is None
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            check(hall)
            self._from.append(self._number)
            self._by.append(by)
            self._frontier.append((number, pack((freeze(hall), now_ms, moment, memory))))
            if self.world.settled(hall):
                self._settled.append(number)
        if self._number not in (_NOBODY, number):
            self._edges_from.append(self._number)
            self._edges_to.append(number)
        return new

    def _check_ways_out(self) -> None:
        """Check that from every state the day can still end well: no ticket is stuck for ever."""
        stuck = first_without_way(
            len(self._numbers), self._edges_from, self._edges_to, self._settled
        )
        if stuck is not None:
            way = "\n  ".join(self.way_to(stuck))
            raise Broken(f"{self.world.name}: a ticket never ends any more after\n  {way}")


def first_without_way(
    states: int, edges_from: "array[int]", edges_to: "array[int]", goals: list[int]
) -> int | None:
    """Give the lowest state from which no edges lead to a goal, or None: all have a way."""
    # Edges by where they lead, as two flat arrays: starts[n] up to starts[n + 1] come to n.
    starts = array("I", bytes(4 * (states + 1)))
    for to in edges_to:
        starts[to + 1] += 1
    for n in range(states):
        starts[n + 1] += starts[n]
    fill, comes_from = starts[:], array("I", bytes(4 * len(edges_to)))
    for source, to in zip(edges_from, edges_to, strict=True):
        comes_from[fill[to]] = source
        fill[to] += 1
    reached = bytearray(states)
    todo = list(goals)
    for goal in goals:
        reached[goal] = 1
    while todo:
        n = todo.pop()
        for source in comes_from[starts[n] : starts[n + 1]]:
            if not reached[source]:
                reached[source] = 1
                todo.append(source)
    stuck = reached.find(0)
    return None if stuck < 0 else stuck
