"""What the workbench shows and runs: the kinds of boards, their drawings, the firmware's own files.

The same files that a board gets, from the project's folder, named by what a role needs.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from boards.catalog import BOARDS, kinds, load_kind
from boards.image import PROJECT, modules_of
from firmware.wire.words import ROLES

_BACKEND = "browser"


@dataclass(frozen=True, slots=True)
class BenchKind:
    """A kind of board that the workbench can be."""

    kind: str
    role: str


@cache
def bench_kinds() -> tuple[BenchKind, ...]:
    """Give all kinds that have firmware: not the gateway's own pins."""
    found = [BenchKind(name, load_kind(name).role) for name in kinds()]
    return tuple(kind for kind in found if kind.role in ROLES)


def drawing(kind: str) -> str | None:
    """Give a kind's wiring drawing as SVG, None if there is no such kind."""
    if all(kind != known.kind for known in bench_kinds()):
        return None
    return (BOARDS / kind / "wiring.svg").read_text("utf-8")


def firmware_files(role: str) -> dict[str, str] | None:
    """Give path -> SHA-256 of the files that a role needs in a page; None for an unknown role.

    Read anew each time: at a developer's desk files change.
    """
    if role not in ROLES:
        return None
    return {path: hashlib.sha256(_read(path)).hexdigest() for path in _paths(role)}


def firmware_file(role: str, path: str) -> bytes | None:
    """Give one of those files, None if it is none."""
    return _read(path) if role in ROLES and path in _paths(role) else None


@cache
def _paths(role: str) -> tuple[str, ...]:
    found = []
    for module in modules_of(role, _BACKEND):
        base = module.replace(".", "/")
        package = f"{base}/__init__.py"
        found.append(package if (PROJECT / package).is_file() else f"{base}.py")
    return tuple(found)


def _read(path: str) -> bytes:
    return (PROJECT / path).read_bytes()
