"""What is on an LED matrix: text centred, blinking or scrolling, and the dot.

8 rows show font.py; 16 rows show it twice as large, and a text of two lines (with a line's end
in it) small. Pixels are packed row by row, the most significant bit of a byte being the left
pixel. Pure: `render` is asked for the frame at a time, and `due_ms` says when the next differs.

A text that scrolls is moved where it is, byte by byte, and gets its next column from the font:
that allocates nothing but the shape of each glyph, and costs rows x bytes of a row.
"""

from firmware.core import font
from firmware.core.ticks import NEVER
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = 8
BLINK_HALF_MS = 250  # two blinks a second ...
BLINK_FOR_MS = 10_000  # ... for ten seconds on a call
SCROLL_STEP_MS = 40  # a frame: 25 columns a second can be read at 5 m; 16 rows take two a frame
SCROLL_HOLD_MS = 800  # a long text stands still at its beginning
_MOST_CHARS = const(240)
_PITCH = const(6)  # of font.py: a glyph and its column of air
_DARK = const(-1)
_NOTHING = const(-9)


def codes_of(text: str) -> bytes:
    """Give a code for each character of `text`, one that has no glyph for all beyond ASCII."""
    # By bytes: MicroPython keeps every character that is cut out of a text, for ever.
    codes = text[:_MOST_CHARS].encode()
    if len(codes) == len(text):
        return codes
    return bytes([code for code in codes if not 0x80 <= code < 0xC0])


class Sign:
    """The text on a matrix `width` columns wide (a multiple of eight) and 8 or 16 rows tall."""

    def __init__(self, width: int, height: int = ROWS) -> None:
        self.width = width
        self.text = ""
        self.due_ms = NEVER
        self._stride = width // 8
        # How glyphs of this matrix are made and stand: `_step` columns scroll by in one frame.
        self._glyph: "Callable[[int], Sequence[int]]" = font.glyph
        self._step = 1
        if height > ROWS:
            from firmware.core.big_font import glyph_rows  # memory that few boards need

            self._glyph = glyph_rows
            self._step = 2
        self._pitch = _PITCH * self._step
        self._codes = b""  # of the text; one that scrolls ends with its gap
        self._frames = 0  # scrolling: frames until the text is where it began; 0: it fits
        self._at = 0  # the frame of these that `lit` holds
        self._fed = _NOTHING  # the glyph that comes in at the right, and its rows
        self._shape: "Sequence[int]" = b""
        self._began_ms = 0
        self._blink_until_ms = 0
        self._dot = 0
        # The last row is empty in both, for the dot.
        self.lit = bytearray(height * self._stride)
        self._dark = bytearray(height * self._stride)
        self._shown = _NOTHING  # what was rendered last

    def fits(self, text: str) -> bool:
        """Tell whether `text`, of one line, can stand without scrolling."""
        return len(codes_of(text)) * self._pitch - self._step <= self.width

    def fits_small(self, line: str) -> bool:
        """Tell whether `line` is not cut as one of two."""
        return len(codes_of(line)) * _PITCH - 1 <= self.width

    def reading_ms(self, text: str) -> int:
        """Give how long it takes until the end of `text` can be seen: 0 if it stands."""
        if "\n" in text or self.fits(text):
            return 0
        columns = len(codes_of(text)) * self._pitch - self.width
        return SCROLL_HOLD_MS + columns * SCROLL_STEP_MS // self._step

    def show(self, text: str, now_ms: int, blink_ms: int = 0) -> None:
        """Show `text` from now on, blinking for its first `blink_ms`."""
        self._blink_until_ms = now_ms + blink_ms
        if blink_ms or text != self.text:
            self._began_ms = now_ms
            if self._at or text != self.text:
                self.text = text
                self._lay_out(text)
        self.due_ms = now_ms

    def dot(self, on: bool, now_ms: int) -> None:
        """Light or darken the dot bottom right: the gateway is away."""
        self._dot = 1 if on else 0
        self.due_ms = now_ms

    def render(self, now_ms: int) -> "bytearray | None":
        """Give the frame to show now, or None if it is the one given before."""
        at = self._frame_at(now_ms)
        shown = 2 * at + self._dot
        if shown == self._shown:
            return None
        self._shown = shown
        frame = self.lit
        if at == _DARK:
            frame = self._dark
        elif at != self._at:
            for _ in range((at - self._at) % self._frames):
                self._scroll()
        frame[len(frame) - 1] = self._dot
        return frame

    def _lay_out(self, text: str) -> None:
        frame = self.lit
        for i in range(len(frame)):
            frame[i] = 0
        self._frames = self._at = 0
        self._fed = self._shown = _NOTHING
        if "\n" in text and self._step > 1:
            upper, lower = text.split("\n", 1)
            self._place(codes_of(upper), font.glyph, _PITCH, 0)
            self._place(codes_of(lower), font.glyph, _PITCH, ROWS)
            return
        codes = codes_of(text)
        if not self.fits(text):
            # A gap of about half the matrix, and the text anew.
            codes += b" " * (self.width // (2 * self._pitch) + 1)
            self._frames = len(codes) * self._pitch // self._step
        self._codes = codes
        self._place(codes, self._glyph, self._pitch, self._step - 1)

    def _place(
        self, codes: bytes, glyph: "Callable[[int], Sequence[int]]", pitch: int, top: int
    ) -> None:
        # Puts a line in the middle, or as much as can be seen of one that begins to scroll.
        seen = codes[: self.width // pitch + 1]
        columns = len(seen) * pitch - pitch // _PITCH
        shift = self.width - columns - max(0, self.width - columns) // 2
        rows = [0] * (font.GLYPH_HEIGHT * pitch // _PITCH)
        for code in seen:
            shapes = glyph(code)
            for y in range(len(rows)):
                rows[y] = rows[y] << pitch | shapes[y]
        at = top * self._stride
        for row in rows:
            row = row << shift if shift > 0 else row >> -shift
            self.lit[at : at + self._stride] = row.to_bytes(self._stride, "big")
            at += self._stride

    def _scroll(self) -> None:
        # One frame further, in place. Only local names, and only numbers that need no memory.
        frame = self.lit
        stride = self._stride
        step = self._step
        column = (self._at * step + self.width) % (len(self._codes) * self._pitch)
        fed = column // self._pitch
        if fed != self._fed:
            self._fed = fed
            self._shape = self._glyph(self._codes[fed])
        down = (font.GLYPH_WIDTH - 1) * step - column % self._pitch
        mask = 2 * step - 1
        end = (step - 1) * stride - 1
        for row in self._shape:
            start = end
            end += stride
            carry = row >> down & mask if down >= 0 else 0
            for i in range(end, start, -1):
                carry |= frame[i] << step
                frame[i] = carry & 255
                carry >>= 8
        self._at = (self._at + 1) % self._frames

    def _frame_at(self, now_ms: int) -> int:
        # Sets due_ms to the next change and gives how far the text has scrolled, or _DARK.
        if now_ms < self._blink_until_ms:
            halves = (now_ms - self._began_ms) // BLINK_HALF_MS
            self.due_ms = self._began_ms + (halves + 1) * BLINK_HALF_MS
            if halves % 2:
                return _DARK
        else:
            self.due_ms = NEVER
        if not self._frames:
            return 0
        round_ms = SCROLL_HOLD_MS + self._frames * SCROLL_STEP_MS
        into_ms = (now_ms - self._began_ms) % round_ms - SCROLL_HOLD_MS
        at = max(0, into_ms // SCROLL_STEP_MS)
        self.due_ms = min(self.due_ms, now_ms + (at + 1) * SCROLL_STEP_MS - into_ms)
        return at
