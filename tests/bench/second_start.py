"""How long the second `make run` takes, from typing it until the hall is open."""

from statistics import median

from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder
from tests.support.hall_run import hall

FIGURES = ("second_start_s",)
STARTS = 3
BAR_S = 5.0


def run() -> list[Result]:
    """Start once, then measure the starts after it; the median counts."""
    found: list[float] = []
    with folder() as here:
        for start in range(1 + STARTS):
            with hall(["make", "--no-print-directory", "run"], here / "home") as running:
                if start:
                    found.append(running.opened_s)
    return [plain_result("second_start_s", median(found), "s", BAR_S)]
