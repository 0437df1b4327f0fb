"""A log file that never outgrows its bound, however much is written."""

import os
from pathlib import Path

MAX_BYTES = 1_000_000


class BoundedLog:
    """Appends to `path`; when that is full it becomes `path`.1, and the older .1 is forgotten."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file: int | None = None
        self._lost_bytes = 0

    def write(self, data: bytes) -> None:
        """Append `data`, only its end if it is larger than the bound.

        A disk that is full must not end a hall: what cannot be written is counted, and the log
        says so as soon as it can be written again.
        """
        data = data[-self._max_bytes :]
        gap = b"(%d bytes could not be written here)\n" % self._lost_bytes
        text = gap + data if self._lost_bytes else data
        try:
            os.write(self._room_for(len(text)), text)
        except OSError:
            self._lost_bytes += len(data)
        else:
            self._lost_bytes = 0

    def close(self) -> None:
        """Let go of the file; a later write opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _room_for(self, more_bytes: int) -> int:
        if self._file is not None and os.fstat(self._file).st_size + more_bytes > self._max_bytes:
            self.close()
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        return self._file
