"""A board's serial line, opened without disturbing whoever is at the other end."""

import errno
import grp
import os
import select
import termios
import time
from contextlib import suppress

import serial
from serial.tools import list_ports

from gateway.fleet.cable.facts import GONE, NO_PERMISSION, NO_PORT, TAKEN
from gateway.ports import BRIDGE, USB_MAKERS, who_has

BAUD = 115_200
# Bridges between USB and a UART: Silicon Labs, WCH, FTDI. They are there without a board, and reset
# an ESP32 when their lines change, so those are left as they are at a close.
BRIDGES = (0x10C4, 0x1A86, 0x0403)
_READ_BYTES = 4_096
_ASK_AGAIN_S = 0.1
_LET_GO_S = 2.5  # the bridge looks once a second
_NOT_THERE = (errno.ENOENT, errno.ENXIO, errno.ENODEV)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_TAKEN = (errno.EAGAIN, errno.EBUSY)


class LineError(Exception):
    """A line that cannot be used: `state` is one of facts.STATES, the text the system's words."""

    def __init__(
        self, state: str, detail: str = "", group: str = "", holder: tuple[str, int] | None = None
    ) -> None:
        super().__init__(detail)
        self.state = state
        self.group = group
        self.holder = holder


def find_ports() -> dict[str, int | None]:
    """Give the ports at which boards may be, and their makers' USB numbers."""
    try:
        found = list_ports.comports()
    except (OSError, TypeError, ValueError):
        # One was pulled out while it was read, which pyserial does not expect.
        return {}
    return {port.device: port.vid for port in found if port.vid in USB_MAKERS}


class Line:
    """An open line; close it. Every method but `close` raises LineError if the port has gone."""

    def __init__(self, device: str, claimed: bool = False) -> None:
        """Open `device` for us alone. Raises LineError.

        If it is `claimed`, the hall's bridge has the time that it needs to let go.
        """
        try:
            at = os.stat(device)
        except OSError as why:
            state = NO_PERMISSION if why.errno in _FORBIDDEN else NO_PORT
            raise LineError(state, why.strerror or "") from why
        deadline = time.monotonic() + (_LET_GO_S if claimed else 0)
        while who := who_has(device):
            if who[0] == BRIDGE and time.monotonic() < deadline:
                time.sleep(_ASK_AGAIN_S)
                continue
            # Who has not locked it would lose to us what the board says.
            raise LineError(TAKEN, holder=who)
        try:
            self._port = serial.Serial(device, BAUD, timeout=0, write_timeout=1, exclusive=True)
            if find_ports().get(os.path.realpath(device)) in BRIDGES:
                attributes = termios.tcgetattr(self._port.fileno())
                attributes[2] &= ~termios.HUPCL
                termios.tcsetattr(self._port.fileno(), termios.TCSANOW, attributes)
        except (OSError, ValueError, termios.error) as why:  # SerialException is an OSError
            inner = why if isinstance(why, OSError) and why.errno else why.__context__
            number = inner.errno if isinstance(inner, OSError) else None
            if number in _FORBIDDEN:
                raise LineError(NO_PERMISSION, str(why), group=_group(at.st_gid)) from why
            if number in _TAKEN:
                raise LineError(TAKEN, str(why), holder=who_has(device)) from why
            raise LineError(NO_PORT if number in _NOT_THERE else GONE, str(why)) from why

    def close(self) -> None:
        """Let go of the port; never raises."""
        with suppress(OSError, termios.error):
            self._port.close()

    def hear(self, within_s: float) -> bytes:
        """Give what has come, or what comes first within a time; b"" if nothing does."""
        try:
            if not select.select([self._port], [], [], within_s)[0]:
                return b""
            data = os.read(self._port.fileno(), _READ_BYTES)
        except (OSError, ValueError) as why:  # ValueError: the descriptor is none any more
            raise LineError(GONE, str(why)) from why
        if not data:
            raise LineError(GONE, "the port has vanished")
        return data

    def hear_until(self, mark: bytes, within_s: float) -> bytes:
        """Give what comes up to `mark` and a little more, or all that comes within a time."""
        deadline = time.monotonic() + within_s
        said = b""
        while mark not in said and (left_s := deadline - time.monotonic()) > 0:
            said += self.hear(left_s)
        return said

    def hear_for(self, seconds: float) -> bytes:
        """Give all that comes in so many seconds."""
        deadline = time.monotonic() + seconds
        said = b""
        while (left_s := deadline - time.monotonic()) > 0:
            said += self.hear(left_s)
        return said

    def say(self, data: bytes) -> None:
        """Send bytes; what a board that hangs does not take within a second is dropped."""
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            self._port.reset_output_buffer()
        except (OSError, termios.error) as why:
            raise LineError(GONE, str(why)) from why


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
