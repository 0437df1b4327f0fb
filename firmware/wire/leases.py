"""`dn/lease`: the numbers that a ticket board may give out alone, whole, as rule 6 has them."""

from firmware.wire.codec import MAX_DOWN_BYTES, MAX_INT, BadPayload, decode, read_int, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LEASES = 16  # of eight keys two blocks each; then the payload fits MAX_DOWN_BYTES
MAX_NUMBER = 9_999
_MAX_QUEUE_CHARS = const(3)  # as in events.py, which is large and which no board needs
_DAY_CHARS = const(10)  # 2026-11-23
_OPEN = const(0x7B)
_CLOSE = const(0x7D)


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
    data: "bytes | memoryview",
) -> "tuple[int, int, int, Iterator[tuple[str, int, int, str, int]]]":
    """Give (epoch, rev, utc_ms, leases) of a payload; raise BadPayload for anything else, for a
    wrong lease when it comes.

    The leases come one after another: all at once would take 6 KB of a board's memory. A board
    takes all of it or nothing: what it held before and is not in it is no longer good.
    """
    spans = _spans(data)
    if len(data) > MAX_DOWN_BYTES or len(spans) > MAX_LEASES:
        raise BadPayload("leases", "a list of at most %d leases is needed" % MAX_LEASES)
    begin, end = (spans[0][0], spans[-1][1]) if spans else (0, 0)
    payload = decode(bytes(data[:begin]) + bytes(data[end:]), MAX_DOWN_BYTES)
    epoch = read_int(payload, "epoch", 0, MAX_INT)
    rev = read_int(payload, "rev", 0, MAX_INT)
    utc_ms = read_int(payload, "utc_ms", 0, MAX_INT)
    if payload.get("leases") != []:
        raise BadPayload("leases", "a list of objects is needed")
    return epoch, rev, utc_ms, (_read_lease(data[begin:end]) for begin, end in spans)


def _spans(data: "bytes | memoryview") -> "list[tuple[int, int]]":
    # Where the objects within the object are, with a comma between them. No text of a lease has
    # a brace in it.
    spans: "list[tuple[int, int]]" = []
    depth = begin = 0
    for at in range(len(data)):
        if data[at] == _OPEN:
            depth += 1
            if depth == 2:
                begin = at
                if spans and bytes(data[spans[-1][1] : at]).strip() != b",":
                    raise BadPayload("leases", "a list of objects is needed")
        elif data[at] == _CLOSE:
            depth -= 1
            if depth == 1:
                spans.append((begin, at + 1))
    return spans


def _read_lease(data: "bytes | memoryview") -> "tuple[str, int, int, str, int]":
    item = decode(data, MAX_DOWN_BYTES)
    queue = _read_plain(item, "q", 1, _MAX_QUEUE_CHARS)
    first = read_int(item, "first", 1, MAX_NUMBER)
    last = read_int(item, "last", first, MAX_NUMBER)
    day = _read_plain(item, "day", _DAY_CHARS, _DAY_CHARS)
    return queue, first, last, day, read_int(item, "until_ms", 0, MAX_INT)


def _read_plain(item: "dict[str, object]", field: str, lo: int, hi: int) -> str:
    # Boards keep these in so many bytes, and could not hand in what they had to cut.
    text = read_str(item, field, lo, hi)
    if len(text.encode()) != len(text):
        raise BadPayload(field, "plain letters are needed")
    return text
