"""Settings that change at run time: what a change makes of a site, and what it made different.

A change is a table of tables, like
`{"counters": {"3": {"queues": ["A", "B"]}}, "site": {"capacity": 80}}`: counters by number, queues
by prefix, services and agencies by id. It names only what becomes different. It holds until the
site file itself changes. People, hours, and what exists at all, are the file's alone.
Whether a change is good is settings_check's to say.
"""

from dataclasses import fields, replace
from typing import Any

from gateway.domain.ranges import DECIMALS
from gateway.domain.site import Policy, Queue, Site, Slots

Change = dict[str, Any]

POLICY_KEYS = {
    "strict": ("guard_min",),
    "ratio": ("normal", "priority"),
    "ageing": ("priority_weight",),
}
SLOT_KEYS = tuple(field.name for field in fields(Slots))
SLOTS_NEED = {"every_min", "per_slot"}  # where there were no appointments before
SITE_KEYS = (
    "presence_s", "undo_s", "print_timeout_s", "rate_within_s", "next_lock_ms", "reading_every_s",
    "late_within_min", "late_place", "per_link_per_day", "capacity", "ask_in_min",
    "ask_in_hold_min", "screening", "screening_good_min", "fever_c", "mask_needed",
    "book_early_min", "book_late_min", "lease_size",
)  # fmt: skip
# Section -> (the list of the site it changes, the field that names an item, keys).
LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "counters": ("counters", "number", ("queues", "choice", "guard_min")),
    "queues": ("queues", "prefix", ("policy", "transfer_arrival", "slots")),
    "services": ("services", "id", ("quota_per_day",)),
    "agencies": ("agencies", "id", ("walk_in", "online", "phone")),
}


def applied(site: Site, change: Change) -> Site:
    """Give the site after a change. What this version does not know is passed over: a change
    in the journal was good when it was made, and is read for ever."""
    of_site = _known(change.get("site"), SITE_KEYS)
    values: dict[str, Any] = {key: _number(key, value) for key, value in of_site.items()}
    for section, (name, key, keys) in LISTS.items():
        table = change.get(section)
        if isinstance(table, dict):
            values[name] = tuple(
                _item(item, _known(table.get(str(getattr(item, key))), keys))
                for item in getattr(site, name)
            )
    return replace(site, **values)


def differences(one: Site, other: Site) -> dict[str, object]:
    """Give by path ("counters.3.queues") what a change could make different, as `other` has it."""
    found: dict[str, object] = {
        f"site.{key}": getattr(other, key)
        for key in SITE_KEYS
        if getattr(one, key) != getattr(other, key)
    }
    for section, (name, key, keys) in LISTS.items():
        before = {getattr(item, key): item for item in getattr(one, name)}
        for item in getattr(other, name):
            was = before.get(getattr(item, key))
            for field in keys:
                value = getattr(item, field)
                if was is None or getattr(was, field) != value:
                    found[f"{section}.{getattr(item, key)}.{field}"] = value
    return found


def _known(table: object, keys: tuple[str, ...]) -> Change:
    if not isinstance(table, dict):
        return {}
    return {key: table[key] for key in keys if key in table}


def _item(item: Any, values: Change) -> Any:
    made: dict[str, Any] = {key: _number(key, value) for key, value in values.items()}
    if isinstance(item, Queue):
        if "policy" in values:
            made["policy"] = _policy(item.policy, values["policy"])
        if "slots" in values:
            made["slots"] = _slots(item.slots, values["slots"])
    if "queues" in values:
        made["queues"] = tuple(values["queues"])
    return replace(item, **made) if made else item


def _policy(now: Policy, values: Change) -> Policy:
    # Another kind begins with the defaults: what it does not ask for must not linger.
    kind = values.get("kind", now.kind)
    start = now if kind == now.kind else Policy(kind)
    known = _known(values, POLICY_KEYS.get(kind, ()))
    return replace(start, **{key: _number(key, value) for key, value in known.items()})


def _slots(now: Slots | None, values: Change | None) -> Slots | None:
    if values is None:
        return None
    known = _known(values, SLOT_KEYS)
    if now is not None:
        return replace(now, **known)
    return Slots(**known) if known.keys() >= SLOTS_NEED else None


def _number(key: str, value: Any) -> Any:
    # JSON has one kind of number, the site file two: a whole 38 is the same fever as 38.0.
    return float(value) if key in DECIMALS and type(value) is int else value
