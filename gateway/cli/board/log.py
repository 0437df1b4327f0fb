"""`loket board log`: what a board says, live: at the cable, or over the network."""

import argparse
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from gateway.cli.language import language
from gateway.config import ConfigError, Settings

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers
    from gateway.cli.workshop import Line as Workshop
    from gateway.fleet.cable.line import Line

_POLL_S = 1.0
_AGAIN_S = 0.3  # a cable that was pulled
_SILENT_S = 0.3  # then a line without an end is shown
_RENEW_S = 300.0  # a board goes on for ten minutes
_REFUSED_S = 3.0
_ORDER_S = 15.0  # longer than the workshop waits for a board

WORDS = {
    "id": {
        "wait": "Menunggu papan di {port}: colokkan kabelnya (Ctrl-C untuk berhenti).",
        "back": "Terhubung di {port}.",
        "gone": "Kabel di {port} tercabut; log berlanjut bila dicolokkan lagi.",
        "noise": "(bukan teks: derau di kabel, atau kecepatan lain)",
        "no_port": "Tidak ada papan di USB komputer ini. Kabel yang hanya mengisi daya tidak"
        " memunculkan port: coba kabel lain, atau `loket board log ID` lewat jaringan.",
        "several": "Ada beberapa port: {ports}. Pilih satu dengan --port.",
        "no_permission": "{port} tidak boleh dibuka: masukkan pengguna ini ke grup {group}"
        " (`sudo adduser $USER {group}`), lalu masuk ulang.",
        "taken": "{port} sedang dipakai {name} (proses {pid}): tutup dulu program itu.",
        "claimed": "{port} sedang dipakai alat lain: {by}. Tunggu sampai selesai.",
        "served": "Papan di {port} adalah {board}, yang dilayani ruang layanan ini lewat kabel itu;"
        " log-nya diambil lewat jaringan.",
        "wired": "Papan di {port} dilayani ruang layanan ini lewat kabel itu:"
        " `loket board log ID` memberi log-nya tanpa mengganggu.",
        "away": "{why}; mencoba lagi.",
        "refused": "{board} tidak memberi log: {why}",
        "later": "{board} belum memberi log: {why} Ditunggu (Ctrl-C untuk berhenti).",
        "gap": "(ada baris yang terlewat)",
    },
    "en": {
        "wait": "Waiting for a board at {port}: plug its cable in (Ctrl-C ends).",
        "back": "Connected at {port}.",
        "gone": "The cable at {port} was pulled; the log goes on when it is back.",
        "noise": "(no text: noise on the cable, or another speed)",
        "no_port": "No board is at this computer's USB. A cable that only charges shows no port:"
        " try another one, or `loket board log ID` over the network.",
        "several": "There are several ports: {ports}. Choose one with --port.",
        "no_permission": "{port} may not be opened: add this user to the group {group}"
        " (`sudo adduser $USER {group}`), then log in again.",
        "taken": "{port} is in use by {name} (process {pid}): close that program first.",
        "claimed": "Another tool is at work at {port}: {by}. Wait until it has done.",
        "served": "The board at {port} is {board}, which this hall serves over that very cable; its"
        " log comes over the network.",
        "wired": "The board at {port} is served by this hall over that very cable:"
        " `loket board log ID` gives its log without disturbing it.",
        "away": "{why}; trying again.",
        "refused": "{board} gives no log: {why}",
        "later": "{board} gives no log yet: {why} Waiting (Ctrl-C ends).",
        "gap": "(lines are missing here)",
    },
}


def add_to(commands: "SubParsers") -> None:
    """Add this file's sub-command; it sets `run`."""
    log = commands.add_parser("log", help="show what a board says, live, until Ctrl-C")
    which = log.add_mutually_exclusive_group()
    which.add_argument("id", metavar="ID", nargs="?", help="over the network: the board")
    which.add_argument("--port", metavar="PORT", help="at the cable (else the only port there is)")
    log.set_defaults(run=run_log)


def run_log(args: argparse.Namespace) -> int:
    """Print lines until Ctrl-C, and give 0; 1 with the reason if there can be none."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    words = WORDS[language(args)]
    try:
        if args.id is not None:
            _network(args.id, words, language(args))
        port = args.port or _only_port(words)
        board = _cable(port, words)
        _tell(words["served"].format(port=port, board=board))
        _network(board, words, language(args))
    except KeyboardInterrupt:
        return 0


def _only_port(words: dict[str, str]) -> str:
    from gateway.fleet.cable.line import find_ports

    ports = find_ports()
    if len(ports) == 1:
        return next(iter(ports))
    if not ports:
        raise ConfigError(words["no_port"])
    raise ConfigError(words["several"].format(ports=", ".join(ports)))


# At the cable: nothing is sent to the board, so it does not notice.


def _cable(port: str, words: dict[str, str]) -> str:
    """Print lines for ever, or give the board that the hall's bridge serves at the port."""
    from gateway.fleet.cable.facts import GONE, NO_PERMISSION, NO_PORT, TAKEN
    from gateway.fleet.cable.line import Line, LineError
    from gateway.ports import BRIDGE, Claimed, claim, served_board

    settings = Settings.from_env()
    told = False
    while True:
        try:
            # The hall's bridge keeps a board that it serves.
            with claim(settings.paths, port, gently=True), closing(Line(port, True)) as line:
                told = False
                _tell(words["back"].format(port=port))
                _follow(line, words, port, settings)
        except Claimed as why:
            raise ConfigError(words["claimed"].format(port=port, by=why.by)) from why
        except LineError as why:
            if why.state == NO_PERMISSION:
                group = why.group or "dialout"
                raise ConfigError(words["no_permission"].format(port=port, group=group)) from why
            if why.state == TAKEN and (board := served_board(settings.paths, port)):
                return board
            if why.state == TAKEN:
                name, pid = why.holder or ("?", "?")
                text = words["wired" if name == BRIDGE else "taken"]
                raise ConfigError(text.format(port=port, name=name, pid=pid)) from why
            if why.state in (NO_PORT, GONE) and not told:
                told = True
                _tell(words["wait" if why.state == NO_PORT else "gone"].format(port=port))
        time.sleep(_AGAIN_S)


def _follow(line: "Line", words: dict[str, str], port: str, settings: Settings) -> NoReturn:
    from gateway.fleet.cable.lines import Lines, is_text

    lines = Lines()
    noisy = False
    while True:
        data = line.hear(_SILENT_S)
        for text in lines.cut(data) if data else lines.flush():
            if is_text(text):
                noisy = False
                _print(time.time(), text)
            elif not noisy:
                noisy = True  # once for all that follows of it
                _print(time.time(), words["noise"])
        if lines.wired and _is_open(settings):
            raise ConfigError(words["wired"].format(port=port))


def _is_open(settings: Settings) -> bool:
    try:
        socket.create_connection(("127.0.0.1", settings.mqtt_port), 1.0).close()
    except OSError:
        return False
    return True


# Over the network. Each look is a connection of its own: the command line's other commands take
# turns with it, and would wait for one that stays.


def _network(board: str, words: dict[str, str], lang: str) -> NoReturn:
    from gateway.cli.workshop import workshop

    asked = _Asked(board, words, lang)
    away = False
    try:
        while True:
            try:
                with workshop() as line:
                    asked.look(line)
                away = False
            except _Refused:
                raise
            except ConfigError as why:  # the hall is closed, or just restarting
                if asked.seen is None:
                    raise
                if not away:
                    _tell(words["away"].format(why=why))
                away = True
                asked.again_s = 0.0
            time.sleep(_POLL_S)
    finally:
        if asked.on and not away:
            # A hall that closed just now: its boards stop by themselves.
            with suppress(ConfigError), workshop() as line:
                line.ask("log", board=board, on=False)


class _Asked:
    """A board that is asked for its lines, and asked again when it has restarted."""

    def __init__(self, board: str, words: dict[str, str], lang: str) -> None:
        self.seen: list[dict[str, Any]] | None = None  # what the workshop had of its lines
        self.on = False
        self.again_s = 0.0
        self._board = board
        self._words = words
        self._lang = lang
        self._life: tuple[object, int] = ("", 0)
        self._told = ""

    def look(self, line: "Workshop") -> None:
        """Print what is new; let the board go on telling."""
        answer = line.ask("board", board=self._board)
        if answer.get("st") != "accepted":
            raise _Refused(self._why(answer, "refused"))
        row: Any = answer["board"]
        for said in _new(self.seen, row["log"], self._words):
            for text in str(said["text"]).split("\n"):
                _print(said["utc_ms"] / 1_000, text)
        self.seen = row["log"]
        life = (row.get("state"), row.get("boots") or 0)
        if life[0] != self._life[0] or life[1] > self._life[1]:
            self.again_s = 0.0  # one that has restarted does not know that it is listened to
        self._life = life
        if time.monotonic() >= self.again_s:
            self._ask(line)

    def _ask(self, line: "Workshop") -> None:
        answer = line.ask("log", _ORDER_S, board=self._board, on=True)
        self.on = answer.get("st") == "accepted"
        self.again_s = time.monotonic() + (_RENEW_S if self.on else _REFUSED_S)
        told = "" if self.on else self._why(answer, "later")
        if told and told != self._told:
            _tell(told)
        self._told = told

    def _why(self, answer: dict[str, Any], how: str) -> str:
        why = answer.get(f"text_{self._lang}") or answer.get("why", "?")
        return self._words[how].format(board=self._board, why=why)


class _Refused(ConfigError):
    """The workshop or the board refused: to ask again changes nothing."""


def _new(
    seen: list[dict[str, Any]] | None, lines: list[dict[str, Any]], words: dict[str, str]
) -> Iterator[dict[str, Any]]:
    # The workshop keeps the last hundred: what is new is what follows the part that we know.
    if not seen:
        yield from lines
        return
    for known in range(min(len(seen), len(lines)), -1, -1):
        if seen[len(seen) - known :] == lines[:known]:
            if not known and lines:
                _tell(words["gap"])
            yield from lines[known:]
            return


def _print(time_s: float, text: str) -> None:
    at = datetime.fromtimestamp(time_s).astimezone()
    print(f"{at:%H:%M:%S}.{at.microsecond // 1_000:03} {text}", flush=True)


def _tell(text: str) -> None:
    print(f"loket: {text}", file=sys.stderr, flush=True)
