"""What the workshop knows of all boards: what the gateway says, and their own word."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from firmware.wire import codec, topics, words
from firmware.wire.codec import MAX_INT, BadPayload, read_int, read_str
from gateway.fleet.plan_json import read_said
from gateway.fleet.staging import KINDS
from gateway.fleet.update_words import in_words
from gateway.workshop.trade import Heard, Now, Quiet, Say

_HALL_BOARDS = "hall/boards"
_HALL_LINE = "hall/line"
_MOST_STRANGERS = 1_000
# Of a counter; idle is one that could call somebody now.
_AT_WORK = ("called", "serving", "idle")
_GW_STATE = topics.GW_STATE.removeprefix(topics.PREFIX).partition("/")[2]
_GW_BEAT = topics.GW_BEAT.removeprefix(topics.PREFIX).partition("/")[2]
_BEAT_WITHIN_MS = 10_000  # it comes every 2 s


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
    wired: bool = False  # its way to the hall is a serial cable
    update: dict[str, object] = field(default_factory=dict)  # the last up/update

    @property
    def ready(self) -> bool:
        """Whether it is connected and at work."""
        return self.state == words.READY

    @property
    def lost(self) -> bool:
        """Whether it went away without a word: no power, no network, or broken."""
        return self.state == words.LOST


class Fleet(Quiet):
    """A trade without asks, first of all: what it heard, others may look up."""

    def __init__(self) -> None:
        self.asks = {}
        self.boards: dict[str, Known] = {}
        self.registered: tuple[str, ...] | None = None  # None until the gateway has said so
        self.refused: dict[str, int] = {}  # whom the broker sent away lately, and when last (UTC)
        self._open: bool | None = None
        self._gateway_state = ""
        self._beat_ms: int | None = None
        self._now_ms = 0
        self._takers: dict[str, Callable[[Known, dict[str, object]], None]] = {
            topics.UP_STATE: _state,
            topics.UP_ABOUT: _about,
            topics.UP_UPDATE: _update,
        }

    @property
    def in_service(self) -> bool:
        """Whether the hall serves people now; as long as that is not known, it may."""
        return self._open is not False or self.gateway_lost

    @property
    def gateway_lost(self) -> bool:
        """Whether the gateway is known to be away: what it said last is no longer so."""
        if self._gateway_state not in ("", words.READY):
            return True
        return self._beat_ms is not None and self._now_ms - self._beat_ms > _BEAT_WITHIN_MS

    def of(self, board: str) -> Known:
        """Give what is known of a board; of one that nobody knows, nothing."""
        return self.boards.get(board) or Known()

    def sent_away_ms(self, board: str) -> int:
        """Give when the broker refused this board last (UTC), 0 if not lately.

        Up to 2.0.12 mosquitto names the address only: then that of the board, if it is no other's.
        """
        if board in self.refused:
            return self.refused[board]
        address = _address(self.of(board))
        if address not in self.refused:
            return 0
        others = (known for name, known in self.boards.items() if name != board)
        return 0 if any(_address(known) == address for known in others) else self.refused[address]

    def heard(self, message: Heard, now: Now) -> None:
        """Take what boards say of themselves, and what the gateway says of them."""
        self._now_ms = now.mono_ms
        if not message.board:
            if message.leaf == _GW_BEAT and not message.retained:
                self._beat_ms = now.mono_ms
            elif message.leaf == _GW_STATE:
                self._gateway(codec.decode(message.payload, codec.MAX_DOWN_BYTES))
            elif message.leaf == _HALL_BOARDS:
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

    def turn(self, now: Now) -> list[Say]:
        """Look at the clock: nothing else tells that the gateway's beats stay away."""
        self._now_ms = now.mono_ms
        return []

    def _gateway(self, part: dict[str, object]) -> None:
        self._gateway_state = codec.read_choice(part, "s", words.GATEWAY_STATES)
        self._beat_ms = None  # of a life before

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
        told = part.get("refused")
        self.refused = {
            str(one.get("who")): read_int(one, "last_ms", 0, MAX_INT)
            for one in (told if isinstance(told, list) else ())
            if isinstance(one, dict)
        }

    def _line(self, part: dict[str, object]) -> None:
        queues, counters = part.get("queues"), part.get("counters")
        if not isinstance(queues, list) or not isinstance(counters, list):
            raise BadPayload("queues", "lists of queues and counters are needed")
        pause = part.get("break")
        self._open = (
            any(q.get("open") or q.get("waiting") for q in queues)
            or any(c.get("state") in _AT_WORK for c in counters)
            # At noon nobody is served, but soon will be. One without an end may last all night.
            or (isinstance(pause, dict) and pause.get("until_ms") is not None)
            or part.get("clock") is not None  # whether it is evening nobody knows
        )


def _address(known: Known) -> str:
    # From where it came last.
    addresses = known.row.get("addresses")
    return str(addresses[-1]) if isinstance(addresses, list) and addresses else ""


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
    known.wired = payload.get("wired") is True


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
