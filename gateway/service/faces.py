"""The faces of all boards: what each must show now, numbered, republished when asked for.

`rev` counts per board within this gateway's epoch (rule 3). A face is whole, never a change.
"""

from dataclasses import dataclass

from firmware.wire import codec, topics, words
from gateway.domain.faces import (
    TEXT_CLOSED,
    counter_face,
    gate_face,
    hall_face,
    rating_face,
    ticket_face,
)
from gateway.domain.hall import Board, Hall
from gateway.domain.panel import panel_face
from gateway.fleet.settings import SPARE, queues_of
from gateway.service.out import Out

# What a spare shows: somebody may be looking for one.
_SPARE: dict[str, object] = {
    "state": words.FACE_CLOSED,
    "text": SPARE,
    "blink": False,
    "lamp": "off",
    "ticket": "",
}
# The settings may drop a counter while boards are still mounted there.
_NO_COUNTER: dict[str, object] = {
    "state": words.FACE_CLOSED,
    "text": TEXT_CLOSED,
    "blink": False,
    "lamp": "red",
    "ticket": "",
}


def _content(hall: Hall, board: Board, at_ms: int) -> dict[str, object] | None:
    role, counter = board.role, board.counter
    if role == "counter" and board.spare:
        return _SPARE
    if role == "counter" and counter:
        return counter_face(hall, counter, at_ms) if counter in hall.counters else _NO_COUNTER
    if role == "ticket":
        own = () if board.spare else queues_of(hall.site, board.id, role, counter)
        return ticket_face(hall, at_ms, own)
    if role == "rating" and counter:
        return rating_face(hall, counter, at_ms)
    if role == "hall":
        return hall_face(hall)
    if role == "gate":
        return gate_face(hall, at_ms)
    if role == "panel":
        return panel_face(hall, at_ms)
    return None  # a dispenser shows nothing of the hall


@dataclass(slots=True)
class Sent:
    """The face a board was last sent; `at_ms` (UTC) is when."""

    rev: int
    content: dict[str, object]
    payload: bytes
    at_ms: int


class Faces:
    """Builds the boards' faces from the hall and remembers what each was last sent."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._sent: dict[str, Sent] = {}

    def sent(self, board: str) -> Sent | None:
        """Give what the board was last sent, if anything."""
        return self._sent.get(board)

    def update(self, hall: Hall, board: str, at_ms: int) -> Out | None:
        """Give the message that shows the board its face of now; None if it has that one."""
        record = hall.boards.get(board)
        if record is None:
            return None
        content = _content(hall, record, at_ms)
        if content is None:
            return None
        last = self._sent.get(board)
        if last is not None and last.content == content:
            return None
        rev = 1 if last is None else last.rev + 1
        payload = codec.encode({"epoch": self._epoch, "rev": rev, **content}, codec.MAX_DOWN_BYTES)
        self._sent[board] = Sent(rev, content, payload, at_ms)
        return Out(topics.of_board(board, topics.DN_FACE), payload, retain=True)

    def republish(self, hall: Hall, board: str, at_ms: int) -> Out | None:
        """Give the board's face, a new one if it changed, else the last one once more."""
        out = self.update(hall, board, at_ms)
        last = self._sent.get(board)
        if out is not None or last is None:
            return out
        return Out(topics.of_board(board, topics.DN_FACE), last.payload, retain=True)

    def forget(self, board: str) -> None:
        """Drop a retired board's face."""
        self._sent.pop(board, None)
