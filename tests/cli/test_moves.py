"""`loket board replace` and `rename`: what is asked, what is told, and the exit status."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main, update
from gateway.cli.board import moves
from tests.workshop.gatekeeper import Guarded, Trialist

Loket = Callable[..., tuple[int, str]]


@pytest.fixture
def hall(tmp_path: Path) -> Guarded:
    broken = Trialist("counter-03")
    broken.ready = broken.inside = False
    broken.stays = True
    return Guarded(tmp_path, broken, Trialist("spare-01", spare=True), Trialist("counter-04"))


@pytest.fixture
def loket(
    hall: Guarded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Loket:
    """Gives `loket("replace", "counter-03")`: (exit status, what was printed)."""

    class Line:
        def ask(self, name: str, **fields: object) -> dict[str, Any]:
            return hall.ask(name, **fields)

        def news(self, _within_s: float) -> Iterator[tuple[str, bytes]]:
            hall.run(0)
            yield "", json.dumps(hall.update).encode()

    @contextmanager
    def workshop(*_watch: str) -> Iterator[Line]:
        yield Line()

    monkeypatch.setattr(moves, "workshop", workshop)
    monkeypatch.setattr(update, "workshop", workshop)
    monkeypatch.setattr("gateway.cli.update.time.sleep", lambda _s: hall.pass_s(1))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LOKET_HOME", str(hall.paths.home))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def loket(*words: str) -> tuple[int, str]:
        status = main(["board", *words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return loket


def test_one_command_puts_a_spare_in_a_dead_boards_place(hall: Guarded, loket: Loket) -> None:
    status, said = loket("replace", "counter-03")
    assert (status, said.splitlines()[0]) == (0, "spare-01 becomes counter-03.")
    assert "1 of 1 boards, done" in said
    assert hall.devices[1].name == "counter-03"


def test_a_spare_that_does_not_get_through_is_told(hall: Guarded, loket: Loket) -> None:
    hall.devices[1].reaches = False
    status, said = loket("replace", "counter-03", "--with", "spare-01")
    assert status == 1
    assert "rolled back: The board did not get through within 120 s" in said


def test_a_rename_is_watched(hall: Guarded, loket: Loket) -> None:
    assert loket("rename", "counter-04", "loket-4")[0] == 0
    assert hall.devices[2].name == "loket-4"


def test_what_is_refused_is_told_in_the_language_of_the_machine(
    hall: Guarded, loket: Loket, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, said = loket("replace", "counter-04", "--with", "spare-01")
    assert (status, said[:35]) == (1, "loket: counter-04 is still connecte")
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    assert "masih terhubung" in loket("replace", "counter-04")[1]
    assert "tidak terdaftar" in loket("replace", "ghost", "--port", "/dev/null")[1]
    assert (
        "--kind hanya bersama --port" in loket("replace", "counter-03", "--kind", "counter_led")[1]
    )


def test_without_a_spare_a_new_board_is_flashed(
    loket: Loket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.cli.board import flash

    asked: list[Any] = []

    def run_flash(args: Any) -> int:
        asked.append(args)
        return 0

    monkeypatch.setattr(flash, "run_flash", run_flash)
    monkeypatch.setattr(
        "gateway.service.register_view.registered_boards", lambda _s: [{"id": "counter-03"}]
    )
    words = ("replace", "counter-03", "--port", "/dev/ttyACM7", "--kind", "counter_led")
    assert loket(*words)[0] == 0
    assert (asked[0].id, asked[0].port, asked[0].kind) == (
        "counter-03", "/dev/ttyACM7", "counter_led",
    )  # fmt: skip
