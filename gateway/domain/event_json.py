"""Events as JSON objects and back, as the journal keeps them: `{"kind": "ticket_called", …}`."""

from dataclasses import MISSING, fields
from operator import attrgetter
from typing import get_args

from gateway.domain.events import Event

_CLASSES: dict[str, type[Event]] = {cls.kind: cls for cls in get_args(Event)}
_FIELDS: dict[type[Event], tuple[tuple[str, object], ...]] = {
    cls: tuple((f.name, f.default) for f in fields(cls)) for cls in get_args(Event)
}
# Every press writes events: one call takes all the values of one, field by field is slower.
_VALUES = {cls: attrgetter(*(name for name, _ in _FIELDS[cls])) for cls in _FIELDS}
KINDS = tuple(_CLASSES)


class BadEvent(Exception):
    """A stored event that this version cannot read; the text names its kind or field."""


def encode_event(event: Event) -> dict[str, object]:
    """Give an event's JSON object; fields at their default are left out."""
    body: dict[str, object] = {"kind": event.kind}
    cls = type(event)
    for (name, default), value in zip(_FIELDS[cls], _VALUES[cls](event), strict=True):
        if value != default:
            body[name] = value
    return body


def decode_event(body: dict[str, object]) -> Event:
    """Give the event that `encode_event` made `body` from; unknown fields are ignored.

    Raises BadEvent for an unknown kind or a missing field.
    """
    kind = body.get("kind")
    cls = _CLASSES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise BadEvent(f"event kind {kind!r} is not known to this version")
    given: dict[str, object] = {}
    for name, default in _FIELDS[cls]:
        if name in body:
            value = body[name]
            given[name] = tuple(value) if type(value) is list else value
        elif default is MISSING:
            raise BadEvent(f"event {kind}: {name} is missing")
    return cls(**given)  # type: ignore[arg-type]
