"""`power_cuts_survived`: the power goes at every block write of an update and of new settings, and
each time the board starts again and comes to the end (tests/firmware/update/power_cuts.py); so does
a whole board, also where it gives numbers alone (tests/firmware/cuts)."""

import sys
import tempfile
from pathlib import Path

from tests.bench.results import Result
from tests.firmware.cuts.cuts import Numbers, Updates, cut_at
from tests.firmware.update.test_power_cuts import LEAST_CUTS, cut_everywhere

FIGURES = ("power_cuts_survived",)


def run() -> list[Result]:
    """Cut everywhere."""
    told = cut_everywhere()
    cuts = sum(scenario["cuts"] for scenario in told)
    failed = sum(scenario["n"] for scenario in told)
    with tempfile.TemporaryDirectory() as here:
        for whole in (Updates(Path(here, "updates"), spare=False), Numbers(Path(here, "numbers"))):
            become = cut_at(whole)
            cuts += become.cuts
            failed += len(become.wrong)
            for wrong in become.wrong:
                print(wrong, file=sys.stderr)
    ok = cuts >= LEAST_CUTS and not failed
    bar = f"all of {cuts}, >= {LEAST_CUTS}"
    return [Result("power_cuts_survived", cuts - failed, "cuts", None, None, bar, ok)]
