"""How long a board takes that is made with `loket board flash`, over a pty.

`flash_blank_s`: a blank virtual board (real MicroPython, a LittleFS flash), from the command to its
first accepted hello; the median of some. The release that it gets is there: it is made once for all
boards of a hall. `flash_unchanged_s`: the same command for a board that has it all, in service,
until its hello after that; the longest of some.
"""

import os
import time
from contextlib import ExitStack, redirect_stderr
from io import StringIO
from statistics import median
from unittest.mock import patch

from boards.virtual.usb import UsbBoard
from gateway.cli import main
from gateway.fleet.release import Releases
from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder, our_hall

FIGURES = ("flash_blank_s", "flash_unchanged_s")
BOARDS = 3
BAR_BLANK_S = 20.0
BAR_UNCHANGED_S = 5.0


def run() -> list[Result]:
    """Measure both at one hall."""
    blank, unchanged = [], []
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        rig, _ = stack.enter_context(our_hall(here, BOARDS, 0))
        stack.enter_context(patch.dict(os.environ, rig.settings.to_env()))
        Releases(rig.settings.paths).build_own()
        for number in range(1, BOARDS + 1):
            with UsbBoard(here / f"usb-{number}") as board:
                blank.append(_flash_s(board, number, " 0 were the same"))
                for _ in range(2):
                    unchanged.append(_flash_s(board, number, "(0 files written"))
    return [
        plain_result("flash_blank_s", median(blank), "s", BAR_BLANK_S),
        plain_result("flash_unchanged_s", max(unchanged), "s", BAR_UNCHANGED_S),
    ]


def _flash_s(board: UsbBoard, number: int, *says: str) -> float:
    words = ["board", "flash", f"papan-{number}", "--counter", str(number), "--kind"]
    words += ["counter_led", "--port", board.port]
    said = StringIO()
    began_s = time.monotonic()
    with redirect_stderr(said):
        status = main([*words, "--lang", "en"])
    took_s = time.monotonic() - began_s
    if status or any(text not in said.getvalue() for text in ("is ready", *says)):
        raise AssertionError(f"the board was not flashed as wished: {said.getvalue()}")
    return took_s
