"""Pieces of files for boards that load: one answer per want, and so few that no press waits."""

from binascii import b2a_base64
from dataclasses import dataclass

from firmware.wire import codec, topics
from firmware.wire.codec import MAX_INT
from gateway.workshop.change import Change
from gateway.workshop.trade import Say

MOST_BYTES = 1_024
# One piece in this time, to all boards together: between two of them others have their turn.
EVERY_MS = 4
_SHA_CHARS = 64


@dataclass(frozen=True, slots=True)
class Want:
    """What an `up/want` asks for."""

    board: str
    offer: str
    sha: str
    at: int
    n: int


def read_want(board: str, payload: bytes) -> Want:
    """Give what a board wants; raises BadPayload."""
    got = codec.decode(payload, codec.MAX_UP_BYTES)
    return Want(
        board,
        codec.read_str(got, "id", 1, 64),
        codec.read_str(got, "sha", _SHA_CHARS, _SHA_CHARS),
        codec.read_int(got, "at", 0, MAX_INT),
        codec.read_int(got, "n", 1, MOST_BYTES),
    )


def piece(want: Want, change: Change | None) -> Say:
    """Give the `dn/chunk` that answers a want; without a change, or of another file: unknown."""
    content: bytes | None = None
    if change is not None:
        if want.sha == change.sha:
            content = change.file
        elif change.others is not None:
            content = change.others.get(want.sha)
    answer: dict[str, object] = {"id": want.offer, "sha": want.sha}
    if content is None:
        answer["why"] = "unknown"
    else:
        answer["at"] = want.at
        data = content[want.at : want.at + want.n]
        answer["data"] = b2a_base64(data, newline=False).decode()
    topic = topics.of_board(want.board, topics.DN_CHUNK)
    return Say(topic, codec.encode(answer, codec.MAX_DOWN_BYTES))


class Queue:
    """Wants in the order of their coming, the last of each board; given out with measure."""

    def __init__(self) -> None:
        self._wants: dict[str, Want] = {}
        self._next_ms = 0

    def put(self, want: Want) -> None:
        """Take a want; an earlier one of the same board is no longer waited for."""
        self._wants.setdefault(want.board, want)
        self._wants[want.board] = want

    def take(self, mono_ms: int) -> list[Want]:
        """Give the wants that may be answered now."""
        taken = []
        while self._wants and self._next_ms <= mono_ms:
            # A turn that came late makes up for it, by one piece at most.
            self._next_ms = max(self._next_ms, mono_ms - EVERY_MS) + EVERY_MS
            taken.append(self._wants.pop(next(iter(self._wants))))
        return taken

    def due_ms(self) -> int | None:
        """Give when the next want may be answered, None if there is none."""
        return self._next_ms if self._wants else None
