"""How soon the first press is answered when the journal holds a year of about two million events.

Measured from the start of the gateway's process to the first accepted receipt at a board, over a
real broker. The gateway before was killed, the snapshot is as old as one gets, and of the journal
nothing is in memory. The median of some starts counts.
"""

import os
import re
import shutil
import time
from pathlib import Path
from statistics import median

from firmware.wire import topics
from gateway.fleet.register import Register
from gateway.fleet.secrets import hash_secret
from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder
from tests.bench.year import TICKET_BOARD, year
from tests.support.rig import Board, Rig

FIGURES = ("cold_start_year_s",)
STARTS = 5
BAR_S = 1.5
_PRESSED_EVERY_S = 0.02
_WITHIN_S = 60.0


def run() -> list[Result]:
    """Start a gateway some times on a year's journal; the median counts."""
    made = year()
    secret = (made / "secret").read_text()
    found: list[tuple[float, float]] = []
    with folder() as here:
        shutil.copytree(made / "home", here / "home")
        rig = Rig(here / "home", made / "site.toml")
        register = Register(rig.settings)
        register.keep(TICKET_BOARD, hash_secret(secret))
        register.apply([TICKET_BOARD])
        rig.start_broker()
        try:
            for boot in range(1, STARTS + 1):
                board = rig.adopt(Board(rig.settings.mqtt_port, TICKET_BOARD, secret, boot))
                _forget(rig.settings.paths.journal)
                found.append(_start(rig, board))
                board.close()
                assert rig.gateway is not None
                rig.gateway.kill()
                rig.gateway.wait()
        finally:
            rig.close()
        loads = [int(ms) for ms in re.findall(r"after (\d+) ms: a snapshot", rig.gateway_log())]
    if len(loads) != STARTS:
        raise RuntimeError("a start used no snapshot: " + rig.gateway_log()[-1_000:])
    ready_s, first_s = ([start[i] for start in found] for i in (0, 1))
    print(
        f"  ready after {median(ready_s):.2f} s, first receipt after {median(first_s):.2f} s"
        f" ({min(first_s):.2f} to {max(first_s):.2f}); of that the hall was loaded in"
        f" {median(loads):.0f} ms"
    )
    return [plain_result("cold_start_year_s", median(first_s), "s", BAR_S)]


def _start(rig: Rig, board: Board) -> tuple[float, float]:
    """Start the gateway; give when it said that it is ready, and when a press was accepted."""
    board.take()
    ready_s = 0.0
    started = time.perf_counter()
    rig.start_gateway()
    seq = board.say("take", queue="A")
    while (passed_s := time.perf_counter() - started) < _WITHIN_S:
        for topic, payload in board.take():
            passed_s = time.perf_counter() - started
            if topic == topics.GW_STATE and payload["s"] == "ready":
                ready_s = ready_s or passed_s
            elif topic.endswith(topics.DN_RECEIPT) and payload["seq"] == seq:
                if payload["st"] != "accepted":
                    raise RuntimeError(f"the press was refused: {payload}")
                return ready_s, passed_s
        time.sleep(_PRESSED_EVERY_S)
        board.repeat(seq)
    raise RuntimeError("no receipt: " + rig.gateway_log()[-2_000:])


def _forget(file: Path) -> None:
    """Let the kernel drop what it remembers of a file, as after a power cut."""
    fd = os.open(file, os.O_RDONLY)
    try:
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)
