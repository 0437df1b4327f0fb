"""A ticket board at the door: one key a queue, one for priority; the number shown and printed."""

from firmware.core.config import LABEL_CLOSED, LABEL_NO_PAPER, LABEL_PRIORITY, LABEL_TAKE
from firmware.roles.display import FAILED_FOR_MS, DisplayRole
from firmware.wire import board_words as words
from firmware.wire.codec import BadPayload, read_bool, read_int, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

SHOWN_FOR_MS = 8_000  # long enough to read the number and to take the paper
PRIORITY_FOR_MS = 10_000  # the priority key holds for the next press within this time
_MAX_QUEUES = const(16)
_MAX_TICKET_CHARS = const(8)
_MAX_QUEUE_CHARS = const(3)
_PRIORITY = "priority"
_KEY = "queue"  # queue1, queue2, ...: the queues of the config, in order
_NO_PAPER = "paper_out"


class Ticket(DisplayRole):
    """Takes numbers. With a printer the number counts once its paper is out (`paper`)."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        self._open: "dict[str, bool]" = {}  # queue -> whether it gives numbers, of the live face
        self._live = False
        self._priority_until_ms = 0
        self._paper_out = False
        DisplayRole.__init__(self, board, hw)
        self.caps = ("printer",) if hw.printer else ()
        if hw.printer:
            hw.printer.on_state = self.printer_state

    def press(self, key: str, now_ms: int) -> None:
        """Take a number of the key's queue, or make the next one a priority number."""
        if key == _PRIORITY:
            self._arm(now_ms >= self._priority_until_ms, now_ms)
            return
        queue = self._queue_of(key)
        if self._paper_out:
            self.say(self.board.config.label(LABEL_NO_PAPER), SHOWN_FOR_MS, now_ms)
            queue = ""
        fields: "Payload" = {"queue": queue}
        if now_ms < self._priority_until_ms:
            fields["class"] = "priority"
        if not queue or not self.board.order("take", fields, now_ms):
            self._lamp(key, "flash")
            return
        self._lamp(key, "blink")
        self._arm(False, now_ms)

    def receipt(self, name: str, st: str, why: str, receipt: "Payload", now_ms: int) -> None:
        """Show the number and print it, or say why there is none."""
        self._light()
        if st != words.ACCEPTED:
            text = receipt.get("text")
            if type(text) is str and text:
                self.say(text, SHOWN_FOR_MS, now_ms)
            else:
                self.say_no(st, why, now_ms)
            return
        ticket = read_str(receipt, "ticket", 1, _MAX_TICKET_CHARS)
        self.say(ticket, SHOWN_FOR_MS, now_ms)
        if self.hw.printer:
            slip: "Payload" = {"ticket": ticket}
            for field in ("queue", "ahead", "wait_s"):
                if field in receipt:
                    slip[field] = receipt[field]
            self.hw.printer.print(slip, self.printed)

    def printed(self, ticket: str, ok: bool, now_ms: int) -> None:
        """The printer is done with a slip: tell the gateway, which then lets the ticket wait."""
        self.board.fact("paper", {"ticket": ticket, "ok": ok}, now_ms)
        if not ok:
            self.say(self.board.config.label(LABEL_NO_PAPER), FAILED_FOR_MS, now_ms)
            self.printer_state("paper_out", now_ms)

    def printer_state(self, state: str, now_ms: int) -> None:
        """The printer ran out of paper, or has some again."""
        out = state != "ready" and state != "paper_low"
        if self._paper_out == out:
            return
        self._paper_out = out
        self.board.up.alert(_NO_PAPER, out, now_ms)

    def failed(self, name: str, now_ms: int) -> None:
        """Say that no number came."""
        self._light()
        DisplayRole.failed(self, name, now_ms)

    def link_is_up(self, now_ms: int) -> None:
        """Tell again whether there is paper: the broker may have forgotten it."""
        DisplayRole.link_is_up(self, now_ms)
        if self.hw.printer:
            self.board.up.alert(_NO_PAPER, self._paper_out, now_ms)

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
        self._live = True
        self.display.dot(False, now_ms)
        self._stand(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """Darken the keys: nobody would get a number."""
        self._live = False
        DisplayRole.away(self, status, now_ms)
        self._light()

    def configured(self, now_ms: int) -> None:
        """The queues of the keys, or the words, are new."""
        DisplayRole.configured(self, now_ms)
        if self._live:
            self._stand(now_ms)

    def tick(self, now_ms: int) -> None:
        """Draw, and let a priority press lapse."""
        if self._priority_until_ms and now_ms >= self._priority_until_ms:
            self._arm(False, now_ms)
        DisplayRole.tick(self, now_ms)

    def _queue_of(self, key: str) -> str:
        queues = self.board.config.queues
        number = key[len(_KEY) :]
        if not key.startswith(_KEY) or not number.isdigit():
            return ""
        i = int(number) - 1
        return queues[i] if 0 <= i < len(queues) else ""

    def _stand(self, now_ms: int) -> None:
        open_queues = [q for q in self.board.config.queues if self._open.get(q)]
        word = LABEL_TAKE if open_queues else LABEL_CLOSED
        self.display.text(self.board.config.label(word), now_ms)
        self._draw(now_ms)
        self._light()

    def _arm(self, on: bool, now_ms: int) -> None:
        self._priority_until_ms = now_ms + PRIORITY_FOR_MS if on else 0
        if on:
            self.say(self.board.config.label(LABEL_PRIORITY), PRIORITY_FOR_MS, now_ms)
        else:
            self.display.clear(now_ms)
        self._lamp(_PRIORITY, "blink" if on else "off")

    def _light(self) -> None:
        for key in self.hw.buttons:
            if key != _PRIORITY:
                gives = self._live and self._open.get(self._queue_of(key))
                self._lamp(key, "on" if gives else "off")

    def _draw(self, now_ms: int) -> None:
        DisplayRole._draw(self, now_ms)
        if self._priority_until_ms:
            self.due_ms = min(self.due_ms, self._priority_until_ms)


ROLE = Ticket
