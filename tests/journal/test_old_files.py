"""Journals of every earlier version open in this one and lead to what they led to then.

The files were saved by `python -m tests.journal.make_files`. If this fails, people's journals
will not open any more: give new fields of events a default, and add a migration to schema.py.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain import Hall, decode_event, evolve
from gateway.journal import Journal, JournalError, Row, schema
from tests.journal.make_files import FILES
from tests.journal.picture import picture

JOURNALS = sorted(FILES.glob("*.sqlite3"))


@pytest.fixture(params=JOURNALS, ids=lambda file: file.stem)
def saved(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, object]]:
    """Give a copy of a saved journal, and what it led to."""
    file: Path = request.param
    copy = tmp_path / "journal.sqlite3"
    shutil.copy(file, copy)
    return copy, json.loads(file.with_suffix(".json").read_text())


def _tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        tables = ("event", "answer", "glass", "meta")
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def test_there_is_a_saved_file_of_each_schema() -> None:
    def number(file: Path) -> int:
        with closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
        return int(version)

    assert {number(file) for file in JOURNALS} >= set(range(1, len(schema.MIGRATIONS) + 1))


def test_an_old_journal_opens_migrates_and_replays_to_the_same_hall(
    saved: tuple[Path, dict[str, object]],
) -> None:
    path, then = saved
    before = _tables(path)
    journal = Journal(path, 64)
    hall = Hall()
    for _, body in journal.events.after(0):
        evolve(hall, decode_event(json.loads(body)))
    answers = [answer.identity for answer in journal.answers(hall.day)]
    assert json.loads(json.dumps(picture(hall))) == then["hall"]
    assert answers == then["answers"]
    journal.commit([Row(1, "help_asked", None, 1, {"kind": "help_asked"})])
    assert journal.new_epoch() == dict(before["meta"])["epoch"] + 1  # type: ignore[index, arg-type]
    journal.close()
    after = _tables(path)
    assert after["event"][:-1] == before["event"], "what happened was changed"
    assert after["glass"] == before["glass"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


@pytest.mark.parametrize("file", sorted(FILES.glob("*.jsonl")), ids=lambda file: file.stem)
def test_old_events_replay_to_the_same_states_lines_and_counters(file: Path) -> None:
    hall, pictures = Hall(), 0
    for line in file.read_text().splitlines():
        data = json.loads(line)
        if "picture" in data:
            assert json.loads(json.dumps(picture(hall))) == data["picture"]
            hall, pictures = Hall(), pictures + 1
        else:
            evolve(hall, decode_event(data))
    assert pictures


def test_migrations_are_applied_one_by_one_and_each_whole_or_not_at_all(
    saved: tuple[Path, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = saved
    known = schema.MIGRATIONS
    good = "CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (7);"
    bad = "CREATE TABLE too_far (x INTEGER) STRICT; INSERT INTO no_such_table VALUES (1);"
    monkeypatch.setattr(schema, "MIGRATIONS", (*known, good, bad))
    with pytest.raises(JournalError, match="no_such_table"):
        Journal(path, 64)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(known) + 1,)
        assert db.execute("SELECT x FROM later").fetchall() == [(7,)]
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
    assert "too_far" not in names
    monkeypatch.setattr(schema, "MIGRATIONS", (*known, good))
    Journal(path, 64).close()  # the mended program goes on where it stopped
