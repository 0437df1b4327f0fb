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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.catalog import CatalogError, Kind, load_kind
from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import Settings
from gateway.fleet.secrets import hash_secret, new_secret, write_private
from gateway.workshop.trade import (
    Answerer,
    Ask,
    Heard,
    Later,
    Now,
    Quiet,
    Refused,
    Say,
    answer,
    refuse,
)
from gateway.workshop.wishes import Receipt, Wishes

_log = logging.getLogger(__name__)

MOST = 4
KEPT_FOR_MS = 150_000  # a page that is not seen may speak once a minute only
LONGEST_MS = 3_600_000
FILE = "bench_boards.json"
_PREFIX = "meja-"
_BOARDS = "hall/boards"
_ANSWER_WITHIN_MS = 12_000
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
class _Wanted:
    """An ask for a board, and what is known of it so far."""

    ask: Ask
    kind: Kind
    counter: int | None
    until_ms: int  # who asks waits no longer


class BenchBoards(Quiet):
    """The trade behind the workbench page."""

    def __init__(self, settings: Settings, wishes: Wishes) -> None:
        self._settings = settings
        self._wishes = wishes
        self._file = settings.paths.workshop / FILE
        self._boards: dict[str, _Board] = {}
        self._wanted: dict[str, _Wanted] = {}  # board -> who waits for it
        self._leaving: dict[str, str] = {}  # board -> who retires it
        self._others: set[str] = set()  # boards that the hall has
        self._out: list[Say] = []
        self.asks: dict[str, Answerer] = {
            "bench_board": self._add,
            "bench_keep": self._keep,
            "bench_end": self._end,
        }
        for board, by in _read(self._file).items():
            self._retire(board, by)  # of an earlier life

    # The trade's calls.

    def heard(self, message: Heard, now: Now) -> None:
        """Take what boards there are."""
        if (message.board, message.leaf) != ("", _BOARDS):
            return
        boards = codec.decode(message.payload, codec.MAX_HALL_BYTES).get("boards")
        rows = boards if isinstance(boards, list) else []
        self._others = {str(row.get("board")) for row in rows if isinstance(row, dict)}

    def turn(self, now: Now) -> list[Say]:
        """Retire what has to go, and give up what nobody answers."""
        for board, wanted in list(self._wanted.items()):
            if now.mono_ms >= wanted.until_ms:
                del self._wanted[board]
                self._out.append(refuse(wanted.ask, _no_answer()))
                self._drop(board, wanted.ask.by)  # it may be added yet
        for board, held in list(self._boards.items()):
            if now.mono_ms >= min(held.silent_ms, held.old_ms):
                self._drop(board, held.by)
        out, self._out = self._out, []
        return out

    def due_ms(self) -> int | None:
        """Give when the next board has to go."""
        due = [min(held.silent_ms, held.old_ms) for held in self._boards.values()]
        due += [wanted.until_ms for wanted in self._wanted.values()]
        return min(due, default=None)

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
        self._register(_Wanted(ask, kind, counter, now.mono_ms + _ANSWER_WITHIN_MS), 1, now.mono_ms)
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
        held = self._boards.get(board)
        wanted = self._wanted.pop(board, None)
        if wanted is not None:
            self._out.append(refuse(wanted.ask, _ended(board)))
        if held is not None:
            self._drop(board, ask.by or held.by)
        return {}

    # What becomes of it.

    def _register(self, wanted: _Wanted, least: int, mono_ms: int) -> None:
        taken = self._boards.keys() | self._leaving.keys() | self._others
        free = (n for n in range(least, _HIGHEST + 1) if f"{_PREFIX}{n}" not in taken)
        n = next(free, None)
        if n is None:
            self._out.append(refuse(wanted.ask, _none_free()))
            return
        board, secret = f"{_PREFIX}{n}", new_secret()
        event: dict[str, object] = {
            "ev": "board_add",
            "board": board,
            "role": wanted.kind.role,
            "secret_hash": hash_secret(secret),
        }
        if wanted.counter is not None:
            event["counter"] = wanted.counter
        if wanted.ask.by:
            event["by"] = wanted.ask.by

        def done(receipt: Receipt) -> None:
            if self._wanted.pop(board, None) is None:
                return  # given up or ended, and being retired
            if receipt.get("st") == words.ACCEPTED:
                settings = self._board_settings(board, secret, wanted.kind)
                self._out.append(answer(wanted.ask, {"board": board, "settings": settings}))
                return
            self._forget(board)
            if receipt.get("why") == words.DUPLICATE:  # somebody else's: it stays
                self._register(wanted, n + 1, mono_ms)
            else:
                self._out.append(refuse(wanted.ask, _told(receipt, wanted.counter)))

        self._boards[board] = _Board(mono_ms + KEPT_FOR_MS, mono_ms + LONGEST_MS, wanted.ask.by)
        self._wanted[board] = wanted
        self._write()
        self._wishes.send(event, done)

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

    def _drop(self, board: str, by: str) -> None:
        del self._boards[board]
        self._retire(board, by)

    def _retire(self, board: str, by: str) -> None:
        def done(receipt: Receipt) -> None:
            if receipt.get("st") == words.ACCEPTED or receipt.get("why") == words.UNKNOWN_BOARD:
                del self._leaving[board]
                self._write()
            else:  # it stays in the file: the next start tries again
                _log.warning("%s cannot be retired: %s", board, receipt)

        self._leaving[board] = by
        self._wishes.send(
            {"ev": "board_retire", "board": board, **({"by": by} if by else {})}, done
        )

    def _forget(self, board: str) -> None:
        del self._boards[board]
        self._write()

    def _write(self) -> None:
        # Those that are being retired, too: until the gateway has said so, they are there.
        boards = {board: held.by for board, held in self._boards.items()} | self._leaving
        write_private(self._file, json.dumps(boards) + "\n")


def _kind(name: str) -> Kind:
    try:
        kind = load_kind(name)
    except CatalogError as error:
        raise BadPayload("kind", str(error)) from error
    if kind.role not in words.ROLES:
        raise BadPayload("kind", f"a {kind.role} is no board of the workbench")
    return kind


def _read(file: Path) -> dict[str, str]:
    """Give board -> who it was made for."""
    try:
        got = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.error("%s cannot be read (%s): retire boards named in it by hand", file, error)
        return {}
    boards = got.items() if isinstance(got, dict) else ()
    return {name: str(by) for name, by in boards if _NAME.fullmatch(name)}


def _none_free() -> Refused:
    return Refused(
        "quota_reached",
        f"Nama {_PREFIX}1 sampai {_PREFIX}{_HIGHEST} sudah dipakai semua.",
        f"The names {_PREFIX}1 to {_PREFIX}{_HIGHEST} are all taken.",
    )


def _ended(board: str) -> Refused:
    return Refused(
        "ended",
        f"{board} dicabut sebelum terdaftar. Mulai papan baru.",
        f"{board} was unplugged before it was registered. Start a new board.",
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
