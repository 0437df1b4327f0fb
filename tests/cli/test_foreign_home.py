"""A home that cannot be read, as another user's, is told in words."""

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
