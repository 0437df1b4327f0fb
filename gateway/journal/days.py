"""Looking back at single days of a journal, which another process may be writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway.journal.events import JournalError

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Day:
    """One business day as the journal has it: its events from its opening on.

    Before them stand those of earlier days that the tickets it took over had, and all acts taken
    back since the first of these was born. `zone` is the site's time zone, `counter_word` what it
    calls its counters.
    """

    day: str
    events: list[Body]
    zone: str
    counter_word: str


def read_day(path: Path, day: str = "") -> Day | None:
    """Give a business day (ISO date; "" is the newest), or None if the journal has none such.

    Raises JournalError if the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            # The newest first: the day that is asked for is mostly today.
            after: int | None = None
            for at, body in _bodies(db, "kind = 'day_opened' ORDER BY id DESC"):
                if day in ("", body["day"]):
                    events = _carried(db, at, body) + _between(db, at, after)
                    return Day(str(body["day"]), events, *_words(db, at))
                after = at
            return None
    except sqlite3.Error as e:
        raise JournalError(f"the journal {path} cannot be read: {e}") from e


def _bodies(db: sqlite3.Connection, where: str, *values: object) -> Iterator[tuple[int, Body]]:
    query = f"SELECT id, body FROM event WHERE {where}"
    for at, body in db.execute(query, values):
        yield at, orjson.loads(body)


def _between(db: sqlite3.Connection, first: int, after: int | None) -> list[Body]:
    if after is None:
        return [body for _, body in _bodies(db, "id >= ? ORDER BY id", first)]
    return [body for _, body in _bodies(db, "id >= ? AND id < ? ORDER BY id", first, after)]


def _carried(db: sqlite3.Connection, at: int, opening: Body) -> list[Body]:
    labels = opening.get("carried", [])
    if not isinstance(labels, list) or not labels:
        return []
    marks = ", ".join("?" * len(labels))
    born = f"id < ? AND kind = 'ticket_issued' AND ticket IN ({marks}) ORDER BY id DESC"
    latest: dict[object, int] = {}  # a label comes back every day: of each the last birth counts
    for birth, body in _bodies(db, born, at, *labels):
        if not body.get("day"):  # a board's number, handed in after its day: no ticket
            latest.setdefault(body["ticket"], birth)
        if len(latest) == len(labels):
            break
    since = f"id >= ? AND id < ? AND (kind = 'act_undone' OR ticket IN ({marks})) ORDER BY id"
    lives = _bodies(db, since, min(latest.values(), default=at), at, *labels)
    return [
        body
        for found, body in lives
        if body["kind"] == "act_undone" or found >= latest.get(body["ticket"], at)
    ]


def _words(db: sqlite3.Connection, at: int) -> tuple[str, str]:
    where = "id < ? AND kind = 'site_loaded' ORDER BY id DESC LIMIT 1"
    for _, body in _bodies(db, where, at):
        site = body.get("site")
        if isinstance(site, dict):
            return str(site.get("zone") or "UTC"), str(site.get("counter_word") or "loket")
    return "UTC", "loket"
