"""Boards of the workbench: registered for a page in a browser, retired when it closes.

`bench_board` {kind, counter?} registers `meja-<n>` with a fresh secret and gives its settings once;
`bench_keep` {board} says that its page is still open, `bench_end` {board} that it closed. A board
whose page is silent goes by itself, as does one that is an hour old. What is registered stands in a
file first, so that nothing stays after a power cut; a board of that name made by anybody else is
never touched.
"""

import json
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.catalog import CatalogError, Kind, load_kind
from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import USER_WORKSHOP, Settings
from gateway.fleet.secrets import hash_secret, new_secret, write_private
from gateway.workshop.trade import Answerer, Ask, Heard, Later, Now, Refused, Say, answer, refuse

_log = logging.getLogger(__name__)

MOST = 4
KEPT_FOR_MS = 150_000  # a page that is not seen may speak once a minute only
LONGEST_MS = 3_600_000
FILE = "bench_boards.json"
_PREFIX = "meja-"
_BOARDS = "hall/boards"
_ANSWER_WITHIN_MS = 12_000
_RESEND_EVERY_MS = 1_000
_HIGHEST = 99
_AT_A_COUNTER = ("counter", "rating")
_NAME = re.compile(rf"{_PREFIX}[1-9][0-9]?")


@dataclass(slots=True)
class _Board:
    """One board of ours, registered or about to be. `silent_ms`, `old_ms`: when it has to go."""

    silent_ms: int
    old_ms: int
    by: str


@dataclass(slots=True)
class _Wish:
    """What is asked of the gateway, again and again until its receipt; `ask` waits for it."""

    fields: dict[str, object]
    resend_ms: int
    until_ms: int | None  # None: until it is done
    ask: Ask | None = None
    answer: dict[str, object] | None = None
    settled: Callable[["_Wish", dict[str, object], Now], None] | None = None


class BenchBoards:
    """The trade behind the workbench page."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.paths.workshop / FILE
        self._boards: dict[str, _Board] = {}
        self._wishes: dict[str, _Wish] = {}  # by key
        self._out: list[Say] = []
        self._left = _read(self._file)  # of an earlier life, to be retired
        self._others: set[str] = set()  # boards that the hall has
        self.asks: dict[str, Answerer] = {
            "bench_board": self._add,
            "bench_keep": self._keep,
            "bench_end": self._end,
        }

    # The trade's calls.

    def heard(self, message: Heard, now: Now) -> None:
        """Take the gateway's receipts, and what boards there are."""
        if (message.board, message.leaf) == ("", _BOARDS):
            boards = codec.decode(message.payload, codec.MAX_HALL_BYTES).get("boards")
            rows = boards if isinstance(boards, list) else []
            self._others = {str(row.get("board")) for row in rows if isinstance(row, dict)}
        if message.board != USER_WORKSHOP or message.leaf != topics.DN_RECEIPT:
            return
        receipt = codec.decode(message.payload, codec.MAX_DOWN_BYTES)
        wish = self._wishes.pop(str(receipt.get("key")), None)
        if wish is not None and wish.settled is not None:
            wish.settled(wish, receipt, now)

    def turn(self, now: Now) -> list[Say]:
        """Retire what has to go; say again what nobody answered."""
        while self._left:
            self._retire(self._left.pop(), "", now)
        for board, held in list(self._boards.items()):
            if now.mono_ms >= min(held.silent_ms, held.old_ms):
                del self._boards[board]
                self._retire(board, held.by, now)
        for key, wish in list(self._wishes.items()):
            if wish.until_ms is not None and now.mono_ms >= wish.until_ms:
                del self._wishes[key]
                self._give_up(wish, now)
            elif now.mono_ms >= wish.resend_ms:
                wish.resend_ms = now.mono_ms + _RESEND_EVERY_MS
                payload = codec.encode({**wish.fields, "key": key}, codec.MAX_CONSOLE_UP_BYTES)
                self._out.append(Say(topics.of_board(USER_WORKSHOP, topics.UP_EVENT), payload))
        out, self._out = self._out, []
        return out

    def due_ms(self) -> int | None:
        """Give when the next board or wish is due."""
        if self._left:
            return 0
        due = [min(held.silent_ms, held.old_ms) for held in self._boards.values()]
        due += [wish.resend_ms for wish in self._wishes.values()]
        return min(due, default=None)

    def part(self) -> None:
        """Give nothing: the page knows its boards."""

    def close(self) -> None:
        """Leave the rest to the next start: the file knows."""

    # What pages ask.

    def _add(self, ask: Ask, now: Now) -> dict[str, object]:
        kind = _kind(codec.read_str(ask.fields, "kind", 1, 32))
        counter = None
        if kind.role in _AT_A_COUNTER:
            counter = codec.read_int(ask.fields, "counter", 1, 999)
        if len(self._boards) >= MOST:
            raise Refused(
                "too_many",
                f"Sudah ada {MOST} papan bengkel. Cabut salah satu, atau tutup halaman lainnya.",
                f"There are {MOST} workbench boards already. Unplug one, or close the other pages.",
            )
        self._register(ask, kind, counter, 1, now)
        raise Later

    def _keep(self, ask: Ask, now: Now) -> dict[str, object]:
        board = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        held = self._boards.get(board)
        if held is None:
            raise Refused(
                "unknown_board",
                f"{board} sudah diberhentikan. Mulai papan baru.",
                f"{board} has been retired. Start a new board.",
            )
        held.silent_ms = now.mono_ms + KEPT_FOR_MS
        return {"for_s": max(0, held.old_ms - now.mono_ms) // 1_000}

    def _end(self, ask: Ask, now: Now) -> dict[str, object]:
        board = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        held = self._boards.pop(board, None)
        if held is not None:
            self._retire(board, ask.by or held.by, now)
        return {}

    # What becomes of it.

    def _register(self, ask: Ask, kind: Kind, counter: int | None, least: int, now: Now) -> None:
        leaving = {str(wish.fields["board"]) for wish in self._wishes.values()}
        taken = self._boards.keys() | leaving | self._others
        free = (n for n in range(least, _HIGHEST + 1) if f"{_PREFIX}{n}" not in taken)
        n = next(free, None)
        if n is None:
            self._out.append(refuse(ask, _none_free()))
            return
        board, secret = f"{_PREFIX}{n}", new_secret()
        wish: dict[str, object] = {
            "ev": "board_add",
            "board": board,
            "role": kind.role,
            "secret_hash": hash_secret(secret),
        }
        if counter is not None:
            wish["counter"] = counter
        if ask.by:
            wish["by"] = ask.by

        def settled(wish: _Wish, receipt: dict[str, object], now: Now) -> None:
            if receipt.get("why") == words.DUPLICATE:  # somebody else's: it stays
                self._forget(board)
                self._register(ask, kind, counter, n + 1, now)
            elif receipt.get("st") != words.ACCEPTED:
                self._forget(board)
                self._out.append(refuse(ask, _told(receipt, counter)))
            else:
                self._out.append(answer(ask, wish.answer or {}))

        self._boards[board] = _Board(now.mono_ms + KEPT_FOR_MS, now.mono_ms + LONGEST_MS, ask.by)
        self._write()
        settings = self._board_settings(board, secret, kind)
        made: dict[str, object] = {"board": board, "settings": settings}
        until_ms = now.mono_ms + _ANSWER_WITHIN_MS
        self._wishes[secrets.token_hex(16)] = _Wish(wish, now.mono_ms, until_ms, ask, made, settled)

    def _board_settings(self, board: str, secret: str, kind: Kind) -> dict[str, Any]:
        return {
            "id": board,
            "secret": secret,
            "role": kind.role,
            "kind": kind.kind,
            "host": "127.0.0.1",
            "port": self._settings.mqtt_port,
            "tls": False,
            "parts": kind.settings_parts(),
        }

    def _retire(self, board: str, by: str, now: Now) -> None:
        wish: dict[str, object] = {"ev": "board_retire", "board": board}
        if by:
            wish["by"] = by

        def settled(wish: _Wish, receipt: dict[str, object], now: Now) -> None:
            gone = receipt.get("st") == words.ACCEPTED or receipt.get("why") == words.UNKNOWN_BOARD
            if gone:
                self._forget(board)
            else:
                _log.warning("%s cannot be retired: %s", board, receipt)

        self._wishes[secrets.token_hex(16)] = _Wish(wish, now.mono_ms, None, settled=settled)

    def _give_up(self, wish: _Wish, now: Now) -> None:
        board = str(wish.fields["board"])
        if wish.ask is not None:
            self._out.append(refuse(wish.ask, _no_answer()))
        if self._boards.pop(board, None) is not None:
            self._retire(board, str(wish.fields.get("by", "")), now)  # it may have been added

    def _forget(self, board: str) -> None:
        self._boards.pop(board, None)
        self._write()

    def _write(self) -> None:
        # Those that are being retired, too: until the gateway has said so, they are there.
        leaving = {
            str(wish.fields["board"])
            for wish in self._wishes.values()
            if wish.fields["ev"] == "board_retire"
        }
        write_private(self._file, json.dumps(sorted(self._boards.keys() | leaving)) + "\n")


def _kind(name: str) -> Kind:
    try:
        kind = load_kind(name)
    except CatalogError as error:
        raise BadPayload("kind", str(error)) from error
    if kind.role not in words.ROLES:
        raise BadPayload("kind", f"a {kind.role} is no board of the workbench")
    return kind


def _read(file: Path) -> list[str]:
    try:
        got = json.loads(file.read_text())
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        _log.error("%s cannot be read (%s): retire boards named in it by hand", file, error)
        return []
    return [name for name in got if isinstance(name, str) and _NAME.fullmatch(name)]


def _none_free() -> Refused:
    return Refused(
        "quota_reached",
        f"Nama {_PREFIX}1 sampai {_PREFIX}{_HIGHEST} sudah dipakai semua.",
        f"The names {_PREFIX}1 to {_PREFIX}{_HIGHEST} are all taken.",
    )


def _no_answer() -> Refused:
    return Refused(
        "no_answer",
        "Gateway tidak menjawab, jadi papan belum didaftarkan. Coba lagi sebentar.",
        "The gateway did not answer, so the board is not registered. Try again in a moment.",
    )


def _told(receipt: dict[str, object], counter: int | None) -> Refused:
    why = str(receipt.get("why") or receipt.get("st"))
    if why == words.UNKNOWN_COUNTER:
        return Refused(
            why, f"Loket {counter} tidak ada di sini.", f"There is no counter {counter} here."
        )
    if why == words.NOT_ALLOWED:
        return Refused(
            why,
            "Anda tidak terdaftar sebagai teknisi di tempat ini.",
            "You are not among this site's technicians.",
        )
    text = receipt.get("text") or why
    return Refused(why, f"Gateway menolak: {text}", f"The gateway refuses: {text}")
