"""Reading a site file: the one way in. Light to import; what checks a file is loaded with it."""

import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.domain.site import Site
from gateway.site.problems import Problem, SiteError

if TYPE_CHECKING:
    from gateway.site.findings import Finding
    from gateway.site.lines import Path as KeyPath

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A site and the doubts about its file; a file with errors gives a SiteError instead."""

    site: Site
    warnings: tuple[Problem, ...]


def load_site(path: Path) -> Site:
    """Give the site of a TOML file; raise SiteError with every fault of it."""
    return check_site(path).site


def check_site(path: Path) -> Checked:
    """Give the site of a TOML file and the doubts about it; raise SiteError with every fault."""
    return check_text(_read(path), str(path))


def check_text(text: str, file: str) -> Checked:
    """Give the site and the doubts of a TOML text; `file` is its name in the messages."""
    text = text.replace("\r\n", "\n")
    try:
        raw = _parse(text, file)
    except RecursionError:
        raw = None
    if raw is None or _depth(raw) > MAX_DEPTH:
        found = "lists or tables nested too deeply"
        raise _error(file, None, found, f"at most {MAX_DEPTH} levels")
    return _check(raw, text, file)


def _check(raw: Mapping[str, Any], text: str, file: str) -> Checked:
    # Loaded here: pydantic costs more time and memory than all else that imports this module.
    from gateway.site import build, cross, doubts, structure
    from gateway.site.lines import dotted, find_lines

    lines = find_lines(text)

    def line_of(path: "KeyPath") -> int:
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)

    def written(path: "KeyPath") -> str:
        # A single text that stands for a list has no places in the file.
        while path and isinstance(path[-1], int) and path not in lines:
            path = path[:-1]
        return dotted(path)

    def problems(findings: "Iterable[Finding]") -> tuple[Problem, ...]:
        once = dict.fromkeys(
            Problem(file, line_of(f.path), written(f.path), f.found, f.allowed) for f in findings
        )
        return tuple(sorted(once, key=lambda problem: problem.line or 0))

    checked, found = structure.check(raw, lines)
    errors = problems([*found, *cross.errors(raw, line_of)])
    if errors or checked is None:
        raise SiteError(file, errors)
    return Checked(build.build_site(checked), problems(doubts.warnings(raw)))


def _parse(text: str, file: str) -> Mapping[str, Any]:
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
                raise _error(file, line, found + column, allowed) from error
        raise _error(file, line, f"{said}{column}", "a text in the form of TOML") from error
    except ValueError as error:  # a number with thousands of digits
        raise _error(file, None, f"a value beyond all use: {error}", "usual numbers") from error


def _depth(raw: Mapping[str, Any]) -> int:
    depth = 0
    level: list[Any] = [raw]
    while level and depth <= MAX_DEPTH:
        depth += 1
        lists = [value.values() if isinstance(value, dict) else value for value in level]
        level = [item for found in lists for item in found if isinstance(item, (dict, list))]
    return depth


def _read(path: Path) -> str:
    file = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "no regular file"
            raise _error(file, None, what, "a TOML text file")
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _error(file, None, f"no readable file ({reason})", "a TOML text file") from error
    if len(data) > MAX_BYTES:
        raise _error(file, None, "a larger file", f"at most {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"a byte that is no UTF-8 (0x{data[error.start]:02x})"
        raise _error(file, line, found, "a file saved with the encoding UTF-8") from error


def _error(file: str, line: int | None, found: str, allowed: str) -> SiteError:
    return SiteError(file, (Problem(file, line, "", found, allowed),))
