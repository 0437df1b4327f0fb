"""One hall has one writer."""

import time
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.service.start import HallIsOpen, lock_writer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"LOKET_HOME": str(tmp_path / "home")})


def test_there_is_one_writer_at_a_time(settings: Settings) -> None:
    with lock_writer(settings), pytest.raises(HallIsOpen, match="another process writes"):
        lock_writer(settings)
    lock_writer(settings).close()


def test_a_gateway_waits_for_a_command_that_is_being_the_writer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = lock_writer(settings)
    monkeypatch.setattr(time, "sleep", lambda _s: command.close())  # it ends while we wait
    lock_writer(settings, within_s=10).close()
    assert command.closed
