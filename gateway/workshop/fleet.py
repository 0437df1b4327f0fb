"""What the workshop knows of all boards: what the gateway says, and their own word."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from firmware.wire import codec, topics, words
from firmware.wire.codec import MAX_INT, BadPayload, read_int, read_str
from gateway.fleet.plan_json import read_said
from gateway.fleet.staging import KINDS
from gateway.fleet.update_words import in_words
from gateway.workshop.trade import Heard, Now, Quiet

_HALL_BOARDS = "hall/boards"
_HALL_LINE = "hall/line"
_MOST_STRANGERS = 1_000
_AT_WORK = ("called", "serving")


@dataclass(slots=True)
class Known:
    """One board. `row` is its entry in `gw/hall/boards`, {} if it is not registered; the rest it
    says of itself: numbers are None until it does, as boards of before updates never do."""

    row: dict[str, Any] = field(default_factory=dict)
    state: str = ""  # of up/state, "" if it never spoke
    role: str = ""
    kind: str = ""
    chip: str = ""
    slot: str = ""
    firmware: str = ""
    number: int | None = None
    link: int | None = None
    mpy: int | None = None
    update: dict[str, object] = field(default_factory=dict)  # the last up/update

    @property
    def ready(self) -> bool:
        """Whether it is connected and at work."""
        return self.state == words.READY


class Fleet(Quiet):
    """A trade without asks, first of all: what it heard, others may look up."""

    def __init__(self) -> None:
        self.asks = {}
        self.boards: dict[str, Known] = {}
        self.registered: tuple[str, ...] | None = None  # None until the gateway has said so
        self._open: bool | None = None
        self._takers: dict[str, Callable[[Known, dict[str, object]], None]] = {
            topics.UP_STATE: _state,
            topics.UP_ABOUT: _about,
            topics.UP_UPDATE: _update,
        }

    @property
    def in_service(self) -> bool:
        """Whether the hall serves people now; as long as that is not known, it may."""
        return self._open is not False

    def of(self, board: str) -> Known:
        """Give what is known of a board; of one that nobody knows, nothing."""
        return self.boards.get(board) or Known()

    def heard(self, message: Heard, now: Now) -> None:
        """Take what boards say of themselves, and what the gateway says of them."""
        if not message.board:
            if message.leaf == _HALL_BOARDS:
                self._register(codec.decode(message.payload, codec.MAX_HALL_BYTES))
            elif message.leaf == _HALL_LINE:
                self._line(codec.decode(message.payload, codec.MAX_HALL_BYTES))
            return
        taker = self._takers.get(message.leaf)
        if taker is None or message.rest:
            return
        known = self.boards.get(message.board)
        if known is None:
            if len(self.boards) >= _MOST_STRANGERS:
                return
            known = self.boards[message.board] = Known()
        if message.payload:
            taker(known, codec.decode(message.payload, codec.MAX_UP_BYTES))

    def _register(self, part: dict[str, object]) -> None:
        rows = part.get("boards")
        if not isinstance(rows, list):
            raise BadPayload("boards", "a list is needed")
        found = {row["board"]: row for row in rows if isinstance(row, dict) and "board" in row}
        for board in set(self.boards) - set(found):
            if self.boards[board].row:
                del self.boards[board]  # it is retired
        for board, row in found.items():
            self.boards.setdefault(board, Known()).row = row
        self.registered = tuple(found)

    def _line(self, part: dict[str, object]) -> None:
        queues, counters = part.get("queues"), part.get("counters")
        if not isinstance(queues, list) or not isinstance(counters, list):
            raise BadPayload("queues", "lists of queues and counters are needed")
        self._open = any(q.get("open") or q.get("waiting") for q in queues) or any(
            c.get("state") in _AT_WORK for c in counters
        )


def _state(known: Known, payload: dict[str, object]) -> None:
    known.state = codec.read_choice(payload, "s", words.BOARD_STATES)


def _about(known: Known, payload: dict[str, object]) -> None:
    known.role = _text(payload, "role")
    known.kind = _text(payload, "hw")
    known.chip = _text(payload, "chip")
    known.firmware = _text(payload, "fw")
    # Before there were updates, `slot` was a number.
    known.slot = _text(payload, "slot") if isinstance(payload.get("slot"), str) else ""
    known.number = _number(payload, "n")
    known.link = _number(payload, "link")
    known.mpy = _number(payload, "mpy")


def _update(known: Known, payload: dict[str, object]) -> None:
    said, kind = read_said(payload), _text(payload, "kind")
    known.update = {
        "kind": kind if kind in KINDS else "",
        "number": _number(payload, "number") or 0,
        "version": _text(payload, "version"),
        "st": said.state,
        "got": said.got,
        "size": said.size,
        **in_words(said.why),
    }


def _text(payload: dict[str, object], name: str) -> str:
    return "" if payload.get(name) is None else read_str(payload, name, 0, 64)


def _number(payload: dict[str, object], name: str) -> int | None:
    return None if payload.get(name) is None else read_int(payload, name, 0, MAX_INT)
