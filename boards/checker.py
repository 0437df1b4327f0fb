"""Collects what is wrong with one board.toml: every fault with its line and the way out."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from firmware.wire.topics import is_name
from gateway.toml.shown import shown

Table = dict[str, Any]
_PIN_AS_PRINTED = re.compile(r"(?:GP|GPIO|IO|D)?([0-9]{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or doubtful: `line` from 1, None for a file that is none."""

    line: int | None
    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


class Checker:
    """Notes faults and warnings; each check gives the value, or an empty one if it is wrong."""

    def __init__(self, lines: dict[str, int]) -> None:
        self._lines = lines
        self._found: list[tuple[Fault, bool]] = []
        self._pins: dict[int, tuple[str, str]] = {}  # pin -> (path, shared wire or "")
        self._units: dict[str, tuple[str, tuple[int, ...]]] = {}  # "spi0" -> (path, its pins)

    @property
    def faults(self) -> list[Fault]:
        """What must be mended, in the file's order."""
        return self._sorted(True)

    @property
    def warnings(self) -> list[Fault]:
        """What works but should be known, in the file's order."""
        return self._sorted(False)

    def _sorted(self, wrong: bool) -> list[Fault]:
        found = (fault for fault, is_wrong in self._found if is_wrong == wrong)
        return sorted(dict.fromkeys(found), key=lambda fault: fault.line or 0)

    def line(self, path: str) -> int:
        """Give the line of a path, or of the nearest table around it that is there."""
        while path and path not in self._lines:
            path = path.rpartition(".")[0]
        return self._lines.get(path, 1)

    def fault(self, path: str, problem: str) -> None:
        """Note a fault at a path such as `parts.matrix.cs`."""
        self._found.append((Fault(self.line(path), path, problem), True))

    def warn(self, path: str, problem: str) -> None:
        """Note a doubt at a path."""
        self._found.append((Fault(self.line(path), path, problem), False))

    def only(self, path: str, table: Table, allowed: Iterable[str]) -> None:
        """Note every name in `table` that is not allowed."""
        allowed = tuple(allowed)
        for name in table:
            if name not in allowed:
                self.fault(_join(path, name), f"unknown; {_meant(name, allowed)}")

    def table(self, path: str, value: object) -> Table:
        """Give the table at `path`."""
        if isinstance(value, dict) and value:
            return value
        self.fault(path, "a table is needed")
        return {}

    def tables(self, path: str, parts: Table) -> dict[str, Table]:
        """Give the tables of a table by their names, such as those of keys."""
        for name, entry in parts.items():
            if not is_name(name):
                self.fault(_join(path, name), "a name of a-z, 0-9, - and _ is needed")
            if not isinstance(entry, dict):
                self.fault(_join(path, name), "a table is needed")
        return {name: entry for name, entry in parts.items() if isinstance(entry, dict)}

    def text(self, path: str, value: object, most_chars: int = 80) -> str:
        """Give a text for people."""
        if isinstance(value, str) and 0 < len(value) <= most_chars and value.isprintable():
            return value
        self.fault(path, f"is {told(value)}; a text of 1 to {most_chars} characters is needed")
        return ""

    def name(self, path: str, value: object) -> str:
        """Give a name as it stands in topics."""
        if isinstance(value, str) and is_name(value):
            return value
        self.fault(path, f"is {told(value)}; a name of a-z, 0-9, - and _ is needed")
        return ""

    def choice(self, path: str, value: object, allowed: Collection[str]) -> str:
        """Give a word, one of `allowed`."""
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(path, f"is {told(value)}; {_meant(value, tuple(allowed))}")
        return ""

    def flag(self, path: str, value: object) -> bool:
        """Give true or false."""
        if isinstance(value, bool):
            return value
        self.fault(path, f"is {told(value)}; true or false is needed")
        return False

    def whole(self, path: str, value: object, lo: int, hi: int) -> int | None:
        """Give an integer from lo to hi, None if it is none."""
        if type(value) is int and lo <= value <= hi:
            return value
        self.fault(path, f"is {told(value)}; an integer from {lo} to {hi} is needed")
        return None

    def number(self, path: str, value: object, lo: float, hi: float) -> float | None:
        """Give a number from lo to hi, None if it is none."""
        if isinstance(value, int | float) and not isinstance(value, bool) and lo <= value <= hi:
            return float(value)
        self.fault(path, f"is {told(value)}; a number from {lo:g} to {hi:g} is needed")
        return None

    def pin(
        self, path: str, value: object, allowed: frozenset[int], why_not: str = "", wire: str = ""
    ) -> int | None:
        """Give a pin: one of `allowed`, and nobody else's but of the same shared `wire`."""
        if type(value) is not int or value not in allowed:
            ways = pins_told(allowed) or "none on this chip"
            as_printed = _PIN_AS_PRINTED.fullmatch(value) if isinstance(value, str) else None
            if as_printed:
                why_not = f"the number alone is meant: {int(as_printed[1])}"
            reason = f" ({why_not})" if why_not else ""
            self.fault(path, f"is {told(value)}{reason}; pins for this are {ways}")
            return None
        other, shared = self._pins.setdefault(value, (path, wire))
        if other != path and not (wire and wire == shared):
            self.fault(path, f"pin {value} is already {other} (line {self.line(other)})")
            return None
        return value

    def unit(self, path: str, unit: str, pins: tuple[int, ...], shared: bool) -> None:
        """Claim a bus's unit such as `uart1`: only I2C may be shared, and then on the same pins."""
        other, its_pins = self._units.setdefault(unit, (path, pins))
        if other == path or (shared and pins == its_pins):
            return
        way = "name the same pins there and here" if shared else "take another unit"
        self.fault(path, f"{unit} is already {other} (line {self.line(other)}); {way}")


def told(value: object) -> str:
    """Give a value as a fault tells it: as in the file, or that it is not there."""
    return "not there" if value is None else shown(value)


def pins_told(pins: Collection[int]) -> str:
    """Give pins in order, three and more that follow each other as `0-22`."""
    runs: list[list[int]] = []
    for pin in sorted(pins):
        if runs and runs[-1][-1] == pin - 1:
            runs[-1].append(pin)
        else:
            runs.append([pin])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(str(pin) for pin in run)
        for run in runs
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _meant(value: object, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(value[:60].lower(), allowed, 1) if isinstance(value, str) else []
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}allowed are {', '.join(allowed)}"
