"""`python -m gateway.bus.serial_bridge`: the program between wired boards and the broker.

One loop over all ports and connections, no thread: a port that is full of noise or takes nothing
delays no other. Ends with 78 on wrong settings.
"""

import logging
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

import serial

from gateway.bus.serial_port import Port
from gateway.bus.serial_ports import CannotOpen, Finder, Wanted, open_port
from gateway.config import EXIT_CONFIG, ConfigError, Settings
from gateway.ports import is_claimed, keep_served

LOOPBACK = "127.0.0.1"
LOOK_EVERY_MS = 1_000
# A port may say so many lines at once, and one more in each further TELL_EVERY_MS.
MOST_LINES = 40
TELL_EVERY_MS = 3_000

_log = logging.getLogger("serial")


def now_ms() -> int:
    """Give the milliseconds of a clock that only goes forward."""
    return time.monotonic_ns() // 1_000_000


class Voice:
    """One port's lines in the log: as many as help, however much a board has to say."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MOST_LINES
        self._told_ms = now_ms()
        self._dropped = 0

    def say(self, text: str) -> None:
        """Log a line, or count it as left out."""
        at_ms = now_ms()
        more = (at_ms - self._told_ms) // TELL_EVERY_MS
        if more:
            self._left = min(MOST_LINES, self._left + more)
            self._told_ms = at_ms
        if not self._left:
            self._dropped += 1
            return
        self._left -= 1
        if self._dropped:
            _log.info("%s: (%d lines left out)", self._name, self._dropped)
            self._dropped = 0
        _log.info("%s: %s", self._name, text)


class Bridge:
    """All ports, and the loop."""

    def __init__(
        self,
        finder: Finder,
        broker_port: int,
        wanted_elsewhere: Callable[[str, bool], bool],
        keep_served: Callable[[dict[str, str]], None],
    ) -> None:
        """`finder` says which ports there are; the broker listens on loopback;
        `wanted_elsewhere(device, serves)` tells whether another tool wants to work at a port, at
        which a board is served or not; `keep_served` is told which boards are at which ports."""
        self._finder = finder
        self._wanted_elsewhere = wanted_elsewhere
        self._keep_served = keep_served
        self._served: dict[str, str] | None = None
        self._broker = (LOOPBACK, broker_port)
        self._selector = selectors.DefaultSelector()
        self._open: dict[str, tuple[serial.Serial, Port]] = {}
        self._voices: dict[str, Voice] = {}
        self._complaints: dict[str, str] = {}
        self._look_ms = now_ms()
        self.stopping = False

    def run(self, wake: int) -> None:
        """Run until `stopping` is set and something can be read from `wake`."""
        self._selector.register(wake, selectors.EVENT_READ, lambda _: os.read(wake, 64))
        ports = self._open
        while not self.stopping:
            at_ms = now_ms()
            if at_ms >= self._look_ms:
                self._look(at_ms)
            wake_ms = self._look_ms
            for _, port in ports.values():
                wake_ms = min(wake_ms, port.due_ms())
            for key, mask in self._selector.select(max(0, wake_ms - now_ms()) / 1_000):
                key.data(mask)
            at_ms = now_ms()
            for _, port in list(ports.values()):
                if port.due_ms() <= at_ms:
                    port.tick(at_ms)
        for device in list(ports):
            self._close(device)
        self._tell_served()
        self._selector.close()

    def _look(self, at_ms: int) -> None:
        self._look_ms = at_ms + LOOK_EVERY_MS
        found = self._finder.look(at_ms / 1_000)
        serving = [device for device, (_, port) in self._open.items() if port.serves]
        wanted = {
            device: found[device]
            for device in found
            if not self._wanted_elsewhere(device, device in serving)
        }
        for device in self._open.keys() & found.keys() - wanted.keys():
            self._voices[device].say("another tool wants the port: let go until it has done")
        for device, (_, port) in list(self._open.items()):
            if port.closed or device not in wanted:
                self._close(device)
            else:
                port.look(at_ms)
        for device in [device for device in self._complaints if device not in wanted]:
            del self._complaints[device]
        for device in wanted.keys() - self._open.keys():
            self._try(wanted[device])
        self._tell_served()

    def _tell_served(self) -> None:
        served = {device: port.board for device, (_, port) in self._open.items() if port.board}
        if served != self._served:
            try:
                self._keep_served(served)
            except OSError as error:  # a full disk stops no board
                _log.warning("which boards are at which ports cannot be kept: %s", error)
            self._served = served

    def _try(self, wanted: Wanted) -> None:
        try:
            line = open_port(wanted)
        except CannotOpen as error:
            if self._complaints.get(wanted.device) != str(error):  # once is enough
                self._complaints[wanted.device] = str(error)
                _log.warning("%s; trying again", error)
            return
        self._complaints.pop(wanted.device, None)
        voice = self._voices.setdefault(wanted.device, Voice(wanted.name))
        voice.say(f"listening at {wanted.baud} baud")
        port = Port(line.fileno(), self._broker, self._selector, now_ms, voice.say)
        self._open[wanted.device] = (line, port)

    def _close(self, device: str) -> None:
        line, port = self._open.pop(device)
        port.close()
        line.close()


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        print(f"serial: {error}", file=sys.stderr)
        return EXIT_CONFIG
    bridge = Bridge(
        Finder(settings.serial),
        settings.mqtt_port,
        partial(is_claimed, settings.paths),
        partial(keep_served, settings.paths),
    )
    _log.info("looking for boards at %s", ", ".join(name for name, _ in settings.serial))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        bridge.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    wake, waker = os.pipe()  # a signal wakes the loop
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    bridge.run(wake)
    return 0


if __name__ == "__main__":
    sys.exit(main())
