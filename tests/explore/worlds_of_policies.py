"""Small worlds of who is next: one waits, and others keep coming."""

from dataclasses import replace
from typing import Any

from gateway.domain.site import (
    Policy,
)
from tests.domain.world import at
from tests.explore.canon import FOR_EVER_MS, Ages
from tests.explore.passed import passed
from tests.explore.small_site import TICK_MS, one_queue, takes
from tests.explore.world import SmallWorld, ask

_MINUTES = tuple(at("09:00") + n * 60_000 for n in range(6))
_GUARD = Ages(arrival_ms=2 * TICK_MS)  # guard_min 1
_FOR_EVER = Ages(arrival_ms=FOR_EVER_MS)


def coming(policy: Policy, tickets: int, **more: Any) -> SmallWorld:
    """One waits and others keep coming, of either class: is anybody passed too often?"""
    return SmallWorld(
        f"{policy.kind} {tickets}",
        replace(one_queue(policy, tickets, counters=1), presence_s=0),  # how one ends is no matter
        (
            *takes(("A", ""), ("A", "elderly")),
            ask("next", source="c1"),
        ),
        boards=(("c1", "counter", 1), ("t", "ticket", None)),
        remember=passed,
        **more,
    )


def strict(tickets: int) -> SmallWorld:
    """Priority first, but nobody for ever."""
    guard = Policy("strict", guard_min=1)
    return coming(guard, tickets, waits_ms=(TICK_MS,), ages=_GUARD)


def ratio(tickets: int) -> SmallWorld:
    """Two normal ones for each of priority."""
    return coming(Policy("ratio", 2, 1), tickets)


def ageing(tickets: int, minutes: int) -> SmallWorld:
    """Waiting time counts, that of priority twice."""
    moments = _MINUTES[:minutes]
    return coming(Policy("ageing"), tickets, moments_ms=moments, ages=_FOR_EVER)
