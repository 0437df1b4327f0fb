"""What is connected to what on a board: boxes with terminals, level shifters shared out, pads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from boards.budget import Entry
from boards.catalog import Kind
from boards.chip import GND, V3, V5, Pad
from boards.part import DIVIDER, GATE, RS232, SENSE, Terminal

RAILS = (V5, V3, GND)
# 74HCT125: (input, output) pins of its four gates; their enables are pins 1, 4, 10 and 13.
GATES = ((2, 3), (5, 6), (9, 8), (12, 11))
SENSE_OHMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A terminal of a box: `to` is a pin, a rail or words; what is between stands in `via`.

    `told` is what the drawing writes there (`U1 2>3`, `220`), `shunt` the resistor from the pin's
    side to the rail of the next row.
    """

    name: str
    to: int | str
    via: str = ""
    told: str = ""
    shunt: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A part, or several alike, with its terminals; `label` is what others call it."""

    label: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Netlist:
    """All boxes of a board, and the module's pads that feed or take its rails."""

    boxes: tuple[Box, ...]
    pads: tuple[tuple[Pad, str, str], ...]  # (pad, rail, what is between)
    notes: tuple[str, ...]


def netlist(kind: Kind) -> Netlist:
    """Give what is connected to what on a board of this kind."""
    boxes = [*_keys(kind), *_singles(kind)]
    boxes, shifters = _with_gates(boxes)
    boxes += shifters
    if any(row.via == RS232 for box in boxes for row in box.rows):
        rows = (Row("VCC", V3), Row("GND", GND))
        boxes.append(Box("MAX3232", "MAX3232 module (RS-232)", rows))
    supply, pads, notes = _supply(kind, boxes)
    return Netlist(tuple(_split(kind, [*boxes, *supply])), tuple(pads), (*notes, *_notes(boxes)))


def _keys(kind: Kind) -> Iterable[Box]:
    """Give boxes of contacts or sensors, and of lamps: keys of one part stand in one box."""
    groups: dict[str, list[Entry]] = {}
    for entry in kind.entries:
        if entry.section == "keys":
            groups.setdefault(entry.part.title, []).append(entry)
    for title, keys in groups.items():
        many = len(keys) > 1
        contacts = [_named(key, t) for key in keys for t in key.terminals() if "LED" not in t.name]
        lamps = [_named(key, t) for key in keys for t in key.terminals() if "LED" in t.name]
        yield Box("keys", f"{len(keys)} x {title}" if many else title, _merged(contacts, many))
        if lamps:
            yield Box("lamps", f"lamps: {title}", _merged(lamps, many))


def _named(entry: Entry, terminal: Terminal) -> tuple[str, Terminal]:
    return entry.name, terminal


def _merged(named: list[tuple[str, Terminal]], many: bool) -> tuple[Row, ...]:
    """Give a row for each pin, and one for each rail that all share."""
    rows = [
        Row(f"{name} {t.name}", t.to, t.via, _told(t.via)) for name, t in named if type(t.to) is int
    ]
    shared: dict[str, list[str]] = {}
    for _, terminal in named:
        if isinstance(terminal.to, str) and terminal.name not in shared.get(terminal.to, []):
            shared.setdefault(terminal.to, []).append(terminal.name)
    rows += [Row(f"{'all ' if many else ''}{', '.join(names)}", to) for to, names in shared.items()]
    return tuple(rows)


def _singles(kind: Kind) -> Iterable[Box]:
    """Give a box for each part that is no key; the battery's divider belongs to its supply."""
    for entry in kind.entries:
        terminals = entry.terminals()
        if entry.section in ("keys", "battery") or not terminals:
            continue
        rows = tuple(_row(terminal, kind) for terminal in terminals)
        label = entry.name or entry.section
        yield Box(label, f"{label}: {_counted(entry)}", rows)


def _counted(entry: Entry) -> str:
    table = entry.table
    for field, each in (("leds", 1), ("panels", 1), ("width", 8)):
        many = table.get(field)
        if isinstance(many, int):
            return f"{many // each} x {entry.part.title}"
    return entry.part.title


def _row(terminal: Terminal, kind: Kind) -> Row:
    row = Row(terminal.name, terminal.to, terminal.via, _told(terminal.via))
    if terminal.via == DIVIDER:
        return replace(row, told="10k Ω", shunt="20k")
    if terminal.via == RS232:
        return replace(row, told="MAX3232")
    if terminal.via.startswith(SENSE):
        above = float(terminal.via.split()[1]) - 1
        return replace(
            row, via=SENSE, told=f"{_ohms(SENSE_OHMS * above)} Ω", shunt=_ohms(SENSE_OHMS)
        )
    if terminal.pull_up and kind.parts.get("power", {}).get("sleeps"):
        return replace(row, shunt=terminal.pull_up)
    return row


def _told(via: str) -> str:
    return f"{via} Ω" if via.isdigit() else via


def _ohms(ohms: float) -> str:
    return f"{ohms / 1e6:g}M" if ohms >= 1e6 else f"{ohms / 1e3:.0f}k"


def _with_gates(boxes: list[Box]) -> tuple[list[Box], list[Box]]:
    """Give the boxes with a gate of a 74HCT125 at each terminal that needs one, and the chips."""
    used = 0
    done = []
    for box in boxes:
        rows = []
        for row in box.rows:
            if row.via == GATE:
                into, out = GATES[used % len(GATES)]
                rows.append(replace(row, told=f"U{used // len(GATES) + 1} {into}>{out}"))
                used += 1
            else:
                rows.append(row)
        done.append(replace(box, rows=tuple(rows)))
    chips = []
    for number in range(-(-used // len(GATES))):
        free = GATES[used - number * len(GATES) :]
        rows = [Row("14 VCC", V5), Row("7 GND", GND), Row("1 4 10 13 OE", GND)]
        if free:
            rows.append(Row(f"{' '.join(str(into) for into, _ in free)} (free)", GND))
        chips.append(Box(f"U{number + 1}", f"U{number + 1}: 74HCT125 level shifter", tuple(rows)))
    return done, chips


def _supply(
    kind: Kind, boxes: list[Box]
) -> tuple[list[Box], list[tuple[Pad, str, str]], list[str]]:
    chip, supply = kind.chip, kind.supply
    pads = [*chip.left, *chip.right]
    wanted = {row.to for box in boxes for row in box.rows}
    links = [next((pad, GND, "") for pad in side if pad.rail == GND) for side in _sides(kind)]
    three = next((pad, V3, "") for pad in pads if pad.rail == V3)
    if supply.kind == "battery":
        sense = [
            _row(t, kind) for entry in kind.entries for t in entry.terminals()
            if entry.section == "battery"
        ]  # fmt: skip
        rows = (*sense, Row("cell -, HT7833 GND", GND), Row("HT7833 OUT", V3))
        box = Box("battery", f"Li-ion cell {supply.mah} mAh, HT7833", rows)
        note = "Cell + goes to HT7833 IN. 1000 uF between HT7833 OUT and GND, close to the module."
        return [box], [*links, three], [note, "USB and cell never together: unplug one first."]
    if V3 in wanted:
        links.append(three)
    if supply.kind == "adapter":
        feed = next(pad for pad in pads if pad.name == chip.feed)
        box = Box("adapter", f"adapter 5 V, {supply.ma / 1_000:g} A", (Row("+", V5), Row("-", GND)))
        note = "The 1N5817 (ring to the module) lets a USB cable be plugged in as well."
        return [box], [*links, (feed, V5, "1N5817")], [note]
    if V5 in wanted:
        links.append((next(pad for pad in pads if pad.name == chip.give), V5, ""))
    return [], links, [f"Power: 5 V, {supply.ma / 1_000:g} A, into the module's USB socket."]


def _notes(boxes: list[Box]) -> Iterable[str]:
    rows = [row for box in boxes for row in box.rows]
    if any(row.via == GATE for row in rows):
        yield "U 2>3: in at pin 2, out at pin 3 of that 74HCT125; 100 nF between its pins 14 and 7."
    if any(row.via == DIVIDER for row in rows):
        yield "10k and 20k make 3.3 V of the printer's 5 V."
    if any(row.via == RS232 for row in rows):
        yield "MAX3232: TTL side to the module, RS-232 side to the printer (RX to TXD, TX to RXD)."
    if any(row.name == "JD-VCC" for row in rows):
        yield "Take off the relay module's jumper between VCC and JD-VCC. It pulls on a low input."
    if any(row.name == "DIN" and row.to != V5 and "5V" in {r.name for r in box.rows}
           for box in boxes for row in box.rows):  # fmt: skip
        yield "WS2812: 1000 uF between 5V and GND; 330 ohms in DIN if its wire is over 1 m long."
    if any(row.name == "CLK" and row.via == GATE for row in rows):
        yield "Data goes into the MAX7219 chain at DIN, the end with the arrow."


def _sides(kind: Kind) -> tuple[tuple[Pad, ...], tuple[Pad, ...]]:
    return kind.chip.left, kind.chip.right


def on_left(kind: Kind, row: Row) -> bool:
    """Tell whether a row's pin is at the module's left side."""
    return any(pad.gpio == row.to for pad in kind.chip.left)


def _split(kind: Kind, boxes: list[Box]) -> Iterable[Box]:
    """Give boxes of keys and lamps in two where their pins are at both sides of the module."""
    for box in boxes:
        pins = [row for row in box.rows if isinstance(row.to, int)]
        rest = [row for row in box.rows if not isinstance(row.to, int)]
        halves = [[r for r in pins if on_left(kind, r)], [r for r in pins if not on_left(kind, r)]]
        if box.label in ("keys", "lamps") and all(halves):
            for half in halves:
                yield replace(box, rows=(*half, *rest))
        else:
            yield box
