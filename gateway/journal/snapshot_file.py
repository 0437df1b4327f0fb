"""A snapshot on disk: what the events up to one of them lead to, so that a start need not
replay them. A cache: it can be made again from the journal, and is used only if it surely fits.

Two lines of JSON: what it is a snapshot of, and the state. It is a file of its own, for in the
journal's SQLite file it would make the writer wait.
"""

import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from gateway.journal.events import EventTable

_NEW = ".new"
_KEPT = 2  # one for this version of the program, and one for going back to the last


@dataclass(frozen=True, slots=True)
class Head:
    """What a snapshot is of. `first` and `last` are the stamps of event 1 and event `upto`."""

    upto: int  # the number of the last event in it
    first: str
    last: str
    code: str  # which program's state it is


class Unusable(Exception):
    """There is no snapshot, or none that may be used; the text says why."""


def write(file: Path, head: Head, state: object) -> None:
    """Put a snapshot in place of the last one, whole or not at all; older versions' go away.

    One process at a time. Raises OSError when it cannot be written.
    """
    body = orjson.dumps(state)
    line = orjson.dumps({**asdict(head), "sha256": hashlib.sha256(body).hexdigest()})
    file.parent.mkdir(exist_ok=True)
    new = file.with_suffix(_NEW)
    with open(new, "wb") as out:
        out.write(line + b"\n" + body)
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)
    by_age = sorted(file.parent.glob(f"*{file.suffix}"), key=lambda f: f.stat().st_mtime_ns)
    killed = file.parent.glob(f"*{_NEW}")  # what processes that were killed had begun
    for old in (*by_age[:-_KEPT], *killed):
        old.unlink(missing_ok=True)


def read_head(file: Path) -> Head:
    """Give what a snapshot is of, without its state; raise Unusable."""
    try:
        with open(file, "rb") as opened:
            return _head(opened.readline())[0]
    except FileNotFoundError as e:
        raise Unusable("there is none of this version of the program") from e
    except OSError as e:
        raise Unusable(f"it cannot be read: {e.strerror}") from e


def read(file: Path, events: EventTable, code: str) -> tuple[Head, object]:
    """Give a snapshot that is whole, of the journal `events` and made by `code`.

    Raises Unusable for any other.
    """
    try:
        line, _, body = file.read_bytes().partition(b"\n")
    except FileNotFoundError as e:
        raise Unusable("there is none of this version of the program") from e
    except OSError as e:
        raise Unusable(f"it cannot be read: {e.strerror}") from e
    head, sha256 = _head(line)
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Unusable("it is torn or damaged")
    if head.code != code:
        raise Unusable("another version of the program made it")
    if head.upto > events.last():
        raise Unusable(
            f"it is of event {head.upto}, and the journal ends before that:"
            " was the journal put back from an older copy?"
        )
    if (events.stamp(1), events.stamp(head.upto)) != (head.first, head.last):
        raise Unusable("it is of another journal")
    return head, orjson.loads(body)


def _head(line: bytes) -> tuple[Head, str]:
    try:
        data = orjson.loads(line)
        sha256 = data.pop("sha256")
        head = Head(**data)
    except (ValueError, TypeError, AttributeError, KeyError) as e:
        raise Unusable("it is torn or damaged") from e
    if type(head.upto) is not int:
        raise Unusable("it is torn or damaged")
    return head, sha256
