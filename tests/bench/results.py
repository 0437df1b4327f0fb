"""What a benchmark found, the table of it, and build/bench.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.tools import ROOT

FILE = ROOT / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. `ratio` is value to floor where there is a floor; `bar` is in words."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    bar: str
    ok: bool


def ratio_result(
    name: str, value: float, floor: float, unit: str, *, at_most: float | None = None,
    at_least: float | None = None, or_more_by: float | None = None,
) -> Result:  # fmt: skip
    """Give the result of a value against its floor, with the bar as a bound of their ratio.

    `or_more_by` (in `unit`) is a second way to pass an `at_most`: so little above the floor.
    """
    ratio = value / floor
    if at_most is not None:
        bar = f"<= {at_most:g} x floor"
        ok = ratio <= at_most
        if or_more_by is not None:
            bar += f", or {or_more_by:g} {unit} more"
            ok = ok or value - floor <= or_more_by
    else:
        assert at_least is not None
        bar, ok = f">= {at_least:g} x floor", ratio >= at_least
    return Result(name, round(value, 3), unit, round(floor, 3), round(ratio, 3), bar, ok)


def plain_result(name: str, value: float, unit: str, at_most: float) -> Result:
    """Give the result of a value that has an absolute bar."""
    return Result(name, round(value, 3), unit, None, None, f"< {at_most:g} {unit}", value < at_most)


def write(results: list[Result], file: Path = FILE) -> None:
    """Write build/bench.json; figures of earlier runs that were not measured now are kept."""
    kept: list[dict[str, object]] = []
    if file.exists():
        measured = {result.name for result in results}
        kept = [entry for entry in json.loads(file.read_text()) if entry["name"] not in measured]
    file.parent.mkdir(parents=True, exist_ok=True)
    entries = kept + [asdict(result) for result in results]
    file.write_text(json.dumps(sorted(entries, key=lambda e: str(e["name"])), indent=1) + "\n")


def table(results: list[Result]) -> str:
    """Give the results as a table for people."""
    rows = [("name", "value", "floor", "ratio", "bar", "")]
    for r in results:
        rows.append(
            (
                r.name,
                f"{r.value:g} {r.unit}",
                "-" if r.floor is None else f"{r.floor:g}",
                "-" if r.ratio is None else f"{r.ratio:.2f}",
                r.bar,
                "ok" if r.ok else "MISSED",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
