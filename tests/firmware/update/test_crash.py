"""A board whose firmware has used up its memory: it is counted, and starts anew."""

import json
from pathlib import Path

from tests.support import micropython
from tests.support.tools import ROOT

RESET_STATUS = 11
HEAP_KB = 64

FIRMWARE = """
kept = []
def boot(*words):
    size = 1024
    while size > 4:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size //= 2
    raise MemoryError("full")
"""

START = """
import sys
sys.path.insert(0, sys.argv[1])
import loader
loader.run(sys.argv[2])
"""


def test_firmware_that_has_used_up_the_memory_is_counted_and_the_board_starts_anew(
    tmp_path: Path,
) -> None:
    (tmp_path / "a" / "firmware").mkdir(parents=True)
    (tmp_path / "a" / "firmware" / "__init__.py").touch()
    (tmp_path / "a" / "firmware" / "main.py").write_text(FIRMWARE)
    (tmp_path / "boot.json").write_text('{"slot": "a", "id": "u1"}')
    (tmp_path / "settings.json").write_text("{}")
    start = tmp_path / "start.py"
    start.write_text(START)
    words = (str(ROOT / "firmware" / "update"), str(tmp_path) + "/")
    done = micropython.run(start, *words, heap_kb=HEAP_KB)
    assert done.returncode == RESET_STATUS, done.stderr
    assert "MemoryError: full" in done.stderr
    assert json.loads((tmp_path / "boot.json").read_text())["now"] == {"crashes": 1}
