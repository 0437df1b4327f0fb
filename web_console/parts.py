"""The hall's parts as the gateway publishes them: their shapes, and reading one from its bytes.

Bookkeeping that no page shows (`rev`, `utc_ms`) is read but kept apart from the content, so
that a part published again without a change is recognised as the same. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firmware.wire import codec, topics
from web_console.shapes import (
    Misfit,
    Shape,
    counts,
    flag,
    integer,
    list_of,
    nullable,
    number,
    record,
    text,
    texts,
)

MOST_QUEUES = 200
MOST_COUNTERS = 400
MOST_BOARDS = 1_000
MOST_CALLS = 12
MOST_ASKED_IN = 12

_time_ms = integer()
_board = text(32)
_ticket = text(16)
_queue = text(8)
_counter = integer(1, 999)
_count = integer(0, 100_000)
_count_of_life = integer(0, 1_000_000_000)

_notices = list_of(record({"code": text(32), "text": text(8_000)}), 100)

_SITE = record(
    {
        "name": text(),
        "zone": text(64),
        "queues": list_of(
            record(
                {"q": _queue, "name": text()},
                {
                    "agency": (text(), ""),
                    "walk_in": (flag, True),
                    "online": (text(), ""),
                    "phone": (text(), ""),
                },
            ),
            MOST_QUEUES,
        ),
        "counters": list_of(
            record(
                {"counter": _counter},
                {
                    "place": (text(), ""),
                    "agency": (text(), ""),
                    "queues": (list_of(_queue, MOST_QUEUES), []),
                    "kind": (text(16), "desk"),
                },
            ),
            MOST_COUNTERS,
        ),
    },
    {
        "counter_word": (text(32), "loket"),
        "demo": (flag, False),
        "insecure_lan": (flag, False),
        "notices": (_notices, []),
    },
)

_LINE = record(
    {
        "queues": list_of(
            record(
                {"q": _queue, "open": flag, "waiting": _count},
                {
                    "priority": (_count, 0),
                    "wait_s": (nullable(list_of(integer(), most=2, least=2)), None),
                    "next": (nullable(_ticket), None),
                    "issued": (_count, 0),
                    "closing": (text(16), ""),
                    "held": (
                        nullable(record({"since_ms": _time_ms}, {"reason": (text(), "")})),
                        None,
                    ),
                },
            ),
            MOST_QUEUES,
        ),
        "counters": list_of(
            record(
                {"counter": _counter, "state": text(16)},
                {
                    "ticket": (_ticket, ""),
                    "since_ms": (nullable(_time_ms), None),
                    "priority": (flag, False),
                    "by": (text(64), ""),
                    "boards": (list_of(_board, 100), []),
                    "shown": (nullable(flag), None),
                },
            ),
            MOST_COUNTERS,
        ),
        "calls": list_of(
            record(
                {"ticket": _ticket, "counter": _counter, "at_ms": _time_ms},
                {"times": (integer(), 1), "priority": (flag, False)},
            ),
            MOST_CALLS,
        ),
    },
    {
        "day": (text(10), ""),
        "break": (
            nullable(record({"name": text()}, {"until_ms": (nullable(_time_ms), None)})),
            None,
        ),
        "notices": (_notices, []),
        "full": (flag, False),
        "outside": (_count, 0),
        "ask_in": (list_of(_ticket, MOST_ASKED_IN), []),
        "clock": (
            nullable(
                record(
                    {"state": text(16), "system_ms": _time_ms, "held_ms": _time_ms},
                    {"since_ms": (nullable(_time_ms), None)},
                )
            ),
            None,
        ),
    },
)

_FACILITIES = record(
    {
        "sensors": list_of(
            record(
                {"board": _board, "sensor": text(32), "status": text(16)},
                {
                    "place": (text(), ""),
                    "level_pct": (nullable(number(0, 100)), None),
                    "battery_mv": (nullable(number(0, 100_000)), None),
                    "at_ms": (nullable(_time_ms), None),
                    "every_s": (nullable(integer(0, 10_000_000)), None),
                    "doses": (nullable(_count_of_life), None),
                    "alerts": (list_of(text(32), 20), []),
                },
            ),
            MOST_BOARDS,
        )
    },
    {
        "alerts": (
            list_of(
                record(
                    {"board": _board, "code": text(32)},
                    {"part": (text(32), ""), "place": (text(), "")},
                ),
                100,
            ),
            [],
        )
    },
)

# Whom the broker sent away: an address, or a name where it knows one.
_refusal = record({"who": text(45), "n": _count, "last_ms": _time_ms})

_BOARDS = record(
    {
        "boards": list_of(
            record(
                {"board": _board, "role": text(16), "state": text(16)},
                {
                    "counter": (nullable(_counter), None),
                    "place": (text(), ""),
                    "seen_ms": (nullable(_time_ms), None),
                    "fw": (nullable(text(32)), None),
                    "rssi_dbm": (nullable(number(-200, 100)), None),
                    "free_bytes": (nullable(integer()), None),
                    "reconnects": (nullable(integer()), None),
                    "bad": (counts(64), {}),
                    "settings_wanted": (nullable(integer()), None),
                    "settings_applied": (nullable(integer()), None),
                    "hw": (text(64), ""),
                    "caps": (list_of(text(64), 16), []),
                    "minor": (integer(), 0),
                    "reset": (text(64), ""),
                    "alerts": (texts(16, 32), {}),
                    "addresses": (list_of(text(45), 4), []),
                    "dropped": (integer(), 0),
                    "flash_failures": (integer(), 0),
                    "boots": (_count, 0),
                    "readies": (_count, 0),
                    "twins": (_count, 0),
                    "ahead": (_count, 0),
                    "shown": (nullable(flag), None),
                },
            ),
            MOST_BOARDS,
        )
    },
    {
        "refused": (list_of(_refusal, 32), []),
        "disbelieved": (nullable(_refusal), None),
    },
)

SHAPES: Mapping[str, Shape] = {
    "site": _SITE,
    "line": _LINE,
    "facilities": _FACILITIES,
    "boards": _BOARDS,
}
if set(SHAPES) != set(topics.HALL_PARTS):
    raise ImportError("web_console.parts and firmware.wire.topics name different hall parts")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the hall: `epoch` of the gateway's run, `rev` within it (0 if it has none)."""

    epoch: int
    rev: int
    content: dict[str, Any]


def read_part(name: str, payload: bytes) -> Part:
    """Give the part that `payload` holds; raise Misfit, with the place, if it is not one."""
    try:
        got = codec.decode(payload, codec.MAX_HALL_BYTES)
        epoch = codec.read_int(got, "epoch", 0, codec.MAX_INT)
        rev = codec.read_int(got, "rev", 0, codec.MAX_INT) if "rev" in got else 0
    except codec.BadPayload as error:
        raise Misfit(f"{name}: {error}") from None
    return Part(epoch, rev, SHAPES[name](got, name))
