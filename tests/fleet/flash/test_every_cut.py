"""A flash that is cut off at every change of the board's flash, and at every piece of a file that
it takes, is simply run again.

What comes in between changes nothing there: a program is run when it has come whole, and so is a
piece written. What a real interpreter makes of half a line: test_interrupted.py.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from boards.catalog import load_kind
from gateway.config import Paths
from gateway.fleet.flash import flash as flashing
from gateway.fleet.flash.firmware import Firmware
from gateway.fleet.flash.flash import flash
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.texts import FlashError
from gateway.fleet.flash.wish import Flashed
from tests.fleet.flash.bench import WISH, Hall
from tests.fleet.flash.memory_board import MemoryBoard, MemoryCable

Files = dict[str, bytes | None]
NEW = {
    "firmware/main.mpy": b"new" * 150,
    "firmware/core/board.mpy": b"same" * 60,
    "firmware/net/link.mpy": b"link" * 50,
    "manifest": b"the manifest of the new one",
}
OLD = {
    "firmware/main.mpy": b"old" * 150,
    "firmware/core/board.mpy": b"same" * 60,
    "firmware/core/gone.mpy": b"gone" * 60,
    "manifest": b"the manifest of the old one",
}


class Bench:
    """A board in memory and its hall."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths = Paths(home)
        self.hall = Hall()
        firmware = Firmware("2.0", 2, 6, (1, 24, 0), NEW, b"the loader")
        kind = load_kind(WISH.kind)  # read once, not hundreds of times
        monkeypatch.setattr(flashing, "_kind", lambda _: kind)
        monkeypatch.setattr(flashing, "firmware_files", lambda *_: firmware)
        monkeypatch.setattr(flashing, "Cable", MemoryCable)

    def flash(self, board: MemoryBoard) -> Flashed:
        """Flash it."""
        MemoryCable.board = board
        return flash(WISH, UsbPort("memory"), self.paths, self.hall, lambda *_: None, bool)

    def cut(self, files: Files, cut_at: int, by_power: bool) -> MemoryBoard:
        """Give a board whose flash was cut off there, or which had no such moment."""
        board = MemoryBoard(files)
        again = board.again

        def begin() -> None:
            again()
            board.cut_at = cut_at

        board.again = begin  # type: ignore[method-assign]
        board.by_power = by_power
        with suppress(FlashError):
            self.flash(board)
        board.again = again  # type: ignore[method-assign]
        return board


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def old_board(bench: Bench, slot: str = "a", **now: object) -> Files:
    """Give the flash of a board with the old firmware."""
    board = MemoryBoard({})
    bench.flash(board)
    files = {path: data for path, data in board.files.items() if not path.startswith("/a")}
    files["/boot.json"] = json.dumps({"slot": slot, "id": "u1", "now": now}).encode()
    files["/main.py"] = b"an older loader"
    for path, data in OLD.items():
        folder, _, name = path.rpartition("/")
        at = f"/{slot}"
        for part in ["", *folder.split("/")] if folder else [""]:
            at = f"{at}/{part}".rstrip("/")
            files[at] = None
        files[f"{at}/{name}"] = data
    return files


def slot_of(files: Files, slot: str) -> dict[str, bytes]:
    """Give the files of a slot."""
    begin = f"/{slot}/"
    return {
        path[len(begin) :]: data
        for path, data in files.items()
        if path.startswith(begin) and data is not None and not path.endswith(".part")
    }


@pytest.mark.parametrize("by_power", [False, True], ids=["unplugged", "power"])
@pytest.mark.parametrize("begin", ["blank", "old", "other slot", "torn"])
def test_cut_off_at_any_moment_it_starts_no_half_firmware_and_is_run_again(
    bench: Bench, begin: str, by_power: bool
) -> None:
    files: Files = {
        "blank": dict,
        "old": lambda: old_board(bench),
        "other slot": lambda: old_board(bench, "b"),
        "torn": lambda: {**old_board(bench), "/a/firmware/main.mpy.part": b"x", "/main.py": b""},
    }[begin]()
    slot = "b" if begin == "other slot" else "a"
    cut_at = 0
    while True:
        cut_at += 1
        board = bench.cut(files, cut_at, by_power)
        if not board.off:
            break
        if board.files.get("/main.py"):
            assert slot_of(board.files, slot) in (OLD, NEW), cut_at
        bench.flash(board)
        assert slot_of(board.files, slot) == NEW, cut_at
        assert board.files["/main.py"] == b"the loader"
        boot = json.loads(board.files["/boot.json"] or b"")
        assert boot["slot"] == slot
        assert not boot["now"]
        settings = json.loads(board.files["/settings.json"] or b"")
        assert settings["secret"] == bench.hall.secrets["counter-03"]
        assert not [path for path in board.files if path.endswith((".part", ".new"))]
        assert bench.flash(board).written == 0, cut_at
    assert cut_at > 15
    assert slot_of(board.files, slot) == NEW


UPDATE = {"kind": "firmware", "id": "u2", "number": 1, "version": "1"}


@pytest.mark.parametrize(
    "now",
    [{"offer": {**UPDATE, "size": 9, "sha": "0"}}, {"trial": {**UPDATE, "to": "b", "tries": 1}}],
)
def test_an_update_that_was_on_its_way_ends_with_the_cable(
    bench: Bench, now: dict[str, Any]
) -> None:
    # It would go on, and take back what came over the cable.
    board = MemoryBoard(old_board(bench, **now))
    bench.flash(board)
    assert not json.loads(board.files["/boot.json"] or b"")["now"]
