"""When a new snapshot is due, and the process that makes it: never the writer itself."""

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from gateway.config import PROJECT, Settings
from gateway.journal import Journal
from gateway.journal.snapshot_file import Unusable, read_head
from gateway.service.snapshot import code_mark, file_of

_log = logging.getLogger(__name__)

DUE_EVERY = 5_000  # events: a start replays so many in a moment
# A start of the hall has other things to do first; a failure does not go away at once.
FIRST_AFTER_MS = 10_000
AGAIN_AFTER_MS = 600_000
_LEAST_PRIORITY = 19
MAKER = (sys.executable, "-m", "gateway.service.snapshot_maker")


class SnapshotKeeper:
    """Starts a maker whenever enough events are new; `look` never waits. A failure is logged."""

    def __init__(
        self, settings: Settings, journal: Journal, mono_ms: int, maker: Sequence[str] = MAKER
    ) -> None:
        """`mono_ms` is the monotonic clock's time now; `maker` the command that makes one."""
        self._settings = settings
        self._journal = journal
        self._maker = maker
        self._not_before_ms = mono_ms + FIRST_AFTER_MS
        self._upto: int | None = None  # the newest event in a snapshot; None: not yet looked
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)

    def look(self, mono_ms: int) -> None:
        """Start a maker if one is due, or take note of the end of the last one."""
        if self._process is not None:
            if self._process.poll() is not None:
                self._ended(self._process.returncode, mono_ms)
            return
        if mono_ms < self._not_before_ms:
            return
        if self._upto is None:
            kept = self._kept()
            # One of a journal that went on further, before it was put back from a copy, is of no
            # use, however long this one takes to grow so far.
            self._upto = kept if kept <= self._journal.last_event else 0
        if self._journal.last_event - self._upto >= DUE_EVERY:
            self._start(mono_ms)

    def close(self) -> None:
        """End a maker that is at work: what it has not finished is made another time."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._said.close()

    def _kept(self) -> int:
        try:
            return read_head(file_of(self._settings.paths, code_mark())).upto
        except Unusable:
            return 0

    def _start(self, mono_ms: int) -> None:
        self._said.seek(0)
        self._said.truncate()
        try:
            self._process = subprocess.Popen(
                self._maker,
                cwd=PROJECT,
                env={**os.environ, **self._settings.to_env()},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
            )
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LEAST_PRIORITY)
        except OSError as e:  # a machine without memory or processes to spare
            _log.warning("no snapshot could be made: %s", e)
            self._not_before_ms = mono_ms + AGAIN_AFTER_MS

    def _ended(self, status: int, mono_ms: int) -> None:
        self._process = None
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip()
        had, self._upto = self._upto or 0, self._kept()
        if status == 0 and self._upto > had:
            self._not_before_ms = mono_ms + FIRST_AFTER_MS
            _log.info("%s", said)
        else:
            self._not_before_ms = mono_ms + AGAIN_AFTER_MS
            _log.warning("no snapshot was made (status %d): %s", status, said or "not a word")
