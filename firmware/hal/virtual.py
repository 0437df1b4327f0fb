"""The backend of a board that is a process: JSON lines in and out stand for its hardware.

What comes in and goes out is described in docs/virtual-boards.md. Nothing is polled: an idle
virtual board sleeps in its poller.
"""

import asyncio
import binascii
import gc
import json
import sys
import time

from firmware.hal.clock import Clock
from firmware.hal.store import FileStore
from firmware.net import tcp
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnEdge, OnReady, OnTime, Printed

ASLEEP_STATUS = 10  # exit status: deep sleep, start me again when it is time
_RESET_STATUS = const(11)  # exit status: restarted on purpose
_PRESS_MS = const(60)  # how long {"do":"press"} holds the key

_out = sys.stdout


def say(line: str) -> None:
    """Write one line, with its end, to whoever watches."""
    try:
        _out.write(line)
    except OSError:
        sys.exit(0)  # nobody watches any more: that is the end of the power, too


def tell(see: "dict[str, Any]") -> None:
    """Write an object as a line."""
    say(json.dumps(see) + "\n")


class Power:
    """Sleep is the end of the process; who started it starts it again."""

    def __init__(self, sleeps: bool) -> None:
        self.sleeps = sleeps

    def sleep(self, for_s: int) -> None:
        tell({"see": "sleep", "for_s": for_s})
        sys.exit(ASLEEP_STATUS)

    def reset(self) -> None:
        sys.exit(_RESET_STATUS)

    def off(self) -> None:
        sys.exit(0)

    def reset_cause(self) -> str:
        return "power_on"


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

    def __init__(self, width: int) -> None:
        self.width = width
        self._glass = bytearray(width)

    def show(self, frame: bytearray) -> None:
        self._glass[:] = frame
        t_us = time.ticks_us()
        say('{"see":"matrix","px":"%s","t_us":%d}\n' % (self.px(), t_us))

    def brightness(self, level: int) -> None:
        pass

    def px(self) -> str:
        return binascii.hexlify(bytes(self._glass)).decode()


class Printer:
    """Paper as a line; `ok` False stands for paper that ran out."""

    on_ready: "OnReady | None" = None

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ok = True

    def print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        if self.ok:
            see = {"see": "paper", "text": slip["ticket"]}
            see.update(slip)
            tell(see)
        done(slip["ticket"], self.ok, self._clock.now_ms())

    def paper(self, ok: bool) -> None:
        self.ok = ok
        if self.on_ready:
            self.on_ready(ok, self._clock.now_ms())


class Level:
    """A level that a line sets."""

    on_change: "OnTime | None" = None

    def __init__(self, sensor: str) -> None:
        self.sensor = sensor
        self.pct: "int | None" = 80  # None: the sensor does not answer

    def read_pct(self) -> "int | None":
        return self.pct


class Battery:
    """A battery that a line sets."""

    mv = 3_900

    def read_mv(self) -> "int | None":
        return self.mv


class Virtual:
    """All ports of a virtual board, made from `parts` of its settings; `flash` is a folder."""

    def __init__(self, settings: "dict[str, Any]", flash: str) -> None:
        parts = settings.get("parts", {})
        keys = parts.get("keys", {})
        lamps = [key for key in keys if "lamp_pin" in keys[key]] + list(parts.get("lamps", {}))
        self.role = settings["role"]
        self.clock = Clock()
        self.store = FileStore(flash + "/")
        self.power = Power(parts.get("power", {}).get("sleeps", False))
        self.status = Status()
        self.network = Network(settings)
        self.buttons = {key: Button() for key in keys}
        self.lamps = {name: Lamp(name) for name in lamps}
        self.matrix = Matrix(parts["matrix"]["width"]) if "matrix" in parts else None
        self.printer = Printer(self.clock) if "printer" in parts else None
        self.level = Level(parts["level"]["sensor"]) if "level" in parts else None
        self.battery = Battery() if "battery" in parts else None
        self.buzzer = None
        self.on_off: "Callable[[], None] | None" = None  # called by {"do":"off"}
        self._held: "Any" = None

    async def run(self) -> None:
        """Do what the lines say; the end of the lines is the end of the power."""
        lines = asyncio.StreamReader(sys.stdin.buffer)
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
        elif name == "level" and self.level:
            pct = do["pct"]
            self.level.pct = None if pct is None else int(pct)
            if self.level.on_change:
                self.level.on_change(self.clock.now_ms())
        elif name == "battery" and self.battery:
            self.battery.mv = int(do["mv"])
        elif name == "paper" and self.printer:
            self.printer.paper(bool(do["ok"]))
        elif name == "look":
            self._look()
        elif name == "off" and self.on_off:
            self.on_off()
        else:
            raise ValueError("this board cannot " + name)

    def _edge(self, key: str, down: bool) -> None:
        on_edge = self.buttons[key].on_edge
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
                "lamps": {name: self.lamps[name].shows for name in self.lamps},
                "level_pct": self.level.pct if self.level else None,
                "battery_mv": self.battery.mv if self.battery else None,
                "paper": self.printer.ok if self.printer else None,
                "state": self.status.s,
                "free_bytes": gc.mem_free(),
            }
        )
