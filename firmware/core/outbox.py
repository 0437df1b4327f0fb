"""Facts wait here until their receipt, across restarts (rule 1 of the contract).

A fact keeps the boot and seq it was born with, so that the gateway knows a repeat. The outbox
is bounded; what it had to drop is counted.
"""

from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_BOOT, MAX_INT, MAX_UP_BYTES, BadPayload, decode, read_int
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

FILE = "outbox.jsonl"
MOST = 48  # about 5 KB on flash and in memory
RESEND_MS = 5_000
WINDOW = 4  # sent and without a receipt at a time, so that an outage does not end in a flood


class Outbox:
    """The facts without a receipt, oldest first, as the bytes that are sent.

    `dropped` counts facts lost to a full outbox or to an unreadable file. `store` is the
    board's Store port.
    """

    def __init__(self, store: "Any") -> None:
        self._store = store
        self._facts: "list[tuple[int, int, bytes]]" = []  # [(boot, seq, data)]
        self._sent = 0  # so many of the oldest have been sent in this round
        self._resend_ms = NEVER
        self._stale = False  # the file still holds facts that have their receipt
        self.dropped = 0
        self.due_ms = NEVER
        self._load()

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, boot: int, seq: int, data: bytes, now_ms: int) -> None:
        """Keep a fact; it is on flash when this returns, and due as soon as its turn comes."""
        if len(self._facts) >= MOST:
            self._take_out(0)
            self.dropped += 1
        self._facts.append((boot, seq, data))
        self._save()
        self._plan(now_ms)

    def settle(self, boot: int, seq: int, now_ms: int) -> bytes:
        """Drop the fact that a receipt names, and give it; b"" if there was none.

        The file follows when the outbox is empty or written next: a fact sent once too often
        does no harm, and flash wears out.
        """
        for i in range(len(self._facts)):
            if self._facts[i][0] == boot and self._facts[i][1] == seq:
                fact = self._facts[i][2]
                self._take_out(i)
                self._stale = True
                if not self._facts:
                    self._save()
                self._plan(now_ms)
                return fact
        return b""

    def link_is_up(self, now_ms: int) -> None:
        """Start a new round at once: the link is back."""
        self._sent = 0
        self._plan(now_ms)

    def tick(self, now_ms: int) -> "list[bytes]":
        """Give the facts to send now, for the first time or again, oldest first."""
        if now_ms < self.due_ms:
            return []
        if now_ms >= self._resend_ms:
            self._sent = 0
        batch = [fact[2] for fact in self._facts[self._sent : WINDOW]]
        if self._sent == 0:
            self._resend_ms = now_ms + RESEND_MS
        self._sent += len(batch)
        self._plan(now_ms)
        return batch

    def flush(self) -> None:
        """Bring the file up to date, before a sleep or a restart on purpose."""
        if self._stale:
            self._save()

    def _plan(self, now_ms: int) -> None:
        if not self._facts:
            self._sent = 0
            self.due_ms = self._resend_ms = NEVER
        elif self._sent < min(len(self._facts), WINDOW):
            self.due_ms = now_ms
        else:
            self.due_ms = self._resend_ms

    def _take_out(self, i: int) -> None:
        self._facts.pop(i)
        if i < self._sent:
            self._sent -= 1

    def _save(self) -> None:
        self._store.write(FILE, b"\n".join([fact[2] for fact in self._facts]))
        self._stale = False

    def _load(self) -> None:
        for line in (self._store.read(FILE) or b"").split(b"\n"):
            if not line:
                continue
            try:
                payload = decode(line, MAX_UP_BYTES)
                fact = (
                    read_int(payload, "boot", 0, MAX_BOOT),
                    read_int(payload, "seq", 1, MAX_INT),
                    line,
                )
            except BadPayload:
                self.dropped += 1
                continue
            self._facts.append(fact)
        while len(self._facts) > MOST:
            self._facts.pop(0)
            self.dropped += 1
        self._plan(0)
