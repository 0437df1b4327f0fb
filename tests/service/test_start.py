"""Opening a hall: it has one writer, and its site file is read once."""

import time
from pathlib import Path

import pytest

from gateway.config import DEMO_SITE, Settings
from gateway.domain.site import Site
from gateway.service.site_file import SiteFile
from gateway.service.start import HallIsOpen, lock_writer
from tests.support.tools import wait_for


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


def test_a_site_file_that_was_read_is_read_again_only_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(DEMO_SITE.read_text())
    file = SiteFile(path)
    assert isinstance(file.read(), Site)
    assert file.changed() is None
    assert file._reader is None  # nobody reads it once more
    path.write_text("[site]\nname = 5\n")
    assert "site.name" in wait_for(lambda: str(file.changed() or ""), 30, "the new file's errors")
    file.close()
