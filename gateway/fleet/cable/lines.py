"""What a board prints, cut into lines for people; pure."""

from firmware.wire.frames import FLAG, Cutter

_MOST_CHARS = 400
_STRANGE = "\ufffd"


class Lines:
    """Cuts bytes of a serial line into lines of text; a wired board's frames are left out.

    What moves a cursor, and what is no text, is replaced by a sign. `wired` is set by a frame.
    """

    def __init__(self) -> None:
        self.wired = False
        self._cutter = Cutter()
        self._cutter.text = self._take
        self._frames = False  # whether this line carries frames: text then waits for their flags
        self._text = b""

    def cut(self, data: bytes) -> list[str]:
        """Give the lines that `data` completes."""
        self._frames = self._frames or FLAG in data
        if self._frames:
            self.wired = bool(self._cutter.cut(data)) or self.wired
        else:
            self._take(data)
        *lines, self._text = self._text.split(b"\n")
        while len(self._text) > _MOST_CHARS:  # a line without end
            lines.append(self._text[:_MOST_CHARS])
            self._text = self._text[_MOST_CHARS:]
        return [text for line in lines if (text := _clean(line))]

    def flush(self) -> list[str]:
        """Give what has no end yet: the line has been silent for a while."""
        self._cutter.flush()
        lines, self._text = self._text.split(b"\n"), b""
        return [text for line in lines if (text := _clean(line))]

    def _take(self, data: bytes) -> None:
        self._text += data


def is_text(line: str) -> bool:
    """Tell whether a line can be read: at most a quarter of it is strange."""
    return line.count(_STRANGE) * 4 <= len(line)


def _clean(line: bytes) -> str:
    text = line.decode(errors="replace").replace("\t", "    ").rstrip()
    shown = "".join(c if c.isprintable() else _STRANGE for c in text.replace("\r", ""))
    return shown[:_MOST_CHARS]
