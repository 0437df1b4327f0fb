"""Press to glass while a staged update goes over the rest of the hall, against the quiet hall.

Eight boards are pressed, one after the other; six others get one whole release after the other.
Presses of a round are measured with nothing else going on, then during an update; of three rounds
the one with the median ratio counts. A board in truth has a processor of its own: those that
are updated here share two with all that is measured, so their processes stand back (nice 19).
The broker, the gateway, the workshop and what they send and write are as in any hall.

What it proves: what an update has the broker, the gateway and the workshop do does not get in a
press's way. What it does not: how it is at the bound of one piece in 4 ms, for boards that stand
back ask for fewer (in a hall each has a processor); nor how it is in a large hall, where the
workshop has more rows to look at. A p99 of 200 to 800 presses is the third to eighth longest of
them: what else this machine does shows in it.
"""

import threading
from contextlib import ExitStack
from statistics import quantiles

from boards.virtual.process import ENTRY
from gateway.fleet.release import Releases
from tests.bench.press_to_glass import BLOCK, BOARDS, Pressed, block, issue, running
from tests.bench.results import Result, ratio_result
from tests.bench.rigs import counter_flash, folder, our_hall
from tests.support.fleet import powered, start, wait_over, wait_ready
from tests.support.rig import Client

FIGURES = ("press_during_update_p99_ratio",)
UPDATED = 6
ROUNDS = 3
BLOCKS = 5  # of a quiet stretch
BUSY_BLOCKS_MOST = 8  # of one update, from its start on
_NICE = 19
_OVER_WITHIN_S = 120.0


def run() -> list[Result]:
    """Measure in rounds, each with an update of its own."""
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        rig, secrets = stack.enter_context(our_hall(here, BOARDS + UPDATED, 1))
        releases = Releases(rig.settings.paths)
        for number in range(1, ROUNDS + 1):
            releases.build_own(f"1.{number}", number)
        rig.start_workshop()
        port = rig.settings.mqtt_port
        issue(port, secrets["ticket-1"], BOARDS, _tickets_each())
        pressed = stack.enter_context(running(here, port, secrets, ENTRY))
        others = [f"counter-{n}" for n in range(BOARDS + 1, BOARDS + UPDATED + 1)]
        for board in others:
            stack.enter_context(powered(counter_flash(here, board, secrets[board], port), _NICE))
        console = rig.client("console")
        wait_ready(console, BOARDS + UPDATED)
        block(pressed)  # warm
        rounds = [_round(console, pressed, others, n) for n in range(1, ROUNDS + 1)]
    quiet, busy = sorted(rounds, key=lambda r: r[1] / r[0])[ROUNDS // 2]
    return [
        ratio_result(FIGURES[0], busy, quiet, "ms", at_most=1.2, or_more_by=5.0),
    ]


def _tickets_each() -> int:
    return (ROUNDS * (BLOCKS + BUSY_BLOCKS_MOST) + 2) * BLOCK // BOARDS


def _round(
    console: Client, pressed: list[Pressed], others: list[str], number: int
) -> tuple[float, float]:
    """Give p99 of press to glass in the quiet hall and during an update, in ms."""
    quiet = [ms for _ in range(BLOCKS) for ms in block(pressed)]
    version = f"1.{number}"
    over = threading.Event()

    def watch() -> None:
        wait_over(console, version, _OVER_WITHIN_S)
        over.set()

    start(console, version, others)
    watcher = threading.Thread(target=watch)
    watcher.start()
    busy: list[float] = []
    for _ in range(BUSY_BLOCKS_MOST):
        if over.is_set():
            break
        busy += block(pressed)
    watcher.join()
    if not over.is_set() or len(busy) < 2 * BLOCK:
        raise RuntimeError(f"the update {version} did not go as it should")
    return quantiles(quiet, n=100)[98], quantiles(busy, n=100)[98]
