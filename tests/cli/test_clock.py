"""`loket clock`: what people are told of the clock, and that it can be accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.service import machine_clock
from tests.service.conftest import NOW_MS, Desk, desk

__all__ = ["desk"]

HOUR_MS = 3_600_000
Loket = Callable[..., tuple[int, str]]


@pytest.fixture
def loket(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Loket:
    """Gives `loket(*words)` on the desk's stopped hall: (exit status, what was printed)."""
    desk.commit()
    desk.writer.tick(NOW_MS)
    desk.commit()
    desk.journal.close()
    for name, value in desk.settings.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr(machine_clock, "read", lambda: (desk.mono_ms, desk.utc_ms))
    monkeypatch.setattr(machine_clock, "synced", lambda: desk.synced)

    def loket(*words: str) -> tuple[int, str]:
        status = main(["clock", *words])
        out = capsys.readouterr()
        return status, out.out + out.err

    return loket


def test_a_clock_that_is_believed(desk: Desk, loket: Loket) -> None:
    desk.synced = True
    status, said = loket()
    assert status == 0
    assert "machine  2026-11-21 10:00:00 WIB; NTP vouches for it" in said
    assert "business day 2026-11-21" in said
    assert "The hall's time is the machine's." in said
    status, said = loket("accept")
    assert (status, "nothing to accept" in said) == (1, True)


def test_a_clock_that_is_behind_is_told_before_the_hall_opens(desk: Desk, loket: Loket) -> None:
    desk.utc_ms -= 9 * HOUR_MS
    status, said = loket()
    assert status == 0
    assert "machine  2026-11-21 01:00:00 WIB; NTP does not vouch for it" in said
    assert "not believed (behind)" in said
    assert "goes on by itself from 2026-11-21 10:00:00 WIB" in said
    _, said = loket("--lang", "id")
    assert "komputer       2026-11-21 01:00:00 WIB; NTP tidak membenarkannya\n" in said
    assert "berjalan sendiri sejak 2026-11-21 10:00:00 WIB" in said


def test_accepted_it_is_believed(desk: Desk, loket: Loket) -> None:
    desk.utc_ms -= HOUR_MS
    assert loket("accept") == (
        0, "The machine's clock is accepted: the hall's time goes on with it.\n"
    )  # fmt: skip
    _, said = loket()
    assert "newest event 2026-11-21 09:00:00 WIB" in said
    assert "The hall's time is the machine's." in said


def test_what_was_held_is_told_with_its_beginning(desk: Desk, loket: Loket) -> None:
    desk.open()
    desk.writer.clock("ahead", NOW_MS, NOW_MS + 24 * HOUR_MS)
    desk.commit()
    desk.journal.close()
    desk.synced = None
    _, said = loket()
    assert "cannot be told here" in said
    assert "not believed (ahead)" in said
    assert "when the clock showed 2026-11-22 10:00:00 WIB" in said


def test_a_hall_that_was_never_open(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    assert main(["clock", "--lang", "en"]) == 1
    assert "has never been open" in capsys.readouterr().err
