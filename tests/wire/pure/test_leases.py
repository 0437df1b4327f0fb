"""Leases are written and read alike, and whatever is not right in one is named."""

from firmware.wire.codec import MAX_DOWN_BYTES, MAX_INT, BadPayload, decode, encode
from firmware.wire.events import MAX_QUEUE_CHARS
from firmware.wire.leases import MAX_LEASES, MAX_NUMBER, read_leases, write_leases
from tests.firmware.pure.expect import raises

LEASE = ("A", 700, 719, "2026-11-23", 1_795_453_200_000)


def test_what_is_written_is_read():
    payload = write_leases(7, 3, 1_795_400_000_000, [LEASE, ("B", 1, 1, "2026-11-23", 0)])
    data = encode(payload, MAX_DOWN_BYTES)
    assert read_leases(decode(data, MAX_DOWN_BYTES)) == (
        7,
        3,
        1_795_400_000_000,
        [LEASE, ("B", 1, 1, "2026-11-23", 0)],
    )


def test_no_lease_is_a_whole_answer():
    assert read_leases(write_leases(7, 3, 5, [])) == (7, 3, 5, [])


def test_the_largest_fits():
    lease = ("W" * MAX_QUEUE_CHARS, MAX_NUMBER, MAX_NUMBER, "2026-11-23", MAX_INT)
    payload = write_leases(MAX_INT, MAX_INT, MAX_INT, [lease] * MAX_LEASES)
    assert len(encode(payload, MAX_DOWN_BYTES)) <= MAX_DOWN_BYTES
    assert read_leases(payload)[3] == [lease] * MAX_LEASES


def test_each_wrong_field_is_named():
    no_numbers: "tuple[object, ...]" = (None, -1, "1", 1.5, {})
    for field in ("epoch", "rev", "utc_ms", "leases"):
        for wrong in no_numbers:
            payload = write_leases(7, 3, 5, [LEASE])
            payload[field] = wrong
            assert raises(BadPayload, read_leases, payload).field == field, (field, wrong)
    wrongs: "dict[str, tuple[object, ...]]" = {
        "q": (None, "", "WWWW", 1),
        "first": (None, 0, 10_000, True, "1"),
        "last": (None, 699, 10_000),
        "day": (None, "", "2026-11-2", "2026-11-230", 20261123),
        "until_ms": (None, -1, 1.5),
    }
    lease = {"q": "A", "first": 700, "last": 719, "day": "2026-11-23", "until_ms": 1}
    assert read_leases({"epoch": 7, "rev": 3, "utc_ms": 5, "leases": [lease]})[3][0][0] == "A"
    for field in wrongs:
        for wrong in wrongs[field]:
            broken = dict(lease)
            broken[field] = wrong
            payload = {"epoch": 7, "rev": 3, "utc_ms": 5, "leases": [broken]}
            assert raises(BadPayload, read_leases, payload).field == field, (field, wrong)


def test_too_many_and_what_is_no_lease():
    payload = write_leases(7, 3, 5, [LEASE] * (MAX_LEASES + 1))
    assert raises(BadPayload, read_leases, payload).field == "leases"
    payload["leases"] = [["A", 700]]
    assert raises(BadPayload, read_leases, payload).field == "leases"
