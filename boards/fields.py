"""The fields that a part of a board.toml can have: what each may hold, and the check of it."""

from dataclasses import dataclass

from boards.checker import Checker, Table, told
from boards.chip import Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a part; `default` is what it means when it is left out, None: it must be there
    (unless `optional`). Fields that are not `sent` are for wiring and buying only."""

    optional: bool = False
    sent: bool = True
    default: object = None

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note what is wrong with `value`, which stands at `path` in `part`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Whole(Field):
    """An integer in steps."""

    lo: int
    hi: int
    step: int = 1

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note a number out of range or between steps."""
        found = check.whole(path, value, self.lo, self.hi)
        if found is not None and found % self.step:
            check.fault(path, f"is {found}; a multiple of {self.step} is needed")


@dataclass(frozen=True, slots=True)
class Number(Field):
    """A number."""

    lo: float
    hi: float

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note a number out of range."""
        check.number(path, value, self.lo, self.hi)


@dataclass(frozen=True, slots=True)
class Word(Field):
    """One of some words."""

    words: tuple[str, ...]

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note another word."""
        check.choice(path, value, self.words)


@dataclass(frozen=True, slots=True)
class OneOf(Field):
    """One of some integers."""

    values: tuple[int, ...]

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note another number."""
        if type(value) is not int or value not in self.values:
            ways = " or ".join(str(one) for one in self.values)
            check.fault(path, f"is {told(value)}; {ways} is needed")


@dataclass(frozen=True, slots=True)
class Name(Field):
    """A name as it stands in topics."""

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note what is no name."""
        check.name(path, value)


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """True or false."""

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note what is neither."""
        check.flag(path, value)


@dataclass(frozen=True, slots=True)
class Pin(Field):
    """A pin that can do a function: key, in, out, adc, or `spi.sck` of the unit named in `spi`."""

    function: str

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note a pin that is not there, cannot do this, or is somebody else's."""
        bus, _, line = self.function.partition(".")
        unit = part.get(bus) if line else None
        if line and (type(unit) is not int or unit not in chip.units(bus)):
            return  # told at the field of the unit
        allowed = chip.pins_for(self.function, unit)
        why_not = wire = ""
        if type(value) is int:
            why_not = chip.reserved.get(value, "")
            if not why_not and value not in allowed:
                why_not = chip.careful.get(value, "")
                if value in chip.adc and value not in chip.outputs:
                    why_not = "an input without pull-up"
        if bus == "i2c":
            wire = f"i2c{unit}.{line}"
        pin = check.pin(path, value, allowed, why_not, wire)
        if pin in chip.careful:
            check.warn(path, f"pin {pin} {chip.careful[pin]}")


@dataclass(frozen=True, slots=True)
class Unit(Field):
    """The unit of a bus, such as 0 of `spi`; `lines` are the fields with its pins."""

    bus: str
    lines: tuple[str, ...]

    def check(self, check: Checker, chip: Chip, path: str, value: object, part: Table) -> None:
        """Note a unit that the chip has not, or that is somebody else's."""
        units = chip.units(self.bus)
        if type(value) is not int or value not in units:
            ways = " or ".join(str(unit) for unit in units) or "none on this chip"
            check.fault(path, f"is {told(value)}; units of {self.bus} are {ways}")
            return
        pins = [part.get(line) for line in self.lines]
        numbers = tuple(pin for pin in pins if type(pin) is int)
        check.unit(path, f"{self.bus}{value}", numbers, self.bus == "i2c")


def check_fields(
    check: Checker, chip: Chip, path: str, part: Table, fields: dict[str, Field]
) -> None:
    """Note everything that is wrong with the fields of one part."""
    check.only(path, part, fields)
    for name, field in fields.items():
        if name in part:
            field.check(check, chip, f"{path}.{name}", part[name], part)
        elif not field.optional and field.default is None:
            field.check(check, chip, f"{path}.{name}", None, part)
