"""Reading a site file: the one way in. Light to import; what checks a file is loaded with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.domain.site import Site
from gateway.site.problems import Problem, SiteError
from gateway.toml.read import TomlError, parse, read_text

if TYPE_CHECKING:
    from gateway.site.findings import Finding
    from gateway.toml.lines import Path as KeyPath


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
    try:
        text = read_text(path)
    except TomlError as error:
        raise _error(str(path), error) from error
    return check_text(text, str(path))


def check_text(text: str, file: str) -> Checked:
    """Give the site and the doubts of a TOML text; `file` is its name in the messages."""
    text = text.replace("\r\n", "\n")
    try:
        raw = parse(text)
    except TomlError as error:
        raise _error(file, error) from error
    return _check(raw, text, file)


def _check(raw: Mapping[str, Any], text: str, file: str) -> Checked:
    # Loaded here: pydantic costs more time and memory than all else that imports this module.
    from gateway.site import build, cross, doubts, structure
    from gateway.toml.lines import dotted, find_lines

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


def _error(file: str, error: TomlError) -> SiteError:
    return SiteError(file, (Problem(file, error.line, "", error.found, error.allowed),))
