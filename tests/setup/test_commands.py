"""The commands people type: what bare `make` lists, and the Python that set-up picks."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.tools import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def test_bare_make_lists_every_target_in_one_line():
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    listed = [line.split()[1] for line in done.stdout.splitlines()]
    assert sorted(listed) == sorted(phony[1].split())
    assert all(len(line.split()) > 4 for line in done.stdout.splitlines())
    assert set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)) == set(listed)


def pick(path: Path) -> subprocess.CompletedProcess[str]:
    """Run tools/python with nothing but the programs in `path`."""
    return subprocess.run(
        ["/bin/sh", ROOT / "tools" / "python"],
        env={"PATH": str(path), "LOKET_PYTHON": "python3.11 python3"},
        capture_output=True,
        text=True,
        check=False,
    )


def fake(path: Path, version_good: bool, has_pip: bool) -> None:
    """Put a stand-in at `path` that answers the two questions that are put to Python."""
    path.write_text(
        "#!/bin/sh\ncase $2 in\n"
        f"*version*) exit {int(not version_good)} ;;\n"
        f"*pip*) {'echo /real/python' if has_pip else 'exit 1'} ;;\nesac\n"
    )
    path.chmod(0o755)


def test_the_first_python_that_will_do_is_taken(tmp_path: Path):
    fake(tmp_path / "python3.11", version_good=True, has_pip=False)
    fake(tmp_path / "python3", version_good=True, has_pip=True)
    done = pick(tmp_path)
    assert (done.returncode, done.stdout) == (0, "/real/python\n")


@pytest.mark.parametrize(("version_good", "what"), [(True, "has no pip"), (False, "is missing")])
def test_no_python_that_will_do(tmp_path: Path, version_good: bool, what: str):
    fake(tmp_path / "python3", version_good=version_good, has_pip=False)
    done = pick(tmp_path)
    assert done.returncode == 1
    assert what in done.stderr
    assert "apt-get install" in done.stderr
    assert len(done.stderr.splitlines()) == 1
