"""`dn/lease`: the numbers that a ticket board may give out alone, whole, as rule 6 has them."""

from firmware.wire.codec import MAX_INT, BadPayload, read_int, read_str
from firmware.wire.const import const

MAX_LEASES = 16  # of eight keys two blocks each; then the payload fits MAX_DOWN_BYTES
MAX_NUMBER = 9_999
_MAX_QUEUE_CHARS = const(3)  # as in events.py, which is large and which no board needs
_DAY_CHARS = const(10)  # 2026-11-23


def write_leases(
    epoch: int, rev: int, utc_ms: int, leases: "list[tuple[str, int, int, str, int]]"
) -> "dict[str, object]":
    """Give the payload; a lease is (queue, first, last, day, until_ms), in the order of use.

    `utc_ms` is when it is said, `until_ms` until when (exclusive) numbers may be printed, both
    UTC; `rev` counts per board within an epoch, like that of a face.
    """
    return {
        "epoch": epoch,
        "rev": rev,
        "utc_ms": utc_ms,
        "leases": [
            {"q": queue, "first": first, "last": last, "day": day, "until_ms": until_ms}
            for queue, first, last, day, until_ms in leases
        ],
    }


def read_leases(
    payload: "dict[str, object]",
) -> "tuple[int, int, int, list[tuple[str, int, int, str, int]]]":
    """Give (epoch, rev, utc_ms, leases) of a payload; raise BadPayload for anything else.

    A board takes all of it or nothing: what it held before and is not in it is no longer good.
    """
    epoch = read_int(payload, "epoch", 0, MAX_INT)
    rev = read_int(payload, "rev", 0, MAX_INT)
    utc_ms = read_int(payload, "utc_ms", 0, MAX_INT)
    items = payload.get("leases")
    if type(items) is not list or len(items) > MAX_LEASES:
        raise BadPayload("leases", "a list of at most %d leases is needed" % MAX_LEASES)
    return epoch, rev, utc_ms, [_read_lease(item) for item in items]


def _read_lease(item: object) -> "tuple[str, int, int, str, int]":
    if type(item) is not dict:
        raise BadPayload("leases", "a list of objects is needed")
    queue = read_str(item, "q", 1, _MAX_QUEUE_CHARS)
    first = read_int(item, "first", 1, MAX_NUMBER)
    last = read_int(item, "last", first, MAX_NUMBER)
    day = read_str(item, "day", _DAY_CHARS, _DAY_CHARS)
    return queue, first, last, day, read_int(item, "until_ms", 0, MAX_INT)
