"""Updates over the air, with real boards, broker, gateway and workshop in one home.

`ota_one_file_s`: one board gets a release of which one file differs. `ota_fleet_30_s`: thirty
boards that run from source get a whole release in stages of one, five and the rest. Both from the
ask to the last board's word that it is committed, seen with its new number.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from boards.virtual.process import ENTRY, Spawned, spawn
from firmware.wire import topics
from gateway.fleet.release import Releases
from tests.bench.results import Result, plain_result
from tests.bench.rigs import counter_flash, folder, our_hall
from tests.support.rig import Client, Rig
from tests.support.tools import wait_for

FIGURES = ("ota_one_file_s", "ota_fleet_30_s")
BOARDS = 30
ONE_FILE_BAR_S, FLEET_BAR_S = 10.0, 120.0
_STARTS_WITHIN_S = 60.0


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


@contextmanager
def powered(flash: Path, nice: int = 0) -> Iterator[None]:
    """Keep a board's power on: it restarts when it asks for it. `nice` is its priority."""
    over = threading.Event()
    started: list[Spawned] = []

    def keep() -> None:
        while not over.is_set():
            board = spawn(flash, entry=ENTRY)
            started.append(board)
            if nice:
                os.setpriority(os.PRIO_PROCESS, board.process.pid, nice)
            while board.stdout.read(65_536):
                pass  # what it shows is nobody's business here
            board.process.wait()
            board.stdout.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        wait_for(lambda: bool(started), what="the board's process")
        started[-1].stdin.close()
        thread.join(20)


def wait_ready(console: Client, boards: int) -> None:
    """Wait until the workshop knows so many boards, each ready and with a number."""

    def all_there(part: Any) -> bool:
        rows = part["boards"]
        ready = [r for r in rows if r["state"] == "ready" and r["number"] is not None]
        return len(ready) == boards

    console.saw("gw/fleet/boards", all_there, _STARTS_WITHIN_S)


def update_s(console: Client, version: str, boards: list[str], within_s: float) -> float:
    """Bring a release to boards in stages, and give how long it took until all had it."""
    started_s = time.monotonic()
    start(console, version, boards)
    wait_over(console, version, within_s)
    return time.monotonic() - started_s


def start(console: Client, version: str, boards: list[str]) -> None:
    """Start an update in stages of one, five and the rest, in service hours."""
    ask = {"key": f"start-{version}", "ask": "update_start", "version": version, "boards": boards}
    console.publish(topics.UP_ASK, {**ask, "in_service": True, "stages": [1, 5]})
    answer = console.wait(topics.DN_ANSWER)
    if answer["st"] != "accepted":
        raise RuntimeError(f"the update cannot start: {answer}")


def wait_over(console: Client, version: str, within_s: float) -> None:
    """Wait until an update is over; RuntimeError unless all boards have it."""

    def over(part: Any) -> bool:
        plan = part["plan"]
        return bool(plan) and plan["version"] == version and plan["state"] in ("done", "stopped")

    plan = console.wait("gw/fleet/update", over, within_s)["plan"]
    wrong = [row for row in plan["boards"] if row["state"] != "committed"]
    if wrong:
        raise RuntimeError(f"not all boards have {version}: {wrong}")
