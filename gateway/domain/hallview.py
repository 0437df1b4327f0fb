"""The hall's state as consoles and displays show it: parts `site` and `line`.

`epoch` and `rev`, and for counters whether a board shows the face (`shown`), are the speaker's.
"""

from gateway.domain import policy
from gateway.domain.breaks import site_pause
from gateway.domain.estimate import forecast, shown
from gateway.domain.faces import counter_state, gives_numbers
from gateway.domain.hall import Hall
from gateway.domain.holds import hold_of
from gateway.domain.lines import Line
from gateway.domain.local_time import MINUTE_MS
from gateway.domain.room import asked_in_now, is_full
from gateway.domain.short import fitting
from gateway.domain.site import Agency

ASKED_IN_SHOWN = 12
# What is shown of texts: a page gets at most 64 KB of each part (docs/contract.md), and
# tests/wire/test_largest_console.py builds the largest.
_REASON_BYTES = 80
_PHONE_BYTES = 40


def site_part(hall: Hall) -> dict[str, object]:
    """Give what changes only with the settings: names, queues, counters."""
    site = hall.site
    agencies = hall.index.agencies
    return {
        "name": site.name,
        "zone": site.zone,
        "counter_word": site.counter_word,
        "queues": [
            {
                "q": queue.prefix,
                "name": queue.name,
                "agency": agencies[queue.agency].name if queue.agency in agencies else "",
                **_elsewhere(agencies.get(queue.agency)),
            }
            for queue in site.queues
        ],
        "counters": [
            {
                "counter": counter.number,
                "place": counter.place,
                "agency": agencies[counter.agency].name if counter.agency in agencies else "",
                "queues": list(counter.queues),
                "kind": counter.kind,
            }
            for counter in site.counters
        ],
    }


def line_part(hall: Hall, at_ms: int) -> dict[str, object]:
    """Give the line as it stands: queues, counters, last calls, break, notices. Read only."""
    pause = site_pause(hall, at_ms)
    return {
        "day": hall.day,
        "queues": [_queue(hall, prefix, at_ms) for prefix in hall.lines],
        "counters": _counters(hall, at_ms),
        "calls": [
            {
                "ticket": call.ticket,
                "counter": call.counter,
                "at_ms": call.at_ms,
                "times": call.times,
                "priority": call.priority,
            }
            for call in hall.calls
        ],
        "break": None if pause is None else {"name": pause.name, "until_ms": pause.until_ms},
        "full": is_full(hall),
        "outside": sum(1 for asked_ms in hall.outside.values() if not asked_ms),
        "ask_in": asked_in_now(hall, at_ms)[-ASKED_IN_SHOWN:],
        "notices": [
            {"code": "help", "text": str(counter.number)}
            for counter in hall.counters.values()
            if counter.help_ms
        ],
    }


def _elsewhere(agency: Agency | None) -> dict[str, object]:
    # Of an agency that takes no walk-in visitors: where they find it. Left out where they do.
    if agency is None or agency.walk_in:
        return {}
    phone = fitting(agency.phone, _PHONE_BYTES)
    return {"walk_in": False, "online": agency.online, "phone": phone}


def _queue(hall: Hall, prefix: str, at_ms: int) -> dict[str, object]:
    # Of thirty lines one or two change between two looks: the others' entries are used again.
    # The key holds all that an entry is made of (the settings have a memory each of their own),
    # but for what moves the estimate a little within a minute: the lines of other queues.
    line = hall.lines[prefix]
    key = (
        at_ms // MINUTE_MS, line.next_number, line.issued, line.turn, line.pace.recent_ms,
        line.serving, line.closing, hold_of(hall, prefix), len(line.normal.places),
        len(line.priority.places), line.normal.head(), line.priority.head(),
        len(line.pace.recent), hall.break_by_hand, hall.break_until_ms, len(hall.rests),
        *[hall.counters[number].ticket for number in hall.index.serving[prefix]],
    )  # fmt: skip
    seen = hall.index.seen_queues
    entry = seen.get(prefix)
    if entry is None or entry[0] != key:
        entry = seen[prefix] = (key, _look_at_queue(hall, line, at_ms))
    return entry[1]


def _look_at_queue(hall: Hall, line: Line, at_ms: int) -> dict[str, object]:
    prefix = line.prefix
    priority = len(line.priority.places)
    waiting = priority + len(line.normal.places)
    callable_ = waiting and policy.line_block(hall, prefix) is None
    choice = policy.choose(line, hall.index.queues[prefix].policy, at_ms) if callable_ else None
    held = hold_of(hall, prefix)
    return {
        "q": prefix,
        "open": gives_numbers(hall, prefix, at_ms),
        "waiting": waiting,
        "priority": priority,
        "wait_s": shown(forecast(hall, prefix, "", at_ms)),
        "next": choice.place[3] if choice else None,
        "issued": line.issued,
        "closing": line.closing,
        "held": held and {"reason": fitting(held.reason, _REASON_BYTES), "since_ms": held.since_ms},
    }


def _counters(hall: Hall, at_ms: int) -> list[dict[str, object]]:
    boards: dict[int, list[str]] = {}
    for board in hall.boards.values():
        if board.counter is not None and board.role == "counter":
            boards.setdefault(board.counter, []).append(board.id)
    out = []
    for number, counter in hall.counters.items():
        state, _ = counter_state(hall, counter, at_ms)
        out.append(
            {
                "counter": number,
                "state": state,
                "ticket": counter.ticket,
                "since_ms": counter.since_ms,
                "priority": bool(counter.ticket and hall.tickets[counter.ticket].klass),
                "by": counter.by,
                "boards": boards.get(number, []),
                "shown": None,
            }
        )
    return out
