"""Payloads: UTF-8 JSON objects of bounded size, the same on both interpreters.

`decode` gives a dict or raises `BadPayload`, whatever the bytes; the `read_*` functions take
one field out of it and check type and range. MicroPython's parser is more lenient than
CPython's about commas and colons; what CPython accepts, both read alike.
"""

import json
import sys

MAX_UP_BYTES = 512  # from a board
MAX_DOWN_BYTES = 2_048  # to a board
MAX_CONSOLE_UP_BYTES = 262_144
MAX_HALL_BYTES = 65_536  # to consoles and displays
MAX_INT = 9_007_199_254_740_991  # 2^53 - 1: what every JSON reader keeps exact
MAX_BOOT = 2_147_483_647  # rule 5: a random 31-bit number


class BadPayload(Exception):
    """A payload that breaks the contract; `field` is the culprit, `problem` says what is allowed."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field + ": " + problem)
        self.field = field
        self.problem = problem


def _refuse_constant(name: str) -> object:
    raise ValueError(name + " is not JSON")


if sys.implementation.name == "micropython":

    def _dumps(value: object) -> str:
        return json.dumps(value, separators=(",", ":"))

    _loads = json.loads
else:
    _dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
    _loads = json.JSONDecoder(parse_constant=_refuse_constant).decode


def encode(payload: "dict[str, object]", limit_bytes: int) -> bytes:
    """Give the compact JSON of `payload`; raise BadPayload if it exceeds `limit_bytes`."""
    data = _dumps(payload).encode()
    if len(data) > limit_bytes:
        raise BadPayload("payload", "%d bytes, at most %d allowed" % (len(data), limit_bytes))
    return data


def decode(data: "bytes | bytearray | memoryview", limit_bytes: int) -> "dict[str, object]":
    """Give the object that `data` holds; raise BadPayload for anything else, and only that."""
    if len(data) > limit_bytes:
        raise BadPayload("payload", "%d bytes, at most %d allowed" % (len(data), limit_bytes))
    try:
        text = str(data, "utf-8")
        if "\\u" in text:
            _check_surrogates(text)
        value = _loads(text)
    except (ValueError, RuntimeError):  # UnicodeError is the first, RecursionError the second
        raise BadPayload("payload", "not UTF-8 JSON") from None
    if type(value) is not dict:
        raise BadPayload("payload", "not a JSON object")
    return value  # type: ignore[no-any-return, unused-ignore]


def _check_surrogates(text: str) -> None:
    # An escaped half of a surrogate pair makes a string that cannot be encoded again, which
    # would fail much later, in a journal or a display.
    high = False  # the escape just before was the first half of a pair
    i = text.find("\\")
    last_end = -1
    while i >= 0:
        width = 6 if text[i + 1 : i + 2] == "u" else 2
        half = text[i + 2 : i + 4].lower() if width == 6 else ""
        is_high = half in ("d8", "d9", "da", "db")
        is_low = half in ("dc", "dd", "de", "df")
        if is_low != (high and i == last_end) or (high and i != last_end):
            raise ValueError("lone surrogate")
        high = is_high
        last_end = i + width
        i = text.find("\\", last_end)
    if high:
        raise ValueError("lone surrogate")


def read_int(payload: "dict[str, object]", field: str, lo: int, hi: int) -> int:
    """Give the integer `field` (no bool, no float) if it lies in lo to hi, or raise BadPayload."""
    value = payload.get(field)
    if type(value) is not int or not lo <= value <= hi:
        raise BadPayload(field, "an integer from %d to %d is needed" % (lo, hi))
    return value


def read_number(payload: "dict[str, object]", field: str, lo: float, hi: float) -> "int | float":
    """Give the number `field` if it lies in lo to hi (so neither NaN nor infinite)."""
    value = payload.get(field)
    if (type(value) is not int and type(value) is not float) or not lo <= value <= hi:
        raise BadPayload(field, "a number from %s to %s is needed" % (lo, hi))
    return value


def read_bool(payload: "dict[str, object]", field: str) -> bool:
    """Give the field, which must be true or false."""
    value = payload.get(field)
    if type(value) is not bool:
        raise BadPayload(field, "true or false is needed")
    return value


def read_str(payload: "dict[str, object]", field: str, lo: int, hi: int) -> str:
    """Give the text `field` if it has lo to hi characters and no control characters."""
    value = payload.get(field)
    if type(value) is not str or not lo <= len(value) <= hi:
        raise BadPayload(field, "a text of %d to %d characters is needed" % (lo, hi))
    for c in value:
        if c < " " or c == "\x7f":
            raise BadPayload(field, "a text without control characters is needed")
    return value


def read_choice(payload: "dict[str, object]", field: str, allowed: "tuple[str, ...]") -> str:
    """Give the field, which must be one of the words in `allowed`."""
    value = payload.get(field)
    if type(value) is not str or value not in allowed:
        raise BadPayload(field, "one of " + ", ".join(allowed) + " is needed")
    return value


def read_strs(payload: "dict[str, object]", field: str, most: int, hi: int) -> "list[str]":
    """Give the list of at most `most` texts, each of 1 to `hi` characters."""
    value = payload.get(field)
    if type(value) is not list or len(value) > most:
        raise BadPayload(field, "a list of at most %d texts is needed" % most)
    return [read_str({field: item}, field, 1, hi) for item in value]
