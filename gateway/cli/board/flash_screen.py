"""What is seen while boards are flashed: a bar for each on a terminal, else plain lines."""

import shutil
import sys
import textwrap
import threading
import time
from typing import TextIO

from gateway.fleet.flash.texts import PLEASE, STEPS

EN = "en"
_BAR_CHARS, _BAR_LEAST = 24, 4
_REDRAW_S = 0.1


class Screen:
    """Lines for `names`, in one language; may be told by several threads."""

    def __init__(self, names: list[str], lang: str, out: TextIO | None = None) -> None:
        self._lang = lang
        self._out = out or sys.stderr
        self._bars = self._out.isatty()
        self._lines = dict.fromkeys(names, ("", 0, 0))  # words, and how much is done of how much
        self._steps: dict[str, str] = {}
        self._drawn = 0  # lines that stand on the terminal
        self._drawn_s = 0.0
        self._left = False  # nobody reads any more
        self._lock = threading.Lock()

    def report(self, name: str, step: str, done: int, of: int) -> None:
        """Show how far a board is."""
        with self._lock:
            is_new = self._steps.get(name) != step
            self._steps[name] = step
            words = self.said(*(STEPS.get(step) or PLEASE[step]))
            self._lines[name] = (f"{name}: {words}", done, of)
            if not self._bars:
                if is_new:
                    self._write(f"{name}: {words}\n")
            elif is_new or done >= of or time.monotonic() - self._drawn_s > _REDRAW_S:
                self._draw()

    def end(self, name: str, text: str) -> None:
        """Show how it ended for a board."""
        with self._lock:
            self._lines[name] = ("", 0, 0)
            if self._bars:
                self._draw(text)
            else:
                self._write(text + "\n")

    def said(self, text_id: str, text_en: str) -> str:
        """Give the one of two texts that is in the language."""
        return text_en if self._lang == EN else text_id

    def _draw(self, for_good: str = "") -> None:
        # A line that wraps would be two on the way up: what moves is cut, and what stays for good
        # stands above it, however long.
        most = shutil.get_terminal_size().columns - 1
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        lines = [_line(*line, most) for line in self._lines.values() if line[0]]
        wrapped = textwrap.fill(for_good, most, break_on_hyphens=False, subsequent_indent="    ")
        stays = f"\r\x1b[J{wrapped}\n" if for_good else ""
        self._write(up + stays + "".join(f"\r\x1b[2K{line}\n" for line in lines))
        self._drawn, self._drawn_s = len(lines), time.monotonic()

    def _write(self, text: str) -> None:
        if self._left:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except OSError:
            # Who reads has seen enough, as `head` does. That is no reason to leave half a board.
            self._left = True


def _line(words: str, done: int, of: int, most: int) -> str:
    """Give words, bar and per cent in at most so many columns: the bar gives way first."""
    if not of:
        return words[:most]
    pct = f" {100 * done // of:3} %"
    room = min(_BAR_CHARS, most - len(words) - len(pct) - len("  []"))
    if room < _BAR_LEAST:
        return words[: most - len(pct)] + pct
    full = room * done // of
    return f"{words}  [{'#' * full}{'.' * (room - full)}]{pct}"
