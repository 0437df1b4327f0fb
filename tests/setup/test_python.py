"""Set-up of the virtual environment: what it reads, and what it does without a registry."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.setup.conftest import Copy
from tests.support.tools import ROOT, free_port
from tools.setup.python import REQUIREMENTS, count_packages, requirement_text

FILES = sorted(REQUIREMENTS.glob("*.txt"))


def pins(name: str) -> dict[str, str]:
    """Give the pinned version of each package of a requirement file, those it includes too."""
    lines = requirement_text(REQUIREMENTS / name).splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(one.name): str(one.specifier) for one in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_package_is_pinned_and_none_has_an_address(path: Path):
    for line in path.read_text().splitlines():
        if line and not line.startswith(("#", "-r ")):
            assert re.fullmatch(
                r"[a-z0-9-]+(\[[a-z]+\])?==[0-9][0-9a-z.]*(; platform_machine == \"[a-z0-9_]+\")?",
                line,
            )


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_what_pinned_packages_need_is_pinned_and_fits(name: str):
    pinned = pins(name)
    for package in pinned:
        for text in importlib.metadata.requires(package) or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                version = pinned[canonicalize_name(need.name)].removeprefix("==")
                assert need.specifier.contains(version), f"{package} needs {need}"


def test_what_is_installed_is_what_is_pinned():
    for package, pin in pins("dev.txt").items():
        assert pin == f"=={importlib.metadata.version(package)}", package


def test_included_files_count(tmp_path: Path):
    (tmp_path / "a.txt").write_text("# one==1 is not meant\none==1\n")
    (tmp_path / "b.txt").write_text("-r a.txt\n\ntwo==2\n")
    text = requirement_text(tmp_path / "b.txt")
    assert text == "# one==1 is not meant\none==1\n\ntwo==2"
    assert count_packages(text) == 2


def test_without_a_registry_it_says_so_and_leaves_no_stamp(copy: Copy):
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    env = {"PIP_INDEX_URL": nowhere, "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "0"}
    code = "from tools.setup.__main__ import main; import sys; sys.exit(main(['run']))"
    for _ in range(2):  # the second time begins with what the first one left
        done = copy.python("-c", code, **env)
        assert done.stderr == (
            "Set-up stopped: the Python package registry cannot be reached: check this machine's "
            "network (and pip's settings), then give the same command again.\n"
        )
        assert done.returncode == 1
        assert "Set-up: making the virtual environment .venv" in done.stdout
        assert not list((copy.folder / ".venv").glob("stamp-*"))
        assert not (copy.folder / ".venv" / "bin" / "loket").exists()


def test_a_goal_that_is_none(copy: Copy):
    done = copy.python("-m", "tools.setup", "everything")
    assert (done.returncode, done.stderr) == (
        2,
        "usage: python3 -m tools.setup run|test|check|emulate\n",
    )


def test_loket_works_from_any_folder(tmp_path: Path):
    # The folder it is called from has a package of the same name, which must not be taken.
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "__init__.py").write_text("raise SystemExit('the wrong gateway')")
    loket = ROOT / ".venv" / "bin" / "loket"
    words = [str(loket), "--lang", "en", "--help"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "open the hall" in done.stdout
