"""Is what a start would read from the snapshot what the events say? For `loket journal check`."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice, zip_longest

import orjson

from gateway.config import Paths
from gateway.domain import BadEvent, Hall, decode_event, evolve
from gateway.journal import reading
from gateway.journal.snapshot_file import Unusable
from gateway.service.snapshot import code_mark, file_of, usable

_SHOWN = 5  # differences
_NEWER = "If a newer Loket wrote it, update Loket; else put the journal back from a whole copy."


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in sentences; `ok` is False if something is wrong."""

    ok: bool
    sentences: tuple[str, ...]


def check(paths: Paths) -> Report:
    """Replay the whole journal and compare with the snapshot, beside the one writer.

    Raises JournalError when the journal cannot be read.
    """
    code = code_mark()
    file = file_of(paths, code)
    with reading(paths.journal) as events:
        last = events.last()
        kept: Hall | None = None
        upto = 0
        unusable = ""
        try:
            kept, upto = usable(paths, events, code)
        except Unusable as e:
            unusable = str(e)
        found: list[str] = []
        hall, before = Hall(), 0
        for number, body in events.after(0, last):
            if number != before + 1:
                return _broken(f"event {before + 1} is missing from {paths.journal}")
            try:
                evolve(hall, decode_event(orjson.loads(body)))
            except BadEvent as e:
                return Report(False, (f"event {number} of {paths.journal}: {e}.", _NEWER))
            except (ValueError, LookupError, TypeError, AttributeError) as e:
                return _broken(f"event {number} of {paths.journal} cannot be replayed: {e!r}")
            if number == upto and kept is not None:
                found = list(islice(differences(kept, hall), _SHOWN))
            before = number
    told = [f"{last} events were replayed, from the first to the newest: business day {hall.day}."]
    if kept is None:
        told.append(f"The snapshot {file} is not used: {unusable}.")
        return Report(not file.exists(), tuple(told))
    if not found:
        told.append(f"The snapshot of event {upto} is what the events up to it lead to.")
        return Report(True, tuple(told))
    told.append(f"The snapshot {file} of event {upto} is NOT what the events lead to:")
    told += [f"  {text}" for text in found]
    told.append("Make a new one with `loket journal snapshot`, then start the hall again.")
    return Report(False, tuple(told))


def _broken(what: str) -> Report:
    return Report(False, (f"{what}.", "Put the journal back from a copy that is whole."))


def differences(kept: object, replayed: object, where: str = "hall") -> Iterator[str]:
    """Give in words where a snapshot and a replay differ; caches do not count, order does."""
    if is_dataclass(kept) and type(kept) is type(replayed):
        for field in fields(kept):
            if field.compare:
                name = field.name
                yield from differences(
                    getattr(kept, name), getattr(replayed, name), f"{where}.{name}"
                )
    elif isinstance(kept, dict) and isinstance(replayed, dict):
        for place, (ours, theirs) in enumerate(zip_longest(kept, replayed, fillvalue=_NOTHING), 1):
            if ours != theirs:
                had = f"{where} has {ours!r} at place {place}"
                yield f"{had} in the snapshot, {theirs!r} by the events"
                return
        for key, value in kept.items():
            yield from differences(value, replayed[key], f"{where}[{key!r}]")
    elif kept != replayed:
        yield f"{where} is {_short(kept)} in the snapshot, {_short(replayed)} by the events"


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING = _Nothing()


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
