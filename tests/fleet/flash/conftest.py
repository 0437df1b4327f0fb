"""A release of this project's firmware, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.virtual.usb import UsbBoard
from gateway.config import Paths
from gateway.fleet.release import Releases
from tests.fleet.flash.bench import Bench


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Give a home in which a release was made."""
    paths = Paths(tmp_path_factory.mktemp("released"))
    paths.make()
    Releases(paths).build_own()
    return paths


def use_released(released: Paths, home: Path) -> Paths:
    """Give a new home with the same releases."""
    paths = Paths(home)
    paths.make()
    paths.releases.rmdir()
    paths.releases.symlink_to(released.releases)
    (paths.secrets / "release.key").symlink_to(released.secrets / "release.key")
    return paths


@pytest.fixture
def bench(tmp_path: Path, released: Paths) -> Iterator[Bench]:
    with UsbBoard(tmp_path / "usb") as board:
        yield Bench(use_released(released, tmp_path / "home"), board)
