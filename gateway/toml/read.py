"""Reads a TOML file that people write: every way in which it can be none has its own words."""

import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 10  # of lists and tables in one another; the deepest of ours has 5

_WHERE = re.compile(r" \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)$")
# What tomllib says, in words for people: (its words, what was found, what is allowed).
_TOML_WORDS = (
    ("Cannot overwrite a value", "a key that is there already", "each key once in its table"),
    ("Cannot declare", "a table that is there already", "each [table] once; [[list]] often"),
    ("Cannot mutate immutable", "more keys for what was closed with }", "all keys between { and }"),
    ("Expected '='", "a key without =", 'key = value, like zone = "Asia/Jakarta"'),
    ("Unterminated string", "text that does not end", 'text between two "'),
    ("Illegal character '\\n'", "text that does not end on its line", 'text between two "'),
    ("Unclosed array", "a list that does not end", "a list between [ and ]"),
    ("Unclosed inline table", "a table that does not end", "a table between { and }, on one line"),
    (
        "Invalid value",
        "a value that cannot be read",
        'text in "quotes", a number, true, false or a list',
    ),
    ("Invalid date", "a date that no calendar has", "a date like 2026-12-25"),
    ("Invalid statement", "what is neither key nor table", "key = value, [table] or [[list]]"),
    ("Expected newline", "more after the value", 'one key = value a line, text in "quotes"'),
)


class TomlError(Exception):
    """A file that is no TOML: `found` and `allowed` in words, `line` from 1 or None."""

    def __init__(self, line: int | None, found: str, allowed: str) -> None:
        super().__init__(f"found {found}; allowed: {allowed}")
        self.line = line
        self.found = found
        self.allowed = allowed


def read_text(path: Path) -> str:
    """Give the text of a file; raise TomlError if it is none that can be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "no regular file"
            raise TomlError(None, what, "a TOML text file")
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TomlError(None, f"no readable file ({reason})", "a TOML text file") from error
    if len(data) > MAX_BYTES:
        raise TomlError(None, "a larger file", f"at most {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"a byte that is no UTF-8 (0x{data[error.start]:02x})"
        raise TomlError(line, found, "a file saved with the encoding UTF-8") from error


def parse(text: str) -> Mapping[str, Any]:
    """Give the table that `text`, with ends of lines as LF, holds; raise TomlError if none."""
    try:
        raw = _parse(text)
    except RecursionError:
        raw = None
    if raw is None or _depth(raw) > MAX_DEPTH:
        raise TomlError(
            None, "lists or tables nested too deeply", f"at most {MAX_DEPTH} levels"
        ) from None
    return raw


def _parse(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        where = _WHERE.search(said)
        line = text.count("\n") + 1
        column = ""
        if where and where["line"]:
            line, column = int(where["line"]), f" (column {where['column']})"
        said = _WHERE.sub("", said)
        for words, found, allowed in _TOML_WORDS:
            if said.startswith(words):
                raise TomlError(line, found + column, allowed) from error
        raise TomlError(line, f"{said}{column}", "a text in the form of TOML") from error
    except ValueError as error:  # a number with thousands of digits
        raise TomlError(None, f"a value beyond all use: {error}", "usual numbers") from error


def _depth(raw: Mapping[str, Any]) -> int:
    depth = 0
    level: list[Any] = [raw]
    while level and depth <= MAX_DEPTH:
        depth += 1
        lists = [value.values() if isinstance(value, dict) else value for value in level]
        level = [item for found in lists for item in found if isinstance(item, (dict, list))]
    return depth
