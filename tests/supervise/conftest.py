"""A running stand-in supervisor as a fixture."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import with_environment
from tests.support.tools import ROOT, wait_for

IDLE = "import signal; signal.pause()"


class StandIn:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, folder: Path, plan: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.mark = f"LOKET_TEST_FOLDER={folder}"
        name, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.supervise.stand_in", json.dumps(plan), str(folder)],
            cwd=ROOT,
            env={**os.environ, name: value},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def pids(self, timeout_s: float = 10) -> dict[str, int]:
        """Wait for the next word of all programs' process ids, and give them."""
        return self.until("pids", timeout_s)

    def until(self, field: str, timeout_s: float = 10) -> Any:
        """Wait for the next line that has `field`, and give its value."""
        while True:
            line = self._lines.get(timeout=timeout_s)
            if "say" in line:
                self.said.append(line["say"])
            if field in line:
                return line[field]

    def ours(self) -> list[int]:
        """Give every process that came of this supervisor, itself included."""
        return with_environment(self.mark)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(10)

    def close(self) -> None:
        """End it and all that came of it, and collect the reader."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in self.ours():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.ours(), what="all to be gone")
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., StandIn]]:
    """Give a function that starts a supervisor over planned programs."""
    started: list[StandIn] = []

    def begin(*plan: dict[str, Any]) -> StandIn:
        started.append(StandIn(tmp_path, list(plan)))
        return started[-1]

    yield begin
    for stand_in in started:
        stand_in.close()
