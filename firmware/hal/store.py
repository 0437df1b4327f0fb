"""A board's flash as the Store port: named pieces of bytes, each replaced whole."""

import os
import sys


class FileStore:
    """Keeps each piece in a file of its own below `root` (with a trailing "/").

    `failures` counts writes that did not reach the flash.
    """

    def __init__(self, root: str) -> None:
        self.failures = 0
        self.root = root

    def read(self, name: str, at: int = 0, size: int = -1) -> "bytes | None":
        """Give what is under `name`, or `size` bytes of it from offset `at`; None if there is
        nothing."""
        try:
            with open(self.root + name, "rb") as f:
                f.seek(at)
                return f.read(size)
        except OSError:
            return None

    def put(self, name: str, at: int, data: bytes) -> bool:
        """Write `data` into what is under `name`, from offset `at`, not beyond its end; 0 begins
        it anew. Gives False if not all of it is there; a power cut may leave a part."""
        try:
            with open(self.root + name, "r+b" if at else "wb") as f:
                f.seek(at)
                f.write(data)
        except OSError as why:
            self._failed(name, why)
            return False
        return True

    def write(self, name: str, data: "bytes | memoryview") -> bool:
        """Keep `data` under `name`, in place of what was there; a power cut leaves one of both.

        Gives False, and leaves the old piece, when the flash is full or broken: a board that
        cannot remember still serves.
        """
        fresh = self.root + name + ".new"
        try:
            with open(fresh, "wb") as f:
                f.write(data)
            # Atomic on LittleFS and POSIX: never delete first.
            os.rename(fresh, self.root + name)
        except OSError as why:
            self._failed(name, why)
            return False
        return True

    def _failed(self, name: str, why: OSError) -> None:
        self.failures += 1
        print("flash: cannot write", name, repr(why), file=sys.stderr)
