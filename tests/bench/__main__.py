"""`python -m tests.bench [NAME ...]`: run all benchmarks, or those with a figure so named."""

import sys
import time
from collections.abc import Callable

from tests.bench import (
    board_life,
    board_memory,
    cold_start_year,
    domain_cost,
    durable_presses,
    explored_states,
    flashing,
    hall_cost,
    ota,
    power_cuts,
    press_during_update,
    press_during_wired_update,
    press_to_glass,
    second_start,
    serial_press_to_glass,
    wait_estimate,
    wasm_board_ready,
)
from tests.bench.results import FILE, Result, table, write

# Each benchmark and the figures it makes.
BENCHES: tuple[tuple[tuple[str, ...], Callable[[], list[Result]]], ...] = (
    (press_to_glass.FIGURES, press_to_glass.run),
    (serial_press_to_glass.FIGURES, serial_press_to_glass.run),
    (durable_presses.FIGURES, durable_presses.run),
    (board_life.FIGURES, board_life.run),
    (board_memory.FIGURES, board_memory.run),
    (power_cuts.FIGURES, power_cuts.run),
    (flashing.FIGURES, flashing.run),
    (hall_cost.FIGURES, hall_cost.run),
    (ota.FIGURES, ota.run),
    (press_during_update.FIGURES, press_during_update.run),
    (press_during_wired_update.FIGURES, press_during_wired_update.run),
    (second_start.FIGURES, second_start.run),
    (cold_start_year.FIGURES, cold_start_year.run),
    (wait_estimate.FIGURES, wait_estimate.run),
    (wasm_board_ready.FIGURES, wasm_board_ready.run),
    (domain_cost.FIGURES, domain_cost.run),
    (explored_states.FIGURES, explored_states.run),
)


def main(names: list[str]) -> int:
    """Run, print the table, write build/bench.json; 1 if a bar was missed, 2 for a wrong name."""
    known = [name for figures, _ in BENCHES for name in figures]
    for name in names:
        if name not in known:
            print(f"bench: no figure {name!r}; there are: {', '.join(known)}", file=sys.stderr)
            return 2
    results: list[Result] = []
    for figures, run in BENCHES:
        if names and not set(names) & set(figures):
            continue
        started = time.monotonic()
        print(f"measuring {', '.join(figures)} ...", flush=True)
        results.extend(run())
        print(f"  took {time.monotonic() - started:.0f} s", flush=True)
    write(results)
    print(table(results))
    print(f"written to {FILE}")
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
