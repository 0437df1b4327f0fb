"""The workshop dies, or its disk is full, at any of its writes: what it had begun ends well."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gateway.fleet.secrets import write_private
from tests.workshop.gatekeeper import Guarded, Trialist
from tests.workshop.scripted import Hall, ScriptedBoard, Store, release

_WRITERS = ("updates", "secret_plans", "moves")
_FULL_FOR = 3  # writes


class _Killed(BaseException):
    """As a signal that nobody can catch."""


class _Disk:
    """A disk that fails at one write: `how` is full, before or after (killed at it)."""

    def __init__(self, how: str, at: int) -> None:
        self.writes = 0
        self._how = how
        self._at = at

    def write(self, file: Path, text: str) -> None:
        """Write as write_private does, or not."""
        self.writes += 1
        if self._how == "full" and self._at <= self.writes < self._at + _FULL_FOR:
            raise OSError(28, "No space left on device")
        if self._how == "before" and self.writes == self._at:
            raise _Killed
        write_private(file, text)
        if self._how == "after" and self.writes == self._at:
            raise _Killed


def _survives(hall: Any, disk: _Disk, patch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    for name in _WRITERS:
        patch.setattr(f"gateway.workshop.{name}.write_private", disk.write)
    try:
        act()
    except _Killed:
        hall.start("run2")


def _each(how: str, run: Callable[[_Disk], None]) -> int:
    """Run with a failure at each write, until there are no more; give how many there were."""
    at = 1
    while True:
        disk = _Disk(how, at)
        run(disk)
        if disk.writes < at:
            return at - 1
        at += 1


@pytest.mark.parametrize("how", ["full", "before"])
def test_firmware_over_a_hall(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(disk: _Disk) -> None:
        boards = [ScriptedBoard(f"counter-{n:02}") for n in range(1, 6)]
        home = tmp_path / f"{disk.writes}-{id(disk)}"
        hall = Hall(home, boards, Store(release("1.1", 7, 60)))

        def act() -> None:
            for _ in range(_FULL_FOR + 1):
                answer = hall.ask("update_start", version="1.1", boards=[], stages=[1])
                if answer["st"] == "accepted":
                    break
                assert (answer["why"], "No space left" in answer["text_en"]) == ("failed", True)
            hall.run(20_000, 500)

        _survives(hall, disk, monkeypatch, act)
        if hall.updates.plan is None:  # killed before it had begun: nobody was told that it had
            assert not any(board.offers for board in boards)
            hall.ask("update_start", version="1.1", boards=[], stages=[1])
        hall.run(30_000, 500)
        assert set(hall.states().values()) == {"committed"}, (how, disk.writes)
        assert {board.number for board in boards} == {7}

    assert _each(how, run) > 5


@pytest.mark.parametrize(
    ("how", "reaches"), [("full", True), ("full", False), ("before", True), ("after", False)]
)
def test_a_secret(how: str, reaches: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(disk: _Disk) -> None:
        board = Trialist("counter-01")
        board.reaches = reaches
        hall = Guarded(tmp_path / str(id(disk)), board)

        def begin() -> None:
            while hall.ask("secret_start", boards=[])["st"] != "accepted":
                pass
            hall.pass_s(200)

        _survives(hall, disk, monkeypatch, begin)
        hall.pass_s(200)
        assert board.inside, (how, disk.writes)
        assert hall.honoured["counter-01"] == board.secret
        assert not hall.secrets._rotations

    assert _each(how, run) > 4


@pytest.mark.parametrize(
    ("how", "act"),
    [("full", "rename"), ("full", "replace"), ("before", "replace"), ("after", "rename")],
)
def test_a_move(how: str, act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(disk: _Disk) -> None:
        dead, spare = Trialist("counter-01"), Trialist("spare-01", spare=True)
        hall = Guarded(tmp_path / str(id(disk)), dead, spare)
        target = "loket-1"
        if act == "replace":
            dead.stays, target = True, "counter-01"
            hall._say([dead.say("up/state", {"s": "lost", "boot": 1})])
            dead.inside = dead.ready = False

        def begin() -> None:
            with suppress(StopIteration):  # on a full disk the answer comes later
                if act == "replace":
                    hall.ask("replace", board="counter-01", spare="spare-01")
                else:
                    hall.ask("rename", board="spare-01", to=target)
            hall.pass_s(200)
            assert len(hall.answers) == 1

        _survives(hall, disk, monkeypatch, begin)
        hall.pass_s(300)
        assert not hall.moves._moves, (how, disk.writes)
        assert spare.inside
        assert hall.honoured[spare.name] == spare.secret
        assert spare.name in ("spare-01", target)
        assert ("spare-01" in hall.rows) == (spare.name == "spare-01")

    assert _each(how, run) > 4
