"""The last lines that a board has printed, and who is told of new ones."""

import builtins

from firmware.wire.codec import BadPayload
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST = const(20)
MAX_CHARS = 120


class Lines:
    """Takes the place of `print`, so that no other file has to know of it; `tap` gets each line."""

    def __init__(self) -> None:
        self.kept: "list[str]" = []
        self.tap: "Callable[[str], None] | None" = None
        self.task: "Any" = None  # what ends `tap`
        self._busy = False
        self._print: "Any" = builtins.print
        builtins.print = self._noted  # type: ignore[assignment]

    def _noted(self, *words: object, **how: "Any") -> None:
        self._print(*words, **how)
        if self._busy:
            return  # what telling has printed itself
        line = " ".join([str(word) for word in words])[:MAX_CHARS]
        self.kept.append(line)
        if len(self.kept) > _MOST:
            self.kept.pop(0)
        if self.tap:
            self._busy = True
            try:
                self.tap(line)
            except (BadPayload, MemoryError) as why:  # who prints must not fail by who listens
                self._print("log:", repr(why))
            finally:
                self._busy = False
