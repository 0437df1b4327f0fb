"""The characters of font.py twice as large, for a panel of 16 rows: 10 wide, 14 tall, strokes of 2.

No table: each pixel becomes four, and of these the corners are cut or filled where two neighbours
meet (the rule known as Scale2x or EPX), so that slopes are smooth and not stairs.
"""

from firmware.core.font import GLYPH_HEIGHT, glyph
from firmware.wire.const import const

BIG_WIDTH = 10
BIG_HEIGHT = 14
_ROW = const(0x1F)


def glyph_rows(code: int) -> "list[int]":
    """Give the 14 rows of a character by its code, from the top; bit 9 is the left pixel."""
    small = b"\0" + glyph(code) + b"\0"
    rows = []
    for y in range(1, GLYPH_HEIGHT + 1):
        above, row, below = small[y - 1], small[y], small[y + 1]
        left, right = row >> 1, row << 1 & _ROW
        rows.append(_corners(row, above, left, right, below))
        rows.append(_corners(row, below, left, right, above))
    return rows


def _corners(row: int, near: int, left: int, right: int, far: int) -> int:
    # One of the two rows that `row` becomes, the one beside `near`; all pixels at once.
    edge = (near ^ far) & (left ^ right)
    to_left = edge & ~(near ^ left)  # where the left half takes after its neighbours
    to_right = edge & ~(near ^ right)
    left_half = row & ~to_left | near & to_left
    right_half = row & ~to_right | near & to_right
    return _spread(left_half) << 1 | _spread(right_half)


def _spread(bits: int) -> int:
    # Five bits with a free place to the left of each.
    return bits & 1 | (bits & 2) << 1 | (bits & 4) << 2 | (bits & 8) << 3 | (bits & 16) << 4
