"""The kinds of boards: reads `boards/<kind>/board.toml` and checks it, all faults at once.

    kind = load_kind("counter_led")
    kind.role, kind.settings_parts()

`settings_parts` is what goes into a board's settings; hal/rp2.py and hal/virtual.py build
themselves from it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.chips import CHIPS, Chip
from boards.parts import PARTS, Checker
from firmware.core.config import MAX_QUEUES
from firmware.roles.counter import KEYS as COUNTER_KEYS
from firmware.wire.words import ROLES

BOARDS = Path(__file__).resolve().parent
_CHIP_MA = 60  # a Pico W with its radio on, average
_NEEDED_PARTS = {
    "counter": ("keys", "matrix"),
    "ticket": ("keys", "matrix"),
    "dispenser": ("level",),
}
_SUPPLIES = ("usb", "battery")


class CatalogError(Exception):
    """A kind that is not there or a board.toml that is wrong: one line for each fault."""

    def __init__(self, kind: str, problems: list[str]) -> None:
        super().__init__("\n".join(f"boards/{kind}/board.toml: {problem}" for problem in problems))
        self.kind = kind
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of board; `current_ma` is what it may draw with everything on."""

    kind: str
    title: str
    role: str
    chip: Chip
    supply: str
    supply_ma: int
    current_ma: int
    parts: dict[str, Any]

    def settings_parts(self) -> dict[str, Any]:
        """Give the parts as the board's settings hold them: with what the firmware needs only."""
        return _without_currents(self.parts)


def kinds() -> list[str]:
    """Give the names of all kinds, in alphabetical order."""
    return sorted(file.parent.name for file in BOARDS.glob("*/board.toml"))


def kind_for_role(role: str) -> Kind:
    """Give the first kind that serves `role`; raise CatalogError if none does."""
    for name in kinds():
        kind = load_kind(name)
        if kind.role == role:
            return kind
    raise CatalogError("*", [f"no kind of board has the role {role!r}"])


def load_kind(kind: str, folder: Path = BOARDS) -> Kind:
    """Give the kind of this name; raise CatalogError with every fault of its file."""
    try:
        text = (folder / kind / "board.toml").read_text()
    except FileNotFoundError:
        there = ", ".join(sorted(file.parent.name for file in folder.glob("*/board.toml")))
        raise CatalogError(kind, [f"is not there; kinds are {there}"]) from None
    try:
        return read_kind(kind, tomllib.loads(text))
    except tomllib.TOMLDecodeError as why:
        raise CatalogError(kind, [str(why)]) from None


def read_kind(kind: str, content: dict[str, Any]) -> Kind:
    """Give the kind that `content` describes; raise CatalogError with all that is wrong."""
    check = Checker()
    check.only("", content, ("title", "role", "chip", "supply", "parts"))
    title = check.text("title", content)
    role = check.choice("role", content, ROLES)
    chip_name = check.choice("chip", content, tuple(CHIPS))
    supply_kind, supply_ma = "", 0
    if supply := check.table("supply", content):
        check.only("supply", supply, ("kind", "ma"))
        supply_kind = check.choice("kind", supply, _SUPPLIES, "supply.")
        supply_ma = check.integer("ma", supply, 1, 20_000, "supply.")
    parts = check.table("parts", content)
    check.only("parts", parts, tuple(PARTS))
    chip = CHIPS.get(chip_name)
    if chip is not None:
        for name, part in parts.items():
            if not isinstance(part, dict):
                check.fault(f"parts.{name}", "a table is needed")
            elif name in PARTS:
                PARTS[name](check, chip, f"parts.{name}", part)
    _check_key_names(check, role, parts.get("keys"))
    for needed in _NEEDED_PARTS.get(role, ()):
        if needed not in parts:
            check.fault("parts", f"a {role} needs parts.{needed}")
    current_ma = _CHIP_MA + _sum_ma(parts)
    if supply_ma and current_ma > supply_ma:
        check.fault("supply.ma", f"{supply_ma} is less than the {current_ma} mA of all parts")
    if check.faults or chip is None:
        raise CatalogError(kind, check.faults)
    return Kind(kind, title, role, chip, supply_kind, supply_ma, current_ma, parts)


def _check_key_names(check: Checker, role: str, keys: Any) -> None:
    # What a key is called is what it does: the role's file in firmware/roles knows these names.
    if role == "counter":
        allowed: tuple[str, ...] = COUNTER_KEYS
    elif role == "ticket":
        allowed = (*(f"queue{n}" for n in range(1, MAX_QUEUES + 1)), "priority")
    else:
        return
    for name in keys if isinstance(keys, dict) else ():
        if name not in allowed:
            ways = ", ".join(allowed)
            check.fault(f"parts.keys.{name}", f"does nothing on a {role}; keys are {ways}")


def _sum_ma(parts: Any) -> int:
    if not isinstance(parts, dict):
        return 0
    own = parts.get("ma", 0)
    return (own if isinstance(own, int) else 0) + sum(_sum_ma(part) for part in parts.values())


def _without_currents(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_currents(part) if isinstance(part, dict) else part
        for name, part in parts.items()
        if name != "ma"
    }
