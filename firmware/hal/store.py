"""A board's flash as the Store port: named pieces of bytes, each replaced whole."""

import os
import sys


class FileStore:
    """Keeps each piece in a file of its own below `root` (with a trailing "/").

    `failures` counts writes that did not reach the flash.
    """

    def __init__(self, root: str) -> None:
        self.failures = 0
        self._root = root

    def read(self, name: str) -> "bytes | None":
        """Give what was last written under `name`, or None if nothing ever was."""
        try:
            with open(self._root + name, "rb") as f:
                return f.read()
        except OSError:
            return None

    def write(self, name: str, data: "bytes | memoryview") -> bool:
        """Keep `data` under `name`, in place of what was there; a power cut leaves one of both.

        Gives False, and leaves the old piece, when the flash is full or broken: a board that
        cannot remember still serves.
        """
        fresh = self._root + name + ".new"
        try:
            with open(fresh, "wb") as f:
                f.write(data)
            # Atomic on LittleFS and POSIX: never delete first.
            os.rename(fresh, self._root + name)
        except OSError as why:
            self.failures += 1
            print("flash: cannot write", name, repr(why), file=sys.stderr)
            return False
        return True
