"""`loket person`: passwords for the console's pages."""

import io
import json
import stat
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash

from gateway.cli import main
from gateway.config import Paths
from gateway.fleet.people import make_demo_person, people


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    return Paths(tmp_path)


def give(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))


def test_a_password_is_kept_as_a_hash_that_the_console_can_check(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "kabel-usb-data")
    assert main(["person", "password", "budi", "--role", "supervisor"]) == 0
    entry = people(paths)["budi"]
    assert entry["role"] == "supervisor"
    assert check_password_hash(entry["hash"], "kabel-usb-data")
    assert not check_password_hash(entry["hash"], "kabel-usb-isi")
    file = paths.secrets / "people.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "kabel" not in file.read_text()


@pytest.mark.parametrize(("person", "password"), [("budi", "pendek7"), ("Budi", "kabel-usb-data")])
def test_what_cannot_be_is_said_and_changes_nothing(
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    person: str,
    password: str,
) -> None:
    give(monkeypatch, password)
    assert main(["person", "password", person]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert people(paths) == {}


def test_list_and_remove(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["person", "list", "--lang", "en"]) == 0
    assert "Nobody" in capsys.readouterr().out
    assert main(["person", "list", "--lang", "id"]) == 0
    assert "Belum ada" in capsys.readouterr().out
    give(monkeypatch, "kabel-usb-data")
    main(["person", "password", "budi"])
    capsys.readouterr()
    assert main(["person", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"person": "budi", "role": "technician"}]
    assert main(["person", "remove", "budi"]) == 0
    assert people(paths) == {}
    assert main(["person", "remove", "budi"]) == 1


def test_a_torn_file_is_one_clear_sentence(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    paths.secrets.mkdir()
    (paths.secrets / "people.json").write_text("{")
    assert main(["person", "list"]) == 1
    assert "loket person password" in capsys.readouterr().err


def test_a_demo_hall_gets_a_technician_once(paths: Paths) -> None:
    password = make_demo_person(paths)
    assert password
    assert check_password_hash(people(paths)["teknisi"]["hash"], password)
    assert make_demo_person(paths) is None
