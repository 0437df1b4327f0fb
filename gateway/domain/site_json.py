"""A Site as plain JSON data and back, so that the journal holds every setting it was run with."""

from dataclasses import fields

from gateway.domain.site import (
    Agency,
    Break,
    Counter,
    Hours,
    Person,
    Policy,
    Queue,
    Service,
    Site,
    SiteBoard,
    Slots,
    SpecialDays,
    Window,
)

_LISTS: dict[str, type] = {
    "agencies": Agency,
    "services": Service,
    "queues": Queue,
    "counters": Counter,
    "breaks": Break,
    "people": Person,
    "boards": SiteBoard,
    "special_days": SpecialDays,
}
# All that a site is made of, by class: the names of its fields.
_NAMES: dict[type, tuple[str, ...]] = {
    cls: tuple(f.name for f in fields(cls))
    for cls in (Site, Hours, Policy, Slots, Window, *_LISTS.values())
}


def site_to_dict(site: Site) -> dict[str, object]:
    """Give the site as dicts, lists, texts and numbers only."""
    out = _plain(site)
    assert isinstance(out, dict)
    return out


def site_from_dict(data: dict[str, object]) -> Site:
    """Give the site that `site_to_dict` made `data` from.

    Fields this version does not know are ignored, those it misses take their defaults.
    Raises BadSite, naming the field, for anything else.
    """
    try:
        return _make(Site, data)  # type: ignore[no-any-return]
    except (TypeError, KeyError, ValueError, AttributeError) as err:
        raise BadSite(f"stored site cannot be read: {err}") from err


class BadSite(Exception):
    """Site data with a field missing or mistyped."""


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if names := _NAMES.get(type(value)):
        return {name: _plain(getattr(value, name)) for name in names}
    return value


def _make(cls: type, data: dict[str, object]):  # type: ignore[no-untyped-def]
    known = _NAMES[cls]
    return cls(**{name: _field(name, value) for name, value in data.items() if name in known})


def _field(name: str, value: object) -> object:
    if name in _LISTS and isinstance(value, list) and all(isinstance(v, dict) for v in value):
        return tuple(_make(_LISTS[name], item) for item in value)
    if name == "policy" and isinstance(value, dict):
        return _make(Policy, value)
    if name == "slots" and isinstance(value, dict):
        return _make(Slots, value)
    if name == "hours" and isinstance(value, dict):
        return Hours(**{key: _week(value[key]) for key in ("tickets", "service", "early")})
    return tuple(value) if isinstance(value, list) else value


def _week(days: list[list[dict[str, object]]]) -> tuple[tuple[Window, ...], ...]:
    return tuple(tuple(_make(Window, window) for window in day) for day in days)


__all__ = ["BadSite", "site_from_dict", "site_to_dict"]
