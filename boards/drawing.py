"""The wiring of a board as a drawing: SVG, A4 landscape, readable in black and white as well."""

from dataclasses import dataclass

from boards.catalog import Kind
from boards.chip import GND, V3, V5, Pad
from boards.netlist import Box, Netlist, Row, netlist, on_left
from boards.paper import Paper
from boards.routing import Run, lanes

# All lengths in px of 1/96 inch: 1123 x 794 is A4.
_WIDTH, _HEIGHT = 1_123, 794
_LOWEST = 554  # that a row may stand; the fullest boards have a higher sheet, printed smaller
_MIDDLE = _WIDTH / 2
_MODULE = 166  # its width
_PADS_TOP = 118  # height of the first pad
_PAD_STEP = 21
_ROW_STEP = 14
_ROWS_TOP = 93.5  # rows stand 3.5 off from every pad, so that no two wires ever share a line
_GAP = 7
_BOX = (20, 178)  # its two edges in the left column
_VIA = 44  # what stands between a box and the channel is that wide
_BUS = {V5: 262, GND: 270, V3: 278}  # a rail's line down the left column
_LANES = (288, 392)
_BAR = {V5: 66, V3: 76, GND: 566}
_BRIDGE = 538  # wires that cross to the other side, below the module
_TABLE = 592
_TABLE_STEP = 10.5  # of the fullest boards less
_MARGIN = 6
_TABLE_COLUMN = 366
_CELLS = (16, 52, 88, 206, 290)  # where the cells of a line begin

_RAIL_COLOURS = {V5: ("#d01c1c", "red"), V3: ("#f08c00", "orange"), GND: ("#111111", "black")}
_COLOURS = (
    ("#1560bd", "blue"), ("#12823b", "green"), ("#7a3fa5", "violet"), ("#8a5a2b", "brown"),
    ("#008a92", "turquoise"), ("#c8207e", "pink"), ("#8a8a00", "yellow"), ("#6c757d", "grey"),
)  # fmt: skip


@dataclass(slots=True)
class _Wire:
    """One wire from a row (or a bar) to a pad; x are given for the left side and mirrored."""

    row_left: bool
    pad_left: bool
    row_y: float
    pad_y: float
    colour: str
    colour_name: str
    pad: Pad
    box: Box | None = None
    row: Row | None = None
    rail: str = ""
    via: str = ""
    lane: float = 0  # at the row's side
    pad_lane: float = 0  # at the pad's side, if that is the other
    bridge_y: float = 0  # and its height below the module on the way there


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How far the sheet is higher than A4: by so much all below the module stands lower."""

    more: float

    @property
    def bars(self) -> dict[str, float]:
        """Give the height of each rail's bar."""
        return {**_BAR, GND: _BAR[GND] + self.more}


_BOLD = ' font-weight="bold"'
_HALO = ' stroke="#fff" stroke-width="2.5" stroke-linejoin="round" paint-order="stroke"'


def draw(kind: Kind) -> str:
    """Give the SVG of a kind's wiring; the same for the same board.toml."""
    nets = netlist(kind)
    paper = Paper()
    paper.text(20, 28, f"{kind.title} ({kind.kind})", size=15, more=_BOLD)
    above = f"Role {kind.role}. {kind.chip.title}, seen from above."
    paper.text(20, 44, f"{above} {nets.notes[0]}", size=9)
    left, right = _columns(kind, nets)
    sheet = _Sheet(_more(left, right))
    wires = _wires(kind, nets, left, right, sheet)
    _route(wires, _BRIDGE + sheet.more)
    _rails(paper, wires, left, right, sheet)
    for wire in wires:
        _draw_wire(paper, wire)
    _module(paper, kind, wires)
    for column, on_the_left in ((left, True), (right, False)):
        for box, y in column:
            _draw_box(paper, box, y, on_the_left)
    for wire in wires:
        _labels(paper, wire)
    _table(paper, nets, wires, sheet)
    height = f"{_HEIGHT + sheet.more:g}"
    inside = "\n".join(paper.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm"'
        f' viewBox="0 0 {_WIDTH} {height}" font-family="Arial, Helvetica, sans-serif">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>\n{inside}\n</svg>\n'
    )


# -- where things stand -------------------------------------------------------------------------

Column = list[tuple[Box, float]]  # boxes with the height of their first row


def _pad_y(pads: tuple[Pad, ...], wanted: Pad) -> float:
    return _PADS_TOP + _PAD_STEP * pads.index(wanted)


def _columns(kind: Kind, nets: Netlist) -> tuple[Column, Column]:
    """Give each box its side, where most of its pins are, and its height, as its pins stand."""
    chip = kind.chip
    sides: tuple[list[tuple[float, Box]], list[tuple[float, Box]]] = ([], [])
    rows_on = [0, 0]
    powered = []
    for box in nets.boxes:
        pins = [row for row in box.rows if isinstance(row.to, int)]
        if not pins:
            powered.append(box)
            continue
        side = 0 if sum(on_left(kind, row) for row in pins) * 2 >= len(pins) else 1
        pads = (chip.left, chip.right)[side]
        heights = [_pad_y(pads, pad) for row in pins for pad in pads if pad.gpio == row.to]
        sides[side].append((sum(heights) / len(heights), box))
        rows_on[side] += len(box.rows) + 1
    columns: list[list[Box]] = [[box for _, box in sorted(s, key=lambda b: b[0])] for s in sides]
    for box in powered:
        side = 0 if rows_on[0] < rows_on[1] else 1
        columns[side].append(box)
        rows_on[side] += len(box.rows) + 1
    return _stack(columns[0]), _stack(columns[1])


def _stack(boxes: list[Box]) -> Column:
    high = sum((len(box.rows) + 1) * _ROW_STEP for box in boxes)
    room = _BAR[GND] - 20 - _ROWS_TOP - high
    gap = _GAP * max(1, min(5, int(room / max(1, len(boxes)) / _GAP)))
    column, y = [], _ROWS_TOP
    for box in boxes:
        y += _ROW_STEP
        column.append((box, y))
        y += len(box.rows) * _ROW_STEP + gap
    return column


def _more(left: Column, right: Column) -> float:
    ends = [top + len(box.rows) * _ROW_STEP for column in (left, right) for box, top in column]
    return max(0, max(ends, default=0) - _ROW_STEP - _LOWEST)


def _wires(kind: Kind, nets: Netlist, left: Column, right: Column, sheet: _Sheet) -> list[_Wire]:
    chip = kind.chip
    wires = []
    for on_the_left, column in ((True, left), (False, right)):
        for box, top in column:
            for place, row in enumerate(box.rows):
                if not isinstance(row.to, int):
                    continue
                pad = chip.pad_of(row.to)
                pad_left = pad in chip.left
                pad_y = _pad_y(chip.left if pad_left else chip.right, pad)
                row_y = top + place * _ROW_STEP
                wires.append(
                    _Wire(on_the_left, pad_left, row_y, pad_y, "", "", pad, box, row, via=row.told)
                )
    wires.sort(key=lambda wire: (not wire.pad_left, wire.pad_y, wire.row_y))
    for place, wire in enumerate(wires):
        wire.colour, wire.colour_name = _COLOURS[place % len(_COLOURS)]
    for pad, rail, via in nets.pads:
        pad_left = any(pad is one for one in chip.left)
        pad_y = _pad_y(chip.left if pad_left else chip.right, pad)
        colour, name = _RAIL_COLOURS[rail]
        side, bar = pad_left, sheet.bars[rail]
        wires.append(_Wire(side, side, bar, pad_y, colour, name, pad, rail=rail, via=via))
    return wires


def _route(wires: list[_Wire], bridge: float) -> None:
    """Give every wire its lanes; a wire to the other side has one in each channel, and crosses
    below the module at `bridge` or below."""
    runs: dict[bool, list[tuple[_Wire, Run, bool]]] = {True: [], False: []}
    for wire in wires:
        if wire.row_left == wire.pad_left:
            run = Run(wire.row_y, wire.pad_y, bar=bool(wire.rail))
            runs[wire.row_left].append((wire, run, False))
        else:
            # At its own side it goes on below the module as if a pad were there.
            runs[wire.row_left].append((wire, Run(wire.row_y, bridge), False))
            runs[wire.pad_left].append((wire, Run(bridge, wire.pad_y, bar=True), True))
            bridge += 6
    for side in (True, False):
        placed = lanes([run for _, run, _ in runs[side]])
        step = (_LANES[1] - _LANES[0]) / max(8, len(placed))
        for (wire, run, far), lane in zip(runs[side], placed, strict=True):
            x = round(_LANES[1] - (len(placed) - 1 - lane) * step, 1)
            if far:
                wire.pad_lane = x
            else:
                wire.lane = x
                wire.bridge_y = run.end


# -- drawing ------------------------------------------------------------------------------------


def _mirror(x: float, left: bool) -> float:
    return x if left else _WIDTH - x


def _rails(paper: Paper, wires: list[_Wire], left: Column, right: Column, sheet: _Sheet) -> None:
    """Draw the bars above and below, and each column's line of every rail that it needs."""
    for rail, bar in sheet.bars.items():
        colour, _ = _RAIL_COLOURS[rail]
        ends = [_mirror(w.lane, w.row_left) for w in wires if w.box is None and w.rail == rail]
        for on_the_left, column in ((True, left), (False, right)):
            ys = [
                top + place * _ROW_STEP
                for box, top in column
                for place, row in enumerate(box.rows)
                if row.to == rail
            ]
            if not ys:
                continue
            x = _mirror(_BUS[rail], on_the_left)
            far = min(ys) if bar > max(ys) else max(ys)
            paper.line([(x, bar), (x, far)], colour, 2.4)
            ends.append(x)
            for y in ys:
                paper.line([(_mirror(_BOX[1], on_the_left), y), (x, y)], colour)
                paper.dot(x, y, colour)
        if ends:
            paper.line([(min(ends), bar), (max(ends), bar)], colour, 2.4)
            name = {V5: "5 V", V3: "3.3 V"}.get(rail, rail)
            middle = min(max(_MIDDLE, min(ends) + 20), max(ends) - 20)
            paper.text(middle, bar - 2.5, name, "middle", more=_BOLD + _HALO)


def _draw_wire(paper: Paper, wire: _Wire) -> None:
    module_x = _mirror(_MIDDLE - _MODULE / 2, wire.pad_left)
    lane = _mirror(wire.lane, wire.row_left)
    if wire.box is None:
        paper.line([(lane, wire.row_y), (lane, wire.pad_y), (module_x, wire.pad_y)], wire.colour)
        paper.dot(lane, wire.row_y, wire.colour)
        if wire.via:
            _inline(paper, module_x + (-8 - _VIA if wire.pad_left else 8), wire.pad_y, wire.via)
        return
    start = _mirror(_BOX[1], wire.row_left)
    points = [(start, wire.row_y), (lane, wire.row_y)]
    if wire.row_left != wire.pad_left:
        far = _mirror(wire.pad_lane, wire.pad_left)
        points += [(lane, wire.bridge_y), (far, wire.bridge_y), (far, wire.pad_y)]
    else:
        points.append((lane, wire.pad_y))
    paper.line([*points, (module_x, wire.pad_y)], "#fff", 3.2)  # a gap where wires cross
    paper.line([*points, (module_x, wire.pad_y)], wire.colour)


def _inline(paper: Paper, x: float, y: float, words: str) -> None:
    paper.box(x, y - 5.5, _VIA, 11, "#fff")
    paper.text(x + _VIA / 2, y + 2.6, words, "middle", 7.5)


def _module(paper: Paper, kind: Kind, wires: list[_Wire]) -> None:
    chip = kind.chip
    x = _MIDDLE - _MODULE / 2
    tall = _PAD_STEP * (max(len(chip.left), len(chip.right)) - 1)
    paper.box(x, _PADS_TOP - 14, _MODULE, tall + 28, "#eef3ee", 8)
    paper.box(_MIDDLE - 45, _PADS_TOP - 21, 90, 14, "#ccc")
    paper.text(_MIDDLE, _PADS_TOP - 11, _socket(kind), "middle", 7)
    middle = f"translate({_MIDDLE} {_PADS_TOP + tall / 2}) rotate(-90)"
    more = f' transform="{middle}"{_BOLD} fill="#567"'
    paper.text(0, 4, chip.title, "middle", 11, more)
    used = {(wire.pad.number) for wire in wires}
    for pads, on_the_left in ((chip.left, True), (chip.right, False)):
        for pad in pads:
            y = _pad_y(pads, pad)
            edge = _mirror(x, on_the_left)
            fill = "#fff" if pad.number in used else "#bbb"
            paper.box(edge - 5, y - 4, 10, 8, fill, 0)
            away = 1 if on_the_left else -1
            anchor = "start" if on_the_left else "end"
            bold = _BOLD if pad.number in used else ' fill="#777"'
            words = f"{pad.number}  {pad.name}" if on_the_left else f"{pad.name}  {pad.number}"
            paper.text(edge + 8 * away, y + 3, words, anchor, 8, bold)


def _socket(kind: Kind) -> str:
    """Give what is written where the module's USB socket is, the top of the drawing."""
    if kind.role == "gateway":
        return "header, pin 1 here"
    if kind.supply.kind == "usb":
        return f"USB: 5 V, {kind.supply.ma / 1_000:g} A"
    return "USB: programming only"


def _draw_box(paper: Paper, box: Box, top: float, left: bool) -> None:
    near, far = _mirror(_BOX[0], left), _mirror(_BOX[1], left)
    x, width = min(near, far), _BOX[1] - _BOX[0]
    high = len(box.rows) * _ROW_STEP
    paper.box(x, top - 21, width, high + 18, "#fbf7ec", 3)
    paper.text(x + 5, top - 10.5, box.title, size=8.5, more=_BOLD)
    for place, row in enumerate(box.rows):
        y = top + place * _ROW_STEP
        away = -1 if left else 1
        anchor = "end" if left else "start"
        paper.text(far + 5 * away, y + 3, row.name, anchor)
        paper.parts.append(f'<circle cx="{far:g}" cy="{y:g}" r="2" fill="#fff" stroke="#222"/>')
        via_x = far + 6 if left else far - 6 - _VIA
        anchor_out = "start" if left else "end"
        if row.told:
            _inline(paper, via_x, y, _turned(row.told, left))
        if row.shunt:
            shunt_x = via_x + _VIA + 6 if left else via_x - 6
            paper.line([(shunt_x, y), (shunt_x, y + _ROW_STEP)], "#222", 1)
            paper.box(shunt_x - 2.5, y + 3, 5, 8, "#fff", 0)
            paper.dot(shunt_x, y, "#222")
            paper.dot(shunt_x, y + _ROW_STEP, "#222")
            paper.text(shunt_x + (5 if left else -5), y + 10, row.shunt, anchor_out, 7)
        if isinstance(row.to, str) and row.to not in _BAR:
            start = far + 4 if left else far - 4
            paper.text(start, y + 3, row.to, anchor_out, 8, _HALO)


def _turned(told: str, left: bool) -> str:
    """Give a gate's pins in the order in which the signal runs on the paper."""
    name, _, pins = told.partition(" ")
    if ">" not in pins:
        return told
    into, out = pins.split(">")
    return f"{name} {out} < {into}" if left else f"{name} {into} > {out}"


def _labels(paper: Paper, wire: _Wire) -> None:
    """Name at each end of a wire what is at its other end."""
    if wire.box is None or wire.row is None:
        return
    colour = f' fill="{wire.colour}"{_BOLD}{_HALO}'
    anchor = "start" if wire.row_left else "end"
    if not wire.via:
        x = _mirror(_BOX[1] + 8, wire.row_left)
    else:
        x = _mirror(_BOX[1] + _VIA + (16 if wire.row.shunt else 10), wire.row_left)
    paper.text(x, wire.row_y - 2, wire.pad.name, anchor, 7.5, colour)
    away = -8 if wire.pad_left else 8
    edge = _mirror(_MIDDLE - _MODULE / 2, wire.pad_left) + away
    words = _at(wire.box, wire.row)
    paper.text(edge, wire.pad_y - 2, words, "end" if wire.pad_left else "start", 7.5, colour)


def _at(box: Box, row: Row) -> str:
    return row.name if box.label in ("keys", "lamps") else f"{box.label} {row.name}"


def _table(paper: Paper, nets: Netlist, wires: list[_Wire], sheet: _Sheet) -> None:
    """List every wire, and what hangs on each rail, so that the drawing is not needed to check."""
    lines: list[tuple[str, ...]] = []  # (colour, cells of a wire) or (colour, words)
    for wire in wires:
        if wire.box is not None and wire.row is not None:
            lines.append(
                (
                    wire.colour,
                    wire.pad.name,
                    wire.pad.number,
                    _at(wire.box, wire.row),
                    wire.via.replace(">", " > "),
                    wire.colour_name,
                )
            )
    for rail, (colour, name) in _RAIL_COLOURS.items():
        ends = [f"pin {pad.number} {pad.name}" for pad, its, _ in nets.pads if its == rail]
        ends += [
            _at(box, row) if box.label not in ("keys", "lamps") else f"{box.label} {row.name}"
            for box in nets.boxes
            for row in box.rows
            if row.to == rail
        ]
        if ends:
            words = _wrapped(f"{rail} ({name}): {', '.join(dict.fromkeys(ends))}")
            lines += [("" if place else colour, one) for place, one in enumerate(words)]
    lines += [("", one) for note in nets.notes[1:] for one in _wrapped(note)]
    high = max(-(-len(lines) // 3), 12)
    step = min(_TABLE_STEP, (_HEIGHT - _MARGIN - _TABLE) / high)
    for place, (colour, *cells) in enumerate(lines):
        column, row = divmod(place, high)
        x, y = 20 + column * _TABLE_COLUMN, _TABLE + sheet.more + (row + 1) * step
        if row == 0 and len(cells) > 1:
            for head, at in zip(
                ("name", "pin", "goes to", "through", "colour"), _CELLS, strict=True
            ):
                paper.text(x + at, y - step, head, size=7.5, more=_BOLD)
        if colour:
            paper.line([(x, y - 2.5), (x + 12, y - 2.5)], colour, 2.4)
        for cell, at in zip(cells, _CELLS, strict=False):
            paper.text(x + at, y, cell, size=7.5)


def _wrapped(words: str, most: int = 86) -> list[str]:
    lines = [""]
    for word in words.split(" "):
        if len(lines[-1]) + len(word) > most:
            lines.append("  ")
        lines[-1] += f"{word} "
    return [line.rstrip() for line in lines]
