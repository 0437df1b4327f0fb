"""Who has a port, and who wants it: gateway/ports.py, with real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config import Paths
from gateway.ports import Claimed, claim, holder, is_claimed
from tests.support.tools import ROOT


@contextmanager
def running(code: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run code that prints a line when it is so far, and ends with its stdin."""
    with subprocess.Popen(
        [sys.executable, "-c", code + "\nimport sys; print('so', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process
        finally:
            process.communicate()


def claims(home: Path, device: str) -> str:
    return (
        "from contextlib import ExitStack; from pathlib import Path\n"
        "from gateway.config import Paths; from gateway.ports import claim\n"
        f"stack = ExitStack(); stack.enter_context(claim(Paths(Path({str(home)!r})), {device!r}))\n"
    )


def test_a_claim_is_seen_as_long_as_it_lasts(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert not is_claimed(paths, "/dev/ttyACM0")
    with claim(paths, "/dev/ttyACM0"):
        assert not is_claimed(paths, "/dev/ttyACM1")
        assert seen(tmp_path, "/dev/ttyACM0")
    assert not seen(tmp_path, "/dev/ttyACM0")


def seen(home: Path, device: str) -> bool:
    """Ask another process."""
    code = (
        "from pathlib import Path; from gateway.config import Paths\n"
        "from gateway.ports import is_claimed\n"
        f"print(is_claimed(Paths(Path({str(home)!r})), {device!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


def test_a_second_one_is_told_who_works_there(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with running(claims(tmp_path, "/dev/ttyACM0")) as other:
        assert is_claimed(paths, "/dev/ttyACM0")
        with pytest.raises(Claimed) as caught, claim(paths, "/dev/ttyACM0", within_s=0.2):
            pass
        assert str(other.pid) in caught.value.by
    with claim(paths, "/dev/ttyACM0"):
        pass


def test_a_killed_process_leaves_no_claim(tmp_path: Path) -> None:
    with running(claims(tmp_path, "/dev/ttyACM0")) as other:
        other.kill()
        other.wait()
    assert not is_claimed(Paths(tmp_path), "/dev/ttyACM0")


def test_a_link_and_its_device_are_one_port(tmp_path: Path) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    link = tmp_path / "by-id"
    link.symlink_to(device)
    with claim(Paths(tmp_path), str(link)):
        assert seen(tmp_path, str(device))


def test_the_program_that_has_a_port_open_is_named(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    name = os.ttyname(theirs)
    os.close(theirs)
    try:
        assert holder(name) == ""
        with running(f"file = open({name!r}, 'rb', buffering=0)") as other:
            found = holder(name)
            assert str(other.pid) in found
            assert "python" in found
        assert holder(name) == ""
    finally:
        os.close(ours)
