"""Press to glass of wired boards: through the bridge, against the same boards over TCP.

Both kinds belong to one hall, and blocks of presses take turns, so that the cable is all that
differs. The cable is a pair of terminals (pty) without a delay of its own: what a UART's baud rate
costs comes on top. Of three rounds the one with the median ratio counts.
"""

import os
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from boards.virtual.process import ENTRY
from tests.bench.press_to_glass import BLOCK, BOARDS, Pressed, block, issue, running
from tests.bench.results import Result, ratio_result
from tests.bench.rigs import folder, our_hall
from tests.support.rig import Rig, stop
from tests.support.tools import ROOT

FIGURES = ("serial_press_to_glass_ratio",)
ROUNDS = 3
PRESSES = 400


def run() -> list[Result]:
    """Measure in rounds of 400 presses on each side."""
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        hall, secrets = stack.enter_context(our_hall(here, 2 * BOARDS, 1))
        cables = [_cable(stack) for _ in range(BOARDS)]
        stack.enter_context(_bridge(hall, [port for _, port in cables]))
        each = (ROUNDS * PRESSES + BLOCK) // BOARDS + BLOCK
        issue(hall.settings.mqtt_port, secrets["ticket-1"], 2 * BOARDS, each)
        links = [board for board, _ in cables]
        boards = stack.enter_context(running(here, hall.settings.mqtt_port, secrets, ENTRY, links))
        over_tcp, wired = boards[:BOARDS], boards[BOARDS:]
        block(over_tcp)  # warm
        block(wired)
        rounds = sorted((_round(wired, over_tcp) for _ in range(ROUNDS)), key=lambda r: r[0] / r[1])
    ours, floor = rounds[ROUNDS // 2]
    return [ratio_result(FIGURES[0], ours, floor, "ms", at_most=1.5)]


def _round(wired: list[Pressed], over_tcp: list[Pressed]) -> tuple[float, float]:
    """Give the medians of both sides in ms."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(PRESSES // BLOCK):
        found[0].extend(block(wired))
        found[1].extend(block(over_tcp))
    return median(found[0]), median(found[1])


def _cable(stack: ExitStack) -> tuple[int, str]:
    """Give the board's end of a cable, open, and the name of the gateway's."""
    ends = os.openpty()
    for end in ends:
        stack.callback(os.close, end)
    tty.setraw(ends[1])
    return ends[0], os.ttyname(ends[1])


@contextmanager
def _bridge(hall: Rig, ports: list[str]) -> Iterator[None]:
    env: dict[str, Any] = {**os.environ, **hall.settings.to_env(), "LOKET_SERIAL": ",".join(ports)}
    bridge = subprocess.Popen(
        [sys.executable, "-m", "gateway.bus.serial_bridge"], cwd=ROOT, env=env
    )
    try:
        yield
    finally:
        stop(bridge)
