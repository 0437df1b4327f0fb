"""When a snapshot is made beside the gateway, and what happens if it cannot be, or is killed."""

import logging
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain import encode_event
from gateway.journal import Journal, Row, reading
from gateway.journal.snapshot_file import Head, write
from gateway.service import snapshot_keeper
from gateway.service.snapshot import code_mark, file_of, make, restore
from gateway.service.snapshot_keeper import AGAIN_AFTER_MS, FIRST_AFTER_MS, MAKER, SnapshotKeeper
from tests.domain.walk import wander
from tests.service.conftest import Desk
from tests.support.tools import ROOT, wait_for

EVENT = Row(1, "help_asked", None, 1, {"kind": "help_asked", "at_ms": 1, "by": "", "counter": 1})
READY_MS = FIRST_AFTER_MS


class Makers:
    """Makers in their place: a command for each, and how many were started."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(snapshot_keeper, "DUE_EVERY", 10)
        self.desk = desk
        self.ran = desk.settings.paths.home / "ran"
        self.keeper: SnapshotKeeper

    def keep(self, does: str = "") -> SnapshotKeeper:
        """Give a keeper whose makers leave a mark and then do this."""
        code = f"open({str(self.ran)!r}, 'a').write('x')\n{does}"
        maker = (sys.executable, "-c", code)
        self.keeper = SnapshotKeeper(self.desk.settings, self.desk.journal, 0, maker)
        return self.keeper

    def started(self) -> int:
        """Give how many ran so far."""
        return len(self.ran.read_text()) if self.ran.exists() else 0

    def settle(self, mono_ms: int) -> int:
        """Let the one at work end and be noted; give how many ran so far."""

        def is_over() -> bool:
            self.keeper.look(mono_ms)
            return self.keeper._process is None

        wait_for(is_over, what="the maker to end")
        return self.started()


@pytest.fixture
def makers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Makers]:
    makers = Makers(desk, monkeypatch)
    yield makers
    makers.keeper.close()


def _grow(desk: Desk, events: int) -> None:
    for _ in range(events):
        desk.journal.commit([EVENT])


def _as_if_made(desk: Desk) -> None:
    code = code_mark()
    write(file_of(desk.settings.paths, code), Head(desk.journal.last_event, "", "", code), [])


def test_one_is_made_when_enough_is_new_and_the_start_is_over(makers: Makers, desk: Desk) -> None:
    keeper = makers.keep()
    _grow(desk, 20)
    keeper.look(READY_MS - 1)
    assert makers.started() == 0
    keeper.look(READY_MS)
    _as_if_made(desk)
    assert makers.settle(READY_MS) == 1
    _grow(desk, 9)
    assert makers.settle(2 * READY_MS) == 1
    _grow(desk, 1)
    assert makers.settle(2 * READY_MS) == 2


def test_none_is_made_while_the_last_is_young(makers: Makers, desk: Desk) -> None:
    _grow(desk, 20)
    make(desk.settings.paths)
    keeper = makers.keep()
    keeper.look(READY_MS)
    assert makers.settle(READY_MS) == 0


def test_one_of_a_longer_journal_is_none(makers: Makers, desk: Desk) -> None:
    _grow(desk, 20)
    code = code_mark()
    later = Head(desk.journal.last_event + 1_000, "", "", code)
    write(file_of(desk.settings.paths, code), later, [])
    makers.keep().look(READY_MS)
    assert makers.settle(READY_MS) == 1


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("import sys; print('no room left', file=sys.stderr); sys.exit(1)", "no room left"),
        ("import os; os.kill(os.getpid(), 9)", r"\(status -9\)"),
        ("pass", "not a word"),  # content, but there is no snapshot
    ],
)
def test_a_failure_is_logged_once_and_tried_again_much_later(
    makers: Makers, desk: Desk, caplog: pytest.LogCaptureFixture, does: str, said: str
) -> None:
    _grow(desk, 20)
    keeper = makers.keep(does)
    keeper.look(READY_MS)
    assert makers.settle(READY_MS) == 1
    (warning,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert re.search(f"no snapshot was made.*{said}", warning)
    keeper.look(READY_MS + AGAIN_AFTER_MS - 1)
    assert makers.settle(READY_MS + AGAIN_AFTER_MS - 1) == 1
    keeper.look(READY_MS + AGAIN_AFTER_MS)
    assert makers.settle(READY_MS + AGAIN_AFTER_MS) == 2


def test_a_maker_that_cannot_be_started_harms_nobody(
    makers: Makers, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    _grow(desk, 20)
    makers.keeper = SnapshotKeeper(desk.settings, desk.journal, 0, ("/nowhere/at/all",))
    makers.keeper.look(READY_MS)
    assert "no snapshot could be made" in caplog.text


def test_closing_ends_the_maker(makers: Makers, desk: Desk) -> None:
    _grow(desk, 20)
    keeper = makers.keep("import time; time.sleep(600)")
    keeper.look(READY_MS)
    process = keeper._process
    assert process is not None
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
    keeper.close()
    assert process.returncode == -signal.SIGKILL


def test_the_real_maker_makes_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_keeper, "DUE_EVERY", 3)
    keeper = SnapshotKeeper(desk.settings, desk.journal, 0)
    keeper.look(READY_MS)
    file = file_of(desk.settings.paths, code_mark())
    try:
        wait_for(file.exists, 30, "a snapshot")
    finally:
        keeper.close()
    before = desk.writer.hall
    desk.restart()
    assert desk.writer.hall == before


def test_a_maker_killed_at_any_time_leaves_the_last_snapshot_or_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    paths = desk.settings.paths
    desk.journal.close()
    paths.journal.unlink()
    events = wander(2, 250, shadowed=False).world.events
    journal = Journal(paths.journal, 64)
    journal.commit([Row(e.at_ms, e.kind, None, None, encode_event(e)) for e in events])
    journal.close()
    make(paths, until=len(events) // 2)
    with reading(paths.journal) as table:
        expected = restore(paths, table)
    env = {**os.environ, **desk.settings.to_env()}
    started = time.monotonic()
    subprocess.run(MAKER, cwd=ROOT, env=env, check=True, capture_output=True)
    whole_s = time.monotonic() - started
    chance = random.Random(7)
    for _ in range(6):
        make(paths, until=len(events) // 2, afresh=True)
        maker = subprocess.Popen(MAKER, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        try:
            maker.wait(chance.uniform(0.3, 1.0) * whole_s)
        except subprocess.TimeoutExpired:
            maker.kill()
        maker.wait()
        with reading(paths.journal) as table:
            assert restore(paths, table) == expected
