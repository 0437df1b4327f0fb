"""Writing and reading the journal. One process writes, in one thread; others may read."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from gateway.journal.events import EventTable, JournalError
from gateway.journal.schema import migrate

# A busy writer checkpoints every this many pages of write-ahead log (4 KB each).
_CHECKPOINT_PAGES = 1_000
_ANSWERS_PRUNED_EVERY = 20_000


class _Insert:
    """How the rows of one table are written: a few one by one, a burst as one statement.

    In a burst all rows come as one JSON text, which SQLite takes apart without Python's lock
    while the writer decides the next batch; row by row, each would wait for the lock twice. For
    a row or two that costs more than it gains, and a press waits for it.
    """

    FEW = 8

    def __init__(self, table: str, *columns: str) -> None:
        names = f"INSERT INTO {table} ({', '.join(columns)})"
        self._one = f"{names} VALUES ({', '.join('?' * len(columns))})"
        values = ", ".join(f"json_extract(value, '$[{i}]')" for i in range(len(columns)))
        self._many = f"{names} SELECT {values} FROM json_each(?)"

    def write(self, db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the rows, in their order; a dict becomes its JSON text."""
        if len(rows) > self.FEW:
            db.execute(self._many, (orjson.dumps(rows).decode(),))
            return
        for row in rows:
            db.execute(self._one, [_text(v) if type(v) is dict else v for v in row])


def _text(value: object) -> str:
    return orjson.dumps(value).decode()


_EVENTS = _Insert("event", "at_ms", "kind", "ticket", "counter", "body")
# A seq that was forgotten and came again stands there twice: the later one counts.
_ANSWERS = _Insert("answer", "source", "identity", "day", "fact", "receipt")
_GLASS = _Insert("glass", "at_ms", "board", "press_to_glass_ms")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is written: `body` is a JSON object."""

    at_ms: int
    kind: str
    ticket: str | None
    counter: int | None
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer to one press: who (`source`), which (`identity`), on which business day.

    `receipt` is the JSON text that was sent, so that a repeat gets the same bytes.
    """

    source: str
    identity: str
    day: str
    fact: bool
    receipt: str


@dataclass(frozen=True, slots=True)
class Glass:
    """One measured press-to-glass time of a board, by that board's own clock."""

    at_ms: int
    board: str
    press_to_glass_ms: int


class Journal:
    """The append-only record. `commit` returns when its batch is on disk (synchronous=FULL).

    Not for two threads at once, but for `last_event`: the number of the newest event on disk.
    """

    def __init__(self, path: Path, answers_kept: int) -> None:
        """Open or make the journal at `path` for writing and bring its schema up to date.

        `answers_kept` orders' answers are kept for each source; facts' until their day ends.
        """
        self._path = path
        self._answers_kept = answers_kept
        self._answers_written = 0
        self._lacks_a_batch = False
        try:
            # One thread at a time: the caller's own, or the one that it hands batches to.
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as e:
            raise JournalError(f"the journal {path} cannot be opened: {e}") from e
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            self._db.execute("PRAGMA busy_timeout = 5000")
            migrate(self._db)
            self.events = EventTable(self._db)
            self.last_event = self.events.last()
        except (sqlite3.Error, ValueError) as e:
            self._db.close()
            raise JournalError(f"the journal {path} cannot be opened: {e}") from e

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def commit(
        self, rows: Iterable[Row], answers: Iterable[Answer] = (), glass: Iterable[Glass] = ()
    ) -> None:
        """Write one batch in one transaction; on return it is on disk.

        Raises JournalError when it is not: then nothing of the batch is, and the caller's state
        in memory is ahead of the journal, so it must start again from the journal. No later batch
        is taken: what follows from events that are not there could never be replayed.
        """
        if self._lacks_a_batch:
            raise JournalError(
                f"the journal {self._path} could not take an earlier batch, so takes none after it;"
                " start the gateway again"
            )
        self._lacks_a_batch = True  # until this one is on disk
        db = self._db
        events = [(r.at_ms, r.kind, r.ticket, r.counter, r.body) for r in rows]
        kept = [(a.source, a.identity, a.day, int(a.fact), a.receipt) for a in answers]
        seen = [(g.at_ms, g.board, g.press_to_glass_ms) for g in glass]
        try:
            db.execute("BEGIN IMMEDIATE")
            _EVENTS.write(db, events)
            _ANSWERS.write(db, kept)
            _GLASS.write(db, seen)
            self._answers_written += len(kept)
            if self._answers_written >= _ANSWERS_PRUNED_EVERY:
                self._answers_written = 0
                self._prune_answers()
            db.execute("COMMIT")
        except sqlite3.Error as e:
            raise JournalError(
                f"the journal {self._path} cannot be written: {e};"
                " is the disk full or read-only? Nothing of this batch was answered"
            ) from e
        self._lacks_a_batch = False
        self.last_event += len(events)

    def new_epoch(self) -> int:
        """Give a number that no earlier start of the gateway had; it is on disk on return."""
        try:
            (epoch,) = self._db.execute(
                "UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value"
            ).fetchone()
        except sqlite3.Error as e:
            raise JournalError(f"the journal {self._path} cannot be written: {e}") from e
        return int(epoch)

    def answers(self, day: str) -> Iterator[Answer]:
        """Give the answers still to be remembered on business day `day`, oldest first."""
        self._prune_answers(day)
        query = "SELECT source, identity, day, fact, receipt FROM answer ORDER BY id"
        for source, identity, of_day, fact, receipt in self._db.execute(query):
            yield Answer(source, identity, of_day, bool(fact), receipt)

    def _prune_answers(self, day: str | None = None) -> None:
        # Facts are kept through the newest day that has any answer; orders by count.
        self._db.execute(
            "DELETE FROM answer WHERE fact = 1"
            " AND day < coalesce(?, (SELECT max(day) FROM answer))",
            (day,),
        )
        self._db.execute(
            "DELETE FROM answer WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
            " (PARTITION BY source ORDER BY id DESC) AS age FROM answer WHERE fact = 0)"
            " WHERE age > ?)",
            (self._answers_kept,),
        )
