"""Numbers that a ticket board gave alone wait here until their receipt (rule 6 of the contract).

A long outage brings hundreds of them: they are in flash, in segments, and in memory are only the
newest segment and those that are on their way. The rules are the outbox's.

A number is in flash before its paper is printed. If the power is cut in between, it is handed in
though perhaps nobody has it: a call in vain is better than a paper that nobody knows.
"""

import struct

from firmware.core.outbox import WINDOW, Outbox
from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_UP_BYTES, encode
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.lease import Leases

FILE = "offline"  # and the number of a slot
SEGMENTS = 20
EACH = 32  # records of a segment: its file is a block of flash, or less
_RECORD = "<3s10sHBIIQ"  # queue, day, number, kind, boot, seq, t_ms
_RECORD_BYTES = const(32)
_HEAD = "<I"  # a segment's own number, for its slot is used again and again
_HEAD_BYTES = const(4)
_TEXT_BYTES = const(13)  # queue and day
_KIND_AT = const(15)
_PRIORITY = const(1)
_NO_PAPER = const(255)


def label_of(queue: str, number: int) -> str:
    """Give a ticket's label, such as A012."""
    return "%s%03d" % (queue, number)


class Offline(Outbox):
    """The numbers given alone, oldest first; `leases` is told which are given.

    Places count the records ever written; `give` and `printed` come in turns.
    """

    def __init__(self, store: "Any", leases: "Leases", boot: int) -> None:
        self._leases = leases
        self._boot = boot
        self._live = False  # the gateway is there to take them
        self._printing = False  # the last one has no paper yet
        self._first = 0  # the oldest segment
        self._tail = bytearray()  # the newest one
        self._end = 0  # the place of the record that will be written next
        self._next = 0  # the place of the record that goes on its way next
        self._places: "list[int]" = []  # of `_facts`: those on their way
        Outbox.__init__(self, store)

    def is_full(self) -> bool:
        """Tell whether no more numbers can be given alone."""
        return self._end % EACH == 0 and self._end // EACH - self._first >= SEGMENTS

    def give(
        self, seq: int, queue: str, number: int, day: bytes, priority: bool, now_ms: int
    ) -> bool:
        """Keep a number whose paper is printed next; False if flash does not take it."""
        no = self._end // EACH
        if self.is_full():
            return False
        if self._end % EACH == 0:
            self._tail = bytearray(struct.pack(_HEAD, no))
        kind = _PRIORITY if priority else 0
        name = queue.encode()
        self._tail.extend(struct.pack(_RECORD, name, day, number, kind, self._boot, seq, now_ms))
        if not self._store.write(_file(no), self._tail):
            self._tail = self._tail[:-_RECORD_BYTES]
            return False
        self._end += 1
        self._printing = True
        self._leases.used(struct.pack("<3s", name), number, day)
        return True

    def printed(self, ok: bool, now_ms: int) -> None:
        """The paper of the last number is out; or not: its number is used up for nothing."""
        if not ok:
            self._tail[_KIND_AT - _RECORD_BYTES] = _NO_PAPER
            self._store.write(_file((self._end - 1) // EACH), self._tail)
        self._printing = False
        self._plan(now_ms)

    def hand_in(self, live: bool, now_ms: int) -> None:
        """Begin to hand in, or stop: the gateway is there, or away."""
        self._live = live
        self.link_is_up(now_ms)

    def tick(self, now_ms: int) -> "list[bytes]":
        """Give the events to send now, oldest first, with their age of now."""
        return [self._event(record, now_ms) for record in Outbox.tick(self, now_ms)]

    def _event(self, record: bytes, now_ms: int) -> bytes:
        name, day, number, kind, boot, seq, t_ms = struct.unpack(_RECORD, record)
        queue = name.rstrip(b"\0").decode()
        event = {
            "boot": boot,
            "seq": seq,
            "t_ms": t_ms,
            "ev": "offline",
            "ticket": label_of(queue, number),
            "queue": queue,
            "age_ms": now_ms - t_ms if boot == self._boot else None,
            "day": day.decode(),
        }
        if kind == _PRIORITY:
            event["class"] = "priority"
        return encode(event, MAX_UP_BYTES)

    def _plan(self, now_ms: int) -> None:
        if self._live:
            end = self._end - 1 if self._printing else self._end
            while len(self._facts) < WINDOW and self._next < end:
                self._send_next()
            self._drop()
        Outbox._plan(self, now_ms)
        if not self._live:
            self.due_ms = NEVER

    def _send_next(self) -> None:
        place = self._next
        self._next += 1
        no = place // EACH
        data = self._tail
        if no != (self._end - 1) // EACH:
            data = self._store.read(_file(no)) or b""
        at = _HEAD_BYTES + place % EACH * _RECORD_BYTES
        record = bytes(data[at : at + _RECORD_BYTES])
        if len(record) < _RECORD_BYTES or max(record[:_TEXT_BYTES]) > 0x7F:
            self.dropped += 1  # flash forgets, in the end
        elif record[_KIND_AT] != _NO_PAPER:
            _, _, _, _, boot, seq, _ = struct.unpack(_RECORD, record)
            self._facts.append((boot, seq, record))
            self._places.append(place)

    def _drop(self) -> None:
        # Segments of which all is settled go; the next numbers of their leases must not.
        keep = (self._places[0] if self._places else self._next) // EACH
        if not self._places and self._next == self._end:
            keep = (self._end + EACH - 1) // EACH
        while self._first < keep:
            if not self._leases.save() or not self._store.write(_file(self._first), b""):
                return  # sent once more after a restart, which does no harm
            self._first += 1
        if self._first * EACH > self._end:
            self._end = self._next = self._first * EACH

    def _take_out(self, i: int) -> None:
        self._places.pop(i)
        Outbox._take_out(self, i)

    def _save(self) -> None:
        pass  # all is in flash already

    def _load(self) -> None:
        found = []
        for slot in range(SEGMENTS):
            data = self._store.read(_file(slot)) or b""
            if len(data) <= _HEAD_BYTES:
                continue
            no: int = struct.unpack_from(_HEAD, data)[0]
            records = (len(data) - _HEAD_BYTES) // _RECORD_BYTES
            for i in range(records):
                at = _HEAD_BYTES + i * _RECORD_BYTES
                queue, day, number = struct.unpack_from("<3s10sH", data, at)
                self._leases.used(queue, number, day)
            if not found or no > max(found):
                self._tail = bytearray(data[: _HEAD_BYTES + records * _RECORD_BYTES])
                self._end = no * EACH + records
            found.append(no)
        if found:
            self._first = min(found)
            self._next = self._first * EACH


def _file(no: int) -> str:
    return FILE + str(no % SEGMENTS)
