"""Press to glass: from a button's edge in the virtual board to its changed framebuffer.

Both times are taken inside the board by its own clock. The floor is the same virtual board with
a stub for a role (tests/bench/stub_board.py) against the bare echo gateway, on a broker of its
own that is configured alike. Blocks of presses are interleaved, so that whatever else the
machine does hits both; of five rounds the one with the median ratio counts.
"""

import json
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from boards.virtual.process import ENTRY, spawn
from tests.bench.results import Result, ratio_result
from tests.bench.rigs import counter_flash, echo_hall, folder, our_hall
from tests.support.rig import Board
from tests.support.tools import ROOT

FIGURES = ("press_to_glass_p50_ratio", "press_to_glass_p99_ratio")
STUB = ROOT / "tests" / "bench" / "stub_board.py"
# Presses go round these boards, so that none has to wait for its own debouncing.
BOARDS = 8
ROUNDS = 5
PRESSES = 2_000
BLOCK = 100
# Edges of one key within 20 ms are bounces.
_DEBOUNCED_S = 0.035
_OVER_S = 0.004  # by then nearly every press is on the glass
_WITHIN_S = 10.0
_EDGE_WITHIN_S = 1.0
_TRIES = 3
_DARK = "00" * 32
_WRAP_US = 1 << 30  # of MicroPython's ticks_us


class Pressed:
    """A board under test, and what its glass shows while nothing blinks.

    Its lines are read only when the press is over: a reader that wakes up for each of them would
    take the processor from the broker and the gateway in the midst of what is measured.
    """

    def __init__(self, flash: Path, entry: Path, pass_fds: Sequence[int]) -> None:
        self._board = spawn(flash, entry=entry, pass_fds=pass_fds)
        self._rest = b""
        self._shown = ""
        self._up_at = 0.0
        if not self._wait_for(lambda see: see["see"] == "state" and see["s"] == "ready", _WITHIN_S):
            raise RuntimeError("a board did not get ready")

    def press_ms(self) -> float:
        """Press `next` and give the time until another picture is on the glass."""
        for _ in range(_TRIES):
            time.sleep(max(0.0, self._up_at + _DEBOUNCED_S - time.monotonic()))
            self._do("down")
            time.sleep(_OVER_S)
            pressed = self._wait_for(lambda see: see["see"] == "edge", _EDGE_WITHIN_S)
            glass = self._wait_for(self._is_new, _WITHIN_S) if pressed else None
            self._do("up")
            self._up_at = time.monotonic()
            if pressed and glass:
                self._shown = str(glass["px"])
                return int((glass["t_us"] - pressed["t_us"]) % _WRAP_US) / 1_000
            # A machine that stood still for a moment makes an edge look like a bounce.
        raise RuntimeError("a board did not show what it was pressed for")

    def end(self) -> None:
        """Take the board's power away."""
        self._board.stdin.close()
        self._board.process.wait(10)
        self._board.stdout.close()

    def _do(self, name: str) -> None:
        self._board.stdin.write(b'{"do":"%s","key":"next"}\n' % name.encode())

    def _is_new(self, see: dict[str, Any]) -> bool:
        # The number called before still blinks when the next one is pressed for.
        return see["see"] == "matrix" and see["px"] not in (_DARK, self._shown)

    def _wait_for(
        self, matches: Callable[[dict[str, Any]], bool], within_s: float
    ) -> dict[str, Any] | None:
        deadline = time.monotonic() + within_s
        while True:
            while b"\n" in self._rest:
                line, _, self._rest = self._rest.partition(b"\n")
                see: dict[str, Any] = json.loads(line)
                if matches(see):
                    return see
            if not select.select(
                [self._board.stdout], [], [], max(0.0, deadline - time.monotonic())
            )[0]:
                return None
            self._rest += self._board.stdout.read(65_536)


def run() -> list[Result]:
    """Measure in rounds of 2,000 presses on each side."""
    names = [f"counter-{n}" for n in range(1, BOARDS + 1)]
    with ExitStack() as stack:
        here, there = stack.enter_context(folder()), stack.enter_context(folder())
        hall, secrets = stack.enter_context(our_hall(here, BOARDS, 1))
        echo, echo_secrets = stack.enter_context(echo_hall(there, names, "face"))
        issue(hall.settings.mqtt_port, secrets["ticket-1"], BOARDS, _tickets_each())
        ours = stack.enter_context(running(here, hall.settings.mqtt_port, secrets, ENTRY))
        floor = stack.enter_context(running(there, echo.settings.mqtt_port, echo_secrets, STUB))
        block(ours)  # warm
        block(floor)
        rounds = [_round(ours, floor) for _ in range(ROUNDS)]
    p50 = sorted(rounds, key=lambda r: r[0] / r[1])[ROUNDS // 2]
    p99 = sorted(rounds, key=lambda r: r[2] / r[3])[ROUNDS // 2]
    return [
        ratio_result("press_to_glass_p50_ratio", p50[0], p50[1], "ms", at_most=1.5),
        ratio_result("press_to_glass_p99_ratio", p99[2], p99[3], "ms", at_most=2.0, or_more_by=5.0),
    ]


def _tickets_each() -> int:
    return (ROUNDS * PRESSES + BLOCK) // BOARDS + BLOCK


def _round(ours: list[Pressed], floor: list[Pressed]) -> tuple[float, float, float, float]:
    """Give p50 of ours and of the floor, then p99 of ours and of the floor, in ms."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(PRESSES // BLOCK):
        found[0].extend(block(ours))
        found[1].extend(block(floor))
    cuts = [quantiles(side, n=100) for side in found]
    return cuts[0][49], cuts[1][49], cuts[0][98], cuts[1][98]


def block(boards: list[Pressed]) -> list[float]:
    """Press BLOCK times, one board after the other; give each press's time in ms."""
    return [boards[n % BOARDS].press_ms() for n in range(BLOCK)]


@contextmanager
def running(
    folder: Path,
    port: int,
    secrets: dict[str, str],
    entry: Path,
    links: Sequence[int] = (),
) -> Iterator[list[Pressed]]:
    """Give running counter boards, each ready; those at `links` (open terminals) come last."""
    with ExitStack() as stack:
        boards = []
        for n in range(1, BOARDS + len(links) + 1):
            board = f"counter-{n}"
            wire = {"driver": "uart", "line": links[n - BOARDS - 1]} if n > BOARDS else None
            flash = counter_flash(folder, board, secrets[board], port, wire)
            boards.append(Pressed(flash, entry, links))
            stack.callback(boards[-1].end)
        yield boards


def issue(port: int, secret: str, queues: int, each: int) -> None:
    """Let so many numbers wait in each counter's queue."""
    board = Board(port, "ticket-1", secret)
    for n in range(queues):
        for _ in range(each):
            receipt = board.ask("take", queue=chr(ord("A") + n))
            if receipt["st"] != "accepted":
                raise RuntimeError(f"no number to press for: {receipt}")
    board.close()
