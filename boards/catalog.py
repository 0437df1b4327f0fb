"""The kinds of boards: reads `boards/<kind>/board.toml` and checks it, all faults at once.

    kind = load_kind("counter_led")
    kind.role, kind.settings_parts()

`settings_parts` is what goes into a board's settings; the backends in firmware/hal build
themselves from it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.budget import AWAKE_S, EVERY_S, Budget, Entry, Supply, budget, judge_budget
from boards.checker import Checker, Fault, Table, pins_told
from boards.chip import Chip
from boards.chips import ANY_CHIP, CHIPS
from boards.fields import check_fields
from boards.parts import LINKS, MANY, PARTS, chooser, judge_no_link
from boards.roles import ANYWHERE, ROLES
from gateway.toml.lines import dotted, find_lines
from gateway.toml.read import TomlError, parse, read_text

BOARDS = Path(__file__).resolve().parent
_SUPPLIES = ("usb", "adapter", "battery")
_BATTERY_ONLY = ("mah", "every_s", "awake_s", "lean")
_PI = "raspberry_pi"


class CatalogError(Exception):
    """A kind that is not there or a board.toml that is wrong: one line for each fault."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        super().__init__(
            "\n".join(
                f"{file}: {fault}" if fault.line is None else f"{file}:{fault.line}: {fault}"
                for fault in faults
            )
        )
        self.file = file
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of board; `entries` are its parts in the file's order."""

    kind: str
    file: str
    title: str
    role: str
    chip: Chip
    supply: Supply
    parts: Table
    entries: tuple[Entry, ...]
    budget: Budget
    warnings: tuple[Fault, ...]

    def settings_parts(self) -> dict[str, Any]:
        """Give the parts as the board's settings hold them: what the firmware needs and no more;
        what is left out has the firmware's own default."""
        settings: dict[str, Any] = {}
        for entry in self.entries:
            fields = entry.part.fields
            sent = {
                name: value
                for name, value in entry.table.items()
                if fields[name].sent and value != fields[name].default
            }
            if entry.section in MANY:
                settings.setdefault(entry.section, {})[entry.name] = sent
            elif sent != {"driver": "wifi"}:
                settings[entry.section] = sent
        return settings


def kinds(folder: Path = BOARDS) -> list[str]:
    """Give the names of all kinds, in alphabetical order."""
    return sorted(file.parent.name for file in folder.glob("*/board.toml"))


def load_kind(kind: str, folder: Path = BOARDS) -> Kind:
    """Give the kind of this name; raise CatalogError with every fault of its file."""
    if kind not in kinds(folder):
        check = Checker({})
        check.choice("kind", kind, kinds(folder))
        problem = check.faults[0].problem
        raise CatalogError("boards", [Fault(None, "kind", problem)])
    return _load(folder / kind / "board.toml", f"{folder.name}/{kind}/board.toml", kind)


def load_file(file: Path) -> Kind:
    """Give the kind of a board.toml anywhere; raise CatalogError with every fault of it."""
    return _load(file, str(file), file.resolve().parent.name)


def _load(path: Path, file: str, kind: str) -> Kind:
    try:
        text = read_text(path)
    except TomlError as error:
        raise CatalogError(file, [Fault(error.line, "", str(error))]) from error
    return read_kind(text, kind, file)


def read_kind(text: str, kind: str, file: str) -> Kind:
    """Give the kind that a TOML text describes; raise CatalogError with all that is wrong."""
    text = text.replace("\r\n", "\n")
    try:
        content = dict(parse(text))
    except TomlError as error:
        raise CatalogError(file, [Fault(error.line, "", str(error))]) from error
    check = Checker({dotted(path): line for path, line in reversed(find_lines(text).items())})
    check.only("", content, ("title", "role", "chip", "supply", "parts"))
    title = check.text("title", content.get("title"))
    role = check.choice("role", content.get("role"), ROLES)
    chip = CHIPS.get(check.choice("chip", content.get("chip"), CHIPS), ANY_CHIP)
    supply = _supply(check, check.table("supply", content.get("supply")), chip)
    parts = content.get("parts", {})
    if not isinstance(parts, dict):
        parts = check.table("parts", parts)
    check.only("parts", parts, PARTS)
    if role:
        _judge_role(check, role, chip, parts)
    entries = _entries(check, chip, parts)
    has = None
    if supply and not check.faults:  # what parts draw can be reckoned if all their fields are right
        has = budget(chip, supply, entries)
        judge_budget(check, chip, supply, has)
    if role and supply:
        _judge_sleep(check, role, chip, supply, parts, entries)
    if check.faults or supply is None or has is None:
        raise CatalogError(file, check.faults)
    warnings = tuple(check.warnings)
    return Kind(kind, file, title, role, chip, supply, parts, entries, has, warnings)


def _supply(check: Checker, table: Table, chip: Chip) -> Supply | None:
    if not table:
        return None
    check.only("supply", table, ("kind", "ma", *_BATTERY_ONLY))
    kind = check.choice("supply.kind", table.get("kind"), _SUPPLIES)
    ma = check.whole("supply.ma", table.get("ma"), 1, 40_000)
    if kind != "battery":
        for name in _BATTERY_ONLY:
            if kind and name in table:
                check.fault(f"supply.{name}", f"is a battery's, and the supply is {kind}")
        if kind == "adapter" and chip.name == _PI:
            check.fault("supply.kind", f'a {_PI} is fed at its own socket: kind = "usb" is needed')
        return Supply(kind, ma) if kind and ma else None
    mah = check.whole("supply.mah", table.get("mah"), 100, 100_000)
    every_s = check.whole("supply.every_s", table.get("every_s", EVERY_S), 10, 86_400)
    awake_s = check.number("supply.awake_s", table.get("awake_s", AWAKE_S), 0.5, 60)
    lean = check.flag("supply.lean", table.get("lean", False))
    if lean and chip.lean_ma is None:
        check.fault("supply.lean", f"a {chip.name} cannot be made leaner; an esp32 can")
    if not (ma and mah and every_s and awake_s):
        return None
    return Supply(kind, ma, mah, every_s, awake_s, lean)


def _judge_role(check: Checker, role: str, chip: Chip, parts: Table) -> None:
    needs = ROLES[role]
    if role == "gateway" and chip.name not in (_PI, ANY_CHIP.name):
        check.fault("chip", f"is {chip.name}; the role gateway needs a {_PI}")
    if role != "gateway" and chip.name == _PI:
        check.fault("chip", f"is {_PI}, which has the role gateway only; a {role} needs another")
    for needed in needs.parts:
        if needed not in parts:
            check.fault("parts", f"a {role} needs parts.{needed}")
    for section in parts if needs.only else ():
        if section in PARTS and section not in needs.only:
            check.fault(f"parts.{section}", f"a {role} can have {', '.join(needs.only)} only")
    for section in () if needs.only else parts:
        # A part without any name that it could have is told of at its names.
        if section in PARTS and section not in (*ANYWHERE, *MANY, *needs.parts, *needs.uses):
            check.warn(f"parts.{section}", f"a {role} does nothing with it but test it")
    for section, allowed in (("keys", needs.keys), ("lamps", needs.lamps)):
        named = parts.get(section)
        for name in named if isinstance(named, dict) else ():
            if name not in allowed:
                ways = f"{section} are {', '.join(allowed)}" if allowed else f"it has no {section}"
                check.fault(f"parts.{section}.{name}", f"does nothing on a {role}; {ways}")
    keys = parts.get("keys")
    whole = isinstance(keys, dict) and any(keys.keys() >= set(names) for names in needs.one_of)
    if isinstance(keys, dict) and needs.one_of and not whole:
        ways = " or ".join(", ".join(names) for names in needs.one_of)
        check.fault("parts.keys", f"a {role} needs the keys {ways}")


def _entries(check: Checker, chip: Chip, parts: Table) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for section, content in parts.items():
        if section not in PARTS:
            continue
        path = f"parts.{section}"
        table = check.table(path, content)
        if section in MANY:
            for name, one in check.tables(path, table).items():
                _entry(check, chip, entries, (section, name, f"{path}.{name}"), one)
        elif table:
            _entry(check, chip, entries, (section, "", path), table)
    if "link" not in parts:
        judge_no_link(check, chip)
    return tuple(entries)


def _entry(
    check: Checker, chip: Chip, entries: list[Entry], place: tuple[str, str, str], table: Table
) -> None:
    section, name, path = place
    field, default = chooser(section)
    known = PARTS[section]
    driver = table.get(field, default or None) if field else ""
    part = known.get(driver) if isinstance(driver, str) else None
    if part is None:
        check.choice(f"{path}.{field}", driver, known)
        return
    check_fields(check, chip, path, table, part.fields)
    part.judge(check, chip, path, table)
    entries.append(Entry(section, name, path, part, table))


def _judge_sleep(
    check: Checker,
    role: str,
    chip: Chip,
    supply: Supply,
    parts: Table,
    entries: tuple[Entry, ...],
) -> None:
    power, link = parts.get("power"), parts.get("link")
    sleeps = isinstance(power, dict) and power.get("sleeps") is True
    if supply.kind == "battery" and not sleeps:
        check.fault("parts.power", "a board on a battery must sleep: sleeps = true is needed")
    if supply.kind == "battery" and "battery" not in parts:
        check.warn("parts", "without parts.battery nobody is told when it is empty")
    if sleeps and role != "dispenser":
        check.fault("parts.power.sleeps", f"a {role} must always hear; only a dispenser sleeps")
        return
    keys = [entry for entry in entries if entry.section == "keys"] if sleeps else []
    for key in keys:
        pin = key.table.get("pin")
        if type(pin) is int and pin in chip.keys and pin not in chip.wake:
            ways = pins_told(chip.wake)
            way = f"pins that can are {ways}" if ways else "an esp32 can be woken, this chip cannot"
            check.fault(f"{key.path}.pin", f"pin {pin} wakes no sleeping {chip.name}; {way}")
        if chip.wake and len(keys) > 1 and key is not keys[0]:
            check.fault(key.path, f"one key alone can wake an {chip.name}, and {keys[0].path} does")
    if sleeps and isinstance(link, dict) and link.get("driver", "wifi") != "wifi":
        check.fault("parts.link", f"a board on {_words(LINKS)} never sleeps; leave parts.power out")


def _words(links: dict[str, Any]) -> str:
    return " or ".join(name for name in links if name != "wifi")
