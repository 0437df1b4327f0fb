"""A board's raw REPL: mpremote's transport, with a time limit to everything and errors in words.

A line may carry garbage: what a board answers is taken from between marks and asked for again if it
cannot be read; what it is sent is checked by hash (`sync.py`).
"""

import errno
import grp
import json
import os
import re
import struct
import termios
import time
from binascii import b2a_base64
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import serial
from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from gateway.fleet.flash.texts import FlashError, flash_error
from gateway.ports import holder

BAUD = 115_200
# What a board takes before it says that it wants more: an ESP32 buffers 260 bytes of its UART.
PIECE_BYTES = 189
_INTERRUPT = b"\r\x03\x03"
_RAW = b"\r\x01"
_FRIENDLY = b"\r\x02"
_SOFT_RESET = b"\x04"
_BANNER = b"raw REPL; CTRL-B to exit\r\n"
_REBOOTED = b"soft reboot\r\n"
_END = b"\x04"
_MORE = b"\x06"
_ANSWER = re.compile(rb"@@(.*?)@@", re.DOTALL)
_TRIES = 3
_POLL_S = 0.5
_READ_S = 5.0
_INTERRUPTED_S = 0.05
_TAKEN = (errno.EAGAIN, errno.EBUSY)
_FORBIDDEN = (errno.EACCES, errno.EPERM)


class Garbled(Exception):
    """What came cannot be read, or did not come: worth another try."""


class BoardRaised(Exception):
    """What the board was told to do raised there; the text is its traceback's last line."""

    def __init__(self, last_line: str) -> None:
        super().__init__(last_line)
        number = re.match(r"OSError: (?:\[Errno )?(\d+)", last_line)
        self.errno = int(number[1]) if number else 0
        if "ENOSPC" in last_line:
            self.errno = errno.ENOSPC


class _Port(serial.Serial):  # type: ignore[misc]
    """A port into which what was read too much can be put back."""

    def __init__(self, device: str) -> None:
        self._back = b""
        super().__init__(device, BAUD, timeout=_READ_S, write_timeout=5, exclusive=True)

    def read(self, size: int = 1) -> bytes:
        back, self._back = self._back[:size], self._back[size:]
        if len(back) < size:
            back += bytes(super().read(size - len(back)))
        return back

    def inWaiting(self) -> int:
        return len(self._back) + int(super().in_waiting)

    def some(self, within_s: float) -> bytes:
        """Give what is there, or what comes first within a time."""
        if self._back:
            return self.read(len(self._back))
        self.timeout = min(_POLL_S, within_s)
        try:
            data = self.read(1)
            return data + self.read(self.inWaiting()) if data else b""
        finally:
            self.timeout = _READ_S

    def unread(self, data: bytes) -> None:
        """Put back what is for somebody else."""
        self._back = data + self._back


class _Transport(SerialTransport):  # type: ignore[misc]
    # Opened by us: the original hides why a port cannot be opened, prints, and reads by the byte.
    def __init__(self, device: str, stopping: Callable[[], bool]) -> None:
        self.in_raw_repl = False
        self.device_name = device
        self.mounted = False
        self.serial = _Port(device)
        self._stopping = stopping

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float = 5,
        data_consumer: None = None,
        timeout_overall: None = None,
    ) -> bytes:
        """Give all up to and with `ending`, or what came within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        said = b""
        while (place := said.find(ending)) < 0:
            if self._stopping():
                raise flash_error("stopped")
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return said
            said += self.serial.some(left_s)
        self.serial.unread(said[place + len(ending) :])
        return said[: place + len(ending)]

    def exec_raw_no_follow(self, command: str) -> None:
        """Start a command by raw paste, which every MicroPython that we take has."""
        if not self.read_until(1, b">").endswith(b">"):
            raise TransportError("no prompt")
        self.serial.write(b"\x05A\x01")
        if self.serial.read(2) != b"R\x01":
            raise TransportError("no raw paste")
        self.raw_paste_write(command.encode())


class Repl:
    """An open port; `stopping` is asked while waiting, and ends it with FlashError("stopped")."""

    def __init__(self, device: str, stopping: Callable[[], bool], within_s: float = 4.0) -> None:
        """Open `device`, which its holder may need `within_s` to let go of. Raises FlashError."""
        self.device = device
        self._stopping = stopping
        self._transport = _opened(device, stopping, within_s)
        self._port: _Port = self._transport.serial

    def close(self) -> None:
        """Let go of the port; never raises."""
        with suppress(OSError):
            self._transport.close()
        with suppress(OSError):  # a port that is gone still has its descriptor
            self._port.close()

    def enter(self, within_s: float) -> bool:
        """Stop the board's program and get its raw REPL, afresh; tell whether that went well.

        May be called again after anything. Raises FlashError if the port is gone.
        """
        deadline = time.monotonic() + within_s
        while True:
            self._write(_INTERRUPT)
            time.sleep(_INTERRUPTED_S)
            self._drain()
            self._write(_RAW)
            if self._until(_BANNER + b">", 0.7):
                # A soft reset frees what the program held: memory, timers, interrupts.
                self._write(_SOFT_RESET)
                if self._until(_REBOOTED, 3) and self._until(_BANNER, 5):
                    return True
            if time.monotonic() > deadline:
                return False

    def ask(self, code: str, within_s: float = 20.0) -> Any:
        """Run code that prints one answer, `@@` JSON `@@`, and give the answer.

        It may be run more than once. Raises BoardRaised, and FlashError if nothing can be read.
        """
        for _ in range(_TRIES):
            try:
                self._begin(code)
                return self._answer(within_s)
            except Garbled:
                self._again()
        raise flash_error("garbage", port=self.device)

    def send(self, code: str, data: bytes, passed: Callable[[int], None]) -> Any:
        """Run code that takes `data` in pieces (see PUT in onboard.py) and prints an answer.

        `passed(bytes)` tells how many more have been taken. Raises Garbled, BoardRaised.
        """
        self._begin(code)
        for at in range(0, len(data), PIECE_BYTES):
            self._more()
            piece = data[at : at + PIECE_BYTES]
            self._write(b2a_base64(piece, newline=False))
            passed(len(piece))
        return self._answer(20.0)

    def start(self, code: str) -> None:
        """Run code that goes on until `interrupt`."""
        for _ in range(_TRIES):
            try:
                self._begin(code)
                return
            except Garbled:
                self._again()
        raise flash_error("garbage", port=self.device)

    def interrupt(self) -> None:
        """Stop what `start` began."""
        self._write(_INTERRUPT)
        if not (self._until(_END, 2) and self._until(_END, 2)):
            self._again()

    def leave(self, code: str) -> None:
        """Run code after which the board is no longer there to answer."""
        try:
            with suppress(Garbled):
                self._begin(code)
        except FlashError as error:
            if error.code != "gone":
                raise

    def resume(self) -> None:
        """Let the board go on with its own program, from its start; never raises."""
        with suppress(FlashError):
            self._write(_INTERRUPT)
            time.sleep(_INTERRUPTED_S)
            self._write(_FRIENDLY + _SOFT_RESET)

    def lines(self, within_s: float) -> bytes:
        """Give what the board says within a time."""
        deadline = time.monotonic() + within_s
        said = b""
        while (left_s := deadline - time.monotonic()) > 0:
            said += self._read(left_s)
        return said

    def again(self) -> None:
        """Get the raw REPL back after Garbled; raises FlashError if it does not come."""
        self._again()

    def _again(self) -> None:
        if not self.enter(3):
            raise flash_error("garbage", port=self.device)

    def _begin(self, code: str) -> None:
        try:
            self._transport.exec_raw_no_follow(code)
        except (TransportError, struct.error) as error:
            raise Garbled(str(error)) from error
        except OSError as error:
            raise self._gone(error) from error

    def _answer(self, within_s: float) -> Any:
        said = self._until(_END, within_s)
        raised = said and self._until(_END, 2)
        if not said or not raised:
            raise Garbled("no end")
        if raised != _END:
            raise _raised(raised)
        found = _ANSWER.search(said)
        if found is None:
            raise Garbled("no answer")
        try:
            return json.loads(found[1])
        except ValueError as error:
            raise Garbled("no JSON") from error

    def _more(self) -> None:
        # Ours, or the end because it raised; garbage in between does not matter.
        deadline = time.monotonic() + _READ_S
        while time.monotonic() < deadline:
            byte = self._read(_POLL_S, 1)
            if byte == _MORE:
                return
            if byte == _END:
                raised = self._until(_END, 2)
                raise _raised(raised) if len(raised) > 1 else Garbled("ended")
        raise Garbled("takes no more")

    def _until(self, end: bytes, within_s: float) -> bytes:
        """Give all up to and with `end`, b"" if it does not come."""
        try:
            said: bytes = self._transport.read_until(1, end, within_s)
        except OSError as error:
            raise self._gone(error) from error
        if said.endswith(end):
            return said
        self._port.unread(said)
        return b""

    def _read(self, within_s: float, size: int = 0) -> bytes:
        if self._stopping():
            raise flash_error("stopped")
        try:
            data = self._port.some(within_s)
        except OSError as error:
            raise self._gone(error) from error
        if size:
            self._port.unread(data[size:])
            return data[:size]
        return data

    def _drain(self) -> None:
        try:
            while self._port.inWaiting():
                self._port.read(self._port.inWaiting())
        except OSError as error:
            raise self._gone(error) from error

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            pass  # a board that hangs takes nothing; that it does not answer is told elsewhere
        except OSError as error:
            raise self._gone(error) from error

    def _gone(self, _error: OSError) -> FlashError:
        return flash_error("gone", port=self.device)


def _raised(said: bytes) -> BoardRaised:
    lines = said.rstrip(_END).decode(errors="replace").strip().splitlines()
    return BoardRaised(lines[-1] if lines else "")


def _opened(device: str, stopping: Callable[[], bool], within_s: float) -> _Transport:
    deadline = time.monotonic() + within_s
    while True:
        # Who has the port open without locking it would take away what the board answers.
        by, late = holder(device), time.monotonic() > deadline
        try:
            if not by:
                return _Transport(device, stopping)
            if late:
                _Transport(device, stopping).close()  # it may be no port at all
        except OSError as error:  # SerialException is one
            number = error.errno or getattr(error.__context__, "errno", None)
            if number in _FORBIDDEN:
                raise flash_error("no_permission", port=device, group=_group(device)) from error
            why = error.__context__
            if isinstance(why, termios.error) and why.args[0] == errno.ENOTTY:
                raise flash_error("not_serial", port=device) from error
            if number not in _TAKEN:
                raise flash_error("gone", port=device) from error
            by = holder(device) or "?"
        if late:
            raise flash_error("taken", port=device, by=by)
        if stopping():
            raise flash_error("stopped")
        time.sleep(0.1)


def _group(device: str) -> str:
    try:
        return grp.getgrgid(os.stat(device).st_gid).gr_name
    except (OSError, KeyError):
        return "dialout"
