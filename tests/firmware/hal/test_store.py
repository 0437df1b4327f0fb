"""Flash as files: pieces that are replaced whole, and one that is written record by record."""

from pathlib import Path

import pytest

from firmware.hal.store import FileStore


def test_a_piece_is_read_whole_or_in_part(tmp_path: Path) -> None:
    store = FileStore(f"{tmp_path}/")
    assert store.read("x") is None
    assert store.read("x", 3, 2) is None
    assert store.write("x", b"0123456789")
    assert store.read("x") == b"0123456789"
    assert store.read("x", 3, 2) == b"34"
    assert store.read("x", 8, 4) == b"89"
    assert store.read("x", 99, 4) == b""


def test_records_are_put_behind_each_other_over_each_other_and_anew(tmp_path: Path) -> None:
    store = FileStore(f"{tmp_path}/")
    for at, data in ((0, b"aaaa"), (4, b"bbbb"), (8, b"cc")):
        assert store.put("x", at, data)
    assert store.put("x", 8, b"cccc"), "the torn one again"
    assert store.put("x", 5, b"!")
    assert store.read("x") == b"aaaab!bbcccc"
    assert store.put("x", 0, b"d")
    assert store.read("x") == b"d"


def test_what_flash_does_not_take_is_told_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = FileStore(f"{tmp_path}/none/")
    assert not store.put("x", 0, b"a")
    assert not store.put("x", 4, b"a")
    assert not store.write("x", b"a")
    assert store.failures == 3
    assert capsys.readouterr().err.count("cannot write x") == 3
