"""What a board.toml may say of each part; faults are collected, not raised."""

from collections.abc import Callable
from typing import Any

from boards.chips import Chip
from firmware.wire.topics import is_name

MOST_MA = 10_000


class Checker:
    """Collects every fault of one file; each check gives the value, or an empty one if wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._pins: dict[int, str] = {}

    def fault(self, path: str, problem: str) -> None:
        """Note a fault at a path such as `parts.matrix.cs`."""
        self.faults.append(f"{path}: {problem}")

    def only(self, path: str, table: dict[str, Any], allowed: tuple[str, ...]) -> None:
        """Note every name in `table` that is not allowed."""
        for name in table:
            if name not in allowed:
                dotted = f"{path}.{name}" if path else name
                self.fault(dotted, f"unknown; allowed here: {', '.join(allowed)}")

    def table(self, name: str, table: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Give the table `name`."""
        value = table.get(name)
        if isinstance(value, dict) and value:
            return value
        self.fault(path + name, "a table is needed")
        return {}

    def text(self, name: str, table: dict[str, Any], path: str = "") -> str:
        """Give the text `name`."""
        value = table.get(name)
        if isinstance(value, str) and value:
            return value
        self.fault(path + name, f"is {value!r}; a text is needed")
        return ""

    def choice(
        self, name: str, table: dict[str, Any], allowed: tuple[str, ...], path: str = ""
    ) -> str:
        """Give the word `name`, one of `allowed`."""
        value = table.get(name)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(path + name, f"is {value!r}; allowed are {', '.join(allowed)}")
        return ""

    def integer(self, name: str, table: dict[str, Any], lo: int, hi: int, path: str = "") -> int:
        """Give the integer `name` from lo to hi."""
        value = table.get(name)
        if type(value) is int and lo <= value <= hi:
            return value
        self.fault(path + name, f"is {value!r}; an integer from {lo} to {hi} is needed")
        return 0

    def number(
        self, name: str, table: dict[str, Any], lo: float, hi: float, path: str = ""
    ) -> float:
        """Give the number `name` from lo to hi."""
        value = table.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and lo <= value <= hi:
            return float(value)
        self.fault(path + name, f"is {value!r}; a number from {lo} to {hi} is needed")
        return 0.0

    def pin(
        self,
        name: str,
        table: dict[str, Any],
        path: str,
        allowed: "frozenset[int] | tuple[int, ...]",
    ) -> None:
        """Check the pin `name`: one of `allowed`, and nobody else's."""
        value = table.get(name)
        dotted = path + name
        if type(value) is not int or value not in allowed:
            ways = ", ".join(str(pin) for pin in sorted(allowed))
            self.fault(dotted, f"is {value!r}; pins for this are {ways}")
        elif value in self._pins:
            self.fault(dotted, f"pin {value} is already {self._pins[value]}")
        else:
            self._pins[value] = dotted


Part = Callable[[Checker, Chip, str, dict[str, Any]], None]


def _fields(check: Checker, path: str, part: dict[str, Any], *allowed: str) -> None:
    check.only(path, part, (*allowed, "ma"))
    if "ma" in part:
        check.integer("ma", part, 0, MOST_MA, path + ".")


def _named(check: Checker, path: str, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    for name, entry in part.items():
        if not is_name(name):
            check.fault(f"{path}.{name}", "a name of a-z, 0-9, - and _ is needed")
        if not isinstance(entry, dict):
            check.fault(f"{path}.{name}", "a table is needed")
    return {name: entry for name, entry in part.items() if isinstance(entry, dict)}


def _keys(check: Checker, chip: Chip, path: str, keys: dict[str, Any]) -> None:
    for name, key in _named(check, path, keys).items():
        dotted = f"{path}.{name}"
        _fields(check, dotted, key, "pin", "lamp_pin")
        check.pin("pin", key, dotted + ".", chip.pins)
        if "lamp_pin" in key:
            check.pin("lamp_pin", key, dotted + ".", chip.pins)


def _lamps(check: Checker, chip: Chip, path: str, lamps: dict[str, Any]) -> None:
    for name, lamp in _named(check, path, lamps).items():
        dotted = f"{path}.{name}"
        _fields(check, dotted, lamp, "driver", "pin", "leds")
        check.choice("driver", lamp, ("ws2812",), dotted + ".")
        check.pin("pin", lamp, dotted + ".", chip.pins)
        check.integer("leds", lamp, 1, 64, dotted + ".")


def _matrix(check: Checker, chip: Chip, path: str, matrix: dict[str, Any]) -> None:
    _fields(check, path, matrix, "driver", "width", "spi", "sck", "mosi", "cs")
    check.choice("driver", matrix, ("max7219",), path + ".")
    width = check.integer("width", matrix, 8, 128, path + ".")
    if width % 8:
        check.fault(path + ".width", f"is {width}; modules are 8 columns wide")
    spi = chip.spi[check.integer("spi", matrix, 0, len(chip.spi) - 1, path + ".")]
    for name in ("sck", "mosi"):
        check.pin(name, matrix, path + ".", spi[name])
    check.pin("cs", matrix, path + ".", chip.pins)


def _printer(check: Checker, chip: Chip, path: str, printer: dict[str, Any]) -> None:
    _fields(check, path, printer, "driver", "uart", "tx", "rx", "baud")
    check.choice("driver", printer, ("escpos",), path + ".")
    uart = chip.uart[check.integer("uart", printer, 0, len(chip.uart) - 1, path + ".")]
    for name in ("tx", "rx"):
        check.pin(name, printer, path + ".", uart[name])
    check.integer("baud", printer, 1_200, 460_800, path + ".")


def _level(check: Checker, chip: Chip, path: str, level: dict[str, Any]) -> None:
    _fields(check, path, level, "driver", "sensor", "data", "clock", "empty", "full")
    check.choice("driver", level, ("hx711",), path + ".")
    sensor = check.text("sensor", level, path + ".")
    if sensor and not is_name(sensor):
        check.fault(path + ".sensor", f"is {sensor!r}; a name of a-z, 0-9, - and _ is needed")
    for name in ("data", "clock"):
        check.pin(name, level, path + ".", chip.pins)
    empty = check.integer("empty", level, -(1 << 23), 1 << 23, path + ".")
    if empty == check.integer("full", level, -(1 << 23), 1 << 23, path + "."):
        check.fault(path + ".full", "is the same as empty; weigh a full bottle")


def _battery(check: Checker, chip: Chip, path: str, battery: dict[str, Any]) -> None:
    _fields(check, path, battery, "driver", "pin", "divider")
    check.choice("driver", battery, ("adc",), path + ".")
    check.pin("pin", battery, path + ".", chip.adc)
    check.number("divider", battery, 1, 20, path + ".")


def _buzzer(check: Checker, chip: Chip, path: str, buzzer: dict[str, Any]) -> None:
    _fields(check, path, buzzer, "pin")
    check.pin("pin", buzzer, path + ".", chip.pins)


def _power(check: Checker, chip: Chip, path: str, power: dict[str, Any]) -> None:
    _fields(check, path, power, "sleeps")
    if not isinstance(power.get("sleeps"), bool):
        check.fault(path + ".sleeps", f"is {power.get('sleeps')!r}; true or false is needed")


PARTS: dict[str, Part] = {
    "keys": _keys,
    "lamps": _lamps,
    "matrix": _matrix,
    "printer": _printer,
    "level": _level,
    "battery": _battery,
    "buzzer": _buzzer,
    "power": _power,
}
