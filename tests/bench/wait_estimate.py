"""How true promised waits are, over simulated months of halls that were not used in tuning.

Each month is 26 working days in a row in one hall, drawn from a seed: its service times, its
visitors, policies, breaks, officers who come, go and pause (tests/sim). The usual sum is
"people ahead x average service time / open counters", with what makes it best: the true average
of all services so far, and the number ahead as the policy has it if that is nearer.
"""

from tests.bench.results import Result
from tests.sim.families import HELD_OUT, HELD_OUT_ARRIVALS
from tests.sim.months import LAYOUTS, make_month, run_month
from tests.sim.score import Score

FIGURES = ("wait_interval_coverage_pct", "wait_error_vs_naive_ratio")
SEEDS = (5_001,)
LOWEST_PCT, HIGHEST_PCT, BAR_RATIO = 80.0, 95.0, 0.75


def run() -> list[Result]:
    """Play the months and judge every ticket that was promised a wait and called."""
    total, parts = Score(), dict[str, Score]()
    arrivals = list(HELD_OUT_ARRIVALS)
    months_inside = months = 0
    for number, service in enumerate(HELD_OUT):
        for place, layout in enumerate(LAYOUTS):
            for turn, seed in enumerate(SEEDS):
                arrival = arrivals[(number + place + turn) % len(arrivals)]
                month = make_month(
                    seed + 100 * number, HELD_OUT[service], HELD_OUT_ARRIVALS[arrival], layout
                )
                score = Score()
                for day in run_month(month)[1]:
                    for one in (score, total):
                        one.add(day)
                    for name in (service, layout, arrival):
                        parts.setdefault(name, Score()).add(day)
                    for name, kind in _kinds(day).items():
                        parts.setdefault(name, Score()).add(kind)
                months += 1
                months_inside += LOWEST_PCT <= score.coverage_pct <= HIGHEST_PCT
    for name, part in parts.items():
        print(f"  {name:18} {part.row()}")
    print(f"  {'all':18} {total.row()}")
    print(f"  {months_inside} of {months} months are inside by themselves", flush=True)
    coverage, ratio = total.coverage_pct, total.ratio
    return [
        Result(
            FIGURES[0], round(coverage, 2), "%", None, None,
            f"{LOWEST_PCT:g} to {HIGHEST_PCT:g} %", LOWEST_PCT <= coverage <= HIGHEST_PCT,
        ),
        Result(
            FIGURES[1], round(ratio, 3), "x", None, None, f"<= {BAR_RATIO:g} x the usual sum",
            ratio <= BAR_RATIO,
        ),
    ]  # fmt: skip


def _kinds(day):
    known = [seen for seen in day if seen.shown is not None and seen.called_ms]
    return {
        "(who must wait)": [s for s in known if not s.noted["free"]],
        "(priority)": [s for s in known if s.klass],
        "(before opening)": [s for s in known if s.noted["before"]],
        "(in a break)": [s for s in known if s.noted["in_break"]],
    }
