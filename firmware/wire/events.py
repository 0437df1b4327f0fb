"""The events of `up/event`: who may send which, their fields, and whether they perish.

This table is the truth for both sides; the table in docs/contract.md is tested against it.
"""

from firmware.wire import words
from firmware.wire.codec import (
    MAX_BOOT,
    MAX_INT,
    BadPayload,
    read_bool,
    read_choice,
    read_dict,
    read_int,
    read_number,
    read_str,
    read_strs,
)

MAX_TICKET_CHARS = 8
MAX_QUEUE_CHARS = 3
MAX_SERVICE_CHARS = 32
MAX_TEXT_CHARS = 200
MAX_COUNTER = 999
_KEY_CHARS = 64  # of 32 bytes in hex

# A field: (name, kind, required, and what the kind needs: range, lengths or words).
_TICKET = ("ticket", "str", True, 1, MAX_TICKET_CHARS)
_TICKET_OPTIONAL = ("ticket", "str", False, 1, MAX_TICKET_CHARS)
_QUEUE = ("queue", "str", True, 1, MAX_QUEUE_CHARS)
_QUEUE_OPTIONAL = ("queue", "str", False, 1, MAX_QUEUE_CHARS)
_SERVICE_OPTIONAL = ("service", "str", False, 1, MAX_SERVICE_CHARS)
_SERVICES_OPTIONAL = ("services", "strs", False, 8, MAX_SERVICE_CHARS)  # must fit 512 bytes
_CLASS_OPTIONAL = ("class", "choice", False, words.PRIORITY_CLASSES, None)
_HAS_OPTIONAL = ("has", "str", False, 0, MAX_TICKET_CHARS)
_REASON_OPTIONAL = ("reason", "str", False, 0, MAX_TEXT_CHARS)
_BOARD = ("board", "str", True, 1, 32)
_COUNTER_NEEDED = ("counter", "int", True, 1, MAX_COUNTER)
_COUNTER_OPTIONAL = ("counter", "int", False, 1, MAX_COUNTER)
_AGENCY = ("agency", "str", True, 1, 32)
_AGENCY_OPTIONAL = ("agency", "str", False, 1, 32)
_FOR_MIN = ("for_min", "int", False, 1, 600)
_SECRET_HASH = ("secret_hash", "str", True, 16, 256)
_UPDATE_KEY = ("update_key", "str", False, _KEY_CHARS, _KEY_CHARS)
_LINK = ("link", "str", False, 1, 64)

_COUNTER = ("counter",)
_TICKET_ROLE = ("ticket",)

# What a counter's board or a console may ask of a counter: event -> its own fields.
COUNTER_EVENTS = {
    "next": (_QUEUE_OPTIONAL,),
    "recall": (),
    "start": (),
    "done": (_SERVICES_OPTIONAL,),
    "no_show": (),
    "park": (_FOR_MIN,),
    "transfer": (_QUEUE, _SERVICE_OPTIONAL),
    "undo": (),
    "reinstate": (_TICKET, _REASON_OPTIONAL),
    "pause": (),
    "resume": (),
    "help": (),
}

# Event -> (roles that may send it, own fields). Consoles: see CONSOLE_EVENTS.
BOARD_EVENTS = {
    "hello": (words.ROLES, ()),
    "take": (_TICKET_ROLE, (_QUEUE, _SERVICE_OPTIONAL, _CLASS_OPTIONAL, _SERVICES_OPTIONAL)),
    "paper": (_TICKET_ROLE, (_TICKET, ("ok", "bool", True, None, None))),
    "offline": (
        _TICKET_ROLE,
        (
            _TICKET,
            _QUEUE,
            _CLASS_OPTIONAL,
            ("age_ms", "int_or_null", True, 0, MAX_INT),
            ("day", "str", False, 10, 10),
        ),
    ),
    "rate": (("rating",), (("score", "int", True, 1, 4), _TICKET_OPTIONAL)),
    "count": (("hall",), (("in", "int", True, 0, 10_000), ("out", "int", True, 0, 10_000))),
    "correct": (("hall",), (("inside", "int", True, 0, 100_000),)),
    "screen": (("gate",), (("temp_c", "number", True, 20, 50), ("mask", "bool", True, None, None))),
    "touch": (words.ROLES, (("n", "int", True, 1, 1_000_000),)),
}
for _name in COUNTER_EVENTS:
    BOARD_EVENTS[_name] = (_COUNTER, COUNTER_EVENTS[_name] + (_HAS_OPTIONAL,))

# What only consoles and the command line may ask: event -> fields. `by` and `key` go with all.
CONSOLE_EVENTS = {
    "take": (
        _QUEUE,
        _SERVICE_OPTIONAL,
        _CLASS_OPTIONAL,
        _SERVICES_OPTIONAL,
        ("visit", "str", False, 1, MAX_TICKET_CHARS),
        _LINK,
    ),
    "book": (
        _QUEUE,
        ("slot_ms", "int", True, 0, MAX_INT),
        _SERVICE_OPTIONAL,
        _CLASS_OPTIONAL,
        _LINK,
    ),
    "call": (_COUNTER_NEEDED, _TICKET, _REASON_OPTIONAL),
    "cancel": (_TICKET, _REASON_OPTIONAL),
    "check_in": (_TICKET, _REASON_OPTIONAL),
    "set_class": (_TICKET, ("class", "choice", False, words.PRIORITY_CLASSES, None)),
    "ask_in": (_TICKET,),
    "open": (_COUNTER_NEEDED,),
    "close": (_COUNTER_NEEDED,),
    "break_start": (_COUNTER_OPTIONAL, _AGENCY_OPTIONAL, _FOR_MIN, _REASON_OPTIONAL),
    "break_end": (_COUNTER_OPTIONAL, _AGENCY_OPTIONAL),
    "queue_close": (
        _QUEUE_OPTIONAL,
        ("how", "choice", False, words.CLOSINGS, None),
        _REASON_OPTIONAL,
    ),
    "queue_open": (_QUEUE_OPTIONAL,),
    "hold": (_AGENCY, _REASON_OPTIONAL),
    "hold_end": (_AGENCY,),
    "catch_up": (
        _QUEUE,
        _TICKET_OPTIONAL,
        _SERVICE_OPTIONAL,
        _CLASS_OPTIONAL,
        _COUNTER_OPTIONAL,
        _SERVICES_OPTIONAL,
        ("ago_min", "int", False, 0, 1_440),
    ),
    "settings": (("change", "dict", True, None, None), _REASON_OPTIONAL),
    "claim": (_COUNTER_NEEDED,),
    "release": (_COUNTER_NEEDED,),
    "correct": (("inside", "int", True, 0, 100_000),),
    "board_add": (
        _BOARD,
        ("role", "choice", True, words.ROLES, None),
        _COUNTER_OPTIONAL,
        _SECRET_HASH,
        _UPDATE_KEY,
        ("spare", "bool", False, None, None),
    ),
    "board_secret": (_BOARD, _SECRET_HASH, _UPDATE_KEY, ("same", "bool", False, None, None)),
    "board_retire": (_BOARD,),
    "board_cmd": (
        _BOARD,
        ("cmd", "choice", True, words.BOARD_COMMANDS, None),
        ("arg", "dict", False, None, None),
    ),
    "clock_accept": (),
}
for _name in COUNTER_EVENTS:
    CONSOLE_EVENTS[_name] = (_COUNTER_NEEDED,) + COUNTER_EVENTS[_name] + (_HAS_OPTIONAL,)

# Rule 1: facts wait in the outbox and are never late. A hello calls nobody, so is never late
# either: it tells a technician that all is well. Everything else is an order and perishes.
FACTS = ("paper", "offline", "rate", "count", "touch")


def is_fact(name: str) -> bool:
    """Tell whether an event is a fact (kept until its receipt) rather than an order."""
    return name in FACTS


def perishes(name: str) -> bool:
    """Tell whether an event that comes late, or from another life, must not be obeyed."""
    return name not in FACTS and name != "hello"


def _read_fields(payload: "dict[str, object]", fields: "tuple", out: "dict[str, object]") -> None:
    for name, kind, required, lo, hi in fields:
        if name not in payload or (payload[name] is None and kind != "int_or_null"):
            if required:
                raise BadPayload(name, "is missing")
            continue
        if kind == "str":
            out[name] = read_str(payload, name, lo, hi)
        elif kind == "int":
            out[name] = read_int(payload, name, lo, hi)
        elif kind == "bool":
            out[name] = read_bool(payload, name)
        elif kind == "choice":
            out[name] = read_choice(payload, name, lo)
        elif kind == "number":
            out[name] = read_number(payload, name, lo, hi)
        elif kind == "strs":
            out[name] = read_strs(payload, name, lo, hi)
        elif kind == "dict":
            out[name] = read_dict(payload, name)
        else:  # int_or_null
            out[name] = None if payload[name] is None else read_int(payload, name, lo, hi)


def read_board_identity(payload: "dict[str, object]") -> "tuple[int, int]":
    """Give (boot, seq) of a board's event: 31 bits, and 1 to 2^53 - 1."""
    return read_int(payload, "boot", 0, MAX_BOOT), read_int(payload, "seq", 1, MAX_INT)


def read_board_event(role: str, payload: "dict[str, object]") -> "dict[str, object]":
    """Give the checked fields of an event of a board with `role`: `ev`, `t_ms`, its own.

    Raises BadPayload for an unknown event or a wrong field, and NotAllowed when the event
    exists but that role may not send it.
    """
    name = read_str(payload, "ev", 1, 32)
    if name not in BOARD_EVENTS:
        raise BadPayload("ev", "unknown event " + name)
    roles, fields = BOARD_EVENTS[name]
    if role not in roles:
        raise NotAllowed(name, role)
    out = {"ev": name, "t_ms": read_int(payload, "t_ms", 0, MAX_INT)}
    _read_fields(payload, fields, out)
    return out


def read_console_event(payload: "dict[str, object]") -> "dict[str, object]":
    """Give the checked fields of a console's event: `ev`, `by`, `age_ms` (0 if absent), its own.

    `age_ms` is how old the press was when the page sent it (rule 9).
    """
    name = read_str(payload, "ev", 1, 32)
    if name not in CONSOLE_EVENTS:
        raise BadPayload("ev", "unknown event " + name)
    out: "dict[str, object]" = {"ev": name, "age_ms": 0, "by": ""}
    if "by" in payload:
        out["by"] = read_str(payload, "by", 0, 64)
    if "age_ms" in payload:
        out["age_ms"] = read_int(payload, "age_ms", 0, MAX_INT)
    _read_fields(payload, CONSOLE_EVENTS[name], out)
    return out


def read_console_key(payload: "dict[str, object]") -> str:
    """Give the `key` that makes a console's event unique: 1 to 64 characters."""
    return read_str(payload, "key", 1, 64)


class NotAllowed(Exception):
    """An event that exists, from a role that may not send it."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__("a board with role %s may not send %s" % (role, name))
        self.name = name
        self.role = role
