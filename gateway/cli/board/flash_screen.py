"""What is seen while boards are flashed: a bar for each on a terminal, else plain lines."""

import sys
import threading
import time
from typing import TextIO

from gateway.fleet.flash.texts import PLEASE, STEPS

EN = "en"
_BAR_CHARS = 24
_REDRAW_S = 0.1


class Screen:
    """Lines for `names`, in one language; may be told by several threads."""

    def __init__(self, names: list[str], lang: str, out: TextIO | None = None) -> None:
        self._names = names
        self._lang = lang
        self._out = out or sys.stderr
        self._bars = self._out.isatty()
        self._lines = dict.fromkeys(names, "")
        self._steps: dict[str, str] = {}
        self._drawn = 0  # lines that stand on the terminal
        self._drawn_s = 0.0
        self._lock = threading.Lock()

    def report(self, name: str, step: str, done: int, of: int) -> None:
        """Show how far a board is."""
        with self._lock:
            is_new = self._steps.get(name) != step
            self._steps[name] = step
            words = self.said(*(STEPS.get(step) or PLEASE[step]))
            self._lines[name] = f"{name}: {words}{_bar(done, of) if self._bars else ''}"
            if not self._bars:
                if is_new:
                    print(self._lines[name], file=self._out, flush=True)
            elif is_new or done >= of or time.monotonic() - self._drawn_s > _REDRAW_S:
                self._draw()

    def end(self, name: str, text: str) -> None:
        """Show how it ended for a board."""
        with self._lock:
            self._lines[name] = text
            if self._bars:
                self._draw()
            else:
                print(text, file=self._out, flush=True)

    def said(self, text_id: str, text_en: str) -> str:
        """Give the one of two texts that is in the language."""
        return text_en if self._lang == EN else text_id

    def _draw(self) -> None:
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        lines = [self._lines[name] for name in self._names if self._lines[name]]
        self._out.write(up + "".join(f"\r\x1b[2K{line}\n" for line in lines))
        self._out.flush()
        self._drawn, self._drawn_s = len(lines), time.monotonic()


def _bar(done: int, of: int) -> str:
    if not of:
        return ""
    full = _BAR_CHARS * done // of
    return f"  [{'#' * full}{'.' * (_BAR_CHARS - full)}] {100 * done // of:3} %"
