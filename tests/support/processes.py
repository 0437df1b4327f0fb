"""Looking at processes from outside: which are there, and which belong to a hall."""

import os
from pathlib import Path


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def with_environment(entry: str) -> list[int]:
    """Give the running processes, other than this one, whose environment has `NAME=value`."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            entries = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it ended meanwhile, or is not ours to look at
        if entry.encode() in entries and alive(int(folder.name)):
            found.append(int(folder.name))
    return sorted(found)
