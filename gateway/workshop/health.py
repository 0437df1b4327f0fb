"""The fleet as technicians see it: part `boards`, one board's page, and orders to look at it."""

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from firmware.wire import codec, topics, words
from firmware.wire.codec import MAX_INT, BadPayload
from gateway.workshop.fleet import Fleet
from gateway.workshop.history import History
from gateway.workshop.orders import Orders, read_look, why_not
from gateway.workshop.trade import Ask, Heard, Later, Now, Quiet, Say

PRESSES_MOST = 20
LINES_MOST = 100
_LINE_CHARS = 400
_SHOWN_EVERY_MS = 500
_SHOWN_EVERY_MS_A_BOARD = 5  # at least
_KEEP_LOOK_EVERY_MS = 60_000
_COMMANDS = (words.IDENTIFY, words.RESTART, words.SELF_TEST)
# Of an event, what says nothing of the press.
_FRAME = ("boot", "seq", "t_ms", "ev")
_NO_PRESSES = ("hello",)
# What changes the part.
_SHOWN_BY = ("hall/boards", topics.UP_ABOUT, topics.UP_UPDATE)
# What is left out of all rows, one after another, where the whole would be too long.
_LEFT_OUT = (
    ("update",),
    ("caps", "alerts", "addresses", "bad"),
    ("reset", "minor", "shown", "dropped", "flash_failures", "boots", "readies", "twins", "ahead"),
    # With the last of ours no more is left than what the gateway itself could say.
    ("hw", "chip", "slot", "link_rev", "wired", "number"),
)


@dataclass(slots=True)
class _Seen:
    """What a board did lately; gone with this process."""

    presses: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=PRESSES_MOST))
    lines: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=LINES_MOST))
    look: dict[str, object] | None = None


class Health(Quiet):
    """The trade."""

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        self.asks = {
            "board": self._board, "look": self._look, "log": self._log, "cmd": self._cmd
        }  # fmt: skip
        self._fleet = fleet
        self._history = History(folder)
        self._history.read(time.time_ns() // 1_000_000)
        self._seen: dict[str, _Seen] = {}
        self._orders = Orders()
        self._out: list[Say] = []
        self._part: dict[str, object] | None = None
        self._shown_ms = 0
        self._stale = False
        self._keep_ms: int | None = None

    def heard(self, message: Heard, now: Now) -> None:
        """Take what boards do and how they are; raises BadPayload."""
        self._stale = self._stale or message.leaf in _SHOWN_BY
        self._orders.heard(message, now)
        board = message.board
        if message.retained or board not in (self._fleet.registered or ()):
            return
        if message.leaf == topics.UP_HEALTH:
            health = codec.decode(message.payload, codec.MAX_UP_BYTES)
            self._history.take(board, health, now.utc_ms)
            if self._keep_ms is None:
                self._keep_ms = now.mono_ms + _KEEP_LOOK_EVERY_MS
        elif message.leaf == topics.UP_EVENT:
            self._press(board, codec.decode(message.payload, codec.MAX_UP_BYTES), now)
        elif message.leaf == topics.UP_LOG:
            self._line(board, codec.decode(message.payload, codec.MAX_UP_BYTES), now)

    def turn(self, now: Now) -> list[Say]:
        """Answer orders, pass lines on, keep the history."""
        out, self._out = self._out, []
        out += self._orders.turn(now)
        if self._keep_ms is not None and now.mono_ms >= self._keep_ms:
            self._history.keep(now.utc_ms)
            self._keep_ms = now.mono_ms + _KEEP_LOOK_EVERY_MS
        if self._stale and now.mono_ms >= self._shown_due_ms():
            self._stale = False
            self._shown_ms = now.mono_ms
            self._show()
        return out

    def due_ms(self) -> int | None:
        """Give when an order is given up, the part is due, or the history."""
        due = [ms for ms in (self._orders.due_ms(), self._keep_ms) if ms is not None]
        if self._stale:
            due.append(self._shown_due_ms())
        if self._out:
            due.append(0)
        return min(due, default=None)

    def part(self) -> tuple[str, dict[str, object]] | None:
        """Give the part `boards`, once the gateway has told who they are."""
        return None if self._part is None else ("boards", self._part)

    def close(self) -> None:
        """Keep what there is."""
        self._history.keep(time.time_ns() // 1_000_000, now=True)

    # -- asks -------------------------------------------------------------------------------

    def _board(self, ask: Ask, _now: Now) -> dict[str, object]:
        board = self._named(ask)
        seen = self._seen.get(board) or _Seen()
        return {
            "board": {
                **self._row(board),
                "health": self._history.of(board),
                "presses": list(seen.presses),
                "log": list(seen.lines),
                "look": seen.look,
            }
        }

    def _look(self, ask: Ask, now: Now) -> dict[str, object]:
        board = self._named(ask)

        def finish(detail: str) -> dict[str, object]:
            look = read_look(detail)
            self._of(board).look = {**look, "utc_ms": time.time_ns() // 1_000_000}
            return look

        self._orders.give(ask, board, words.LOOK, {}, finish, now)
        raise Later

    def _log(self, ask: Ask, now: Now) -> dict[str, object]:
        board, on = self._named(ask), codec.read_bool(ask.fields, "on")
        self._orders.give(ask, board, words.LOG, {"on": on}, lambda _: {}, now)
        raise Later

    def _cmd(self, ask: Ask, now: Now) -> dict[str, object]:
        board = self._named(ask)
        cmd = codec.read_choice(ask.fields, "cmd", _COMMANDS)
        self._orders.give(ask, board, cmd, {}, lambda _: {}, now)
        raise Later

    def _named(self, ask: Ask) -> str:
        board = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        if board not in (self._fleet.registered or ()):
            raise why_not("unknown_board")
        return board

    # -- inside -----------------------------------------------------------------------------

    def _of(self, board: str) -> _Seen:
        return self._seen.setdefault(board, _Seen())

    def _press(self, board: str, event: dict[str, object], now: Now) -> None:
        name = codec.read_str(event, "ev", 1, 32)
        if name not in _NO_PRESSES:
            fields = {key: value for key, value in event.items() if key not in _FRAME}
            press: dict[str, object] = {"utc_ms": now.utc_ms, "ev": name, "fields": fields}
            self._of(board).presses.append(press)

    def _line(self, board: str, said: dict[str, object], now: Now) -> None:
        text = said.get("text")
        if not isinstance(text, str):
            raise BadPayload("text", "a text is needed")
        t_ms = codec.read_int(said, "t_ms", 0, MAX_INT)
        # It may be a traceback: its lines stay apart, and nothing in it moves anybody's cursor.
        clean = "".join(c if c == "\n" or c.isprintable() else " " for c in text[:_LINE_CHARS])
        line: dict[str, object] = {"utc_ms": now.utc_ms, "t_ms": t_ms, "text": clean}
        self._of(board).lines.append(line)
        payload = codec.encode({"board": board, **line}, codec.MAX_DOWN_BYTES)
        self._out.append(Say(topics.fleet_log(board), payload, qos=0))

    def _row(self, board: str) -> dict[str, object]:
        known = self._fleet.of(board)
        return {
            **known.row,
            "number": known.number,
            "slot": known.slot,
            "chip": known.chip,
            "hw": known.kind,
            "link_rev": known.link,
            "wired": known.wired,
            "update": known.update or None,
        }

    def _shown_due_ms(self) -> int:
        boards = 0 if self._part is None else len(self._fleet.registered or ())
        return self._shown_ms + max(_SHOWN_EVERY_MS, boards * _SHOWN_EVERY_MS_A_BOARD)

    def _show(self) -> None:
        registered = self._fleet.registered
        if registered is None:
            return
        for board in set(self._seen) - set(registered):
            del self._seen[board]
        for board in self._history.boards() - set(registered):
            self._history.forget(board)
        rows = [self._row(board) for board in registered]
        for names in _LEFT_OUT:
            if len(_json({"boards": rows})) <= codec.MAX_HALL_BYTES:
                break
            rows = [{k: v for k, v in row.items() if k not in names} for row in rows]
        self._part = {"boards": rows}


def _json(part: dict[str, object]) -> bytes:
    return codec.encode(part, codec.MAX_CONSOLE_UP_BYTES * 4)
