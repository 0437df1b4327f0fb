"""Durable presses a second: fifty boards, each pressing again as soon as it is answered.

Half of them take numbers, half call them. The floor is the bare echo gateway under the same
fifty boards: the same broker, client library and group commit, one row and one answer a press.
"""

from statistics import median

from tests.bench.load import LoadBoard, presses_per_s
from tests.bench.results import Result, ratio_result
from tests.bench.rigs import echo_hall, folder, our_hall

FIGURES = ("durable_presses_ratio",)
PAIRS = 25
BLOCKS = 5
BLOCK_S = 3.0


def run() -> list[Result]:
    """Measure in interleaved blocks; the median block of each side counts."""
    names = [f"ticket-{n}" for n in range(1, PAIRS + 1)]
    names += [f"counter-{n}" for n in range(1, PAIRS + 1)]
    ours: list[float] = []
    floor: list[float] = []
    with (
        folder() as here,
        folder() as there,
        our_hall(here, PAIRS, PAIRS) as (hall, secrets),
        echo_hall(there, names, "receipt") as (echo, echo_secrets),
    ):
        sides = (
            ([_board(hall.settings.mqtt_port, n, secrets[n]) for n in names], ours),
            ([_board(echo.settings.mqtt_port, n, echo_secrets[n]) for n in names], floor),
        )
        for boards, _ in sides:
            presses_per_s(boards, 1.0)  # warm
        for _ in range(BLOCKS):
            for boards, found in sides:
                found.append(presses_per_s(boards, BLOCK_S))
        boards = sides[0][0]
        refused = sum(board.refused for board in boards) / sum(board.answered for board in boards)
    if refused > 0.05:
        raise RuntimeError(f"{refused:.0%} of the presses were refused: that is another benchmark")
    return [
        ratio_result(
            "durable_presses_ratio", median(ours), median(floor), "presses/s", at_least=0.6
        )
    ]


def _board(port: int, name: str, secret: str) -> LoadBoard:
    role, _, number = name.partition("-")
    event: dict[str, object] = {"ev": "next"}
    if role == "ticket":
        event = {"ev": "take", "queue": chr(ord("A") + int(number) - 1)}
    return LoadBoard(port, name, secret, lambda: event)
