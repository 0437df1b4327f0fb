"""Halls that share a key are the same to everybody: they answer alike and go on alike.

Without that an exploration would leave out states that it never looked at.
"""

from random import Random
from typing import Any

import pytest

from gateway.domain import Decision, decide, evolve
from tests.domain.frozen import freeze, pack, thaw, unpack
from tests.domain.walk import Walker
from tests.explore.canon import key_of
from tests.explore.world import SmallWorld, later
from tests.explore.worlds import SMALL

_WALKS_MOST = 16
_STEPS = 50
_COMPARED = 5
_ENOUGH = 30
# What answers say that no rule goes by: estimates, and how often was called.
_SAID_ONLY = {"wait_s", "times"}


def _said(decision: Decision) -> tuple[Any, ...]:
    kinds = [event.kind for event in decision.events]
    result = {k: v for k, v in decision.result.items() if k not in _SAID_ONLY}
    return decision.why, repr(result), sorted(kinds)


class _Walk:
    """One way through a world: its hall, and how far its time has gone."""

    def __init__(self, world: SmallWorld, rnd: Random) -> None:
        self.world, self._rnd = world, rnd
        self.hall, self.now_ms, _ = world.begin()
        self.moment = 0

    def key(self) -> bytes:
        return key_of(self.hall, self.now_ms, self.world.ages, (self.moment,))

    def outcome(self) -> list[Any]:
        """Give all that may come of it: each answer, and the key of where it leads."""
        world, frozen = self.world, freeze(self.hall)
        outcome: list[Any] = []
        for command in world.asks:
            command.at_ms = self.now_ms
            decision = decide(self.hall, command)
            after = thaw(frozen)
            for event in decision.events:
                evolve(after, event)
            key = key_of(after, self.now_ms, world.ages, (self.moment,))
            outcome.append((_said(decision), key))
        for then_ms, moment in later(world, self.now_ms, self.moment):
            outcome.append(key_of(self.hall, then_ms, world.ages, (moment,)))
        return outcome

    def go_on(self) -> None:
        """Let something happen that changes the hall, or time pass."""
        times = list(later(self.world, self.now_ms, self.moment))
        if times and self._rnd.random() < 0.12:
            self.now_ms, self.moment = self._rnd.choice(times)
            return
        for command in self._rnd.sample(self.world.asks, len(self.world.asks)):
            command.at_ms = self.now_ms
            decision = decide(self.hall, command)
            if decision.events:
                for event in decision.events:
                    evolve(self.hall, event)
                return


_TIMED = [world for world in SMALL if world.waits_ms or world.moments_ms]


@pytest.mark.parametrize("world", _TIMED, ids=lambda world: world.name)
def test_halls_that_share_a_key_answer_alike_and_lead_to_the_same_keys(world: SmallWorld) -> None:
    outcomes: dict[bytes, tuple[bytes, list[Any]]] = {}
    compared = 0
    rnd = Random(world.name)
    for _ in range(_WALKS_MOST):  # the same situations again and again, by other ways
        if compared >= _ENOUGH:
            break
        walk = _Walk(world, rnd)
        for _ in range(_STEPS):
            key, whole = walk.key(), pack((freeze(walk.hall), walk.now_ms))
            if key not in outcomes:
                outcomes[key] = whole, walk.outcome()
            elif outcomes[key][0] != whole:
                assert outcomes[key][1] == walk.outcome()
                compared += 1
            walk.go_on()
    assert compared > _COMPARED, "hardly any halls shared a key: this proves little"


def test_a_frozen_hall_thaws_to_the_same_hall() -> None:
    for seed in range(4):
        walker = Walker(seed)
        for n in range(120):
            walker.step((n * 37 % 1000, n * 91 % 1000, n * 53 % 1000))
            hall = walker.world.hall
            again = thaw(unpack(pack(freeze(hall))))
            assert again == hall
            assert again.index is not None
            # Dead entries of a lane's heap are copied as well: they are what may go wrong.
            for prefix, line in hall.lines.items():
                assert again.lines[prefix].normal._heap == line.normal._heap
