"""The backend of a board that is a process: JSON lines in and out stand for its hardware.

What comes in and goes out is described in docs/virtual-boards.md. Nothing is polled: an idle
virtual board sleeps in its poller.
"""

import asyncio
import binascii
import gc
import json
import os
import sys
import time

from firmware.hal.clock import Clock
from firmware.hal.store import FileStore
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnEdge, OnState, Printed

ASLEEP_STATUS = 10  # exit status: deep sleep, start me again when it is time
_RESET_STATUS = const(11)  # exit status: restarted on purpose
# What a real chip keeps in the memory of its clock, after a first byte; there only while it sleeps.
_RTC_FILE = "rtc"
_PRESS_MS = const(60)  # how long {"do":"press"} holds the key

_in = sys.stdin.buffer
_out: "Any" = sys.stdout
# Where these two are the board's USB, as on a real board, others stand in for its hardware.
_world = os.getenv("LOKET_WORLD")
if _world:
    _in = open(int(_world.split(",")[0]), "rb")  # noqa: SIM115 - as long as the board lives
    _out = open(int(_world.split(",")[1]), "w")  # noqa: SIM115


def say(line: str) -> None:
    """Write one line, with its end, to whoever watches."""
    try:
        _out.write(line)
    except OSError:
        sys.exit(0)  # nobody watches any more: that is the end of the power, too


def tell(see: "dict[str, Any]") -> None:
    """Write an object as a line, piece by piece: memory in one piece is scarce."""
    try:
        json.dump(see, _out)
        _out.write("\n")
    except OSError:
        sys.exit(0)  # as in `say`


class Power:
    """Sleep is the end of the process; who started it starts it again."""

    def __init__(self, sleeps: bool, store: FileStore) -> None:
        self.sleeps = sleeps
        self._store = store
        self._kept = store.read(_RTC_FILE) or b""
        self._slept = bool(self._kept)
        # The key that ends the sleep, written by who starts the board.
        self._key = store.read("woken") or b""
        if self._kept:
            store.write(_RTC_FILE, b"")  # without a sleep it will have been a power cut
        if self._key:
            store.write("woken", b"")
            say('{"see":"edge","key":"%s","t_us":%d}\n' % (self._key.decode(), time.ticks_us()))

    def sleep(self, for_s: int) -> None:
        self._store.write(_RTC_FILE, b"z" + self._kept[1:])
        tell({"see": "sleep", "for_s": for_s})
        sys.exit(ASLEEP_STATUS)

    def woken_by_key(self) -> bool:
        return bool(self._key)

    def time_s(self) -> int:
        return int(time.time())

    def recall(self) -> bytes:
        return self._kept[1:]

    def remember(self, data: bytes) -> None:
        self._kept = b"z" + data

    def reset(self) -> None:
        sys.exit(_RESET_STATUS)

    def off(self) -> None:
        sys.exit(0)

    def reset_cause(self) -> str:
        return "sleep" if self._slept else "power_on"


class Status:
    """The life of the board, as a line."""

    def __init__(self) -> None:
        self.s = ""

    def show(self, s: str) -> None:
        self.s = s
        tell({"see": "state", "s": s})


class Network:
    """Loopback is always up."""

    def __init__(self, settings: "dict[str, Any]") -> None:
        from firmware.net import tcp  # here, for a web page has no sockets

        self._open = tcp.opener(settings["host"], settings["port"])

    async def up(self) -> None:
        pass

    async def open(self) -> "tuple[Any, Any]":
        return await self._open()

    def rssi_dbm(self) -> "int | None":
        return None


class Button:
    """A key that a line presses."""

    on_edge: "OnEdge | None" = None
    down = False

    def is_down(self) -> bool:
        return self.down


class Lamp:
    """A lamp as a line, on every change; a flash changes nothing that lasts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.shows = "off"

    def show(self, show: str) -> None:
        if show == self.shows:
            return
        if show != "flash":
            self.shows = show
        t_us = time.ticks_us()
        say('{"see":"lamp","lamp":"%s","show":"%s","t_us":%d}\n' % (self._name, show, t_us))


class Matrix:
    """Glass as a line of hex, on every change."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._glass = bytearray(width * height // 8)

    def show(self, frame: bytearray) -> None:
        self._glass[:] = frame
        t_us = time.ticks_us()
        say(
            '{"see":"matrix","px":"%s","w":%d,"h":%d,"t_us":%d}\n'
            % (self.px(), self.width, self.height, t_us)
        )

    def brightness(self, level: int) -> None:
        pass

    def px(self) -> str:
        return binascii.hexlify(bytes(self._glass)).decode()


class Printer:
    """Paper as a line; a line sets the state."""

    on_state: "OnState | None" = None
    state = "ready"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        ok = self.state in ("ready", "paper_low")
        if ok:
            see = {"see": "paper", "text": slip["ticket"]}
            see.update(slip)
            tell(see)
        done(slip["ticket"], ok, self._clock.now_ms())

    def be(self, do: "dict[str, Any]") -> None:
        """Have the state that a line says."""
        self.state = state = do["state"] if do["do"] == "printer" else "paper_out"
        if do.get("ok"):
            self.state = state = "ready"
        if self.on_state:
            self.on_state(state, self._clock.now_ms())


class Virtual:
    """All ports of a virtual board, made from `parts` of its settings; `flash` is a folder."""

    def __init__(
        self,
        settings: "dict[str, Any]",
        flash: str = "",
        store: "Any" = None,
        network: "Any" = None,
    ) -> None:
        parts = settings.get("parts", {})
        keys = parts.get("keys", {})
        lamps = [key for key in keys if "lamp_pin" in keys[key]] + list(parts.get("lamps", {}))
        self.role = settings["role"]
        self.clock = Clock()
        self.store: "FileStore" = store or FileStore(flash + "/")
        self.power = Power(parts.get("power", {}).get("sleeps", False), self.store)
        self.status = Status()
        wire = parts.get("link", {})
        # A board that is wired on paper only has its computer's network like all others.
        if "line" in wire or (_world and wire.get("driver") == "usb"):
            from firmware.hal.virtual_wired import wired

            self.network: "Any" = wired(wire, self.clock.now_ms)
        else:
            self.network = network or Network(settings)
        self.buttons = {key: Button() for key in keys}
        self.lamps = {name: Lamp(name) for name in lamps}
        self.matrix = _matrix(parts["matrix"]) if "matrix" in parts else None
        self.printer = Printer(self.clock) if "printer" in parts else None
        self.digits: "Any" = None
        self.level: "Any" = None
        self.thermometer: "Any" = None
        self.battery: "Any" = None
        self.buzzer: "Any" = None
        for name in ("digits", "level", "thermometer", "battery", "buzzer"):
            if name in parts:
                from firmware.hal import virtual_parts

                setattr(self, name, virtual_parts.rare(name, parts[name], tell))
        self.trial_s = settings.get("trial_s", 120)  # tests have no time
        self.on_off: "Callable[[], None] | None" = None  # called by {"do":"off"}
        self._held: "Any" = None

    async def run(self) -> None:
        """Do what the lines say; the end of the lines is the end of the power."""
        lines = asyncio.StreamReader(_in)
        while True:
            line = await lines.readline()
            if not line:
                sys.exit(0)
            try:
                do = json.loads(line)
                self._do(do["do"], do)
            except (ValueError, KeyError, TypeError) as why:
                print("cannot do", line, repr(why), file=sys.stderr)

    def _do(self, name: str, do: "dict[str, Any]") -> None:
        if name == "press":
            self._edge(do["key"], True)
            self._held = asyncio.create_task(self._release(do["key"]))
        elif name == "down" or name == "up":
            self._edge(do["key"], name == "down")
        elif name in ("printer", "paper") and self.printer:
            self.printer.be(do)
        elif name == "look":
            self._look()
        elif name == "off" and self.on_off:
            self.on_off()
        else:
            from firmware.hal import virtual_parts

            virtual_parts.do(self, name, do)

    def _edge(self, key: str, down: bool) -> None:
        button = self.buttons[key]
        button.down = down
        on_edge = button.on_edge
        t_us = time.ticks_us()
        if on_edge and on_edge(key, down):
            say('{"see":"edge","key":"%s","t_us":%d}\n' % (key, t_us))

    async def _release(self, key: str) -> None:
        await asyncio.sleep(_PRESS_MS / 1_000)
        self._edge(key, False)

    def _look(self) -> None:
        gc.collect()
        tell(
            {
                "see": "look",
                "role": self.role,
                "matrix": self.matrix.px() if self.matrix else None,
                "w": self.matrix.width if self.matrix else None,
                "h": self.matrix.height if self.matrix else None,
                "digits": self.digits.text if self.digits else None,
                "temp_c": self.thermometer.c if self.thermometer else None,
                "lamps": {name: self.lamps[name].shows for name in self.lamps},
                "level_pct": self.level.pct if self.level else None,
                "battery_mv": self.battery.mv if self.battery else None,
                "printer": self.printer.state if self.printer else None,
                "paper": self.printer.state in ("ready", "paper_low") if self.printer else None,
                "state": self.status.s,
                "free_bytes": gc.mem_free(),
            }
        )


def _matrix(part: "dict[str, Any]") -> Matrix:
    if part["driver"] == "hub12":
        return Matrix(32 * part["panels"], 16)
    return Matrix(part["width"], 8)
