"""The small worlds that are explored: each a corner of the rules, whole."""

from dataclasses import replace
from typing import Any

from tests.explore.delivery import Deliveries
from tests.explore.small_site import one_queue, takes
from tests.explore.world import SmallWorld
from tests.explore.worlds_of_days import (
    booking,
    closing,
    crowding,
    days,
    hours,
    leasing,
    people,
    quotas,
    settings,
    stopping,
)
from tests.explore.worlds_of_policies import ageing, ratio, strict
from tests.explore.worlds_of_tickets import (
    calling,
    catching_up,
    limiting,
    marking,
    naming,
    paper,
    returning,
    sending,
    visiting,
)

_EARLY = ("06:30", "08:10", "09:06")
_DAY = ("05:00", "06:30", "07:50", "08:10", "09:06", "09:11", "10:30", "11:10", "12:30")
LIGHT = ", light"


def lighter(world: SmallWorld, *names: str) -> SmallWorld:
    """Give a world in which nobody asks for these."""
    asks = tuple(command for command in world.asks if command.name not in names)
    return replace(world, name=world.name + LIGHT, asks=asks)


# Explored by every run of the tests, in half a minute of one core: of each kind of world one that
# is small enough. What is left out of a light one is asked in another, or by the benchmark.
SMALL: tuple[SmallWorld, ...] = (
    naming(1), sending(1), paper(0), strict(3), ratio(6), ageing(3, 4),
    lighter(calling(0), "undo", "no_show", "start"),
    lighter(stopping(1), "call", "reinstate"),
    lighter(hours(1, _EARLY), "park"), lighter(days(1), "claim", "undo"),
    lighter(closing(1), "reinstate", "check_in"),
    lighter(people(), "claim", "break_start", "break_end", "cancel", "done"),
    lighter(quotas(), "check_in", "reinstate", "undo"),
    lighter(catching_up(0), "undo", "park", "cancel", "check_in"),
    lighter(crowding(1), "undo", "cancel", "correct"),
    lighter(leasing(2), "undo", "catch_up"),
    lighter(booking(1, 1, ahead=False), "undo", "cancel", "queue_close"),
    lighter(settings(3), "undo", "close", "open", "transfer", "done"),
    lighter(visiting(1), "undo", "cancel", "check_in", "reinstate", "park"),
    lighter(returning("end"), "reinstate", "undo", "cancel", "park"),
    lighter(marking(), "park", "check_in"), lighter(limiting(), "done", "reinstate", "undo"),
)  # fmt: skip


# Explored by the benchmark besides.
LARGE: tuple[SmallWorld, ...] = (
    lighter(calling(1), "recall", "start", "no_show"), catching_up(0), paper(1), stopping(2),
    lighter(booking(1, 1), "queue_close"), hours(1, _DAY), visiting(1), strict(5), ratio(8),
    returning("front"), returning("place"), people(), quotas(), closing(1), leasing(2),
    crowding(1), marking(), calling(0), limiting(), ageing(4, 4), settings(3),
    stopping(1), hours(1, _EARLY), days(1), strict(4),
    lighter(returning("end"), "reinstate", "undo", "cancel"),
)  # fmt: skip


WORLDS = SMALL + LARGE


# Boards that press, and press again, before two who wait.
_PRESSES = ("next", "undo")


def _deliveries(*kinds: tuple[str, Any, int, int]) -> tuple[Deliveries, ...]:
    """Give worlds of messages, of each: name, boards, presses, copies."""
    return tuple(
        Deliveries(name, one_queue(), takes(("A", ""), ("A", "")), boards, presses, copies)
        for name, boards, presses, copies in kinds
    )


_ONE = (("c1", _PRESSES),)
_TWO = (("c1", _PRESSES), ("c2", ("next",)))
_TWO_CALL = (("c1", ("next",)), ("c2", ("next",)))
# By every run of the tests ...
SMALL_DELIVERIES = _deliveries(
    ("to one, light", _ONE, 2, 2), ("twice, light", _TWO, 1, 2), ("to two, light", _TWO_CALL, 2, 1)
)  # fmt: skip
# ... and by the benchmark.
DELIVERIES = _deliveries(
    ("delivery to one", _ONE, 3, 2), ("delivery twice", _TWO_CALL, 1, 2),
    ("delivery to two", _TWO, 2, 1),
)  # fmt: skip
