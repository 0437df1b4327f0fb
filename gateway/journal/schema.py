"""The journal's numbered schema: a list of migrations, applied in order and never edited.

`PRAGMA user_version` holds the number of the last one applied. A change of the schema is a
new entry at the end, with a saved old file in tests/journal/files that opens in it.
"""

import sqlite3

APPLICATION_ID = 0x4C4F4B54  # "LOKT": `file` and we ourselves can tell whose database this is

MIGRATIONS: tuple[str, ...] = (
    # 1: events are facts and are never changed; answers are the memory that makes a repeated
    # press harmless (rule 5) and may be pruned; glass is the measured press-to-glass time.
    # None has an index: all grow at their end only, and an index would scatter a burst over a
    # hundred pages to sync.
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        ticket TEXT,
        counter INTEGER,
        body TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER event_is_append_only_1 BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER event_is_append_only_2 BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        identity TEXT NOT NULL,
        day TEXT NOT NULL,
        fact INTEGER NOT NULL,
        receipt TEXT NOT NULL
    ) STRICT;
    CREATE TABLE glass (
        at_ms INTEGER NOT NULL,
        board TEXT NOT NULL,
        press_to_glass_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', 0);
    """,
)


def migrate(db: sqlite3.Connection) -> int:
    """Bring the database up to the newest schema, each step in one transaction.

    Gives the number it had before. Raises ValueError when the file is newer than this program
    or is not a journal at all.
    """
    (found,) = db.execute("PRAGMA user_version").fetchone()
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    if found > len(MIGRATIONS):
        raise ValueError(
            f"its schema {found} is newer than this program's {len(MIGRATIONS)}: update Loket"
        )
    if found and owner != APPLICATION_ID:
        raise ValueError("it is another program's database")
    for number in range(found, len(MIGRATIONS)):
        db.executescript(
            f"BEGIN IMMEDIATE;{MIGRATIONS[number]}"
            f"PRAGMA user_version = {number + 1}; PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        )
    return int(found)
