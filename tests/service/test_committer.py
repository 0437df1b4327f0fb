"""Batches reach the disk in their order, and nothing follows one that did not."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.journal import Journal, JournalError, Row, read_events
from gateway.service.batch import Batch
from gateway.service.committer import Committer
from gateway.service.out import Out
from tests.support.tools import wait_for

MANY = 20  # rows, which are handed to the committer's thread


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path, 64)
    yield journal
    journal.close()


@pytest.fixture
def committer(journal: Journal) -> Iterator[Committer]:
    committer = Committer(journal)
    yield committer
    committer.close()


def _batch(name: str, rows: int) -> Batch:
    made = [Row(1, name, None, None, {"kind": name, "n": n}) for n in range(rows)]
    return Batch(rows=made, out=[Out(name, b"")])


def _kinds(path: Path) -> list[object]:
    return [body["kind"] for body in read_events(path) if not body.get("n")]


def test_a_press_is_said_at_once_and_a_burst_when_it_is_on_disk(
    path: Path, committer: Committer
) -> None:
    assert committer.submit(_batch("press", 1)) == [Out("press", b"")]
    assert committer.submit(_batch("burst", MANY)) == []
    assert committer.drain() == [Out("burst", b"")]
    assert _kinds(path) == ["press", "burst"]


def test_what_comes_later_is_said_later_even_if_nothing_of_it_goes_to_disk(
    path: Path, committer: Committer
) -> None:
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")  # the disk takes its time
        for batch in (_batch("burst", MANY), _batch("face", 0), _batch("press", 1)):
            assert committer.submit(batch) == []
        assert committer.finished() == []
        other.execute("ROLLBACK")
    other.close()
    assert [out.topic for out in committer.drain()] == ["burst", "face", "press"]
    assert _kinds(path) == ["burst", "press"]


@pytest.mark.parametrize("rows", [1, MANY])
def test_after_a_batch_that_was_not_written_none_is(
    path: Path, journal: Journal, committer: Committer, rows: int
) -> None:
    # What follows from events that are not in the journal could never be replayed.
    journal._db.execute("PRAGMA busy_timeout = 1")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        committer.submit(_batch("lost", MANY))
        wait_for(lambda: not committer._done.empty(), what="the batch to fail")
        other.execute("ROLLBACK")
    other.close()
    committer.submit(_batch("next", rows))
    with pytest.raises(JournalError, match="cannot be written"):
        committer.drain()
    committer.close()  # what was handed over has been tried
    assert _kinds(path) == []


def test_the_owner_hears_of_whatever_goes_wrong_in_the_thread(committer: Committer) -> None:
    batch = _batch("odd", MANY)
    batch.rows[0].body["n"] = object()  # which is no JSON
    committer.submit(batch)
    with pytest.raises(TypeError):
        committer.drain()
