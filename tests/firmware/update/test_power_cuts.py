"""No cut of power bricks a board: every block write of updates and settings, on a LittleFS under
real 32-bit MicroPython (power_cuts.py)."""

import json
from pathlib import Path
from typing import Any

from tests.support import micropython

HERE = Path(__file__).parent
HEAP_KB = 4_096  # the flash itself lies in it, with a copy
LEAST_CUTS = 500
SCENARIOS = 9


def cut_everywhere(*words: str) -> list[dict[str, Any]]:
    """Give what power_cuts.py has to say of each scenario."""
    done = micropython.run(HERE / "power_cuts.py", *words, heap_kb=HEAP_KB, timeout_s=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_power_cut_at_any_block_write_leaves_a_board_that_starts_and_goes_on() -> None:
    told = cut_everywhere()
    assert len(told) == SCENARIOS
    assert [scenario for scenario in told if scenario["n"]] == []
    assert sum(scenario["cuts"] for scenario in told) >= LEAST_CUTS


def test_state_that_is_written_in_place_is_found_out() -> None:
    assert sum(scenario["n"] for scenario in cut_everywhere("in_place")) > 0
