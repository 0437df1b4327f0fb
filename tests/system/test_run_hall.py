"""`loket run` with a real broker, gateway and console: opens, heals, and leaves nothing behind."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.config import DEMO_SITE
from tests.support.processes import alive, with_environment
from tests.support.tools import ROOT, free_port, wait_for

OPEN_S = 30  # on a busy machine; `make bench` measures how long it takes on an idle one


class Hall:
    """A hall opened by `loket run` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.http_port = free_port()
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LOKET_")},
            "LC_ALL": "en_US.UTF-8",
            "LOKET_HOME": str(home),
            "LOKET_HTTP_PORT": str(self.http_port),
            "LOKET_MQTT_PORT": str(free_port()),
            "LOKET_SERIAL": f"{home}/usb*",  # not what this machine has plugged in
        }
        self.processes: list[subprocess.Popen[str]] = []
        self.lines: queue.Queue[str] = queue.Queue()

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `loket run` without waiting for the hall to open."""
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "run", *words],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        threading.Thread(target=self._read, args=(process,)).start()
        return process

    def open(self, *words: str) -> subprocess.Popen[str]:
        """Start `loket run` and wait for its line that the hall is open."""
        process = self.start(*words)
        assert self.line() == f"Loket is open: {self.address}  (Ctrl-C stops it)"
        return process

    def line(self) -> str:
        """Wait for the next line that any `loket run` of this hall prints."""
        return self.lines.get(timeout=OPEN_S)

    @property
    def address(self) -> str:
        """The address of the pages."""
        return f"http://127.0.0.1:{self.http_port}/"

    def healthy(self) -> bool:
        """Tell whether the console says that all is well."""
        try:
            with urllib.request.urlopen(f"{self.address}healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def state(self) -> dict[str, Any]:
        """Give what run/hall.json says."""
        found: dict[str, Any] = json.loads((self.home / "run" / "hall.json").read_text())
        return found

    def ours(self) -> list[int]:
        """Give every process of this hall."""
        return with_environment(f"LOKET_HOME={self.home}")

    def close(self) -> None:
        """End all of it, however it is."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        wait_for(lambda: not self.ours(), what="all processes of the hall to be gone")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.put(line.rstrip("\n"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Give a hall that is not open yet; in the end nothing of it is left."""
    made = Hall(tmp_path)
    yield made
    made.close()


def test_it_opens_once_tells_where_heals_and_ends_with_zero(hall: Hall):
    process = hall.open()
    state = hall.state()
    assert state["pid"] == process.pid
    assert state["address"] == hall.address
    assert set(state["children"]) == {"broker", "gateway", "workshop", "console", "serial"}
    assert all(alive(pid) for pid in state["children"].values())
    assert hall.healthy()

    second = hall.start("--http-port", str(free_port()), "--mqtt-port", str(free_port()))
    assert second.wait(OPEN_S) == 1
    assert re.fullmatch(
        rf"loket: this hall is open already \(process {process.pid}, home .*\): stop that one, or "
        "use --home / LOKET_HOME for another hall",
        hall.line(),
    )

    for name in ("broker", "gateway", "workshop", "console", "serial"):
        _kill_one(hall, name)
    (hall.home / "run" / ".hall.json").mkdir()  # as a full disk would: it cannot be noted
    os.kill(hall.state()["children"]["gateway"], signal.SIGKILL)
    assert re.fullmatch(r"gateway ended \(SIGKILL\); starting it again in 0\.\d s", hall.line())
    assert "run/hall.json cannot be written (Is a directory)" in hall.line()
    wait_for(hall.healthy, what="the hall to be well again", timeout_s=OPEN_S)
    assert hall.lines.empty()

    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert hall.ours() == []
    assert not (hall.home / "run" / "hall.json").exists()
    assert hall.lines.empty()


def _kill_one(hall: Hall, name: str) -> None:
    """Kill a process of the hall: it is back within seconds, and the others never noticed."""
    before = hall.state()["children"]
    os.kill(before[name], signal.SIGKILL)
    assert hall.line() == f"{name} ended (SIGKILL); starting it again in 0.1 s"
    wait_for(lambda: hall.state()["children"][name] != before[name], what=f"a new {name}")
    wait_for(hall.healthy, what="the hall to be well again", timeout_s=OPEN_S)
    after = hall.state()["children"]
    assert {**after, name: 0} == {**before, name: 0}


def test_after_a_kill_of_the_supervisor_nothing_is_left_and_the_hall_opens_again(hall: Hall):
    process = hall.open()
    process.kill()
    process.wait()
    # At once, as a service manager would: what is left of the last hall goes meanwhile.
    hall.open()
    assert hall.healthy()
    now = hall.state()
    assert set(hall.ours()) == {now["pid"], *now["children"].values()}


def test_the_demo_hall_opens_heals_and_leaves_no_board_behind(hall: Hall):
    process = hall.open("--demo")
    assert hall.line().startswith("Technicians sign in as teknisi with ")
    before = hall.state()["children"]
    assert set(before) == {"broker", "gateway", "workshop", "console", "serial", "boards"}
    wait_for(lambda: len(hall.ours()) > 5, what="virtual boards")
    os.kill(before["boards"], signal.SIGKILL)
    assert hall.line() == "boards ended (SIGKILL); starting it again in 0.1 s"
    wait_for(lambda: hall.state()["children"]["boards"] != before["boards"], what="its new start")
    wait_for(lambda: len(hall.ours()) > 5, what="virtual boards again")
    process.kill()
    process.wait()
    wait_for(lambda: not hall.ours(), what="every board to be gone")


def test_a_wrong_site_file_is_refused_with_every_error_in_it(hall: Hall, tmp_path: Path):
    site = tmp_path / "wrong.toml"
    site.write_text('[site]\nzone = "Mars/Base"\nnonsense = 1\n')
    process = hall.start("--site", str(site))
    assert process.wait(OPEN_S) == 1
    wait_for(lambda: hall.lines.qsize() >= 2, what="the errors")
    said = "\n".join(hall.lines.queue)
    assert "Mars/Base" in said
    assert "nonsense" in said
    assert hall.ours() == []


def test_a_wrong_site_file_is_told_at_once_and_the_old_settings_stay(hall: Hall):
    site = hall.home / "site.toml"
    site.write_text(DEMO_SITE.read_text())
    first = hall.open("--site", str(site))
    first.send_signal(signal.SIGTERM)
    assert first.wait(15) == 0
    site.write_text(DEMO_SITE.read_text().replace("Asia/Jakarta", "Asia/Atlantis"))
    hall.start("--site", str(site))
    told = hall.line()
    assert told.startswith("The site file is refused; the hall keeps its old settings.")
    while not told.startswith("Loket is open"):
        heard, told = told, hall.line()
    assert "Asia/Atlantis" in heard
