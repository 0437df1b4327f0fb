"""Parts of virtual boards that most boards have not: in a file of their own, for a board loads no
file that it does not need. `tell(see)` writes a line."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnState, OnTime, Printed

    Tell = Callable[[dict[str, Any]], None]

_PRINTS = ("ready", "paper_low")
_F_GETFL = const(3)
_F_SETFL = const(4)
_O_NONBLOCK = const(0o4000)


class Digits:
    """Seven-segment digits as a line, on every change."""

    def __init__(self, length: int, tell: "Tell") -> None:
        self.length = length
        self._tell = tell
        self.text = ""

    def show(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self._tell({"see": "digits", "text": text})

    def brightness(self, level: int) -> None:
        pass


class Buzzer:
    """Sound as a line."""

    def __init__(self, tell: "Tell") -> None:
        self._tell = tell

    def play(self, steps: "tuple[int, ...]") -> None:
        self._tell({"see": "sound", "ms": list(steps)})


class Level:
    """A level that a line sets."""

    on_change: "OnTime | None" = None

    def __init__(self, part: "dict[str, Any]") -> None:
        self.sensor: str = part["sensor"]
        self.part: str = part["driver"]
        unit = "_mm" if "empty_mm" in part else ""
        self.empty: float = part["empty" + unit]
        self.full: float = part["full" + unit]
        self.pct: "float | None" = 80  # None: the sensor does not answer

    def read_raw(self) -> "float | None":
        if self.pct is None:
            return None
        return self.empty + (self.full - self.empty) * self.pct / 100


class Thermometer:
    """A temperature that a line sets."""

    part = "mlx90614"
    c: "float | None" = 36.5

    def read_c(self) -> "float | None":
        return self.c


class Battery:
    """A battery that a line sets."""

    mv: "int | None" = 3_900

    def __init__(self, part: "dict[str, Any]") -> None:
        self.low_mv: int = part.get("low_mv", 3_300)

    def read_mv(self) -> "int | None":
        return self.mv


class Printer:
    """Paper as a line; a line sets the state."""

    on_state: "OnState | None" = None
    state = "ready"

    def __init__(self, clock: "Any", tell: "Tell") -> None:
        self._clock = clock
        self._tell = tell

    def print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        ok = self.prints()
        if ok:
            see = {"see": "paper", "text": slip["ticket"]}
            see.update(slip)
            self._tell(see)
        done(slip["ticket"], ok, self._clock.now_ms())

    def be(self, state: str) -> None:
        self.state = state
        if self.on_state:
            self.on_state(state, self._clock.now_ms())

    def prints(self) -> bool:
        """Tell whether paper comes out."""
        return self.state in _PRINTS


def wired(path: "str | int", clock: "Any") -> "Any":
    """Give the network over a terminal that stands for a USB or UART, and never makes the board
    wait."""
    import asyncio
    import termios

    import ffi  # pyright: ignore[reportMissingImports] - only where boards are processes

    from firmware.net.serial import Serial

    line = open(path, "r+b")  # noqa: SIM115 - it stays open as long as the board lives
    termios.setraw(line.fileno())
    fcntl = ffi.open("libc.so.6").func("i", "fcntl", "iii")
    fcntl(line.fileno(), _F_SETFL, fcntl(line.fileno(), _F_GETFL, 0) | _O_NONBLOCK)
    return Serial(asyncio.StreamReader(line), clock.now_ms)


def rare(name: str, part: "dict[str, Any]", tell: "Tell") -> "Any":
    """Give the part of this name."""
    if name == "digits":
        return Digits(part["digits"], tell)
    if name == "level":
        return Level(part)
    if name == "thermometer":
        return Thermometer()
    if name == "battery":
        return Battery(part)
    return Buzzer(tell)


def do(hw: "Any", name: str, what: "dict[str, Any]") -> None:
    """Do to a part of `hw` (virtual.Virtual) what a line says; raise ValueError if it cannot."""
    if name == "level" and hw.level:
        pct = what["pct"]
        hw.level.pct = None if pct is None else float(pct)
        if hw.level.on_change:
            hw.level.on_change(hw.clock.now_ms())
    elif name == "battery" and hw.battery:
        hw.battery.mv = None if what["mv"] is None else int(what["mv"])
    elif name == "temp" and hw.thermometer:
        hw.thermometer.c = None if what["c"] is None else float(what["c"])
    elif name == "printer" and hw.printer:
        hw.printer.be(str(what["state"]))
    elif name == "paper" and hw.printer:
        hw.printer.be("ready" if what["ok"] else "paper_out")
    else:
        raise ValueError("this board cannot " + name)
