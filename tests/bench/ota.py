"""Updates over the air, with real boards, broker, gateway and workshop in one home.

`ota_one_file_s`: one board gets a release of which one file differs. `ota_fleet_30_s`: thirty
boards that run from source get a whole release in stages of one, five and the rest. Both from the
ask to the last board's word that it is committed, seen with its new number.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gateway.fleet.release import Releases
from tests.bench.results import Result, plain_result
from tests.bench.rigs import counter_flash, folder, our_hall
from tests.support.fleet import powered, start, wait_over, wait_ready
from tests.support.rig import Client, Rig

FIGURES = ("ota_one_file_s", "ota_fleet_30_s")
BOARDS = 30
ONE_FILE_BAR_S, FLEET_BAR_S = 10.0, 120.0


def run() -> list[Result]:
    """Bring a whole release to thirty boards, then one changed file to one of them."""
    with folder() as here, fleet(here, BOARDS) as (rig, console):
        releases = Releases(rig.settings.paths)
        for number in (1, 2):
            releases.build_own(f"1.{number}", number)
        fleet_s = update_s(console, "1.1", [], FLEET_BAR_S * 2)
        one_s = update_s(console, "1.2", ["counter-3"], ONE_FILE_BAR_S * 3)
    return [
        plain_result("ota_one_file_s", one_s, "s", ONE_FILE_BAR_S),
        plain_result("ota_fleet_30_s", fleet_s, "s", FLEET_BAR_S),
    ]


@contextmanager
def fleet(here: Path, boards: int) -> Iterator[tuple[Rig, Client]]:
    """Give a hall with a workshop and so many ready counter boards, and a console."""
    with ExitStack() as stack:
        rig, secrets = stack.enter_context(our_hall(here, boards, 0))
        rig.start_workshop()
        for board, secret in secrets.items():
            flash = counter_flash(here, board, secret, rig.settings.mqtt_port)
            stack.enter_context(powered(flash))
        console = rig.client("console")
        wait_ready(console, boards)
        yield rig, console


def update_s(console: Client, version: str, boards: list[str], within_s: float) -> float:
    """Bring a release to boards in stages, and give how long it took until all had it."""
    started_s = time.monotonic()
    start(console, version, boards)
    wait_over(console, version, within_s)
    return time.monotonic() - started_s
