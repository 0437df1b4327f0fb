"""What the broker kept from us: messages it denied or dropped, which their sender never learns.

In MQTT 3.1.1 the broker acknowledges a denied publish as a success; only its log tells. The
supervisor passes those lines on as datagrams, and they are counted here by sender.
"""

import re
import socket
from pathlib import Path

_DENIED = re.compile(r"Denied PUBLISH from (\S+) \(.*?'(.*)', \.\.\. \((\d+) bytes\)\)")
_TOO_LARGE = re.compile(
    r"Dropped too large PUBLISH from (\S+) \(.*?'(.*)', \.\.\. \((\d+) bytes\)\)"
)
_READ_MOST = 256


def read_line(line: str) -> tuple[str, str, str] | None:
    """Give (sender, "denied" or "oversize", topic) of one of the broker's log lines, or None."""
    for pattern, reason in ((_DENIED, "denied"), (_TOO_LARGE, "oversize")):
        found = pattern.search(line)
        if found:
            return found[1], reason, found[2]
    return None


class DeniedSocket:
    """The datagram socket at `path` where the supervisor hands us such lines."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)  # left behind by a gateway that was killed
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(path))

    def fileno(self) -> int:
        """Give the socket's file descriptor, to wait on."""
        return self._socket.fileno()

    def read(self) -> list[tuple[str, str, str]]:
        """Give what has arrived, at most 256 lines at a time."""
        found: list[tuple[str, str, str]] = []
        for _ in range(_READ_MOST):
            try:
                line = self._socket.recv(4096).decode("utf-8", "replace")
            except BlockingIOError:
                break
            entry = read_line(line)
            if entry is not None:
                found.append(entry)
        return found

    def close(self) -> None:
        """Close the socket and remove its path."""
        self._socket.close()
        self._path.unlink(missing_ok=True)
