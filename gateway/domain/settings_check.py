"""Whether a change of settings at run time is good: what is wrong with it, path by path.

The ranges are those of the site file. A change is taken whole or not at all.
"""

from collections.abc import Callable
from typing import Any

from gateway.domain.ranges import RANGES, allowed, in_range
from gateway.domain.settings_patch import (
    LISTS,
    POLICY_KEYS,
    SITE_KEYS,
    SLOT_KEYS,
    SLOTS_NEED,
    Change,
    applied,
)
from gateway.domain.site import MAX_NAME_CHARS, MAX_QUEUES_OF_COUNTER, Queue, Service, Site

_WORDS: dict[str, tuple[str, ...]] = {
    "choice": ("longest", "preferred"),
    "transfer_arrival": ("original", "now"),
    "late_place": ("front", "place", "end"),
    "kind": tuple(POLICY_KEYS),
}
_FLAGS = ("screening", "mask_needed", "walk_in")
_SHOWN_CHARS = 40
_LISTED_MOST = 12


def problems(site: Site, change: Change) -> list[str]:
    """Give all that is wrong with a change, each as "path: found ..., allowed ..."; none: good."""
    found: list[str] = []
    if not change:
        found.append(f"change: found nothing, allowed {_listed(('site', *LISTS))}")
    for section, table in change.items():
        if section == "site":
            found += _table(site, section, table, SITE_KEYS)
        elif section in LISTS:
            found += _section(site, section, table)
        else:
            found.append(_problem(_name(section), "an unknown key", _listed(("site", *LISTS))))
    if found:
        return found
    before = _meeting(site)
    return [problem for problem in _meeting(applied(site, change)) if problem not in before]


def _section(site: Site, section: str, table: object) -> list[str]:
    name, key, keys = LISTS[section]
    if not isinstance(table, dict):
        return [_problem(section, _shown(table), "a table")]
    items = {str(getattr(item, key)): item for item in getattr(site, name)}
    found: list[str] = []
    for which, values in table.items():
        path = f"{section}.{_name(which)}"
        if which not in items:
            found.append(_problem(path, "what this site does not have", _listed(tuple(items))))
        else:
            found += _table(site, path, values, keys, items[which])
    return found


def _table(
    site: Site, path: str, table: object, keys: tuple[str, ...], item: Any = None
) -> list[str]:
    if not isinstance(table, dict):
        return [_problem(path, _shown(table), "a table")]
    if not table:
        return [_problem(path, "nothing", _listed(keys))]
    found: list[str] = []
    for key, value in table.items():
        at = f"{path}.{_name(key)}"
        if key not in keys:
            found.append(_problem(at, "an unknown key", _listed(keys)))
        elif key in _OWN:
            found += _OWN[key](site, at, value, item)
        else:
            found += _plain(at, key, value)
    return found


def _plain(path: str, key: str, value: object) -> list[str]:
    if key in RANGES:
        return [] if in_range(key, value) else [_problem(path, _shown(value), allowed(key))]
    if key in _WORDS:
        return [] if value in _WORDS[key] else [_problem(path, _shown(value), _listed(_WORDS[key]))]
    if key in _FLAGS:
        return [] if isinstance(value, bool) else [_problem(path, _shown(value), "true or false")]
    if isinstance(value, str) and _is_line(value):
        return []
    return [_problem(path, _shown(value), f"a line of at most {MAX_NAME_CHARS} characters")]


def _is_line(text: str) -> bool:
    if not text.isprintable() or text != text.strip():
        return False
    size = len(text.encode()) + text.count('"') + text.count("\\")  # as JSON has it
    return size <= MAX_NAME_CHARS


def _check_queues(site: Site, path: str, value: object, item: Any) -> list[str]:
    prefixes = tuple(queue.prefix for queue in site.queues)
    good = (
        isinstance(value, list)
        and 1 <= len(value) <= MAX_QUEUES_OF_COUNTER
        and all(isinstance(prefix, str) for prefix in value)
        and len(set(value)) == len(value)
        and set(value) <= set(prefixes)
    )
    if good:
        return []
    form = f"a list of 1 to {MAX_QUEUES_OF_COUNTER} of {_listed(prefixes)}, each once"
    return [_problem(path, _shown(value), form)]


def _check_policy(site: Site, path: str, value: object, item: Queue) -> list[str]:
    kind = value.get("kind", item.policy.kind) if isinstance(value, dict) else ""
    if not isinstance(kind, str) or kind not in POLICY_KEYS:
        kind = item.policy.kind  # the kind itself is told below
    return _table(site, path, value, ("kind", *POLICY_KEYS[kind]))


def _check_slots(site: Site, path: str, value: Any, item: Queue) -> list[str]:
    if value is None:
        return []
    found = _table(site, path, value, SLOT_KEYS)
    if not found and item.slots is None and not value.keys() >= SLOTS_NEED:
        found.append(_problem(path, _shown(value), "both every_min and per_slot to begin with"))
    return found


def _check_quota(site: Site, path: str, value: object, item: Service) -> list[str]:
    if value is None or in_range("quota_per_day", value):
        return []
    return [_problem(path, _shown(value), allowed("quota_per_day") + ", or null for no quota")]


_OWN: dict[str, Callable[[Site, str, Any, Any], list[str]]] = {
    "queues": _check_queues,
    "policy": _check_policy,
    "slots": _check_slots,
    "quota_per_day": _check_quota,
}


def _meeting(site: Site) -> list[str]:
    # What ties one setting to another, as the site file's checks have it.
    found: list[str] = []
    for agency in site.agencies:
        if not agency.walk_in and not agency.online and not agency.phone:
            found.append(
                _problem(
                    f"agencies.{agency.id}.walk_in",
                    "false without online and phone",
                    "false with online or phone or both",
                )
            )
    in_person = {service.queue for service in site.services if service.in_person}
    for counter in site.counters:
        wrong = sorted(in_person.intersection(counter.queues)) if counter.kind == "video" else []
        if wrong:
            path = f"counters.{counter.number}.queues"
            form = "for a video booth, queues without services in person"
            found.append(_problem(path, ", ".join(wrong), form))
    for queue in site.queues:
        count = queue.last_number - queue.first_number + 1
        if queue.slots is not None and queue.slots.per_slot > count:
            path = f"queues.{queue.prefix}.slots.per_slot"
            form = f"at most {count}: the queue has no more numbers"
            found.append(_problem(path, str(queue.slots.per_slot), form))
        size = queue.lease_last - queue.lease_first + 1
        if site.lease_size > size:
            form = f"at most {size}: queue {queue.prefix} has no more numbers for boards"
            found.append(_problem("site.lease_size", str(site.lease_size), form))
    return found


def _problem(path: str, found: str, form: str) -> str:
    return f"{path}: found {found}, allowed {form}"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:_LISTED_MOST]) + (", ..." if len(words) > _LISTED_MOST else "")


def _shown(value: object) -> str:
    # In ASCII, and cut: it goes into a receipt, whatever was sent. Nothing nested is followed:
    # JSON may nest deeper than Python can.
    if isinstance(value, list):
        text = "[" + ", ".join(_shown_inside(item) for item in value[:_LISTED_MOST]) + "]"
    else:
        text = _shown_inside(value)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def _shown_inside(value: object) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "[...]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else ascii(value)


def _name(key: object) -> str:
    plain = isinstance(key, str) and key.isascii() and key.isprintable()
    return str(key) if plain and len(str(key)) <= _SHOWN_CHARS else _shown(key)
