"""What only the broker's log tells: messages it denied or dropped, who came, whom it sent away.

In MQTT 3.1.1 the broker acknowledges a denied publish as a success, and a board with a wrong
secret never gets as far as to say anything. The supervisor passes such lines on as datagrams;
here they are read.
"""

import re
import socket
from pathlib import Path

# What a line may be about, besides the two kinds of messages.
DENIED = "denied"
OVERSIZE = "oversize"
CAME = "came"
REFUSED = "refused"
TLS = "tls"

_DENIED = re.compile(r"Denied PUBLISH from (\S+) \(.*?'(.*)', \.\.\. \((\d+) bytes\)\)")
_TOO_LARGE = re.compile(
    r"Dropped too large PUBLISH from (\S+) \(.*?'(.*)', \.\.\. \((\d+) bytes\)\)"
)
# Codes 4 and 5 are a wrong secret and an unknown name. mosquitto up to 2.0.12 names the address
# only, later ones the client, which is the board (`use_username_as_clientid`).
_REFUSED = re.compile(r"Sending CONNACK to (\S+) \(\d+, [45]\)")
_CAME = re.compile(r"New client connected from (\S+):\d+ as (\S+) \(")
# The other side hung up because it does not believe our certificate.
_TLS = re.compile(r"OpenSSL Error.*(?:alert|ALERT) (unknown ca|bad certificate|certificate \w+)")
_READ_MOST = 256


def read_line(line: str) -> tuple[str, str, str] | None:
    """Give (who, what, detail) of one of the broker's log lines, or None if it is another one.

    DENIED and OVERSIZE: the sender and the topic. CAME: the board and its address. REFUSED: the
    board, or the address where the broker does not know better. TLS: nobody, and what was said.
    """
    for pattern, reason in ((_DENIED, DENIED), (_TOO_LARGE, OVERSIZE)):
        found = pattern.search(line)
        if found:
            return found[1], reason, found[2]
    if found := _REFUSED.search(line):
        return found[1], REFUSED, ""
    if found := _CAME.search(line):
        return found[2], CAME, found[1]
    if found := _TLS.search(line):
        return "", TLS, found[1]
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
