"""A copy of what set-up needs of the project, in a folder whose name has a blank."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.support.tools import ROOT


@cache
def _picked() -> str:
    # Not the one that runs the tests: that has no pip.
    tool = ROOT / "tools" / "python"
    return subprocess.run([tool], capture_output=True, text=True, check=True).stdout.strip()


class Copy:
    """A fresh clone, as far as set-up goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in ("tools", "requirements"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "Makefile", folder)

    def python(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the Python that set-up picks in the copy and give what came of it."""
        return subprocess.run(
            [_picked(), *words],
            cwd=self.folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Give a fresh copy."""
    return Copy(tmp_path / "a copy")
