"""Which serial ports boards may be at, and how they are opened."""

import glob
import os
import stat
import termios
from collections.abc import Iterable
from dataclasses import dataclass

import serial
from serial.tools import list_ports

from gateway.config import SERIAL_USB
from gateway.ports import USB_MAKERS

# Their chips reset an ESP32 when the lines change, so these are left as they are at a close. The
# others are the board's own USB, which must see that nobody listens any more.
_KEEP_LINES = (0x10C4, 0x1A86, 0x0403)
_LOOK_ANYWAY_S = 30.0


class CannotOpen(Exception):
    """A port that cannot be used now; the text says why, and the way out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port to be opened: `name` is for people, `device` what it really is."""

    name: str
    device: str
    baud: int
    keep_lines: bool = False


class Finder:
    """Looks for the ports that LOKET_SERIAL names; cheap enough for once a second."""

    def __init__(self, items: Iterable[tuple[str, int]]) -> None:
        """`items`: as `Settings.serial`."""
        self._items = tuple(items)
        self._usb: list[Wanted] = []
        self._usb_baud = next((baud for pattern, baud in self._items if pattern == SERIAL_USB), 0)
        self._devices_ns = -1
        self._looked_s = -_LOOK_ANYWAY_S

    def look(self, now_s: float) -> dict[str, Wanted]:
        """Give the ports that are there now, by device."""
        found = {}
        for pattern, baud in self._items:
            if pattern != SERIAL_USB:
                for name in sorted(glob.glob(pattern)):
                    device = os.path.realpath(name)
                    found[device] = Wanted(name, device, baud)
        if self._usb_baud:
            for wanted in self._usb_ports(now_s):
                found.setdefault(wanted.device, wanted)
        return found

    def _usb_ports(self, now_s: float) -> list[Wanted]:
        # A port that comes or goes changes /dev: only then is it worth reading all of sysfs.
        devices_ns = os.stat("/dev").st_mtime_ns
        if devices_ns != self._devices_ns or now_s - self._looked_s >= _LOOK_ANYWAY_S:
            try:
                ports = list_ports.comports()
            except (OSError, TypeError, ValueError):
                # One was pulled out while it was read, which pyserial does not expect. What was
                # there is kept until the next look.
                self._devices_ns = -1
                return self._usb
            self._devices_ns = devices_ns
            self._looked_s = now_s
            self._usb = [
                Wanted(port.device, port.device, self._usb_baud, port.vid in _KEEP_LINES)
                for port in ports
                if port.vid in USB_MAKERS
            ]
        return self._usb


def open_port(wanted: Wanted) -> serial.Serial:
    """Open a port for us alone, raw and without waiting. Raises CannotOpen."""
    try:
        if not stat.S_ISCHR(os.stat(wanted.device).st_mode):
            raise CannotOpen(f"{wanted.name} is not a serial port")
        # DTR and RTS stay as opening sets them, both on: a Pico speaks only with DTR, and to change
        # one without the other is what resets an ESP32.
        port = serial.Serial(wanted.device, wanted.baud, timeout=0, exclusive=True)
        if wanted.keep_lines:
            attributes = termios.tcgetattr(port.fileno())
            attributes[2] &= ~termios.HUPCL
            termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
    except PermissionError as error:
        raise CannotOpen(_not_allowed(wanted)) from error
    except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError
        if isinstance(error.__context__, PermissionError) or getattr(error, "errno", 0) == 13:
            raise CannotOpen(_not_allowed(wanted)) from error
        if isinstance(error.__context__, BlockingIOError) or getattr(error, "errno", 0) == 11:
            raise CannotOpen(f"another program has {wanted.name} open; close it there") from error
        raise CannotOpen(f"{wanted.name} cannot be opened: {error}") from error
    return port


def _not_allowed(wanted: Wanted) -> str:
    return f"not allowed to open {wanted.name}: add the hall's user to the group dialout"
