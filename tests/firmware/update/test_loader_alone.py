"""What the loader, which imports nothing of ours, has to have in common with other files."""

import ast
from pathlib import Path

from firmware.update import loader
from tests.support.tools import ROOT

HAL = ROOT / "firmware" / "hal"


def constants(path: Path) -> dict[str, int]:
    """Give the integers that a file names with const()."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if ast.unparse(node.value.func) == "const":
            found[ast.unparse(node.targets[0])] = int(ast.literal_eval(node.value.args[0]))
    return found


def test_the_loader_knows_the_notes_of_the_chips() -> None:
    rp2 = constants(HAL / "rp2.py")
    for name in ("_SCRATCH_RP2040", "_SCRATCH_RP2350", "_RESET", "_SLEPT"):
        assert getattr(loader, name) == rp2[name]
    assert constants(HAL / "virtual.py")["_RESET_STATUS"] == loader._RESET_STATUS
    assert constants(HAL / "real.py")["_WATCHDOG_MS"] == loader._WATCHDOG_MS


def test_the_loader_imports_nothing_of_ours_before_it_has_chosen() -> None:
    text = (ROOT / "firmware" / "update" / "loader.py").read_text()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert "firmware" not in ast.unparse(node)
