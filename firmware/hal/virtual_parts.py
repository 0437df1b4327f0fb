"""Parts of virtual boards that most boards have not: in a file of their own, for a board loads no
file that it does not need. `tell(see)` writes a line."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnTime

    Tell = Callable[[dict[str, Any]], None]


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
    else:
        raise ValueError("this board cannot " + name)
