"""A client of a hall's socket, for tests and tools; the console has one of its own."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

See = dict[str, Any]


class HallClient:
    """One connection to a hall; `hall` is what it said of its boards at the connect."""

    def __init__(self, path: Path, timeout_s: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self.hall: list[See] = json.loads(self._lines.readline())["hall"]

    def do(self, board: str, name: str, **what: object) -> None:
        """Press, set a level, look: what docs/virtual-boards.md lists."""
        line = json.dumps({"board": board, "do": name, **what})
        self._socket.sendall(line.encode() + b"\n")

    def wait(self, matches: Callable[[See], bool], timeout_s: float = 10.0) -> See:
        """Give the next line that `matches`; raises TimeoutError, or EOFError at the hall's end."""
        deadline = time.monotonic() + timeout_s
        while True:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            line = self._lines.readline()
            if not line:
                raise EOFError("the hall has ended")
            see: See = json.loads(line)
            if matches(see):
                return see

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self._socket.close()
