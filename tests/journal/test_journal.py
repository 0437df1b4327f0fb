"""The journal: append-only, whole batches, answers pruned with measure, epochs that differ."""

import json
import sqlite3
from pathlib import Path

import pytest

from gateway.journal import Answer, Glass, Journal, JournalError, Row, read_events


def _row(n: int, kind: str = "called") -> Row:
    return Row(1_000 + n, kind, f"A{n:03d}", 1, {"kind": kind, "ticket": f"A{n:03d}"})


def _answer(
    seq: int, *, fact: bool = False, day: str = "2026-11-21", source: str = "c-1"
) -> Answer:
    return Answer(source, f"7/{seq}", day, fact, f'{{"seq":{seq}}}')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def test_what_was_committed_is_there_for_the_next_start_in_order(path: Path) -> None:
    journal = Journal(path, 64)
    journal.commit([_row(2), _row(1)], [_answer(1)], [Glass(5, "c-1", 12)])
    journal.commit([_row(3)])
    journal.close()
    again = Journal(path, 64)
    bodies = [json.loads(body) for _, body in again.events.after(0)]
    assert [body["ticket"] for body in bodies] == ["A002", "A001", "A003"]
    assert again.last_event == 3
    assert [a.identity for a in again.answers("2026-11-21")] == ["7/1"]


def test_a_batch_is_written_whole_or_not_at_all(path: Path) -> None:
    journal = Journal(path, 64)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE glass")
    db.close()
    with pytest.raises(JournalError):
        journal.commit([_row(1)], [_answer(1)], [Glass(1, "c-1", 2)])
    journal.close()
    assert read_events(path) == []


def test_events_can_be_neither_changed_nor_deleted(path: Path) -> None:
    Journal(path, 64).commit([_row(1)])
    with sqlite3.connect(path) as db:
        for statement in ("UPDATE event SET body = '{}'", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)
    db.close()


def test_only_the_last_orders_of_each_source_are_kept_and_facts_until_their_day_ends(
    path: Path,
) -> None:
    journal = Journal(path, answers_kept=3)
    journal.commit([], [_answer(n) for n in range(1, 6)])
    journal.commit([], [_answer(1, source="c-2"), _answer(90, fact=True)])
    kept = {(a.source, a.identity) for a in journal.answers("2026-11-21")}
    assert kept == {("c-1", "7/3"), ("c-1", "7/4"), ("c-1", "7/5"), ("c-2", "7/1"), ("c-1", "7/90")}
    assert not any(a.fact for a in journal.answers("2026-11-22"))


def test_each_epoch_is_new_across_starts(path: Path) -> None:
    first = Journal(path, 64)
    epochs = [first.new_epoch(), first.new_epoch()]
    first.close()
    epochs.append(Journal(path, 64).new_epoch())
    assert len(set(epochs)) == 3


def test_a_file_that_is_no_journal_or_a_newer_one_is_refused_by_name(path: Path) -> None:
    path.write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(JournalError, match=r"journal\.sqlite3 cannot be opened"):
        Journal(path, 64)
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="newer than this program"):
        Journal(path, 64)


def test_a_journal_that_cannot_be_written_says_so(path: Path) -> None:
    journal = Journal(path, 64)
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE glass")
    other.close()
    with pytest.raises(JournalError, match="Nothing of this batch was answered"):
        journal.commit([_row(1)], [], [Glass(1, "c-1", 2)])


def test_others_may_read_by_kind_while_it_is_open(path: Path) -> None:
    journal = Journal(path, 64)
    journal.commit([_row(1), _row(2, "recalled"), _row(3)])
    assert [b["ticket"] for b in read_events(path, ("called",))] == ["A001", "A003"]
    assert len(read_events(path)) == 3
