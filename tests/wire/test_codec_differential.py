"""Any bytes give a dict or BadPayload on both interpreters, and what CPython takes, both read."""

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.wire import codec
from tests.wire.conftest import Peer

LIMIT = codec.MAX_DOWN_BYTES
MANY = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOME = settings(MANY, max_examples=120)  # of whole payloads, which are costly to make up

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
INTS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
FLOATS = st.floats(-1e300, 1e300)  # MicroPython's own last digits may go beyond the last float
VALUES = st.recursive(
    st.none() | st.booleans() | INTS | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.dictionaries(TEXTS, VALUES, max_size=5)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Give the JSON of a payload with a few bytes cut out, put in or changed."""
    data = bytearray(json.dumps(draw(PAYLOADS), ensure_ascii=draw(st.booleans())).encode())
    marks = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u", b"\\ud83d", b"-", b"e", b"."]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        width = draw(st.integers(0, 3))
        new = draw(st.sampled_from(marks) | st.binary(max_size=2) | st.just(b""))
        data[at : at + width] = new
    return bytes(data)


def read_here(data: bytes) -> dict[str, Any] | None:
    try:
        return codec.decode(data, LIMIT)
    except codec.BadPayload:
        return None


def assert_alike(here: Any, there: Any) -> None:
    """Equal in type and value; of floats, all but the last digits."""
    if type(here) is float and type(there) is int:
        # Beyond 64 bits the gateway reads a float, a board a whole number: neither is a field's.
        assert abs(there) >= 2**63
        there = float(there)
    assert type(here) is type(there), (here, there)
    if isinstance(here, dict):
        assert here.keys() == there.keys()
        for key in here:
            assert_alike(here[key], there[key])
    elif isinstance(here, list):
        assert len(here) == len(there)
        for a, b in zip(here, there, strict=True):
            assert_alike(a, b)
    elif isinstance(here, float):
        # Near the ends of the range MicroPython overflows or underflows a little earlier.
        at_an_end = abs(here) > 1e300 or abs(here) < 1e-300
        assert at_an_end or math.isclose(here, there, rel_tol=1e-13), (here, there)
    else:
        assert here == there


@MANY
@given(data=st.binary(max_size=200))
def test_any_bytes(peer: Peer, data: bytes) -> None:
    here = read_here(data)
    there = peer.decode(data)
    if here is not None:
        assert_alike(here, there)


@SOME
@given(data=damaged())
def test_damaged_payloads(peer: Peer, data: bytes) -> None:
    here = read_here(data)
    there = peer.decode(data)
    if here is not None:
        assert_alike(here, there)


@SOME
@given(payload=PAYLOADS, ascii_only=st.booleans(), blanks=st.booleans())
def test_what_any_json_writer_writes_both_read(
    peer: Peer, payload: dict[str, Any], ascii_only: bool, blanks: bool
) -> None:
    data = json.dumps(payload, ensure_ascii=ascii_only, indent=1 if blanks else None).encode()
    if len(data) > LIMIT:
        return
    here = codec.decode(data, LIMIT)
    assert_alike(payload, here)
    assert_alike(here, peer.decode(data))


@SOME
@given(payload=PAYLOADS)
def test_encode_and_decode_round_trips_through_both(peer: Peer, payload: dict[str, Any]) -> None:
    data = codec.encode(payload, codec.MAX_HALL_BYTES)
    assert_alike(payload, codec.decode(data, codec.MAX_HALL_BYTES))
    if len(data) < LIMIT // 2:  # the other one may write floats and escapes a little longer
        again = peer.recode(data)
        assert_alike(payload, codec.decode(again, LIMIT))


@pytest.mark.parametrize(
    ("data", "there"),
    [
        (b'{"a":1', {"a": 1}),
        (b'{"a"', {}),
        (b'{"a":1,}', {"a": 1}),
        (b'{"a" 1}', {"a": 1}),
        (b'{"a":1 "b":2}', {"a": 1, "b": 2}),
        (b"{1:2}", {"1": 2}),
        (b'{"a":01}', {"a": 1}),
        (b'{"a":1e999}', {"a": math.inf}),
        (b'{"a":"\n"}', {"a": "\n"}),
        (b'{"a":"\\q"}', {"a": "q"}),
        (b'{"a":"\xed\xa0\x80"}', {"a": "\ufffd" * 3}),  # no UTF-8 for us, so unpacked as such
        (b'{"a":"\xc0\x80"}', {"a": "\ufffd" * 2}),
    ],
)
def test_the_known_leniency_of_micropython(peer: Peer, data: bytes, there: Any) -> None:
    """Listed in codec's docstring: if this changes, so must the text."""
    assert read_here(data) is None
    assert peer.decode(data) == there


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"a"',
        b"1",
        b"{} {}",
        b'{"a":1}x',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"{[]:1}",
        b"{{}:1}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":-}',
        b'{"a":--1}',
        b'{"a":1-2}',
        b'{"a":+1}',
        b'{"a":1_0}',
        b'{"a":0x1}',
        b'{"a":tru}',
        b'{"a":"\\ud83d"}',
        b'{"a":"\\ude00"}',
        b'{"a":"\\ud83dx\\ude00"}',
        b'{"a":"\\ude00\\ud83d"}',
        b'{"a":"\\ud83d\\ud83d\\ude00"}',
        b'{"a":"\\u12"}',
        b'{"\\ud83d":1}',
        b'{"a":' * 500,
        b"[" * 2_000,
    ],
)
def test_refused_by_both(peer: Peer, data: bytes) -> None:
    assert read_here(data) is None
    if not data.startswith(b'{"a":{"a":'):  # a board takes objects without their ends
        assert peer.decode(data) is None


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_no_crash(peer: Peer, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    data = b'{"a":' + opening * 300 + b"1" + closing * 300 + b"}"
    codec.decode(data, LIMIT)
    with pytest.raises(AssertionError, match="RuntimeError"):
        peer.decode(data)  # read there too; only packing it for us is too deep
    huge = b'{"a":' + b"[" * 60_000 + b"]" * 5_000 + b"}"
    assert read_here(huge[: LIMIT - 1]) is None
    with pytest.raises(codec.BadPayload):
        codec.decode(huge, codec.MAX_CONSOLE_UP_BYTES)


def test_a_text_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(codec.BadPayload):
        codec.read_str({"a": "\ud83d"}, "a", 0, 9)


def test_too_large_an_integer_text_is_refused_and_no_crash() -> None:
    with pytest.raises(codec.BadPayload):
        codec.decode(b'{"a":' + b"9" * 100_000 + b"}", codec.MAX_CONSOLE_UP_BYTES)
