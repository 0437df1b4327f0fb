"""The small worlds that are explored: each a corner of the rules, whole."""

from dataclasses import replace

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


# Explored by every run of the tests, in one to two minutes of one core.
SMALL: tuple[SmallWorld, ...] = (
    lighter(calling(0), "recall", "start"), naming(1), sending(1), paper(0), stopping(1),
    hours(1, _EARLY), days(1), strict(4), ratio(6), ageing(3, 4),
    lighter(closing(1), "reinstate", "check_in"),
    lighter(people(), "claim", "break_start"), lighter(quotas(), "check_in", "no_show"),
    lighter(catching_up(0), "undo", "park", "cancel"), lighter(crowding(1), "undo", "cancel"),
    lighter(leasing(2), "undo", "catch_up"),
    lighter(booking(1, 1), "undo", "cancel", "queue_close"),
    lighter(settings(3), "undo", "close", "open"),
    lighter(visiting(1), "cancel", "check_in", "reinstate", "park"),
    lighter(returning("end"), "reinstate", "undo", "cancel"),
    lighter(marking(), "park", "check_in"), lighter(limiting(), "done", "reinstate", "undo"),
)  # fmt: skip


# Explored by the benchmark besides.
LARGE: tuple[SmallWorld, ...] = (
    lighter(calling(1), "recall", "start", "no_show"), catching_up(0), paper(1), stopping(2),
    lighter(booking(1, 1), "queue_close"), hours(1, _DAY), visiting(1), strict(5), ratio(8),
    returning("front"), returning("place"), people(), quotas(), closing(1), leasing(2),
    crowding(1), marking(), calling(0), limiting(), ageing(4, 4), settings(3),
)  # fmt: skip


WORLDS = SMALL + LARGE


# Boards that press, and press again, before two who wait.
_PRESSES = ("next", "undo")


DELIVERIES: tuple[Deliveries, ...] = tuple(
    Deliveries(name, one_queue(), takes(("A", ""), ("A", "")), boards, presses, copies)
    for name, boards, presses, copies in (
        ("delivery to one", (("c1", _PRESSES),), 3, 2),
        ("delivery twice", (("c1", ("next",)), ("c2", ("next",))), 1, 2),
        ("delivery to two", (("c1", _PRESSES), ("c2", ("next",))), 2, 1),
    )
)
