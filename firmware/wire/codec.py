"""Payloads: UTF-8 JSON objects of bounded size, the same on both interpreters.

`decode` gives a dict or raises `BadPayload`, whatever the bytes; the `read_*` functions take
one field out of it and check type and range. What CPython accepts, a board reads alike, but for
the last digits of a float, and whole numbers beyond 64 bits (CPython makes floats of them).
MicroPython's parser is more lenient: a board also takes an object without its end, commas and
colons too few or too many, keys that are no texts, numbers like 01, floats that are too large
(as infinite), raw control characters and unknown escapes in texts, and UTF-8 of lone surrogates,
over-long or beyond the last character. So a board checks every field with `read_*` and uses no
key that it did not ask for.
"""

import json
import sys

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_UP_BYTES = 512  # from a board
MAX_DOWN_BYTES = 2_048  # to a board
MAX_CONSOLE_UP_BYTES = 262_144
MAX_HALL_BYTES = 65_536  # to consoles and displays
MAX_INT = 9_007_199_254_740_991  # 2^53 - 1: what every JSON reader keeps exact
MAX_BOOT = 2_147_483_647  # rule 5: a random 31-bit number


class BadPayload(Exception):
    """A payload that breaks the contract: `field` is the culprit, `problem` what is allowed."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field + ": " + problem)
        self.field = field
        self.problem = problem


if sys.implementation.name == "micropython":

    def _small_dumps(value: object) -> bytes:
        return json.dumps(value, separators=(",", ":")).encode()

    def _small_loads(data: "Any") -> object:
        text = str(data, "utf-8")
        if "\\u" in text:
            text = _join_surrogates(text)
        try:
            return json.loads(text)
        except MemoryError:
            raise ValueError("more than this board's memory holds") from None

    _dumps: "Callable[[object], bytes]" = _small_dumps
    _loads: "Callable[[Any], object]" = _small_loads

else:
    # CPython's own json costs a third of all that a press costs the gateway, and takes NaN,
    # infinity and lone surrogates, which could be read but never written again; orjson refuses
    # them, and anything nested deeper than 1,024.
    import orjson

    _dumps = orjson.dumps
    _loads = orjson.loads


def encode(payload: "dict[str, object]", limit_bytes: int) -> bytes:
    """Give the compact JSON of `payload`; raise BadPayload if it exceeds `limit_bytes`."""
    data = _dumps(payload)
    if len(data) > limit_bytes:
        raise BadPayload("payload", "%d bytes, at most %d allowed" % (len(data), limit_bytes))
    return data


def decode(data: "bytes | bytearray | memoryview", limit_bytes: int) -> "dict[str, object]":
    """Give the object that `data` holds; raise BadPayload for anything else, and only that."""
    if len(data) > limit_bytes:
        raise BadPayload("payload", "%d bytes, at most %d allowed" % (len(data), limit_bytes))
    try:
        value = _loads(data)
    except ValueError:  # UnicodeError is one, too
        raise BadPayload("payload", "not UTF-8 JSON") from None
    if type(value) is not dict:
        raise BadPayload("payload", "not a JSON object")
    return value  # type: ignore[no-any-return, unused-ignore]


def _join_surrogates(text: str) -> str:
    # A pair of escaped surrogates becomes the character that it means: MicroPython leaves two
    # halves. A lone half is refused: it could not be encoded again, which would fail much
    # later, in a journal or a display.
    parts = []
    copied = 0
    at = text.find("\\")
    while at >= 0:
        end = at + 2
        if text[at + 1 : end] == "u":
            end = at + 6
            unit = _code_unit(text[at + 2 : end])
            if 0xD800 <= unit < 0xE000:
                low = _code_unit(text[at + 8 : at + 12]) if text[end : at + 8] == "\\u" else 0
                if unit >= 0xDC00 or not 0xDC00 <= low < 0xE000:
                    raise ValueError("lone surrogate")
                parts.append(text[copied:at])
                parts.append(_astral(0x10000 + ((unit - 0xD800) << 10) + low - 0xDC00))
                end = copied = at + 12
        at = text.find("\\", end)
    return "".join(parts) + text[copied:]


def _astral(code: int) -> str:
    # Not chr(): MicroPython keeps every different character that it made so for ever.
    utf8 = (0xF0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63, 0x80 | code & 63)
    return bytes(utf8).decode()


def _code_unit(digits: str) -> int:
    for c in digits.encode():
        if c not in b"0123456789abcdefABCDEF":  # int() would also take "_"
            raise ValueError("not hexadecimal")
    if len(digits) != 4:
        raise ValueError("not four digits")
    return int(digits, 16)


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
    try:
        data = value.encode()  # as bytes: MicroPython keeps every single character for ever
    except UnicodeError:
        raise BadPayload(field, "a text without lone surrogates is needed") from None
    for c in data:
        if c < 32 or c == 127:
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


def read_dict(payload: "dict[str, object]", field: str) -> "dict[str, object]":
    """Give the object that stands in a field, not an empty one; its reader checks what is in it."""
    value = payload.get(field)
    if type(value) is not dict or not value:
        raise BadPayload(field, "an object with something in it is needed")
    return value
