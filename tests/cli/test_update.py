"""`loket update`: what is asked, what is told while it goes on, and the exit status."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main, update
from tests.workshop.scripted import OPEN, Hall, ScriptedBoard, Store, release

Loket = Callable[..., tuple[int, str]]


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    boards = [ScriptedBoard(f"counter-{n:02}") for n in range(1, 5)]
    return Hall(tmp_path, boards, Store(release("1.1", 7), release("0.9", 2)))


@pytest.fixture
def loket(hall: Hall, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Loket:
    """Gives `loket("start", "1.1")`: (exit status, what was printed); no broker is needed."""

    class Line:
        def ask(self, name: str, **fields: object) -> dict[str, Any]:
            return hall.ask(name, **fields)

        def news(self, _within_s: float) -> Iterator[tuple[str, bytes]]:
            hall.run(0)
            yield "", json.dumps(hall.update).encode()

    @contextmanager
    def workshop(*_watch: str) -> Iterator[Line]:
        yield Line()

    monkeypatch.setattr(update, "workshop", workshop)
    monkeypatch.setattr("gateway.cli.update.time.sleep", lambda s: hall.run(int(s * 1_000)))

    def loket(*words: str) -> tuple[int, str]:
        status = main(["update", *words, *([] if "--lang" in words else ["--lang", "en"])])
        said = capsys.readouterr()
        return status, said.out + said.err

    return loket


def test_a_release_is_brought_to_all_and_watched(loket: Loket) -> None:
    status, said = loket("start", "1.1")
    assert status == 0
    assert said.splitlines() == [
        *(f"counter-0{n}           committed" for n in range(1, 5)),
        "firmware 1.1: 4 of 4 boards, done",
    ]
    assert loket("status")[0] == 0
    assert json.loads(loket("status", "--json")[1])["state"] == "done"


def test_a_failure_is_told_with_the_way_on(hall: Hall, loket: Loket) -> None:
    hall.boards["counter-02"].breaks = "no_hello"
    status, said = loket("start", "1.1", "--stages", "1")
    assert status == 1
    assert "counter-02           rolled back: The board did not get through within 120 s" in said
    assert "Stopped: counter-02 failed." in said
    assert "`loket update go`" in said
    status, said = loket("go")
    assert status == 1  # not all have it
    assert "3 of 4 boards, done" in said


def test_in_service_hours_it_goes_on_later(hall: Hall, loket: Loket) -> None:
    hall.tell("line", OPEN)
    status, said = loket("start", "1.1")
    assert (status, "waiting. Waits until service hours are over." in said) == (3, True)
    assert "`loket update stop`, then once more with --in-service." in said
    assert loket("stop")[0] == 1
    assert loket("start", "1.1", "--in-service")[0] == 0


def test_who_is_away_is_named_and_not_waited_for(hall: Hall, loket: Loket) -> None:
    hall.boards["counter-04"].ready = False
    hall.start("run2")
    status, said = loket("start", "1.1")
    assert status == 3
    assert "It goes on when these are back: counter-04" in said


def test_what_is_refused_is_told(loket: Loket) -> None:
    assert loket("start", "7.7") == (1, "loket: is not signed\n")
    status, said = loket("start", "0.9", "--boards", "counter-01")
    assert (status, said) == (1, "loket: counter-01 is already on firmware newer than 0.9.\n")
    assert loket("start", "1.1", "--stages", "one")[0] == 1
    assert loket("broker")[1].startswith("loket: nothing would change: give --host")
    assert loket("broker", "--ca", "/nowhere.pem")[0] == 1
    assert "'a b' is no address" in loket("broker", "--host", "a b")[1]
    assert "a port from 1 to 65535" in loket("broker", "--port", "99999")[1]
    assert "is no network's name" in loket("network", "--wifi", "")[1]


def test_a_network_is_changed_with_a_password_that_no_list_of_processes_shows(
    hall: Hall, loket: Loket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("rahasia-baru\n"))
    status, said = loket("network", "--wifi", "Mal Pelayanan")
    assert status == 0
    assert "rahasia" not in said
    wifi = [{"ssid": "Mal Pelayanan", "password": "rahasia-baru"}]
    assert all(board.link_file == {"wifi": wifi} for board in hall.boards.values())


def test_who_gives_no_password_does_not_say_that_the_network_is_open(
    hall: Hall, loket: Loket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, said = loket("network", "--wifi", "Mal Pelayanan")
    assert (status, "the password of 'Mal Pelayanan' is not known" in said) == (1, True)
    assert not any(board.link_file for board in hall.boards.values())


def test_the_broker_moves(hall: Hall, loket: Loket) -> None:
    status, _ = loket("broker", "--host", "10.0.0.9", "--port", "8883", "--tls")
    assert status == 0
    assert hall.boards["counter-01"].link_file == {"host": "10.0.0.9", "port": 8883, "tls": True}


def test_nothing_to_show_yet(loket: Loket) -> None:
    assert loket("status") == (0, "No update is under way, and none was before.\n")


def test_a_technician_is_told_in_indonesian(hall: Hall, loket: Loket) -> None:
    hall.boards["counter-02"].breaks = "no_hello"
    said = loket("start", "1.1", "--stages", "1", "--lang", "id")[1]
    assert "counter-01           terpasang" in said
    assert "counter-02           kembali ke yang lama: Papan" in said
    assert "firmware 1.1: 1 dari 4 papan, dihentikan. Berhenti: counter-02 gagal." in said
    assert loket("broker", "--lang", "id")[1].startswith("loket: tidak ada yang berubah")
    english = ("boards", "committed", "rolled back", "The ", "stopped")
    assert not [word for word in english if word in said]
