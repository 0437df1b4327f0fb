"""Press to glass of a board on a UART while it loads its own update over that very line.

The line is a pair of terminals that carries 115,200 baud. What is measured is the wait for the
line: the answer to a press stands behind the piece that is under way, if one is. Quiet presses
come first; then the same board gets a whole release, and is pressed while it loads. The medians
count: a piece takes 40 ms of the line and there is one in 140 ms, so of the slowest presses each
has met one, while the machine's own noise is larger than that.
"""

import time
from contextlib import ExitStack
from random import Random
from statistics import median
from typing import Any

from boards.virtual.process import ENTRY
from gateway.fleet.release import Releases
from tests.bench.press_to_glass import Pressed, issue
from tests.bench.results import Result, ratio_result
from tests.bench.rigs import counter_flash, folder, our_hall
from tests.support.cable import PtyCable, start_bridge
from tests.support.fleet import start, wait_ready
from tests.support.rig import stop

FIGURES = ("press_during_wired_update_ratio",)
BAUD = 115_200
PRESSES = 80
_BOARD = "counter-1"
_WITHIN_S = 20


def run() -> list[Result]:
    """Measure 80 presses in the quiet and 80 while it loads."""
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        rig, secrets = stack.enter_context(our_hall(here, 1, 1))
        Releases(rig.settings.paths).build_own("1.1", 1)
        rig.start_workshop()
        cable = PtyCable(here / "uart", BAUD)
        stack.callback(cable.close)
        bridge = start_bridge(rig.settings, f"{cable.port}@{BAUD}", here / "serial.log")
        stack.callback(stop, bridge)
        issue(rig.settings.mqtt_port, secrets["ticket-1"], 1, 2 * PRESSES + 10)
        flash = counter_flash(here, _BOARD, secrets[_BOARD], 0, cable.link)
        board = Pressed(flash, ENTRY, ())
        stack.callback(board.end)
        console = rig.client("console")
        wait_ready(console, 1)
        chance = Random(5)
        quiet = median(_press(board, chance) for _ in range(PRESSES))
        start(console, "1.1", [_BOARD])
        console.wait("gw/fleet/update", lambda part: _state(part) == "loading", _WITHIN_S)
        busy = median(_press(board, chance) for _ in range(PRESSES))
        last = [part for topic, part in console.take() if topic.endswith("gw/fleet/update")][-1]
        if _state(last) != "loading":
            raise RuntimeError(f"the update did not go on beside the presses: {last}")
    return [ratio_result(FIGURES[0], busy, quiet, "ms", at_most=1.2, or_more_by=10.0)]


def _press(board: Pressed, chance: Random) -> float:
    # At any moment between two pieces, as people do: right after an answer there is always one.
    time.sleep(chance.uniform(0.1, 0.3))
    return board.press_ms()


def _state(part: Any) -> str:
    plan = part["plan"]
    return str(plan["boards"][0]["state"]) if plan else ""
