"""A home that cannot be read or written, as another user's, is told in words."""

import io
from pathlib import Path

import pytest

from gateway.cli import main


@pytest.mark.parametrize(
    "words",
    ["board list", "board flash c-1", "update status", "person list"],
)
def test_a_home_that_is_none_is_told(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("LOKET_HOME", str(tmp_path / "home"))
    assert main([*words.split(), "--lang", "id"]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "home") in said
    assert "tidak dapat dipakai: bagian dari jalurnya bukan folder" in said


def test_another_users_home_is_told_with_the_way_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "secrets" / "boards.json"))

    monkeypatch.setattr("gateway.cli.asking.Settings.from_env", forbidden)
    assert main(["person", "list", "--lang", "en"]) == 1
    assert f"sudo -u {tmp_path.owner()}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", ["board list", "board label --all", "board flash c-1", "why A001"]
)
def test_a_journal_that_cannot_be_read_is_told(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    (tmp_path / "journal.sqlite3").write_bytes(b"nothing of the kind" * 1_000)
    assert main([*words.split(), "--lang", "id"]) == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), str(tmp_path) in said) == (1, True)


def test_a_full_disk_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.fleet.people.set_password", full)
    monkeypatch.setattr("sys.stdin", io.StringIO("rahasia-saya\n"))
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    assert main(["person", "password", "budi", "--lang", "id"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("loket: tidak dapat ditulis: disk penuh.")
    assert str(tmp_path) in said
