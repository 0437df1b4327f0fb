"""A cable between a virtual board and the bridge: two terminals, and a pump between to meddle with.

The board's end stays as long as the board; the gateway's can be pulled out and put in again.
"""

import os
import select
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gateway.config import Settings
from tests.support.tools import ROOT

UP = "up"  # from the board
DOWN = "down"
_AT_ONCE_BYTES = 16  # of a slow line: a millisecond and a half at 115,200 baud
Meddle = Callable[[str, bytes], bytes]


class PtyCable:
    """Carries bytes both ways; `meddle(way, data)` may change them, `plugged` is the state."""

    def __init__(self, port: Path, baud: int = 0) -> None:
        """`port` is where the gateway's end appears, as a link. With `baud` each byte takes the
        time of ten bits, as on a UART."""
        self.port = port
        self._baud = baud
        self._on_way: dict[str, tuple[float, bytes]] = {}  # each way: when it is there, and what
        self.meddle: Meddle = lambda way, data: data
        self.carried = {UP: 0, DOWN: 0}
        self._board = _terminal()
        self._gateway: tuple[int, int] | None = None
        self._stalled = False
        self._lock = threading.Lock()
        self._wake, self._waker = os.pipe()
        self._ending = False
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self.plug()
        self._thread.start()

    @property
    def link(self) -> dict[str, Any]:
        """What the board's settings say of its end (`parts.link`)."""
        baud = {"baud": self._baud} if self._baud else {}
        return {"driver": "uart", "line": os.ttyname(self._board[1]), **baud}

    def plug(self) -> None:
        """Put the gateway's end in: a new port under the same name."""
        with self._lock:
            self._gateway = _terminal()
            fresh = self.port.with_suffix(".new")
            fresh.symlink_to(os.ttyname(self._gateway[1]))
            fresh.replace(self.port)
        os.write(self._waker, b"x")

    def unplug(self) -> None:
        """Pull the gateway's end out; what the board says goes nowhere."""
        with self._lock:
            self.port.unlink()
            assert self._gateway is not None
            for end in self._gateway:
                os.close(end)
            self._gateway = None
        os.write(self._waker, b"x")

    def stall(self) -> None:
        """Take nothing more from the gateway, as a board that has stopped does."""
        self._stalled = True
        os.write(self._waker, b"x")

    def inject(self, way: str, data: bytes) -> None:
        """Put bytes on the line that nobody has sent."""
        with self._lock:
            self._write(way, data)

    def close(self) -> None:
        """Take it all away."""
        self._ending = True
        os.write(self._waker, b"x")
        self._thread.join()
        if self._gateway:
            self.unplug()
        for fd in (*self._board, self._wake, self._waker):
            os.close(fd)

    def _pump(self) -> None:
        while not self._ending:
            gateway = self._gateway
            wait_s = self._arrive()
            watched = [self._wake]
            if UP not in self._on_way:
                watched.append(self._board[0])
            if gateway and not self._stalled and DOWN not in self._on_way:
                watched.append(gateway[0])
            try:
                readable, _, _ = select.select(watched, [], [], wait_s)
            except (OSError, ValueError):
                continue  # pulled out this moment
            for fd in readable:
                if fd == self._wake:
                    os.read(fd, 64)
                    continue
                with self._lock:
                    if fd != self._board[0] and (self._gateway is None or fd != self._gateway[0]):
                        continue
                    way = UP if fd == self._board[0] else DOWN
                    try:
                        data = os.read(fd, _AT_ONCE_BYTES if self._baud else 4_096)
                    except BlockingIOError:
                        continue  # a new terminal with the number of the one just pulled out
                    self.carried[way] += len(data)
                    data = self.meddle(way, data)
                    if self._baud:
                        takes_s = len(data) * 10 / self._baud
                        self._on_way[way] = (time.monotonic() + takes_s, data)
                    else:
                        self._write(way, data)

    def _arrive(self) -> float | None:
        # What has been on the line for its time; give how long it takes to the next.
        now_s = time.monotonic()
        with self._lock:
            for way in [way for way, (at_s, _) in self._on_way.items() if at_s <= now_s]:
                self._write(way, self._on_way.pop(way)[1])
        return min((at_s - now_s for at_s, _ in self._on_way.values()), default=None)

    def _write(self, way: str, data: bytes) -> None:
        # A terminal that is full loses what comes on top, as a UART does.
        end = self._board if way == DOWN else self._gateway
        if end and data:
            with suppress(BlockingIOError):
                os.write(end[0], data)


def _terminal() -> tuple[int, int]:
    # Both ends; the other one is kept open, too, so that it does not end with who used it.
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    return ours, theirs


def start_bridge(settings: Settings, ports: str, log: Path) -> "subprocess.Popen[bytes]":
    """Start the bridge of a hall for these ports (LOKET_SERIAL); its log goes to a file."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "gateway.bus.serial_bridge"],
            cwd=ROOT,
            env={**os.environ, **settings.to_env(), "LOKET_SERIAL": ports},
            stdout=out,
            stderr=out,
        )
