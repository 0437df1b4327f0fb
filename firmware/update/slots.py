"""The files of the slots, on the board's flash."""

import os
from binascii import hexlify
from hashlib import sha256

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PIECE_BYTES = const(1_024)
_FOLDER = const(0x4000)


class Slots:
    """What a plan does to the flash below `root` (with a trailing "/"); paths are relative to it.

    What takes long is a generator, which yields None after each piece, so that presses come in
    between. Errors are OSErrors.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def size(self, path: str) -> int:
        """Give the size of a file in bytes, -1 if it is not there."""
        try:
            size: int = os.stat(self._root + path)[6]
        except OSError:
            return -1
        return size

    def is_whole(self, path: str, sha: str, size: int) -> "Iterator[Any]":
        """Tell whether a file has this hash, as it is read from the flash."""
        if self.size(path) != size:
            return False
        digest = sha256()
        piece = bytearray(_PIECE_BYTES)
        with open(self._root + path, "rb") as f:
            while True:
                got = f.readinto(piece)
                if not got:
                    break
                digest.update(memoryview(piece)[:got])
                yield None
        return hexlify(digest.digest()).decode() == sha

    def open(self, path: str, mode: str) -> "Any":
        """Open a file; with a mode "wb" its folders are made."""
        if mode == "wb":
            at = path.find("/")
            while at > 0:
                try:
                    os.mkdir(self._root + path[:at])
                except OSError:
                    pass  # it is there; if not, opening tells
                at = path.find("/", at + 1)
        return open(self._root + path, mode)

    def copy(self, source: str, path: str) -> "Iterator[Any]":
        """Copy a file."""
        with open(self._root + source, "rb") as f, self.open(path, "wb") as copy:
            while True:
                piece = f.read(_PIECE_BYTES)
                if not piece:
                    break
                copy.write(piece)
                yield None

    def rename(self, path: str, to: str) -> None:
        """Put a file in the place of another, whole or not at all."""
        os.rename(self._root + path, self._root + to)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        try:
            os.remove(self._root + path)
        except OSError:
            if self.size(path) >= 0:
                raise

    def paths(self, folder: str) -> "Iterator[str]":
        """Give the path of every file below `folder`; what is empty after that is removed."""
        try:
            names = os.listdir(self._root + folder)
        except OSError:
            return
        for name in names:
            path = folder + "/" + name
            if os.stat(self._root + path)[0] & _FOLDER:
                yield from self.paths(path)
            else:
                yield path
        try:
            os.rmdir(self._root + folder)
        except OSError:
            pass  # not empty, as a rule

    def empty(self, slot: str) -> "Iterator[Any]":
        """Plan to empty a slot."""
        self.remove(slot + "/manifest")
        for path in self.paths(slot):
            self.remove(path)
            yield None

    def free_bytes(self) -> int:
        """Give what the flash still takes."""
        vfs: "Any" = os.statvfs(self._root or "/")
        return int(vfs[1] * vfs[4])


def spare_of(slot: str) -> str:
    """Give the slot that does not run."""
    return "b" if slot == "a" else "a"
