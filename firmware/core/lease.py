"""The numbers that a ticket board may give alone (rule 6 of the contract), kept in flash.

The next number of a block is not written at each print: offline.py writes every number given,
and what stands there counts. It is written here before a number is forgotten there.
"""

import struct

from firmware.wire.const import const
from firmware.wire.leases import read_leases

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

FILE = "leases"
_HEAD = "<qq"  # epoch, rev
_HEAD_BYTES = const(16)
_KEY = "<3s10sHH"  # what a block is known by: queue, day, first, last; the next number and ...
_KEY_BYTES = const(17)
_BLOCK = "<3s10sHHHQ"  # ... until_ms follow
_BLOCK_BYTES = const(27)
_NEXT_AT = const(17)
_MOST = const(32)  # twice what can be leased: the rest is only remembered


class Leases:
    """The blocks of numbers, in the order of their use, packed as they are in flash."""

    def __init__(self, store: "Any") -> None:
        self._store = store
        data = store.read(FILE) or b""
        if len(data) % _BLOCK_BYTES != _HEAD_BYTES:
            data = struct.pack(_HEAD, -1, -1)
        self._data = bytearray(data)
        self._stale = False  # flash does not have all next numbers

    def take(self, data: "bytes | memoryview", retained: bool) -> "int | None":
        """Take a `dn/lease` and give the time (UTC ms) in it, None if it is out of date; raise
        BadPayload.

        An earlier epoch is out of date only where the broker kept it: a gateway that says it now
        has begun anew. What flash does not take is not taken at all: after a restart the
        board would not know its next numbers.
        """
        epoch, rev, utc_ms, leases = read_leases(data)
        held_epoch, held_rev = struct.unpack_from(_HEAD, self._data)
        if rev < held_rev if epoch == held_epoch else retained and epoch < held_epoch:
            return None
        fresh = bytearray(struct.pack(_HEAD, epoch, rev))
        for queue, first, last, day, until_ms in leases:
            key = struct.pack(_KEY, queue.encode(), day.encode(), first, last)
            at = _find(self._data, key)
            number = _next(self._data, at) if at else first
            fresh.extend(key + struct.pack("<HQ", number, until_ms))
        # A queue that is closed and opened again gets the same block: its next number stays.
        for at in range(_HEAD_BYTES, len(self._data), _BLOCK_BYTES):
            key = bytes(self._data[at : at + _KEY_BYTES])
            if len(fresh) < _HEAD_BYTES + _MOST * _BLOCK_BYTES and not _find(fresh, key):
                fresh.extend(key + struct.pack("<HQ", _next(self._data, at), 0))
        if (fresh != self._data or self._stale) and self._store.write(FILE, fresh):
            self._data = fresh
            self._stale = False
        return utc_ms

    def next_of(self, queue: str, utc_ms: int) -> "tuple[int, bytes] | None":
        """Give the next number of a queue and its lease's day, or None if none is good now."""
        wanted = struct.pack("<3s", queue.encode())
        for at in range(_HEAD_BYTES, len(self._data), _BLOCK_BYTES):
            name, day, _, last, number, until_ms = struct.unpack_from(_BLOCK, self._data, at)
            if name == wanted and utc_ms < until_ms and number <= last:
                return number, day
        return None

    def has_any(self, utc_ms: int) -> bool:
        """Tell whether a lease is good now, with or without numbers left."""
        for at in range(_HEAD_BYTES, len(self._data), _BLOCK_BYTES):
            if utc_ms < struct.unpack_from(_BLOCK, self._data, at)[5]:
                return True
        return False

    def used(self, queue: bytes, number: int, day: bytes) -> None:
        """Take note that a number is given; who calls has it in flash."""
        for at in range(_HEAD_BYTES, len(self._data), _BLOCK_BYTES):
            name, lease_day, first, last, before, _ = struct.unpack_from(_BLOCK, self._data, at)
            if (name, lease_day) == (queue, day) and first <= number <= last and before <= number:
                struct.pack_into("<H", self._data, at + _NEXT_AT, number + 1)
                self._stale = True

    def save(self) -> bool:
        """Bring flash up to date; tell whether it is."""
        if self._stale and self._store.write(FILE, self._data):
            self._stale = False
        return not self._stale


def _find(data: bytearray, key: bytes) -> int:
    # Where the block of this key is, 0 if there is none.
    for at in range(_HEAD_BYTES, len(data), _BLOCK_BYTES):
        if data[at : at + _KEY_BYTES] == key:
            return at
    return 0


def _next(data: bytearray, at: int) -> int:
    number: int = struct.unpack_from("<H", data, at + _NEXT_AT)[0]
    return number
