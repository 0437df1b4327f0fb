"""`power_cuts_survived`: the power goes at every block write of an update and of new settings, and
each time the board starts again and comes to the end (tests/firmware/update/power_cuts.py)."""

from tests.bench.results import Result
from tests.firmware.update.test_power_cuts import LEAST_CUTS, cut_everywhere

FIGURES = ("power_cuts_survived",)


def run() -> list[Result]:
    """Cut everywhere."""
    told = cut_everywhere()
    cuts = sum(scenario["cuts"] for scenario in told)
    failed = sum(scenario["n"] for scenario in told)
    ok = cuts >= LEAST_CUTS and not failed
    bar = f"all of {cuts}, >= {LEAST_CUTS}"
    return [Result("power_cuts_survived", cuts - failed, "cuts", None, None, bar, ok)]
