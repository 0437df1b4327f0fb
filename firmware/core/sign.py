"""What is on an LED matrix of eight rows: text centred, blinking or scrolling, and the dot.

Pixels are packed row by row, the most significant bit of a byte being the left pixel. Pure:
`render` is asked for the frame at a time, and `due_ms` says when the next one differs.
"""

from firmware.core import font
from firmware.core.ticks import NEVER
from firmware.wire.const import const

ROWS = 8
BLINK_HALF_MS = 250  # two blinks a second ...
BLINK_FOR_MS = 10_000  # ... for ten seconds on a call
SCROLL_STEP_MS = 50  # a column: 20 a second can be read at 5 m
SCROLL_HOLD_MS = 800  # a long text stands still at its beginning
_MOST_CHARS = const(64)


def text_rows(text: str) -> "tuple[list[int], int]":
    """Give the rows of `text`, each as a number whose lowest bit is the right pixel, and the
    width in columns; one column of air between glyphs."""
    rows = [0] * font.GLYPH_HEIGHT
    width = 0
    # By bytes: MicroPython keeps every character that is cut out of a text, for ever.
    for code in text[:_MOST_CHARS].encode():
        if 0x80 <= code < 0xC0:
            continue  # the rest of a character that is not in the font anyway
        shapes = font.glyph(code)
        width += font.GLYPH_WIDTH + 1
        for y in range(font.GLYPH_HEIGHT):
            rows[y] = rows[y] << 6 | shapes[y]
    return rows, max(0, width - 1)


class Sign:
    """The text on a matrix `width` columns wide (a multiple of eight)."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.text = ""
        self.due_ms = NEVER
        self._rows = [0] * font.GLYPH_HEIGHT
        self._span = 0  # scrolling: columns until the text is where it began; 0: it fits
        self._began_ms = 0
        self._blink_until_ms = 0
        self._dot = False
        self._frame = bytearray(ROWS * width // 8)
        self._shown: "tuple[int | None, bool] | None" = (
            None  # what the frame holds: (row shift or None for dark, dot)
        )

    def show(self, text: str, now_ms: int, blink: bool = False) -> None:
        """Show `text` from now on; with `blink`, blinking for its first ten seconds."""
        self._blink_until_ms = now_ms + BLINK_FOR_MS if blink else 0
        if blink or text != self.text:
            self._began_ms = now_ms
        if text != self.text:
            self.text = text
            self._lay_out(text)
            self._shown = None
        self.due_ms = now_ms

    def dot(self, on: bool, now_ms: int) -> None:
        """Light or darken the dot bottom right: the gateway is away."""
        self._dot = on
        self.due_ms = now_ms

    def render(self, now_ms: int) -> "bytearray | None":
        """Give the frame to show now, or None if it is the one given before."""
        shift = self._shift(now_ms)
        if self._shown == (shift, self._dot):
            return None
        self._shown = (shift, self._dot)
        stride = self.width // 8
        frame = self._frame
        at = 0
        for row in self._rows:
            if shift is None:
                row = 0
            elif shift or self._span:
                row = row >> shift & (1 << self.width) - 1
            frame[at : at + stride] = row.to_bytes(stride, "big")
            at += stride
        frame[at : at + stride] = (1 if self._dot else 0).to_bytes(stride, "big")
        return frame

    def _lay_out(self, text: str) -> None:
        rows, width = text_rows(text)
        self._span = 0
        if width > self.width:
            # The text, a gap, and as much of its beginning as the matrix shows at the end.
            gap = self.width // 2
            self._span = width + gap
            rows = [row << gap + self.width | row >> width - self.width for row in rows]
        else:
            pad = self.width - width - (self.width - width) // 2
            rows = [row << pad for row in rows]
        self._rows = rows

    def _shift(self, now_ms: int) -> "int | None":
        # Sets due_ms to the next change and gives how far the rows go right, None when dark.
        if now_ms < self._blink_until_ms:
            halves = (now_ms - self._began_ms) // BLINK_HALF_MS
            self.due_ms = self._began_ms + (halves + 1) * BLINK_HALF_MS
            if halves % 2:
                return None
        else:
            self.due_ms = NEVER
        if not self._span:
            return 0
        round_ms = SCROLL_HOLD_MS + self._span * SCROLL_STEP_MS
        into_ms = (now_ms - self._began_ms) % round_ms - SCROLL_HOLD_MS
        column = max(0, into_ms // SCROLL_STEP_MS)
        self.due_ms = min(self.due_ms, now_ms + (column + 1) * SCROLL_STEP_MS - into_ms)
        return self._span - column
