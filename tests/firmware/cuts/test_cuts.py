"""A whole board whose power goes: at some of the writes to its flash here, at all of them in the
benchmark `power_cuts_survived`."""

from pathlib import Path
from typing import Any

import pytest

from tests.firmware.cuts.cuts import Bench, Numbers, Updates, cut_at
from tests.support.tools import ROOT

WHOLE = """        fresh = self.root + name + ".new"
        try:
            with open(fresh, "wb") as f:
                f.write(data)
"""
IN_PLACE = """        try:
            fresh = self.root + name
            with open(fresh, "wb") as f:
                f.write(data[: len(data) // 2])
            with open(fresh, "ab") as f:
                f.write(data[len(data) // 2 :])
"""


def test_a_board_whose_power_goes_while_it_is_updated_is_the_old_or_the_new_one(
    tmp_path: Path,
) -> None:
    told = cut_at(Updates(tmp_path, spare=True), every=30)
    assert told.wrong == []
    assert told.started > 3


def test_a_board_whose_power_goes_while_it_is_alone_gives_no_number_twice(tmp_path: Path) -> None:
    told = cut_at(Numbers(tmp_path), every=4)
    assert told.wrong == []
    assert told.started > 8


def test_a_store_that_writes_in_place_is_found_out(tmp_path: Path) -> None:
    source = (ROOT / "firmware" / "hal" / "store.py").read_text()
    assert WHOLE in source
    changed = source.replace(WHOLE, IN_PLACE)
    bench = Numbers(tmp_path, {"firmware/hal/store": changed})
    told = cut_at(bench, first=True)
    assert told.wrong
    assert "twice" in told.wrong[0]


def test_a_board_on_a_battery_forgets_an_update_whose_workshop_is_gone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, True, {}, role="dispenser")
    bench.serves = False
    seen, died = bench.play(bench.image, [bench.offer(2), ("report",)])
    assert died == ""
    what, report = seen[-1]
    assert (what, report["st"], report["n"]) == ("report", "cancelled", 1)
    assert 13 < report["boots"] < 18


@pytest.mark.parametrize("wrong", [{"n": 1}, {"n": 3}, {"host": "10.0.0.2"}, {"config": 5}])
def test_what_is_neither_old_nor_new_is_found_out(wrong: dict[str, Any]) -> None:
    good = {"n": 2, "host": "10.0.0.1", "link": 0, "config": 0}
    updates = Updates.__new__(Updates)
    before = [("report", good)]
    end = ("report", {**good, "n": 3, "st": "committed"})
    assert updates.judge(before, [("report", good), end]) == ""
    assert "neither" in updates.judge(before, [("report", {**good, **wrong}), end])
    assert "nothing" in updates.judge(before, [("report", good), ("report", good | {"st": "x"})])
    assert "end" in updates.judge(before, [("report", good)])
