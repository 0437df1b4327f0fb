"""Leases are written and read alike, and whatever is not right in one is named."""

import json

from firmware.wire.codec import MAX_DOWN_BYTES, MAX_INT, BadPayload, encode
from firmware.wire.events import MAX_QUEUE_CHARS
from firmware.wire.leases import MAX_LEASES, MAX_NUMBER, read_leases, write_leases
from tests.firmware.pure.expect import raises


def read(payload):
    """Give the same of an object, its leases in a list."""
    epoch, rev, utc_ms, leases = read_leases(json.dumps(payload).encode())
    return epoch, rev, utc_ms, list(leases)


LEASE = ("A", 700, 719, "2026-11-23", 1_795_453_200_000)


def test_what_is_written_is_read():
    payload = write_leases(7, 3, 1_795_400_000_000, [LEASE, ("B", 1, 1, "2026-11-23", 0)])
    assert read(payload) == (
        7,
        3,
        1_795_400_000_000,
        [LEASE, ("B", 1, 1, "2026-11-23", 0)],
    )


def test_no_lease_is_a_whole_answer():
    assert read(write_leases(7, 3, 5, [])) == (7, 3, 5, [])


def test_the_largest_fits():
    lease = ("W" * MAX_QUEUE_CHARS, MAX_NUMBER, MAX_NUMBER, "2026-11-23", MAX_INT)
    payload = write_leases(MAX_INT, MAX_INT, MAX_INT, [lease] * MAX_LEASES)
    assert len(encode(payload, MAX_DOWN_BYTES)) <= MAX_DOWN_BYTES
    assert read(payload)[3] == [lease] * MAX_LEASES


def test_each_wrong_field_is_named():
    no_numbers: "tuple[object, ...]" = (None, -1, "1", 1.5)
    for field in ("epoch", "rev", "utc_ms", "leases"):
        for wrong in no_numbers:
            payload = write_leases(7, 3, 5, [LEASE])
            payload[field] = wrong
            assert raises(BadPayload, read, payload).field == field, (field, wrong)
    wrongs: "dict[str, tuple[object, ...]]" = {
        "q": (None, "", "WWWW", 1, "é"),
        "first": (None, 0, 10_000, True, "1"),
        "last": (None, 699, 10_000),
        "day": (None, "", "2026-11-2", "2026-11-230", 20261123, "2026-11-2é"),
        "until_ms": (None, -1, 1.5),
    }
    lease = {"q": "A", "first": 700, "last": 719, "day": "2026-11-23", "until_ms": 1}
    assert read({"epoch": 7, "rev": 3, "utc_ms": 5, "leases": [lease]})[3][0][0] == "A"
    for field in wrongs:
        for wrong in wrongs[field]:
            broken = dict(lease)
            broken[field] = wrong
            payload = {"epoch": 7, "rev": 3, "utc_ms": 5, "leases": [broken]}
            assert raises(BadPayload, read, payload).field == field, (field, wrong)


def test_too_many_and_what_is_no_lease():
    payload = write_leases(7, 3, 5, [LEASE] * (MAX_LEASES + 1))
    assert raises(BadPayload, read, payload).field == "leases"
    payload["leases"] = [["A", 700]]
    assert raises(BadPayload, read, payload).field == "leases"
    payload["leases"] = {}
    raises(BadPayload, read, payload)


def test_whatever_the_bytes_they_are_leases_or_bad():
    whole = json.dumps(write_leases(7, 3, 5, [LEASE, LEASE])).encode()
    assert len(list(read_leases(memoryview(whole))[3])) == 2
    for cut in range(len(whole) - 2):
        raises(BadPayload, lambda end: list(read_leases(whole[:end])[3]), cut)
    for wrong in (
        b"",
        b"[]",
        b"{}{}",
        b"}{",
        b"{" * 99,
        b"}" * 99,
        b"\xff",
        b" " * 3_000,
        whole.replace(b"}, {", b"} {"),
        whole.replace(b"}, {", b"}, 5, {"),
    ):
        raises(BadPayload, lambda data: list(read_leases(data)[3]), wrong)
