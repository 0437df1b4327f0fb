"""A counter's board: call, recall, not here, set aside, pause; the number on the matrix."""

from firmware.core.press import Lock
from firmware.core.sign import BLINK_FOR_MS
from firmware.roles.display import DisplayRole
from firmware.wire import board_words as words
from firmware.wire.codec import read_bool, read_choice, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

# The orders that a key can give by itself: those that need nothing but the press.
KEYS = ("next", "recall", "start", "done", "no_show", "park", "undo", "pause", "help")
_LAMPS = ("off", "green", "red", "amber")
_MAX_TICKET_CHARS = const(8)
_MAX_TEXT_CHARS = const(200)
_STATUS_LAMP = "status"


class Counter(DisplayRole):
    """One counter's keypad and display; `next` also ends the ticket in hand."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        self._face: "Payload | None" = None  # the last live face
        self._live = False  # and whether it still is
        self._lock = Lock()
        DisplayRole.__init__(self, board, hw)

    def press(self, key: str, now_ms: int) -> None:
        """Send the key's order at once, then let its lamp tell."""
        name = key
        if key == "pause" and self._face and self._face["state"] == words.FACE_PAUSED:
            name = "resume"
        has = self._face["ticket"] if self._face else ""
        taken = (
            key in KEYS
            and (key != "next" or self._lock.is_open(now_ms))
            and self.board.order(name, {"has": has}, now_ms)
        )
        if taken:
            self.display.clear(now_ms)
        self._lamp(key, "blink" if taken else "flash")

    def receipt(self, name: str, st: str, why: str, receipt: "Payload", now_ms: int) -> None:
        """Settle the key's lamp; say a refusal as visibly as a success."""
        self._lamp("pause" if name == "resume" else name, "off")
        if st != words.ACCEPTED:
            self.say_no(st, why, now_ms)
            return
        self.display.clear(now_ms)
        if name == "next":
            if receipt.get("ticket"):
                self._lock.start(self.board.config.next_lock_ms, now_ms)
            elif why:
                self.say_no(st, why, now_ms)
        self._draw(now_ms)

    def failed(self, name: str, now_ms: int) -> None:
        """Say that the order came to nothing."""
        self._lamp("pause" if name == "resume" else name, "off")
        DisplayRole.failed(self, name, now_ms)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give the fields of a counter's face."""
        return {
            "state": read_choice(payload, "state", words.FACE_STATES),
            "text": read_str(payload, "text", 0, _MAX_TEXT_CHARS),
            "blink": read_bool(payload, "blink"),
            "lamp": read_choice(payload, "lamp", _LAMPS),
            "ticket": read_str(payload, "ticket", 0, _MAX_TICKET_CHARS),
        }

    def face(self, face: "Payload", now_ms: int) -> None:
        """Put the face on the glass, blinking if it is a call not shown before."""
        before = self._face
        self._face = face
        live = self._live
        self._live = True
        new_epoch = new_ticket = True
        if before is not None:
            new_epoch = before["epoch"] != face["epoch"]
            new_ticket = before["ticket"] != face["ticket"]
            if live and not new_epoch and before["rev"] == face["rev"]:
                return  # a repeat, to be confirmed again
        # A call that a restarted gateway only tells again does not blink again.
        blink = face["blink"] and (new_ticket or not new_epoch)
        self.display.dot(False, now_ms)
        self.display.clear(now_ms)
        self.display.text(face["text"], now_ms, BLINK_FOR_MS if blink else 0)
        self._draw(now_ms)
        if blink and new_ticket:
            self._lock.start(self.board.config.next_lock_ms, now_ms)
        self._lamp(_STATUS_LAMP, face["lamp"])

    def away(self, status: str, now_ms: int) -> None:
        """Take the number and the lamp away; `has` still says what its presser saw last."""
        self._live = False
        DisplayRole.away(self, status, now_ms)
        self._lamp(_STATUS_LAMP, "off")


ROLE = Counter
