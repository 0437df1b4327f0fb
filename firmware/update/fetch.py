"""Getting what an update brings: pure; messages and time come in, wants go out.

A plan is a generator. It yields None after a piece of work, or (sha, at, n) for bytes that it
needs and is then sent. `Fetcher` runs it.
"""

from binascii import a2b_base64

from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_DOWN_BYTES, read_int, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from firmware.update.slots import Slots

ASK_AGAIN_MS = 3_000
# So often without an answer, and the workshop has gone: it is asked seldom from then on.
_EAGER = const(10)
SELDOM_MS = 60_000
MOST_UNKNOWN = 5  # answers that the workshop has no such piece
MOST_GARBLED = 10  # pieces that are none, one after the other
_TRIES = const(3)  # each file is fetched at most so often


class Ended(Exception):
    """An update comes to nothing: `st` is refused or failed, `why` a word."""

    def __init__(self, st: str, why: str) -> None:
        super().__init__(why)
        self.st = st
        self.why = why


class Fetcher:
    """Runs a plan for the update `update_id`. `wants` is the piece that it waits for, or None;
    `due_ms` is when `want` shall be called; `over` tells that the plan has come to its end."""

    def __init__(self, plan: "Iterator[Any]", update_id: str) -> None:
        self.id = update_id
        self.wants: "tuple[str, int, int] | None" = None
        self.over = False
        self.due_ms = NEVER
        self._plan: "Any" = plan
        self._asked = 0
        self._unknown = 0
        self._garbled = 0

    def step(self, now_ms: int, data: "bytes | None" = None) -> None:
        """Do one piece of work; nothing while a piece is waited for. Raises Ended and OSError."""
        if self.over or (self.wants and data is None):
            return
        try:
            self.wants = self._plan.send(data)
        except StopIteration:
            self.over = True
            self.wants = None
        self._asked = 0
        self.due_ms = now_ms if self.wants else NEVER

    def want(self, now_ms: int) -> "dict[str, Any] | None":
        """Give what to ask for now, if it is time."""
        if not self.wants or now_ms < self.due_ms:
            return None
        self._asked += 1
        self.due_ms = now_ms + (ASK_AGAIN_MS if self._asked < _EAGER else SELDOM_MS)
        sha, at, n = self.wants
        return {"id": self.id, "sha": sha, "at": at, "n": n}

    def ask_again(self, now_ms: int) -> None:
        """The link is back, or somebody offers the same again: ask at once."""
        self._asked = 0
        if self.wants:
            self.due_ms = now_ms

    def chunk(self, payload: "dict[str, Any]") -> "bytes | None":
        """Give the bytes that a message (`dn/chunk`) brings, if they are what is waited for, else
        None; raises BadPayload, and Ended when there is no sense in asking again."""
        wants = self.wants
        if not wants or payload.get("id") != self.id or payload.get("sha") != wants[0]:
            return None  # of another update, or late
        if "why" in payload:
            self._unknown += 1
            if self._unknown >= MOST_UNKNOWN:
                raise Ended("failed", "unknown")
            return None
        if read_int(payload, "at", 0, 1 << 30) != wants[1]:
            return None
        try:
            piece = a2b_base64(read_str(payload, "data", 0, MAX_DOWN_BYTES))
        except ValueError:
            piece = b""
        if len(piece) != wants[2]:
            self._garbled += 1
            if self._garbled >= MOST_GARBLED:
                raise Ended("failed", "garbled")
            return None
        self._unknown = self._garbled = 0
        return piece


class Progress:
    """How far a plan is: `got` of `size` bytes."""

    def __init__(self, size: int) -> None:
        self.got = 0
        self.size = size


def get_file(
    files: "Slots", path: str, sha: str, size: int, step: int, progress: Progress
) -> "Iterator[Any]":
    """Plan to fetch one file into `path`, by pieces of `step` bytes; it is right when it is right
    as the flash gives it back."""
    got = progress.got
    for _ in range(_TRIES):
        at = 0
        with files.open(path, "wb") as f:
            while at < size:
                piece = yield (sha, at, min(step, size - at))
                f.write(piece)
                at += len(piece)
                progress.got = got + at
        if (yield from files.is_whole(path, sha, size)):
            return
        progress.got = got
    raise Ended("failed", "hash")
