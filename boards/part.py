"""What a known part is: fields of a board.toml, terminals to wire, current, things to buy."""

from collections.abc import Callable
from dataclasses import dataclass

from boards.checker import Checker, Table
from boards.chip import Chip
from boards.fields import Field, Number, Word

# What stands between a terminal and its pin.
GATE = "gate"  # one gate of a 74HCT125 at 5 V: 3.3 V in, 5 V out
DIVIDER = "divider"  # 10 k from the terminal, 20 k to ground: 5 V becomes 3.3 V
RS232 = "rs232"  # one driver or receiver of a MAX3232
SENSE = "sense"  # two large resistors: a battery's voltage for an ADC

MOST_MA = 10_000
MA = Number(0, MOST_MA, optional=True, sent=False)
LED_MA = 6  # is bright enough, and eight of them do not tire a chip


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of a part: `to` is a pin (int), a rail (5V, 3V3, GND) or a word for people.

    `via` is one of the above, or ohms of a resistor in series ("220"); `pull_up` ohms to 3.3 V.
    """

    name: str
    to: int | str
    via: str = ""
    pull_up: str = ""


Terminals = Callable[[Table], tuple[Terminal, ...]]
Items = Callable[[Table], dict[str, int]]
Judge = Callable[[Checker, Chip, str, Table], None]


def driver(*names: str) -> Word:
    """Give the field that chooses among the parts of a section."""
    return Word(names)


def _nothing(check: Checker, chip: Chip, path: str, part: Table) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a board may have. `ma` is its typical current at its `rail`, `pin_ma` what it
    takes from pins, `asleep_ma` what it takes while the chip sleeps; `terminals` and `items`
    (name in boards/prices.py -> pieces) are made from the checked fields."""

    title: str
    fields: dict[str, Field]
    terminals: Terminals
    items: Items
    rail: str = "3V3"
    ma: Callable[[Table], float] = lambda part: 0
    pin_ma: Callable[[Table], float] = lambda part: 0
    asleep_ma: float = 0
    judge: Judge = _nothing

    def draws_ma(self, part: Table) -> float:
        """Give what it takes from its rail: what its board.toml says, else the typical value."""
        own = part.get("ma")
        return float(own) if isinstance(own, int | float) else self.ma(part)


# E12, the series that every shop has.
_E12 = (10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82)


def lamp_ohms(ma: float) -> str:
    """Give the resistor for a 2.0 V LED at a 3.3 V pin, the next larger one of the E12 series."""
    wanted = (3.3 - 2.0) / ma * 1_000
    decade = 1.0
    while wanted > decade * _E12[-1]:
        decade *= 10
    return str(int(next(step * decade for step in _E12 if step * decade >= wanted)))
