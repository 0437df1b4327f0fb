"""What a walk asks of the day's frame: holds, closings, settings, the door, breaks by scope."""

from typing import Any

from gateway.domain import Event
from gateway.domain.hall import CARRY, CLOSINGS, EXPIRE, Hall
from gateway.domain.site import Site
from gateway.domain.ticket_events import AskedIn, Called, Issued
from tests.domain.world import small_site

# What stops a line is mostly ended soon.
NAMES = (
    "hold", *("hold_end",) * 3, "queue_close", *("queue_open",) * 4, "settings", "ask_in",
    *("count",) * 3, "screen",
)  # fmt: skip
BREAKS = ("break_start", "break_end")
SITES: tuple[Site, ...] = (
    small_site(capacity=1, ask_in_min=5, ask_in_hold_min=1),
    small_site(screening=True, screening_good_min=60, capacity=3),
)
_AGENCIES = ("duk", "imi", "duk", "pajak")
_HOWS = ("", *CLOSINGS)
_CHANGES: tuple[dict[str, Any], ...] = (
    {"counters": {"1": {"queues": ["A", "B"], "choice": "preferred"}}},
    {"counters": {"1": {"queues": ["A"]}, "2": {"queues": ["B", "A"], "choice": "longest"}}},
    {"counters": {"2": {"queues": ["A"]}}},  # refused while somebody is in B
    {"queues": {"A": {"policy": {"kind": "strict", "guard_min": 1}}}},
    {"queues": {"A": {"policy": {"kind": "ratio", "normal": 1}, "transfer_arrival": "now"}}},
    {"site": {"capacity": 3, "ask_in_min": 2}},
    {"site": {"capacity": 0, "screening": False}},
    {"services": {"ktp": {"quota_per_day": 3}}, "site": {"presence_s": 5}},
    {"agencies": {"far": {"walk_in": True}}, "site": {"undo_s": 999}},  # refused
)


def fields(hall: Hall, name: str, a: int, b: int) -> dict[str, object]:
    """Give the fields of one of `NAMES` or `BREAKS`, from two small numbers."""
    match name:
        case "hold" | "hold_end":
            return {"agency": _AGENCIES[a % 4], "reason": "mati"}
        case "queue_close":
            return {"queue": ("A", "", "B", "Z")[a % 4], "how": _HOWS[b % 4]}
        case "queue_open":
            return {"queue": ("", "", "", "A", "B", "Z")[a % 6]}
        case "settings":
            return {"change": _CHANGES[a % len(_CHANGES)]}
        case "ask_in":
            labels = list(hall.outside if b % 5 else hall.tickets)
            return {"ticket": labels[a % len(labels)] if labels else "A999"}
        case "count":
            return {"source": "hall-01", "count_in": a % 4, "count_out": b % 8 // 5}
        case "screen":
            return {"source": "gate-01", "temp_c": (36.5, 36.5, 38.0)[a % 3], "mask": True}
    scope = ({}, {"counter": b % 3 + 1}, {"agency": _AGENCIES[b % 4]})[a % 3]
    minutes = {"for_min": b % 2 * 5 + 1} if name == "break_start" and a % 2 else {}
    return {**scope, **minutes}


def check(hall: Hall, event: Event) -> None:
    """Check what a held or closed line, and the list of those outside, allow (after the event)."""
    if isinstance(event, Issued) and not event.origin:
        assert not hall.lines[event.queue].closing, f"{event.ticket} was given in a closed queue"
    elif isinstance(event, AskedIn):
        assert hall.tickets[event.ticket].outside, f"{event.ticket} was asked in but is inside"
    elif isinstance(event, Called):
        queue = hall.tickets[event.ticket].queue
        assert hall.index.queues[queue].agency not in hall.held, f"{event.ticket}: agency held"
        if event.act != "reinstate":
            closing = hall.lines[queue].closing
            assert closing not in (CARRY, EXPIRE), f"{event.ticket} was called, but {closing}"
