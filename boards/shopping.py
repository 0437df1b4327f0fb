"""What to buy for one board of a kind: parts, what lies between them, and power."""

import json

from boards.budget import gates
from boards.catalog import Kind
from boards.netlist import netlist
from boards.prices import PRICES, Item

_LARGE_MA = 5_000
_RUPIAH = "Rp {:,}"


def shopping(kind: Kind) -> dict[str, int]:
    """Give how many of each item (a name in boards/prices.py) a board of this kind needs."""
    counts: dict[str, int] = {kind.chip.price: 1}

    def add(items: dict[str, int]) -> None:
        for item, count in items.items():
            counts[item] = counts.get(item, 0) + count

    for entry in kind.entries:
        add(entry.part.items(entry.table))
    chips = -(-gates(kind.entries) // 4)
    if chips:
        add({"shifter": chips, "capacitor_100n": chips})
    supply = kind.supply
    if supply.kind == "battery":
        add({"cell": 1, "charger": 1, "regulator": 1, "capacitor_1000": 1})
    elif supply.kind == "adapter":
        add({"adapter_5v_large" if supply.ma > _LARGE_MA else "adapter_5v": 1, "diode": 1})
    elif kind.role != "gateway" and "usb_cable" not in counts:
        add({"usb_5v": 1})
    add({"small": 1})
    return counts


def total_rupiah(counts: dict[str, int]) -> int:
    """Give the price of it all."""
    return sum(PRICES[item].rupiah * count for item, count in counts.items())


def parts_table(kind: Kind) -> str:
    """Give the parts list as Markdown."""
    counts = shopping(kind)
    lines = [
        f"# Parts of {kind.kind}",
        f"{kind.title}. Rough street prices in Indonesia, 2025/26, to be checked.",
        "",
        "| pieces | part | look for | each | together |",
        "| ---: | --- | --- | ---: | ---: |",
    ]
    lines += [_line(PRICES[item], count) for item, count in counts.items()]
    lines.append(f"| | **total** | | | **{_rupiah(total_rupiah(counts))}** |")
    values = sorted(_resistors(kind))
    if values:
        lines += ["", f"Resistors: {', '.join(values)}."]
    return "\n".join(lines) + "\n"


def parts_json(kind: Kind) -> str:
    """Give the parts list as JSON, prices in rupiah."""
    counts = shopping(kind)
    parts = [
        {
            "pieces": count,
            "part": PRICES[item].name,
            "look_for": PRICES[item].look_for,
            "rupiah": PRICES[item].rupiah,
        }
        for item, count in counts.items()
    ]
    told = {"kind": kind.kind, "parts": parts, "total_rupiah": total_rupiah(counts)}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _line(item: Item, count: int) -> str:
    each, together = _rupiah(item.rupiah), _rupiah(item.rupiah * count)
    return f"| {count} | {item.name} | {item.look_for} | {each} | {together} |"


def _rupiah(amount: int) -> str:
    return _RUPIAH.format(amount).replace(",", ".")


def _resistors(kind: Kind) -> list[str]:
    """Give the values of all resistors, with how many of each."""
    values: dict[str, int] = {}
    for box in netlist(kind).boxes:
        for row in box.rows:
            told = [row.told.removesuffix(" Ω")] if row.told.endswith(" Ω") else []
            for value in [*told, *([row.shunt] if row.shunt else [])]:
                values[value] = values.get(value, 0) + 1
    return [f"{count} x {value} Ω" for value, count in values.items()]
