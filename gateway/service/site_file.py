"""Watching the site file: a changed one is read, a wrong one leaves the old settings in force."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gateway.config import PROJECT
from gateway.domain.site import Site
from gateway.domain.site_json import site_from_dict

_READ_WITHIN_S = 30.0


class SiteFile:
    """The site file at `path`; `changed` never waits, so it may be asked between presses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._reader: _Reader | None = None

    def read(self) -> Site | str:
        """Give the file's site, or its problems as a text; waits for it.

        What was read so is not told by `changed` again.
        """
        self._seen = self._stamp()
        return read_site(self._path)

    def changed(self) -> Site | str | None:
        """Give the site of a file that is new or changed and has been read by now, else None.

        A file that cannot be used gives its problems as a text.
        """
        if self._reader is not None:
            if not self._reader.is_done():
                return None
            reader, self._reader = self._reader, None
            return reader.result()
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._reader = _Reader(self._path)
        return None

    def close(self) -> None:
        """End a reading that is under way."""
        if self._reader is not None:
            self._reader.result()
            self._reader = None

    def _stamp(self) -> tuple[int, int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0, 0)  # the reader says what is wrong with it
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def read_site(path: Path) -> Site | str:
    """Give the site that a file describes, or its problems as a text; waits for it."""
    reader = _Reader(path)
    reader.wait()
    return reader.result()


class _Reader:
    """A process that reads a site file. Its answer goes to a file: a pipe holds 64 KB only."""

    def __init__(self, path: Path) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  (closed by result)
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gateway.site", str(path)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
        )
        self._until = time.monotonic() + _READ_WITHIN_S

    def is_done(self) -> bool:
        """Whether it has ended, or has had its time."""
        return self._process.poll() is not None or time.monotonic() > self._until

    def wait(self) -> None:
        """Wait until it has ended or has had its time."""
        try:
            self._process.wait(_READ_WITHIN_S)
        except subprocess.TimeoutExpired:
            return  # close() ends it, and result() says that it gave nothing

    def result(self) -> Site | str:
        """Give the site or the problems, and be closed."""
        self.close()
        try:
            self._out.seek(0)
            self._err.seek(0)
            answer = json.loads(self._out.read())
        except ValueError:
            said = self._err.read().decode("utf-8", "replace").strip().splitlines()
            return "the site file could not be read: " + (said[-1] if said else "no answer")
        finally:
            self._out.close()
            self._err.close()
        return str(answer["problem"]) if "problem" in answer else site_from_dict(answer["site"])

    def close(self) -> None:
        """End the process, if it has not ended by itself."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
