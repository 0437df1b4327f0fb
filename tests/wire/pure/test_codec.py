"""Payloads in and out, and every reader of a field at its limits."""

import gc

from firmware.wire import codec
from firmware.wire.codec import BadPayload
from tests.firmware.pure.expect import raises


def bad(function, *args):
    """Give the field that BadPayload blames."""
    return raises(BadPayload, function, *args).field


def test_encode_is_compact_utf8_and_keeps_its_limit():
    assert codec.encode({"a": "é"}, 100) == b'{"a":"\xc3\xa9"}'
    exact = codec.encode({"a": "x" * 92}, 100)
    assert len(exact) == 100
    assert bad(codec.encode, {"a": "x" * 93}, 100) == "payload"


def test_decode_takes_any_buffer():
    for data in (b'{"a":1}', bytearray(b'{"a":1}'), memoryview(b'x{"a":1}x')[1:-1]):
        assert codec.decode(data, 7) == {"a": 1}


def test_decode_keeps_its_limit_before_looking():
    assert bad(codec.decode, b'{"a":1}', 6) == "payload"
    assert bad(codec.decode, b"x" * 7, 6) == "payload"


def test_decode_refuses_what_is_no_object():
    for data in (b"", b"[]", b"1", b'"a"', b"null", b"true", b"\xff", b"{", b"nonsense"):
        if data != b"{":  # MicroPython takes an object without its end
            assert bad(codec.decode, data, 100) == "payload", data


def test_escaped_characters_beyond_the_first_plane():
    for data, text in (
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"a\\uD83D\\uDE00\\u00e9b"', "a😀éb"),
        (b'"\\ud83d\\ude00\\ud83d\\ude00"', "😀😀"),
        (b'"\\\\ud83d"', "\\ud83d"),  # a backslash, not an escape
        (b'"\\\\\\ud83d\\ude00"', "\\😀"),
        (b'"\\u0041"', "A"),
    ):
        got = codec.decode(b'{"a":' + data + b"}", 100)["a"]
        assert got == text, (data, got)
    for data in (
        b'"\\ud83d"',
        b'"\\ude00"',
        b'"\\ud83d\\u0041"',
        b'"\\ud83d\\n"',
        b'"\\ud83d\\\\ude00"',
        b'"\\ude00\\ud83d"',
        b'"\\u00_1"',
        b'"\\u"',
    ):
        assert bad(codec.decode, b'{"a":' + data + b"}", 100) == "payload", data


def test_texts_leave_nothing_behind_in_memory():
    # MicroPython interns every single character that is cut out of a text, for ever.
    if not hasattr(gc, "mem_alloc"):
        return
    for round in range(2):
        gc.collect()
        before = gc.mem_alloc()
        for i in range(300):
            raw = bytes((0xE4 + round, 0xB8 + (i >> 6), 0x80 | i & 63))
            escaped = b"\\u%04x\\u%04x" % (0xD840 + round, 0xDC00 + i)
            text = codec.decode(b'{"a":"' + raw + escaped + b'"}', 100)
            codec.read_str(text, "a", 2, 2)
        gc.collect()
        kept_bytes = gc.mem_alloc() - before
    assert kept_bytes < 500, kept_bytes


def test_read_int():
    assert codec.read_int({"n": 3}, "n", 3, 3) == 3
    for value in (2, 4, 3.0, True, "3", None, [3], 2**70):
        assert bad(codec.read_int, {"n": value}, "n", 3, 3) == "n", value
    assert bad(codec.read_int, {}, "n", 0, 9) == "n"


def test_read_number():
    assert codec.read_number({"n": 3}, "n", 3, 4) == 3
    assert codec.read_number({"n": 3.5}, "n", 3, 4) == 3.5
    for value in (2.9, 4.1, float("nan"), float("inf"), -float("inf"), True, "3", None):
        assert bad(codec.read_number, {"n": value}, "n", 3, 4) == "n", value


def test_read_bool():
    assert codec.read_bool({"b": False}, "b") is False
    for value in (0, 1, "true", None):
        assert bad(codec.read_bool, {"b": value}, "b") == "b"


def test_read_str():
    assert codec.read_str({"s": "ab"}, "s", 2, 2) == "ab"
    assert codec.read_str({"s": ""}, "s", 0, 2) == ""
    assert codec.read_str({"s": "éé"}, "s", 2, 2) == "éé"
    for value in ("a", "abc", "a\n", "\x00a", "a\x7f", 12, None, ["a", "b"]):
        assert bad(codec.read_str, {"s": value}, "s", 2, 2) == "s", value


def test_read_choice():
    assert codec.read_choice({"c": "x"}, "c", ("x", "y")) == "x"
    values: "tuple[object, ...]" = ("z", "", None, 1, ["x"], {})
    for value in values:
        assert bad(codec.read_choice, {"c": value}, "c", ("x", "y")) == "c"


def test_read_strs():
    assert codec.read_strs({"l": ["a", "bb"]}, "l", 2, 2) == ["a", "bb"]
    assert codec.read_strs({"l": []}, "l", 2, 2) == []
    for value in (["a", "b", "c"], ["abc"], [""], [1], "ab", None, [["a"]]):
        assert bad(codec.read_strs, {"l": value}, "l", 2, 2) == "l", value
