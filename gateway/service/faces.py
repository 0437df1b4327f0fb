"""The faces of all boards: what each must show now, numbered, republished when asked for.

`rev` counts per board within this gateway's epoch (rule 3). A face is whole, never a change.
"""

from dataclasses import dataclass

from firmware.wire import codec, topics, words
from gateway.domain.faces import TEXT_CLOSED, counter_face, hall_face, ticket_face
from gateway.domain.hall import Hall
from gateway.fleet.settings import queues_of
from gateway.service.out import Out

# The settings may drop a counter while boards are still mounted there.
_NO_COUNTER: dict[str, object] = {
    "state": words.FACE_CLOSED,
    "text": TEXT_CLOSED,
    "blink": False,
    "lamp": "red",
    "ticket": "",
}


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
        if record.role == "counter" and record.counter:
            known = record.counter in hall.counters
            content = counter_face(hall, record.counter, at_ms) if known else _NO_COUNTER
        elif record.role == "ticket":
            queues = queues_of(hall.site, board, record.role, record.counter)
            content = ticket_face(hall, at_ms, queues)
        elif record.role == "hall":
            content = hall_face(hall)
        else:
            return None  # the other roles show nothing yet
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
