"""The largest payload of every kind that a board sends or gets, and what stands in its fields."""

from firmware.wire import events, leases, topics, words
from firmware.wire.codec import MAX_BOOT, MAX_INT
from firmware.wire.events import MAX_QUEUE_CHARS, MAX_TEXT_CHARS, MAX_TICKET_CHARS

FAR_MS = MAX_INT  # times and revisions
NAME = "z" * topics.MAX_ID_CHARS
TEXT = "😀" * MAX_TEXT_CHARS  # four bytes a character, for what people wrote
TICKET = "W" * MAX_TICKET_CHARS
QUEUE = "W" * MAX_QUEUE_CHARS
WHY = max(words.WHYS, key=len)
CLASS = max(words.PRIORITY_CLASSES, key=len)
KEY = "k" * 64
LABELS = words.WHYS + ("lost", "failed", "take", "refused")


def largest_field(kind, lo, hi):
    """Give a value that makes a field of the events' table as long as it may be."""
    if kind == "str":
        return "W" * hi
    if kind == "strs":
        return ["w" * hi] * lo
    if kind == "choice":
        return max(lo, key=len)
    if kind == "bool":
        return False
    if kind == "dict":
        return {"queues": {"W" * 3: {"policy": {"normal": 99}}}}
    if kind == "number":
        return hi - 0.123456789
    return hi  # int, int_or_null


def largest_fields(fields):
    """Give the largest payload of an event's own fields."""
    return {name: largest_field(kind, lo, hi) for name, kind, _, lo, hi in fields}


def of_board():
    """Give (kind, payload) of all that a board sends."""
    for name, (_, fields) in events.BOARD_EVENTS.items():
        payload = {"boot": MAX_BOOT, "seq": MAX_INT, "t_ms": FAR_MS, "ev": name}
        payload.update(largest_fields(fields))
        yield topics.UP_EVENT + " " + name, payload
    state = max(words.BOARD_STATES, key=len)
    yield topics.UP_STATE, {"s": state, "boot": MAX_BOOT}
    yield topics.UP_FACE, {"epoch": MAX_INT, "rev": MAX_INT, "t_ms": FAR_MS}
    yield (
        topics.UP_ABOUT,
        {
            "role": max(words.ROLES, key=len),
            "hw": NAME,
            "fw": "v" * 64,
            "minor": 999,
            "slot": "a",
            "chip": "virtual",
            "mpy": 255,
            "n": MAX_INT,
            "link": MAX_INT,
            "wired": True,
            "caps": ["wwwwwwwwwwww"] * 8,
            "settings_rev": MAX_INT,
            "boot": MAX_BOOT,
        },
    )
    yield topics.UP_ACK, {"id": KEY, "st": "error", "code": NAME, "detail": "d" * MAX_TEXT_CHARS}
    yield (
        topics.UP_READING,
        {
            "boot": MAX_BOOT,
            "t_ms": FAR_MS,
            "every_s": 86_400,
            "level_pct": 99.123456789012,
            "battery_mv": 60_000,
        },
    )
    yield topics.UP_ALERT, {"code": NAME, "since_ms": FAR_MS, "boot": MAX_BOOT}
    yield (
        topics.UP_HEALTH,
        {
            "boot": MAX_BOOT,
            "t_ms": FAR_MS,
            "free_bytes": MAX_INT,
            "rssi_dbm": -200,
            "reconnects": MAX_INT,
            "dropped": MAX_INT,
            "reset": "r" * 64,
        },
    )


def to_board():
    """Give (kind, payload) of all that the gateway sends to a board."""
    identity = {"boot": MAX_BOOT, "seq": MAX_INT}
    taken: "dict[str, object]" = {
        "ticket": TICKET,
        "queue": QUEUE,
        "ahead": MAX_INT,
        "wait_s": [MAX_INT, MAX_INT],
    }
    ended: "dict[str, object]" = {"ticket": TICKET, "done": {"ticket": TICKET, "how": "no_show"}}
    results: "dict[str, dict[str, object]]" = {
        "take": taken,
        "next": ended,
        "refused": {"why": WHY, "text": TEXT},
        "bad": {"why": words.BAD_PAYLOAD, "text": TEXT, "field": NAME},
    }
    for name, result in results.items():
        receipt: "dict[str, object]" = {"st": words.ACCEPTED, "why": WHY}
        receipt.update(identity)
        receipt.update(result)
        yield topics.DN_RECEIPT + " " + name, receipt
    frame = {"epoch": MAX_INT, "rev": MAX_INT}
    face = {
        "state": max(words.FACE_STATES, key=len),
        "text": TEXT,
        "blink": False,
        "lamp": "amber",
        "ticket": TICKET,
        "times": MAX_INT,
        "priority": False,
    }
    face.update(frame)
    yield topics.DN_FACE + " counter", face
    queues = [{"q": QUEUE, "open": False, "waiting": 99_999}] * 16
    face = {"queues": queues}
    face.update(frame)
    yield topics.DN_FACE + " ticket", face
    lease = (QUEUE, leases.MAX_NUMBER, leases.MAX_NUMBER, "2026-11-21", FAR_MS)
    yield (
        topics.DN_LEASE,
        leases.write_leases(MAX_INT, MAX_INT, FAR_MS, [lease] * leases.MAX_LEASES),
    )
    yield (
        topics.DN_CMD,
        {"id": KEY, "name": NAME, "arg": {"text": TEXT}, "boot": MAX_BOOT, "ttl_ms": FAR_MS},
    )
    yield (
        topics.DN_CONFIG,
        {
            "rev": MAX_INT,
            "next_lock_ms": 60_000,
            "every_s": 86_400,
            "brightness": 15,
            "counter": 999,
            "queues": [QUEUE] * 16,
            "labels": dict.fromkeys(LABELS, "W" * 32),
        },
    )
    yield topics.GW_STATE, {"s": words.READY, "epoch": MAX_INT}
    yield topics.GW_BEAT, {"epoch": MAX_INT, "utc_ms": FAR_MS}
