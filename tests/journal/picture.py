"""What an old journal must lead to in every later version, as plain data: states, lines, counters.

The saved pictures in `files/` are never made again; when the hall's classes change, it is this
file that learns where things stand now.
"""

from typing import Any

from gateway.domain import Hall

_TICKET = (
    "state", "queue", "issued_queue", "number", "day", "issued_ms", "service", "klass", "early",
    "rank", "arrived_ms", "order", "counter", "called_ms", "times", "started_ms", "ended_ms",
    "ended_at", "how",
)  # fmt: skip
_COUNTER = (
    "ticket", "open", "paused", "by", "since_ms", "help_ms", "on_break", "skip_until_ms", "ended",
    "ended_ms",
)  # fmt: skip


def picture(hall: Hall) -> dict[str, Any]:
    """Give the hall as texts, numbers, lists and dicts."""
    return {
        "day": hall.day,
        "site": hall.site.id,
        "tickets": {
            label: {name: getattr(ticket, name) for name in _TICKET}
            for label, ticket in hall.tickets.items()
        },
        "lines": {
            prefix: {
                "normal": [place[3] for place in line.normal.in_order()],
                "priority": [place[3] for place in line.priority.in_order()],
                "next_number": line.next_number,
                "issued": line.issued,
                "turn": list(line.turn),
            }
            for prefix, line in hall.lines.items()
        },
        "counters": {
            str(number): {name: getattr(counter, name) for name in _COUNTER}
            for number, counter in hall.counters.items()
        },
        "undo": {
            str(number): [label for label, _ in counter.last.before] if counter.last else None
            for number, counter in hall.counters.items()
        },
        "boards": {board.id: [board.role, board.counter] for board in hall.boards.values()},
        "calls": [[call.ticket, call.counter, call.at_ms, call.times] for call in hall.calls],
        "printing": dict(hall.printing),
        "quota_used": {service: used for service, used in hall.quota_used.items() if used},
        "touches": dict(hall.touches),
        "inside": hall.inside,
        "break": [hall.break_by_hand, hall.break_since_ms, hall.skip_until_ms],
    }
