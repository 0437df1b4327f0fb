"""A ticket board at the door: one key a queue, one for priority; the number shown and printed.

While the gateway is lost it gives numbers alone, from its leases (core/lease.py, core/offline.py).
"""

from firmware.core.config import (
    LABEL_CLOSED,
    LABEL_FAILED,
    LABEL_LOST,
    LABEL_NO_PAPER,
    LABEL_PRIORITY,
    LABEL_TAKE,
)
from firmware.core.face import LIVE
from firmware.core.lease import Leases
from firmware.core.offline import Offline, label_of
from firmware.core.slip import read_texts, slip
from firmware.core.ticks import NEVER
from firmware.roles.display import FAILED_FOR_MS, REFUSED_FOR_MS, STARTING_TEXT, DisplayRole
from firmware.wire import board_topics as topics
from firmware.wire import board_words as words
from firmware.wire.codec import (
    BadPayload,
    read_bool,
    read_int,
    read_str,
)
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Data, Payload

_SHOWN_FOR_MS = const(8_000)  # long enough to read the number and to take the paper
_PRIORITY_FOR_MS = const(10_000)  # the priority key holds for the next press within this time
_LOOK_EVERY_MS = const(60_000)  # alone: whether the leases are still good
_MAX_QUEUES = const(16)
_MAX_TICKET_CHARS = const(8)
_MAX_QUEUE_CHARS = const(3)
_PRIORITY = "priority"
_KEY = "queue"  # queue1, queue2, ...: the queues of the config, in order
# The states of a printer, and what each is called in alerts and labels.
_TROUBLES = {
    "paper_low": "paper_low",
    "paper_out": "paper_out",
    "cover_open": "cover_open",
    "silent": "printer_silent",
}
_NOT_LEASED = "not_leased"


class Ticket(DisplayRole):
    """Takes numbers. With a printer the number counts once its paper is out (`paper`).

    A restart between a number and its paper leaves nothing to do: the gateway, which hears of no
    paper, voids the number.
    """

    listens = (topics.DN_LEASE,)

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        self._open: "dict[str, bool]" = {}  # queue -> whether it gives numbers, of the live face
        self._live = False
        self._priority_until_ms = 0
        self._asked = False  # a `take` is under way
        self._asked_priority = False
        self._gave = False  # a number of the board's own, after that
        self.busy = False
        self._alone = False  # and what is printed is one of the board's own numbers
        self._state = hw.printer.state if hw.printer else words.READY
        self._look_ms = NEVER
        self._texts: "Payload" = {}
        self._leases = Leases(hw.store)
        self._offline = Offline(hw.store, self._leases, board.up.boot)
        DisplayRole.__init__(self, board, hw)
        self.troubles[_NOT_LEASED] = None
        if hw.printer:
            self.caps = ("printer",)
            for state in _TROUBLES:
                self.troubles[_TROUBLES[state]] = "" if state == self._state else None
            hw.printer.on_state = self.printer_state

    # Presses.

    def press(self, key: str, now_ms: int) -> None:
        """Take a number of the key's queue, or make the next one a priority number."""
        priority = now_ms < self._priority_until_ms
        if key == _PRIORITY:
            self._arm(not priority, now_ms)
            return
        queue = self._queue_of(key)
        given = False
        if not queue or self._asked or self.busy:
            pass  # one at a time: the slip and the number shown are somebody's
        elif not self._prints():
            self.say(self._trouble(), _SHOWN_FOR_MS, now_ms)
        elif self.board.is_lost():
            given = self._give(queue, priority, now_ms)
        else:
            fields: "Payload" = {"queue": queue}
            if priority:
                fields["class"] = _PRIORITY
            given = self._asked = self.board.order("take", fields, now_ms)
            self._gave = False
            self._asked_priority = priority
            if given:
                self.display.clear(now_ms)
                self._lamp(key, "blink")
        if not given:
            self._lamp(key, "flash")
        elif priority:
            self._disarm()

    def _give(self, queue: str, priority: bool, now_ms: int) -> bool:
        # One of the board's own numbers.
        found = self._number(queue, now_ms)
        if not found:
            self.say(self._none(now_ms), REFUSED_FOR_MS, now_ms)
            return False
        number, day = found
        if not self._offline.give(self.board.up.number(), queue, number, day, priority, now_ms):
            self.failed("take", now_ms)
            return False
        self._alone = self._gave = True
        self._print(label_of(queue, number), queue, priority, {}, now_ms)
        return True

    def receipt(self, name: str, st: str, why: str, receipt: "Payload", now_ms: int) -> None:
        """Show the number and print it, or say why there is none."""
        self._asked = False
        self._light(now_ms)
        if st != words.ACCEPTED:
            text = receipt.get("text")
            if type(text) is str and text:
                self.say(text, _SHOWN_FOR_MS, now_ms)
            else:
                self.say_no(st, why, now_ms)
            return
        ticket = read_str(receipt, "ticket", 1, _MAX_TICKET_CHARS)
        queue = receipt.get("queue")
        if self._gave:
            # It was given up, and its visitor has one of the board's own meanwhile.
            self.board.fact("paper", {"ticket": ticket, "ok": False}, now_ms)
            return
        self._print(
            ticket, queue if type(queue) is str else "", self._asked_priority, receipt, now_ms
        )

    def failed(self, name: str, now_ms: int) -> None:
        """Say that no number came."""
        self._asked = False
        self._light(now_ms)
        DisplayRole.failed(self, name, now_ms)

    # Paper.

    def _print(
        self, ticket: str, queue: str, priority: bool, receipt: "Payload", now_ms: int
    ) -> None:
        self.say(ticket, _SHOWN_FOR_MS, now_ms)
        self.busy = True
        if not self.hw.printer:
            self.printed(ticket, True, now_ms)
            return
        utc_ms = self.board.utc_ms(now_ms)
        label = self.board.config.label
        try:
            paper = slip(self._texts, label, ticket, queue, priority, utc_ms, receipt)
            self.hw.printer.print(paper, self.printed)
        except MemoryError:
            self.printed(ticket, False, now_ms)  # or nobody would get a number any more

    def printed(self, ticket: str, ok: bool, now_ms: int) -> None:
        """The printer is done with a slip: what is on paper counts, and nothing else does."""
        self.busy = False
        if self._alone:
            self._alone = False
            self._offline.printed(ok, now_ms)
        elif self.hw.printer:
            self.board.fact("paper", {"ticket": ticket, "ok": ok}, now_ms)
        if not ok:
            label = self.board.config.label
            why = label(LABEL_FAILED) if self._prints() else self._trouble()
            self.say(ticket + " " + label("void", "BATAL") + " - " + why, FAILED_FOR_MS, now_ms)
        self._stand(now_ms)
        self.board.wake()

    def printer_state(self, state: str, now_ms: int) -> None:
        """The printer has got a trouble, or another one, or none."""
        if state == self._state:
            return
        self._state = state
        for trouble in _TROUBLES:
            self.trouble(_TROUBLES[trouble], "" if trouble == state else None, now_ms)
        self._stand(now_ms)
        self.board.wake()

    def _prints(self) -> bool:
        return self._state == words.READY or self._state == "paper_low"

    def _trouble(self) -> str:
        label = self.board.config.label
        if self._state == "cover_open":
            return label("cover_open", "PRINTER TERBUKA")
        if self._state == "silent":
            return label("printer_silent", "PRINTER MATI")
        return label(LABEL_NO_PAPER)

    # What comes down.

    def heard(self, data: "Data", now_ms: int, retained: bool) -> None:
        """Keep the leases; one that the gateway says just now tells the time as well."""
        utc_ms = self._leases.take(data, retained)
        if utc_ms is not None and not retained:
            self.board.utc_is(utc_ms, now_ms)
        self._stand(now_ms)

    def answered(self, boot: int, seq: int, st: str, why: str, now_ms: int) -> None:
        """A number handed in has its receipt; one that was never leased is the technician's."""
        if not self._offline.settle(boot, seq, now_ms):
            return
        if st == words.REFUSED and why != "duplicate":
            self.trouble(_NOT_LEASED, "", now_ms)  # until a restart: it cannot be undone
        self._draw(now_ms)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give {"open": {queue: bool}} of a ticket board's face."""
        queues = payload.get("queues")
        if type(queues) is not list or len(queues) > _MAX_QUEUES:
            raise BadPayload("queues", "a list of at most %d is needed" % _MAX_QUEUES)
        is_open: "dict[str, bool]" = {}
        for queue in queues:
            if type(queue) is not dict:
                raise BadPayload("queues", "objects are needed")
            read_int(queue, "waiting", 0, 1_000_000)
            is_open[read_str(queue, "q", 1, _MAX_QUEUE_CHARS)] = read_bool(queue, "open")
        return {"open": is_open}

    def face(self, face: "Payload", now_ms: int) -> None:
        """Light the keys whose queues are open. A number being shown stays."""
        self._open = face["open"]
        if not self._live:
            self._live = True
            self._offline.hand_in(True, now_ms)
        self.display.dot(False, now_ms)
        self._stand(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """Darken the keys of which nobody would get a number."""
        self._live = False
        self._offline.hand_in(False, now_ms)
        self.display.dot(status != LIVE, now_ms)
        self._stand(now_ms)

    def read_config(self, payload: "Payload") -> None:
        """Take what stands on slips."""
        self._texts = read_texts(payload)

    def configured(self, now_ms: int) -> None:
        """The queues of the keys, or the words, are new."""
        DisplayRole.configured(self, now_ms)
        self._stand(now_ms)

    def tick(self, now_ms: int) -> None:
        """Hand in what was given alone, let a priority press lapse, draw."""
        try:
            for data in self._offline.tick(now_ms):
                self.board.up.send_event(data)
        except MemoryError:
            pass  # it is sent again in its time
        self.board.outbox.dropped += self._offline.dropped
        self._offline.dropped = 0
        if self._priority_until_ms and now_ms >= self._priority_until_ms:
            self._arm(False, now_ms)
        if now_ms >= self._look_ms:
            self._stand(now_ms)
        DisplayRole.tick(self, now_ms)

    # What is shown.

    def _queue_of(self, key: str) -> str:
        queues = self.board.config.queues
        number = key[len(_KEY) :]
        if not key.startswith(_KEY) or not number.isdigit():
            return ""
        i = int(number) - 1
        return queues[i] if 0 <= i < len(queues) else ""

    def _number(self, queue: str, now_ms: int) -> "tuple[int, bytes] | None":
        # The next number that the board can give alone, and its day.
        utc_ms = self.board.utc_ms(now_ms)
        if utc_ms is None or self._offline.is_full():
            return None
        return self._leases.next_of(queue, utc_ms)

    def _gives(self, queue: str, now_ms: int) -> bool:
        if not self._prints():
            return False
        if self.board.is_lost():
            return self._number(queue, now_ms) is not None
        return self._live and self._open.get(queue, False)

    def _none(self, now_ms: int) -> str:
        # Why the board has no number while it is alone.
        label = self.board.config.label
        utc_ms = self.board.utc_ms(now_ms)
        if utc_ms is not None and self._leases.has_any(utc_ms):
            return label("no_numbers", "NOMOR HABIS")
        return label(LABEL_LOST)

    def _stand(self, now_ms: int) -> None:
        label = self.board.config.label
        lost = self.board.is_lost()
        if not self._prints():
            text = self._trouble()
        elif any(self._gives(queue, now_ms) for queue in self.board.config.queues):
            text = label(LABEL_TAKE)
        elif lost:
            text = self._none(now_ms)
        else:
            text = label(LABEL_CLOSED) if self._live else STARTING_TEXT
        self._look_ms = now_ms + _LOOK_EVERY_MS if lost else NEVER
        self.display.text(text, now_ms)
        self._draw(now_ms)
        self._light(now_ms)

    def _arm(self, on: bool, now_ms: int) -> None:
        self._disarm()
        if not on:
            self.display.clear(now_ms)
            return
        self._priority_until_ms = now_ms + _PRIORITY_FOR_MS
        self.say(self.board.config.label(LABEL_PRIORITY), _PRIORITY_FOR_MS, now_ms)
        self._lamp(_PRIORITY, "blink")

    def _disarm(self) -> None:
        self._priority_until_ms = 0
        self._lamp(_PRIORITY, "off")

    def _light(self, now_ms: int) -> None:
        if self._asked:
            return  # the key that asks blinks until its answer
        for key in self.hw.buttons:
            if key != _PRIORITY:
                self._lamp(key, "on" if self._gives(self._queue_of(key), now_ms) else "off")

    def _draw(self, now_ms: int) -> None:
        DisplayRole._draw(self, now_ms)
        if self._priority_until_ms:
            self.due_ms = min(self.due_ms, self._priority_until_ms)
        self.due_ms = min(self.due_ms, self._look_ms, self._offline.due_ms)


ROLE = Ticket
