"""What the broker says: what the gateway must hear is sent on, what went wrong is kept.

MQTT 3.1.1 acknowledges a denied message as if all were well, so only the broker's own words tell
that a board wrote where it may not, or was not let in at all. They come with all its other debug
lines, some for every message in the hall: the rest is dropped without being looked at line by
line.
"""

import fcntl
import socket
from contextlib import suppress
from pathlib import Path
from typing import IO

from gateway.supervise.bounded_log import BoundedLog

CHUNK_BYTES = 64 * 1024
# Room for the lines of some thousand messages: the broker must never wait for its reader.
PIPE_BYTES = 1024 * 1024
FOR_GATEWAY = (
    b"Denied PUBLISH", b"Dropped too large PUBLISH", b"New client connected from",
    b"(0, 4)", b"(0, 5)",  # CONNACK with code 4 or 5: not let in
)  # fmt: skip
TLS = b"OpenSSL Error"  # for both: a client that does not believe our certificate hangs up with one
FOR_LOG = (b"Error", b"Warning", b"error", b"warning")
# A board that goes without a word, as each does whose power is cut: its state tells that better.
USUAL = b"Socket error on client"
# A line is cut here: topics of 64 KB are allowed, and nobody needs to read one.
MAX_LINE_BYTES = 1024


def enlarge(pipe: IO[bytes]) -> None:
    """Make `pipe` hold PIPE_BYTES, or as much as this machine lets a user have."""
    # Where it is not allowed, the usual 64 KB still hold hundreds of lines.
    with suppress(PermissionError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class BrokerLines:
    """Takes the broker's output in chunks as it comes and gives each line to where it belongs."""

    def __init__(self, denied_to: Path, log: BoundedLog) -> None:
        self.last_line = b""
        self._denied_to = str(denied_to)
        self._log = log
        self._rest = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def take(self, chunk: bytes) -> None:
        """Look through `chunk`; an unfinished line at its end waits for the next one."""
        data = self._rest + chunk
        end = data.rfind(b"\n") + 1
        self._rest = data[end:][-CHUNK_BYTES:]
        # Nearly all chunks hold nothing of interest, and four searches tell so.
        if any(word in data for word in FOR_GATEWAY + FOR_LOG):
            for line in data[:end].splitlines():
                self._line(line[:MAX_LINE_BYTES])

    def close(self) -> None:
        """Take what is left, without its end of line, and let go of socket and log."""
        if self._rest:
            self.take(b"\n")
        self._socket.close()
        self._log.close()

    def _line(self, line: bytes) -> None:
        if TLS in line or any(word in line for word in FOR_GATEWAY):
            # The gateway may be away or have its hands full: it only counts these.
            with suppress(OSError):
                self._socket.sendto(line, self._denied_to)
            if TLS not in line:
                return
        if USUAL not in line and any(word in line for word in FOR_LOG):
            self.last_line = line
            self._log.write(line + b"\n")
