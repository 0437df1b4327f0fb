"""What a board draws from each of its rails, and how long its battery lasts."""

from collections.abc import Iterable
from dataclasses import dataclass

from boards.checker import Checker
from boards.chip import V3, V5, Chip
from boards.part import GATE, Part, Terminal
from boards.parts_in import lamp_ma

_GATES_MA = 10  # a 74HCT125 that drives a chain of modules
_USABLE = 0.8  # of a cell's charge: it ages, and the regulator stops at 3.5 V
_FEW_DAYS = 90
_HOURS_A_DAY = 24
EVERY_S = 300
AWAKE_S = 4


@dataclass(frozen=True, slots=True)
class Supply:
    """Where a board's power comes from: `usb`, `adapter` (5 V, to the rail) or `battery`.

    For a battery `mah` is its charge, `every_s` how often the board wakes, `awake_s` for how long
    (to join the Wi-Fi, to report and be answered); `lean`: the module's power lamp and regulator
    are taken off.
    """

    kind: str
    ma: int
    mah: int = 0
    every_s: int = EVERY_S
    awake_s: float = AWAKE_S
    lean: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of one board: where it stands in its file, what it is, what is said of it."""

    section: str
    name: str
    path: str
    part: Part
    table: dict[str, object]

    def terminals(self) -> tuple[Terminal, ...]:
        """Give its terminals with the pins and rails that they go to."""
        return self.part.terminals(self.table)


@dataclass(frozen=True, slots=True)
class Budget:
    """Currents in mA: what parts take at 3.3 V (`pins_ma` of it through pins) and at 5 V, and the
    most that the whole board may draw, with limits; a battery's days, None without one."""

    v3_ma: float
    v3_limit_ma: int
    v5_ma: float
    v5_limit_ma: int
    pins_ma: float
    pins_limit_ma: float
    all_ma: float
    all_limit_ma: int
    asleep_ma: float
    battery_days: float | None


def gates(entries: Iterable[Entry]) -> int:
    """Give how many gates of level shifters the parts need."""
    return sum(t.via == GATE for entry in entries for t in entry.terminals())


def budget(chip: Chip, supply: Supply, entries: tuple[Entry, ...]) -> Budget:
    """Give what a board draws and may draw.

    Days of a battery: mah x 0.8 / average / 24, where the average current is
    (awake x awake_s + asleep x (every_s - awake_s)) / every_s. Wake-ups by a key are so short
    (no radio) that they do not count.
    """
    pins_ma = sum(entry.part.pin_ma(entry.table) for entry in entries)
    pins_ma += sum(lamp_ma(entry.table) for entry in entries if entry.section == "keys")
    drawn = {V3: 0.0, V5: 0.0, "": 0.0}
    for entry in entries:
        drawn[entry.part.rail] += entry.part.draws_ma(entry.table)
    drawn[V5] += _GATES_MA * -(-gates(entries) // 4)
    v3_ma = drawn[V3] + pins_ma
    asleep_ma = chip.asleep_ma
    if supply.lean and chip.lean_ma is not None:
        asleep_ma = chip.lean_ma
    asleep_ma += sum(entry.part.asleep_ma for entry in entries)
    days = None
    peak_ma = chip.awake_ma
    if supply.kind == "battery":
        peak_ma = chip.peak_ma
        awake_ma = chip.awake_ma + v3_ma
        every_s = max(supply.every_s, supply.awake_s)
        average_ma = asleep_ma + (awake_ma - asleep_ma) * supply.awake_s / every_s
        days = supply.mah * _USABLE / average_ma / _HOURS_A_DAY
    return Budget(
        v3_ma=v3_ma,
        v3_limit_ma=chip.rail_3v3_ma,
        v5_ma=drawn[V5],
        v5_limit_ma={"usb": chip.rail_5v_ma, "battery": 0}.get(supply.kind, supply.ma),
        pins_ma=pins_ma,
        pins_limit_ma=chip.pins_ma,
        all_ma=peak_ma + v3_ma + drawn[V5],
        all_limit_ma=supply.ma,
        asleep_ma=asleep_ma,
        battery_days=days,
    )


def judge_budget(check: Checker, chip: Chip, supply: Supply, has: Budget) -> None:
    """Note rails and pins that give less than the parts take, and a battery that is soon empty."""
    if has.v5_ma > has.v5_limit_ma and supply.kind == "battery":
        check.fault("supply.kind", f"a battery gives no 5 V; parts take {has.v5_ma:.0f} mA of it")
    elif has.v5_ma > has.v5_limit_ma and supply.kind == "usb":
        check.fault(
            "supply.kind",
            f"{has.v5_ma:.0f} mA at 5 V cannot pass the module's USB socket"
            f' ({has.v5_limit_ma} mA): an adapter of their own is needed, kind = "adapter"',
        )
    if has.v3_ma > has.v3_limit_ma:
        check.fault(
            "chip",
            f"its 3.3 V rail gives {has.v3_limit_ma} mA and the parts take {has.v3_ma:.0f} mA;"
            " move parts to 5 V or take fewer",
        )
    if has.pins_ma > has.pins_limit_ma:
        check.fault(
            "parts",
            f"all pins of a {chip.name} together give {has.pins_limit_ma:.0f} mA and lamps take"
            f" {has.pins_ma:.0f} mA: say a smaller lamp_ma (or ma) at each",
        )
    if has.all_ma > has.all_limit_ma:
        check.fault(
            "supply.ma",
            f"{has.all_limit_ma} is less than the {has.all_ma:.0f} mA of chip and parts",
        )
    if has.battery_days is not None and has.battery_days < _FEW_DAYS:
        leaner = "take the power lamp and the regulator off the module (lean = true)"
        if supply.lean or chip.lean_ma is None:
            leaner = "take a leaner module"
        check.warn(
            "supply.mah",
            f"{supply.mah} mAh last {has.battery_days:.0f} days ({has.asleep_ma:.2f} mA asleep);"
            f" fewer than {_FEW_DAYS}: wake more seldom (every_s), {leaner} or"
            " take a larger cell",
        )
