"""`loket board list`: every registered board, how it is, and what it runs."""

import argparse
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from gateway.cli.asking import has_writer
from gateway.cli.board.hall_view import Look, looking, now
from gateway.cli.language import language
from gateway.fleet.doctor.tell import clean

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers

_COLUMNS = 80
WORDS_OF_LIVE = (
    "place", "state", "seen_ms", "fw", "hw", "rssi_dbm", "free_bytes", "reconnects",
    "settings_wanted", "settings_applied", "alerts", "bad", "addresses", "shown",
)  # fmt: skip
WORDS = {
    "id": {
        "head": ("papan", "peran", "status", "lihat", "versi", "dBm", "KB", "minta", "pakai"),
        "ready": "hadir",
        "init": "mulai",
        "sleeping": "tidur",
        "gone": "mati",
        "lost": "putus",
        "never": "belum",
        "stale": "usang",
        "unknown": "-",
        "spare": "cadang",
        "closed": "Ruang layanan tertutup: hanya daftar papan yang ditampilkan.",
        "silent": "Broker ruang layanan tidak menjawab: hanya daftar papan yang ditampilkan."
        " `loket board doctor` memberi langkahnya.",
        "none": "Belum ada papan terdaftar: `loket board add ID --role PERAN`.",
        "differs": "* pengaturan yang diminta belum dipakai.",
    },
    "en": {
        "head": ("board", "role", "state", "seen", "version", "dBm", "KB", "wanted", "applied"),
        "ready": "ready",
        "init": "starting",
        "sleeping": "asleep",
        "gone": "off",
        "lost": "lost",
        "never": "never",
        "stale": "stale",
        "unknown": "-",
        "spare": "spare",
        "closed": "The hall is closed: only the register is shown.",
        "silent": "The hall's broker does not answer: only the register is shown. See"
        " `loket board doctor`.",
        "none": "No boards are registered yet: `loket board add ID --role ROLE`.",
        "differs": "* wanted settings are not applied yet.",
    },
}
# Of id, role and number, state, seen, version, signal, memory, settings wanted and applied: the
# most; where there is no room for that, version and id are cut to the least.
_WIDTHS = (32, 10, 8, 5, 31, 4, 4, 8, 9)
_VERSION, _ID = 4, 0
_LEAST = ((_VERSION, 8), (_ID, 14))
_RIGHT = (False, False, False, True, False, True, True, False, False)

Row = dict[str, Any]


def add_to(commands: "SubParsers") -> None:
    """Add `list`; it sets `run`."""
    ls = commands.add_parser("list", help="show the registered boards and how they are")
    ls.add_argument(
        "--json", action="store_true", help="print them as JSON, with all that is known"
    )
    ls.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the boards."""
    with looking() as look:
        boards = rows(look)
        utc_ms = look.view.hall_ms(*now())
    words: dict[str, Any] = WORDS[language(args)]
    if args.json:
        print(json.dumps(boards))
        return 0
    if not boards:
        print(words["none"])
        return 0
    # A pipe has no edge.
    most = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    for line in table(boards, words, utc_ms, most):
        print(line)
    if not look.open:
        print(words["silent" if has_writer(look.settings) else "closed"])
    return 0


def rows(look: Look) -> list[Row]:
    """Give a row for each registered board: the register's words, and what the hall tells of it.

    With the hall closed the latter are missing. `stale` names the sensors whose reading is older
    than it should be, which is not the same as a board that is lost.
    """
    from gateway.service.register_view import registered_boards

    live = {str(row.get("board")): row for row in look.view.rows()}
    found = []
    for known in registered_boards(look.settings):
        row: Row = dict(known)
        told = live.get(str(known["id"]))
        if told is not None:
            row.update((name, told[name]) for name in WORDS_OF_LIVE if name in told)
            readings = look.view.readings(str(known["id"]), 0)
            row["stale"] = [r.sensor for r in readings if r.status == "stale"]
        found.append(row)
    return found


def table(boards: list[Row], words: dict[str, Any], utc_ms: int, most: int = _COLUMNS) -> list[str]:
    """Give the lines of the table, at most `most` columns wide (from 80 on), no wider than need be.

    Ids and versions are cut only where there is no room.
    """
    lines = [words["head"]]
    differs = False
    for row in boards:
        wanted, applied = row.get("settings_wanted"), row.get("settings_applied")
        late = wanted is not None and wanted != applied
        differs = differs or late
        lines.append(
            (
                row["id"],
                _role(row, words),
                _state(row, words),
                _ago(row.get("seen_ms"), utc_ms),
                clean(str(row.get("fw") or "-")),
                _number(row.get("rssi_dbm"), 1),
                _number(row.get("free_bytes"), 1_024),
                _rev(wanted),
                _rev(applied) + ("*" if late else ""),
            )
        )
    widths = _widths(lines, most)
    drawn = [_line(cells, widths) for cells in lines]
    return [*drawn, words["differs"]] if differs else drawn


def _widths(lines: list[tuple[str, ...]], most: int) -> list[int]:
    columns = zip(*lines, strict=True)
    widths = [
        min(width, max(map(len, column))) for column, width in zip(columns, _WIDTHS, strict=True)
    ]
    for column, least in _LEAST:
        over = sum(widths) + len(widths) - 1 - most
        if over > 0:
            widths[column] = max(min(least, widths[column]), widths[column] - over)
    return widths


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    shown = []
    for cell, width, right in zip(cells, widths, _RIGHT, strict=True):
        cut = cell if len(cell) <= width else cell[: width - 1] + "…"
        shown.append(cut.rjust(width) if right else cut.ljust(width))
    return " ".join(shown).rstrip()


def _role(row: Row, words: dict[str, Any]) -> str:
    if row.get("spare"):
        return f"{str(row['role'])[:3]} {words['spare']}"
    return f"{row['role']} {row['counter']}" if row.get("counter") else str(row["role"])


def _state(row: Row, words: dict[str, Any]) -> str:
    state = str(row.get("state") or "unknown")
    if row.get("stale") and state in ("ready", "sleeping"):
        return str(words["stale"])
    return str(words.get(state, state))


def _ago(at_ms: object, utc_ms: int) -> str:
    if type(at_ms) is not int:
        return "-"
    s = max(0, utc_ms - at_ms) // 1_000
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if s >= 2 * seconds:
            return f"{s // seconds}{unit}"
    return f"{s}s"


def _number(value: object, unit: int) -> str:
    return str(round(value / unit)) if isinstance(value, int | float) else "-"


def _rev(rev: object) -> str:
    return f"{rev:08x}" if type(rev) is int else "-"
