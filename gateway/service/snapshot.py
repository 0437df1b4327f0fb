"""Snapshots of the hall: read at a start, made anew as the journal grows, and checked.

A snapshot is never the truth. What is not whole, not of this journal or not made by this very
program is passed over, and the events are replayed instead.
"""

import fcntl
import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway import domain
from gateway.config import Paths
from gateway.domain import BadEvent, Hall, decode_event, evolve
from gateway.journal import EventTable, JournalError, plain, reading, snapshot_file
from gateway.journal.plain import BadPlain, CannotStore, Plain
from gateway.journal.snapshot_file import Head, Unusable

_log = logging.getLogger(__name__)

_SUFFIX = ".snapshot"
_ASKED_EVERY = 2_000  # events, whether a snapshot is still wanted


class BeingMade(Exception):
    """Another process is making a snapshot."""


class NotWanted(Exception):
    """Whoever asked for a snapshot is gone."""


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that was made: of the events up to `upto`, `replayed` of them just now."""

    file: Path
    upto: int
    replayed: int


def code_mark() -> str:
    """Give what tells this version of the rules from any other: a hash of all their sources.

    Every change of what a hall is, or of what an event does to it, changes these files. That a
    comment does, too, costs one long start.
    """
    domain_folder = Path(domain.__file__).parent
    found = hashlib.sha256()
    for file in (*sorted(domain_folder.rglob("*.py")), Path(plain.__file__)):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def file_of(paths: Paths, code: str) -> Path:
    """Give the file of this version's snapshot: versions do not take each other's away."""
    return paths.snapshots / (code[:16] + _SUFFIX)


def usable(paths: Paths, events: EventTable, code: str) -> tuple[Hall, int]:
    """Give the hall of the snapshot and the number of the last event in it, or raise Unusable."""
    head, state = snapshot_file.read(file_of(paths, code), events, code)
    try:
        return Plain(Hall).decode(state), head.upto
    except BadPlain as e:
        raise Unusable(str(e)) from e


def restore(paths: Paths, events: EventTable) -> Hall:
    """Give the hall as the journal has it, from the snapshot and the events after it.

    What was done is logged in one line. Raises JournalError for an event that this version cannot
    read.
    """
    started_ns = time.perf_counter_ns()
    last = events.last()
    try:
        hall, upto = usable(paths, events, code_mark())
        how = f"a snapshot of event {upto}, and {last - upto} more events"
    except Unusable as e:
        hall, upto = Hall(), 0
        how = f"all events are replayed: no snapshot is used, {e}"
    _replay(hall, events, upto, last)
    took_ms = (time.perf_counter_ns() - started_ns) // 1_000_000
    _log.info("the hall stands at event %d, after %d ms: %s", last, took_ms, how)
    return hall


def make(
    paths: Paths,
    *,
    afresh: bool = False,
    until: int | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> Made:
    """Make a snapshot up to event `until` (None: the newest), beside the one writer.

    It goes on from the last snapshot, or `afresh` from the first event. Raises BeingMade,
    NotWanted, CannotStore, JournalError or OSError; the last snapshot then stays as it is.
    """
    code = code_mark()
    with _alone(paths), reading(paths.journal) as events:
        last = events.last() if until is None else until
        hall, upto = Hall(), 0
        if not afresh:
            try:
                hall, upto = usable(paths, events, code)
            except Unusable as e:
                _log.info("a snapshot is made from the first event on: %s", e)
        if upto > last:
            hall, upto = Hall(), 0
        _replay(hall, events, upto, last, wanted)
        way = Plain(Hall)
        state = way.encode(hall)
        if way.decode(orjson.loads(orjson.dumps(state))) != hall:
            raise CannotStore("the hall is another one when it is read again")
        head = Head(last, events.stamp(1), events.stamp(last), code)
        snapshot_file.write(file_of(paths, code), head, state)
    return Made(file_of(paths, code), last, last - upto)


def _replay(
    hall: Hall,
    events: EventTable,
    after: int,
    until: int,
    wanted: Callable[[], bool] = lambda: True,
) -> None:
    for number, body in events.after(after, until):
        try:
            event = decode_event(orjson.loads(body))
        except BadEvent as e:
            raise JournalError(
                f"event {number} of the journal cannot be read: {e}; if a newer Loket wrote it,"
                " update Loket"
            ) from e
        evolve(hall, event)
        if number % _ASKED_EVERY == 0 and not wanted():
            raise NotWanted


@contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    paths.run.mkdir(parents=True, exist_ok=True)
    with open(paths.snapshot_lock, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise BeingMade from e
        yield
