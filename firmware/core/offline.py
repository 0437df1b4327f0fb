"""Numbers that a ticket board gave alone wait here until their receipt (rule 6 of the contract).

A long outage brings hundreds of them: they are in flash, and only those that are on their way in
memory. The rules are the outbox's. The file is emptied once all have their receipt: what a
restart finds there is handed in, perhaps once more, which does no harm.

A number is in flash before its paper is printed. If the power is cut in between, it is handed in
though perhaps nobody has it: a call in vain is better than a paper that nobody knows.
"""

import struct

from firmware.core.outbox import RESEND_MS, Outbox
from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_UP_BYTES, encode
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.lease import Leases

FILE = "offline"
MOST = 600  # 19 KB of flash: an outage of ten hours, a visitor a minute
_RECORD = "<3s10sHBIIQ"  # queue, day, number, kind, boot, seq, t_ms
_RECORD_BYTES = const(32)
_TEXT_BYTES = const(13)  # queue and day
_KIND_AT = const(15)
_PRIORITY = const(1)
_NO_PAPER = b"\xff"
_LOADED = const(8)  # records at a time
_WINDOW = const(2)  # on their way at a time: less than the outbox has, for memory is scarce


def label_of(queue: str, number: int) -> str:
    """Give a ticket's label, such as A012."""
    return "%s%03d" % (queue, number)


class Offline(Outbox):
    """The numbers given alone, oldest first; `leases` is told which are given.

    A place counts the records in the file; `give` and `printed` come in turns.
    """

    def __init__(self, store: "Any", leases: "Leases", boot: int) -> None:
        self._leases = leases
        self._boot = boot
        self._live = False  # the gateway is there to take them
        self._printing = 0  # 1: the last one has no paper yet
        self._end = 0  # the place of the record that will be written next
        self._next = 0  # the place of the record that goes on its way next
        Outbox.__init__(self, store)

    def is_full(self) -> bool:
        """Tell whether no more numbers can be given alone."""
        return self._end >= MOST

    def give(
        self, seq: int, queue: str, number: int, day: bytes, priority: bool, now_ms: int
    ) -> bool:
        """Keep a number whose paper is printed next; False if flash does not take it."""
        kind = _PRIORITY if priority else 0
        record = struct.pack(_RECORD, queue.encode(), day, number, kind, self._boot, seq, now_ms)
        if self.is_full() or not self._store.put(FILE, self._end * _RECORD_BYTES, record):
            return False
        self._end += 1
        self._printing = 1
        self._leases.used(record[:3], number, day)
        return True

    def printed(self, ok: bool, now_ms: int) -> None:
        """The paper of the last number is out; or not: its number is used up for nothing."""
        if not ok:
            self._store.put(FILE, (self._end - 1) * _RECORD_BYTES + _KIND_AT, _NO_PAPER)
        self._printing = 0
        self._plan(now_ms)

    def hand_in(self, live: bool, now_ms: int) -> None:
        """Begin to hand in, or stop: the gateway is there, or away."""
        self._live = live
        self.link_is_up(now_ms)

    def tick(self, now_ms: int) -> "list[bytes]":
        """Give the events to send now, oldest first, with their age of now."""
        if now_ms < self.due_ms:
            return []
        self.due_ms = now_ms + RESEND_MS  # if memory does not suffice for what follows
        while self._has_more():
            self._send_next()
        self._plan(now_ms)
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
        Outbox._plan(self, now_ms)
        if not self._live:
            self.due_ms = NEVER
        elif self._has_more():
            self.due_ms = now_ms
        elif self._end and not self._facts and not self._printing:
            self._empty()

    def _empty(self) -> None:
        # The next numbers of the leases must not go with it.
        if self._leases.save() and self._store.write(FILE, b""):
            self._end = self._next = 0

    def _has_more(self) -> bool:
        return len(self._facts) < _WINDOW and self._next < self._end - self._printing

    def _send_next(self) -> None:
        at = self._next * _RECORD_BYTES
        record = self._store.read(FILE, at, _RECORD_BYTES) or b""
        if len(record) < _RECORD_BYTES or max(record[:_TEXT_BYTES]) > 0x7F:
            self.dropped += 1  # flash forgets, in the end
        elif record[_KIND_AT] != _NO_PAPER[0]:
            _, _, _, _, boot, seq, _ = struct.unpack(_RECORD, record)
            self._facts.append((boot, seq, record))
        self._next += 1  # last: where memory is full it is its turn again

    def _save(self) -> None:
        pass  # all is in flash already

    def _load(self) -> None:
        more = True
        while more:
            at = self._end * _RECORD_BYTES
            data = self._store.read(FILE, at, _LOADED * _RECORD_BYTES) or b""
            count = len(data) // _RECORD_BYTES  # part of one has no paper
            for i in range(count):
                queue, day, number = struct.unpack_from("<3s10sH", data, i * _RECORD_BYTES)
                self._leases.used(queue, number, day)
            self._end += count
            more = count == _LOADED
