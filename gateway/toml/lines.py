"""On which line of a TOML text each key and list item stands, which `tomllib` does not tell."""

import tomllib
from bisect import bisect_left

Step = str | int
Path = tuple[Step, ...]

_BLANK = " \t\r\n"
_ENDS_SCALAR = ",]}\n#"


def find_lines(text: str) -> dict[Path, int]:
    """Give the line, from 1, of every path in `text`, which `tomllib` must have accepted.

    A path is keys and list places, like `("queues", 2, "prefix")`. A table stands where its
    header or its first key does, an item of a list where it begins.
    """
    return _Finder(text).document()


def dotted(path: Path) -> str:
    """Give a path as people read it: `queues[2].prefix`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class _Finder:
    """Walks once over a valid TOML text; it notes places only and takes values as they come."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [i for i, c in enumerate(text) if c == "\n"]
        self._lines: dict[Path, int] = {}
        self._tables_of: dict[Path, int] = {}  # path of an array of tables -> tables so far

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _skip_blank(self) -> bool:
        """Pass blanks, line ends and comments; tell whether anything follows."""
        while (c := self._peek()) and (c in _BLANK or c == "#"):
            if c == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            else:
                self._at += 1
        return self._at < len(self._text)

    def _note(self, path: Path, at: int) -> None:
        self._lines.setdefault(path, bisect_left(self._breaks, at) + 1)

    def _header(self) -> Path:
        at = self._at
        many = self._peek(2) == "[["
        self._at += 2 if many else 1
        keys = self._keys()
        self._at += 2 if many else 1
        path: Path = ()
        for place, key in enumerate(keys):
            path += (key,)
            self._note(path, at)
            last = place == len(keys) - 1
            if last and many:
                self._tables_of[path] = self._tables_of.get(path, 0) + 1
            if path in self._tables_of:
                path += (self._tables_of[path] - 1,)
                self._note(path, at)
        return path

    def _pair(self, table: Path) -> None:
        at = self._at
        path = table
        for key in self._keys():
            path += (key,)
            self._note(path, at)
        self._at += 1  # the equals sign
        self._value(path)

    def _keys(self) -> list[str]:
        """Take a dotted key, up to what follows it."""
        keys = []
        while True:
            self._skip_blank()
            start = self._at
            if self._peek() in ('"', "'"):
                self._string()
                keys.append(str(tomllib.loads(f"k={self._text[start : self._at]}")["k"]))
            else:
                while (c := self._peek()) and (c.isalnum() or c in "-_"):
                    self._at += 1
                keys.append(self._text[start : self._at])
            self._skip_blank()
            if self._peek() != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip_blank()
        c = self._peek()
        if c == "[":
            self._items(path)
        elif c == "{":
            self._inline_table(path)
        elif c in ('"', "'"):
            self._string()
        else:
            while (c := self._peek()) and c not in _ENDS_SCALAR:
                self._at += 1

    def _items(self, path: Path) -> None:
        self._at += 1
        place = 0
        while self._skip_blank() and self._peek() != "]":
            self._note((*path, place), self._at)
            self._value((*path, place))
            place += 1
            self._skip_blank()
            if self._peek() == ",":
                self._at += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip_blank() and self._peek() != "}":
            self._pair(path)
            self._skip_blank()
            if self._peek() == ",":
                self._at += 1
        self._at += 1

    def _string(self) -> None:
        quote = self._peek()
        closing = quote * 3 if self._peek(3) == quote * 3 else quote
        self._at += len(closing)
        while (c := self._peek()) and self._peek(len(closing)) != closing:
            self._at += 2 if c == "\\" and quote == '"' else 1
        self._at += len(closing)
        # Up to two quotes more may stand before the closing three: they belong to the text.
        while len(closing) == 3 and self._peek() == quote:
            self._at += 1
