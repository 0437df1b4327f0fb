"""Reading the events of a journal, its writer's own or one that another process may be writing.

Each look is a read transaction of its own that ends at once: a long one would keep the writer
from starting its write-ahead log anew.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson

from gateway.journal.schema import MIGRATIONS

_AT_A_TIME = 2_000  # events, about 20 ms of replay


class JournalError(Exception):
    """The journal cannot be opened, read or written; the text says which file and what to do."""


class EventTable:
    """The events of one journal, by number: 1 is the first, and none is ever missing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def last(self) -> int:
        """Give the number of the newest event, 0 if there is none."""
        (number,) = self._db.execute("SELECT max(id) FROM event").fetchone()
        return number or 0

    def stamp(self, number: int) -> str:
        """Give the SHA-256 of an event's number and stored text, "" if there is no such event."""
        row = self._db.execute("SELECT body FROM event WHERE id = ?", (number,)).fetchone()
        return "" if row is None else hashlib.sha256(f"{number} {row[0]}".encode()).hexdigest()

    def after(self, number: int, until: int | None = None) -> Iterator[tuple[int, str]]:
        """Give number and JSON text of the events after `number`, up to and with `until`.

        Without `until` those that are added meanwhile are given as well.
        """
        query = "SELECT id, body FROM event WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
        last = 2**63 - 1 if until is None else until
        while rows := self._db.execute(query, (number, last, _AT_A_TIME)).fetchall():
            yield from rows
            number = rows[-1][0]

    def of_kinds(self, kinds: tuple[str, ...], after: int = 0) -> list[dict[str, object]]:
        """Give the bodies of the events of `kinds` after a number. Looks at every one of them."""
        marks = ",".join("?" * len(kinds))
        rows = self._db.execute(
            f"SELECT body FROM event WHERE id > ? AND kind IN ({marks}) ORDER BY id",
            (after, *kinds),
        )
        return [orjson.loads(body) for (body,) in rows.fetchall()]


@contextmanager
def reading(path: Path) -> Iterator[EventTable]:
    """Give the events of the journal at `path`, which is not changed.

    Raises JournalError when it cannot be read, also from within.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            (schema,) = db.execute("PRAGMA user_version").fetchone()
            if schema > len(MIGRATIONS):
                raise JournalError(
                    f"the journal {path} cannot be read: its schema {schema} is newer than this"
                    f" program's {len(MIGRATIONS)}: update Loket"
                )
            yield EventTable(db)
    except sqlite3.Error as e:
        raise JournalError(f"the journal {path} cannot be read: {e}") from e


def read_events(path: Path, kinds: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """Give the events' bodies (of `kinds`, or all) of a journal another process may be writing."""
    with reading(path) as events:
        if kinds:
            return events.of_kinds(kinds)
        return [orjson.loads(body) for _, body in events.after(0)]
