"""A whole hall, started with `make run` or `loket run`, for tests and benchmarks to look at."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.config import Settings
from tests.support.tools import ROOT, free_port

OPEN = "Loket is open"
_OPENS_WITHIN_S = 60.0
_ENDS_WITHIN_S = 30.0


class HallRun:
    """A started command; `opened_s` is how long it took to say that the hall is open."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.settings = Settings.from_env(env)
        self._lines: list[str] = []
        self._opened = threading.Event()
        started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._opened.wait(_OPENS_WITHIN_S):
            self.stop()
            raise RuntimeError("the hall did not open:\n" + "".join(self._lines[-20:]))
        self.opened_s = time.monotonic() - started

    def stop(self) -> int:
        """End it as Ctrl-C does and give its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return self.process.returncode

    def pids(self) -> list[int]:
        """Give the command's process and all below it."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += children.get(pid, [])
        return found

    def said(self) -> str:
        """Give what it has printed so far."""
        return "".join(self._lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            if OPEN in line:
                self._opened.set()


@contextmanager
def hall(command: list[str], home: Path, site: Path | None = None) -> Iterator[HallRun]:
    """Give a running hall on `home` and free ports; it is ended afterwards."""
    env = {
        "LOKET_HOME": str(home),
        "LOKET_HTTP_PORT": str(free_port()),
        "LOKET_MQTT_PORT": str(free_port()),
    }
    if site is not None:
        env["LOKET_SITE"] = str(site)
    run = HallRun(command, env)
    try:
        yield run
    finally:
        run.stop()
