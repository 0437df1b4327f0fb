"""Presses: from a bouncing contact to the one order in flight."""

from firmware.core.ticks import NEVER
from firmware.wire.board_words import ORDER_GIVE_UP_MS
from firmware.wire.const import const

DEBOUNCE_MS = 20  # arcade buttons bounce for 1 to 10 ms, worn ones for up to 20
RESEND_MS = 1_000
_HELD_MS = const(60_000)  # nobody presses a key for a minute: something leans on it, or it is bent
_CHATTER_EDGES = const(50)  # in a second; the fastest finger makes 20
_CHATTER_MS = const(1_000)

SEND = "send"
FAILED = "failed"


class Contact:
    """One button's contact: tells presses from bounces, at the first edge.

    A press is a closing edge before which nothing moved for DEBOUNCE_MS, so that it is acted
    on at once, and neither the bounces after it nor those of the release count. However long it
    is held, it is one press; a contact that chatters gives none until it is quiet again.
    `down`: it is closed now.
    """

    def __init__(self) -> None:
        self._moved_ms = -DEBOUNCE_MS
        self.down = False
        self._since_ms = 0
        self._edges = 0  # of the second that began at ...
        self._second_ms = 0
        self._wild_until_ms = 0

    def edge(self, down: bool, now_ms: int) -> bool:
        """Take an edge (`down`: the contact closed) and tell whether it is a press."""
        quiet_ms = now_ms - self._moved_ms
        self._moved_ms = now_ms
        self.down = down
        is_press = down and quiet_ms >= DEBOUNCE_MS
        if is_press:
            self._since_ms = now_ms
        if now_ms - self._second_ms >= _CHATTER_MS:
            self._second_ms = now_ms
            self._edges = 0
        self._edges += 1
        if self._edges > _CHATTER_EDGES:
            self._wild_until_ms = now_ms + _CHATTER_MS
        return is_press and now_ms >= self._wild_until_ms

    def is_stuck(self, now_ms: int) -> bool:
        """Tell whether the contact is of no use now: closed for a minute, or chattering (more
        than 50 edges in a second, until a second without). To be asked about once a second."""
        if now_ms < self._wild_until_ms:
            return True
        return self.down and now_ms - self._since_ms >= _HELD_MS


class Order:
    """The order in flight, if any: resent with the same seq until its receipt, then given up.

    Rule 1 of the contract: an order perishes. `data` is the encoded event, encoded once, so
    that the `t_ms` in it stays the moment of the press; `name` is the event's.
    """

    def __init__(self) -> None:
        self.seq = 0  # 0: nothing in flight
        self.name = ""
        self.data = b""
        self.due_ms = NEVER
        self._give_up_ms = NEVER
        self._failed_seq = 0
        self._failed_name = ""

    def start(self, name: str, seq: int, data: bytes, now_ms: int) -> None:
        """Put an order in flight that has just been sent for the first time."""
        self.name = name
        self.seq = seq
        self.data = data
        self._failed_seq = 0
        self._give_up_ms = now_ms + ORDER_GIVE_UP_MS
        self.due_ms = now_ms + RESEND_MS

    def settle(self, seq: int) -> str:
        """Give the name of the order that the receipt for `seq` settles, or "" if none.

        A receipt may still settle an order already given up, as long as no other was started.
        """
        if seq == self.seq and seq:
            name = self.name
        elif seq == self._failed_seq and seq:
            name = self._failed_name
        else:
            return ""
        self._clear()
        return name

    def link_is_up(self, now_ms: int) -> None:
        """Make an order in flight due at once: the link is back."""
        if self.seq:
            self.due_ms = now_ms

    def tick(self, now_ms: int) -> str:
        """Give SEND when `data` is to be sent again, FAILED when the order is given up, or ""."""
        if now_ms < self.due_ms:
            return ""
        if now_ms >= self._give_up_ms:
            seq, name = self.seq, self.name
            self._clear()
            self._failed_seq, self._failed_name = seq, name
            return FAILED
        self.due_ms = min(now_ms + RESEND_MS, self._give_up_ms)
        return SEND

    def _clear(self) -> None:
        self.seq = 0
        self.data = b""
        self._failed_seq = 0
        self.due_ms = NEVER


class Lock:
    """`next` is locked for a while after a call, against nervous fingers (rule 10)."""

    def __init__(self) -> None:
        self._until_ms = 0

    def start(self, lock_ms: int, now_ms: int) -> None:
        """Lock for `lock_ms` from now; 0 leaves it open."""
        self._until_ms = now_ms + lock_ms

    def is_open(self, now_ms: int) -> bool:
        """Tell whether a press may pass."""
        return now_ms >= self._until_ms
