"""How many distinct states of small halls are visited, each with every promise checked.

Not how fast: the figure is the number over all worlds, which must not shrink below a million.
Each world is explored in a process of its own, as many at once as there are processors.
"""

import os
from concurrent.futures import ProcessPoolExecutor

from tests.bench.results import Result
from tests.explore.delivery import DeliveryExplorer
from tests.explore.explorer import Explored, Explorer
from tests.explore.worlds import DELIVERIES, LARGE, LIGHT, SMALL, WORLDS

FIGURES = ("explored_states",)
AT_LEAST = 1_000_000


def run() -> list[Result]:
    """Explore every world, print their counts, and give the sum. A broken promise is raised."""
    found = explore_all()
    for one in found:
        print(f"  {one}")
    states = sum(one.states for one in found)
    whole = all(one.whole for one in found)
    bar = f">= {AT_LEAST:,} states, of every world all"
    ok = states >= AT_LEAST and whole
    return [Result("explored_states", states, "states", None, None, bar, ok)]


def explore_all() -> list[Explored]:
    """Give what was found in each world; the largest are begun first."""
    large = {world.name for world in LARGE}
    # A light world of which more is explored, too, would count its states twice.
    small = [w for w in SMALL if not {w.name, w.name.removesuffix(LIGHT)} & large]
    numbers = [WORLDS.index(world) for world in (*LARGE, *small)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(_explore, numbers))
    return found + [DeliveryExplorer(deliveries).run() for deliveries in DELIVERIES]


def _explore(number: int) -> Explored:
    return Explorer(WORLDS[number]).run()
