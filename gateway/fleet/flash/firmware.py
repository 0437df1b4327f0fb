"""The files that a board gets: the firmware of its role and kind for its chip, out of a release."""

import threading
from dataclasses import dataclass

from gateway.config import Paths
from gateway.fleet.flash.texts import FlashError, flash_error
from gateway.fleet.release import Release, ReleaseError, Releases

MAIN = "main.py"
MANIFEST = "manifest"
_NO_COMPILER = "no_compiler"
# A tray of boards is flashed side by side, and needs one release.
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Firmware:
    """`files` are relative to the slot, with its `manifest`; `main` is the board's /main.py.

    `least` is the oldest MicroPython it runs on, `mpy` the version of its compiled files.
    """

    version: str
    number: int
    mpy: int
    least: tuple[int, ...]
    files: dict[str, bytes]
    main: bytes


def firmware_files(paths: Paths, role: str, kind: str, chip: str, version: str = "") -> Firmware:
    """Give what a board gets of a release, the one of this version or the newest. FlashError."""
    try:
        with _lock:
            release = _release(paths, version)
        entries = release.files_for(role, kind, chip)
        files = {path: release.blob(entry.sha) for path, entry in entries.items()}
        files[MANIFEST] = release.manifest_for(role, kind, chip)
        loader = release.files.get(MAIN)
    except ReleaseError as error:
        raise FlashError(error.code, error.text_id, error.text_en) from error
    if loader is None:
        raise flash_error("no_build", why=f"{release.version}: {MAIN}")
    return Firmware(
        release.version,
        release.number,
        release.mpy,
        tuple(int(part) for part in release.min_micropython.split(".")),
        files,
        release.blob(loader.sha),
    )


def _release(paths: Paths, version: str) -> Release:
    releases = Releases(paths)
    if version:
        return releases.get(version)
    try:
        own = releases.build_own()
    except ReleaseError as error:
        if error.code != _NO_COMPILER:
            raise
        own = None
    # A release that somebody brought may be newer than what is installed here.
    for known in releases.all():
        if known.ok and (own is None or known.number > own.number):
            return releases.get(known.version)
    if own is None:
        raise flash_error("no_build", why="mpy-cross")
    return own
