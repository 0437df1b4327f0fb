"""Boards that restart when they ask for it, and updates over them, for tests and benchmarks."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boards.virtual.process import ENTRY, Spawned, spawn
from firmware.wire import topics
from tests.support.rig import Client
from tests.support.tools import wait_for

_STARTS_WITHIN_S = 60.0


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
            board.stdin.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        wait_for(lambda: bool(started), what="the board's process")
        while thread.is_alive():  # it may be just between two starts
            started[-1].stdin.close()
            thread.join(1)


def wait_ready(console: Client, boards: int) -> None:
    """Wait until the workshop knows so many boards, each ready and with a number."""

    def all_there(part: Any) -> bool:
        rows = part["boards"]
        ready = [r for r in rows if r["state"] == "ready" and r["number"] is not None]
        return len(ready) == boards

    console.saw("gw/fleet/boards", all_there, _STARTS_WITHIN_S)


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
