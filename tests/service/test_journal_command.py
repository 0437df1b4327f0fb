"""`loket journal check | snapshot`: what they print, and their exit status."""

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.service import snapshot
from gateway.service.snapshot import code_mark, file_of
from tests.service.conftest import Desk


@pytest.fixture
def home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk's hall, open, as the command line finds it."""
    monkeypatch.setenv("LOKET_HOME", str(desk.settings.paths.home))
    return desk


def test_snapshot_makes_one_beside_the_open_hall_and_check_agrees(
    home: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "check"]) == 0
    assert "is not used: there is none of this version" in capsys.readouterr().out
    assert main(["journal", "snapshot"]) == 0
    file = file_of(home.settings.paths, code_mark())
    assert f"{file} holds the hall as of event {home.journal.last_event}" in capsys.readouterr().out
    assert main(["journal", "check"]) == 0
    said = capsys.readouterr().out
    assert f"{home.journal.last_event} events were replayed" in said
    assert "is what the events up to it lead to" in said


def test_check_fails_for_a_snapshot_that_is_damaged(
    home: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["journal", "snapshot"])
    file = file_of(home.settings.paths, code_mark())
    file.write_bytes(file.read_bytes()[:-1])
    assert main(["journal", "check"]) == 1
    assert "is not used: it is torn or damaged" in capsys.readouterr().out


def test_a_second_maker_is_told_to_wait(home: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with snapshot._alone(home.settings.paths):
        assert main(["journal", "snapshot"]) == 1
    assert "another process is making a snapshot" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "snapshot"])
def test_without_a_hall_both_say_so(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    assert main(["journal", command]) == 1
    assert "there is no journal in" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "snapshot"])
def test_a_journal_that_is_none_is_named(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    (tmp_path / "journal.sqlite3").write_bytes(b"no database at all " * 100)
    assert main(["journal", command]) == 1
    assert "journal.sqlite3 cannot be read" in capsys.readouterr().err
