"""Every state of the small worlds keeps every promise; how many there are is printed.

What is promised stands in steps.py (each step), tests/domain/invariants.py (each state),
passed.py (nobody starves) and explorer.py (every ticket can still end). Each world's counts are
written to build/explored/; the large worlds are explored by `make bench ONLY=explored_states`.
"""

import pytest

from tests.explore.delivery import Deliveries, DeliveryExplorer
from tests.explore.explorer import Explored, Explorer
from tests.explore.world import SmallWorld
from tests.explore.worlds import SMALL, SMALL_DELIVERIES
from tests.support.tools import ROOT


def _tell(found: Explored) -> None:
    print(found)
    file = ROOT / "build" / "explored" / f"{found.world}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{found}\n")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("world", SMALL, ids=lambda world: world.name)
def test_every_state_of_a_small_world_keeps_every_promise(world: SmallWorld) -> None:
    found = Explorer(world).run()
    _tell(found)
    assert found.whole
    assert found.states > 200, "next to nothing can happen in this world"


@pytest.mark.parametrize("deliveries", SMALL_DELIVERIES, ids=lambda deliveries: deliveries.name)
def test_a_press_counts_once_however_often_it_is_sent_and_whenever_the_gateway_dies(
    deliveries: Deliveries,
) -> None:
    found = DeliveryExplorer(deliveries).run()
    _tell(found)
    assert found.states > 200
