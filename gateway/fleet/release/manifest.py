"""A manifest: the lines that tell one board which files its firmware has (docs/updates.md)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: the SHA-256 of what is in it, as 64 hex digits, and how long that is."""

    sha: str
    size: int


def manifest(
    version: str,
    number: int,
    role: str,
    chip: str,
    mpy: int,
    kind: str,
    files: Mapping[str, FileEntry],
) -> bytes:
    """Give the manifest of `files` (path in the slot -> entry); `kind` "" is any kind of board.

    The other end is firmware/update/manifest.py.
    """
    lines = [
        "loket-firmware 1",
        f"version {version}",
        f"number {number}",
        f"role {role}",
        f"chip {chip}",
        f"mpy {mpy}",
        f"kind {kind or '-'}",
    ]
    lines += [f"{files[path].sha} {files[path].size} {path}" for path in sorted(files)]
    lines.append(f"end {len(files)}")
    return ("\n".join(lines) + "\n").encode()
