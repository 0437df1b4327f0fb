"""How fast boards are there, come back, and are missed: virtual boards at a real hall.

`boot_to_ready_ms`: from the start of a board's process to its `ready` (the network is up); the
median of many starts. `broker_restart_recover_s`: thirty boards, the broker killed and started
again after a while in which their pauses have grown to the longest; from the moment that it listens
until the last board is ready. `silent_death_seen_s`: from stopping a board's process, which then
answers nothing more, until the hall says that it is lost; the longest of some.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from boards.virtual.process import BoardProcess
from firmware.net.link import MOST_WAIT_MS
from tests.bench.results import Result, plain_result
from tests.bench.rigs import counter_flash, folder, our_hall
from tests.support.rig import Rig

FIGURES = ("boot_to_ready_ms", "broker_restart_recover_s", "silent_death_seen_s")
STARTS = 20
BOARDS = 30
STOPPED = 4
STOP_EVERY_S = 2.3
AWAY_S = 12.0  # by then the boards' pauses have grown to the longest
BAR_READY_MS = 1_500
# 5 s, and the part of the longest pause that is left to chance (net/link.py).
BAR_BACK_S = 5.0 + MOST_WAIT_MS / 2_000
BAR_SEEN_S = 20.0
_WITHIN_S = 30.0


def run() -> list[Result]:
    """Measure all three in one hall of thirty counters."""
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        rig, secrets = stack.enter_context(our_hall(here, BOARDS, 0))
        port = rig.settings.mqtt_port
        flashes = [counter_flash(here, board, secret, port) for board, secret in secrets.items()]
        ready_ms = median(_start_ms(flashes[0]) for _ in range(STARTS))
        boards = stack.enter_context(_running(flashes, here / "boards.log"))
        back_s = _restart_broker(rig, boards)
        some = {flashes[n].name: boards[n] for n in range(STOPPED)}
        seen_s = _stop_silently(rig, some)
    return [
        plain_result("boot_to_ready_ms", ready_ms, "ms", BAR_READY_MS),
        plain_result("broker_restart_recover_s", back_s, "s", BAR_BACK_S),
        plain_result("silent_death_seen_s", seen_s, "s", BAR_SEEN_S),
    ]


def _start_ms(flash: Path) -> float:
    began_s = time.monotonic()
    with BoardProcess(flash) as board:
        board.wait("state", s="ready", timeout_s=_WITHIN_S)
        return (time.monotonic() - began_s) * 1_000


def _restart_broker(rig: Rig, boards: list[BoardProcess]) -> float:
    assert rig.broker is not None
    rig.broker.kill()
    rig.broker.wait()
    for board in boards:
        board.wait("state", s="lost", timeout_s=_WITHIN_S)
    time.sleep(AWAY_S)
    rig.start_broker()
    listens_s = time.monotonic()
    for board in boards:
        board.wait("state", s="ready", timeout_s=_WITHIN_S)
    return time.monotonic() - listens_s


def _stop_silently(rig: Rig, boards: dict[str, BoardProcess]) -> float:
    lost: dict[str, float] = {}
    stopped: dict[str, float] = {}

    def look(part: dict[str, list[dict[str, Any]]]) -> bool:
        for board in part["boards"]:
            if board["board"] in stopped and board["state"] == "lost":
                lost.setdefault(board["board"], time.monotonic())
        return len(lost) == len(boards)

    with rig.client("console") as console:
        try:
            for name, board in boards.items():
                time.sleep(STOP_EVERY_S)  # at different moments between their pings
                os.kill(board.pid, signal.SIGSTOP)
                stopped[name] = time.monotonic()
            console.wait("gw/hall/boards", look, timeout_s=2 * BAR_SEEN_S)
        finally:
            for board in boards.values():
                os.kill(board.pid, signal.SIGCONT)
    return max(lost[name] - stopped[name] for name in boards)


@contextmanager
def _running(flashes: list[Path], log: Path) -> Iterator[list[BoardProcess]]:
    with ExitStack() as stack:
        said = stack.enter_context(log.open("wb"))
        boards = [stack.enter_context(BoardProcess(flash, stderr=said)) for flash in flashes]
        for board in boards:
            board.wait("state", s="ready", timeout_s=_WITHIN_S)
        yield boards
