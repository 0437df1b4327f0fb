"""A release of this project's firmware, made once; and its loader, until that is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config import Paths
from gateway.fleet.release import Releases, build
from tests.support.tools import ROOT


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paths]:
    """Give a home in which a release was made."""
    with pytest.MonkeyPatch.context() as patch:
        if not build._LOADER.exists():
            file = ROOT / "build" / "loader.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(
                "import sys\nsys.path.insert(0, '/a')\nfrom firmware.main import boot\nboot()\n"
            )
            patch.setattr(build, "_LOADER", file)
        paths = Paths(tmp_path_factory.mktemp("released"))
        paths.make()
        Releases(paths).build_own()
        yield paths


def use_released(released: Paths, home: Path) -> Paths:
    """Give a new home with the same releases."""
    paths = Paths(home)
    paths.make()
    paths.releases.rmdir()
    paths.releases.symlink_to(released.releases)
    (paths.secrets / "release.key").symlink_to(released.secrets / "release.key")
    return paths
