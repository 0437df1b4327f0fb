"""A panel in the hall: the last calls, breaks and notices in turn, and the time of day."""

from firmware.core.ticks import NEVER
from firmware.roles.display import DisplayRole
from firmware.wire.codec import BadPayload, read_int, read_str, read_strs
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

    Call = tuple[str, int, int]

BLINK_MS = 3_000  # a new call, or one that is repeated
SHOWN_MS = 4_000
_MINUTE_MS = const(60_000)
_NO_TIME_MS = const(5_000)  # until then a beat will have told the time
_MAX_CALLS = const(6)
_MAX_TICKET_CHARS = const(8)
_MAX_COUNTER = const(999)
_MAX_TIMES = const(1_000_000)
_MAX_NOTICES = const(4)
_MAX_NOTICE_CHARS = const(80)
_MAX_BREAK_CHARS = const(240)
_MAX_WORD_CHARS = const(16)
_MAX_OFFSET_MIN = const(1_440)


class Panel(DisplayRole):
    """Shows each new call at once, blinking, then all there is to say, one thing at a time."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        self._calls: "list[Call] | None" = None  # of the last face, the newest first
        self._texts: "list[str]" = []  # its break and notices
        self._new: "list[Call]" = []  # calls still to be shown for the first time, oldest first
        self._now: "Call | str" = ""  # what stands there
        self._turn = 0
        self._live = False
        self._blink_until_ms = 0
        self._next_ms = NEVER
        self._word = ""
        self._utc_offset_min = 0
        DisplayRole.__init__(self, board, hw)
        self._is_tall = self.hw.matrix is not None and self.hw.matrix.height > 8

    def read_config(self, payload: "Payload") -> None:
        """Take the word for a counter and the difference of local time from UTC."""
        word = read_str(payload, "word", 0, _MAX_WORD_CHARS) if "word" in payload else ""
        if "utc_offset_min" in payload:
            self._utc_offset_min = read_int(
                payload, "utc_offset_min", -_MAX_OFFSET_MIN, _MAX_OFFSET_MIN
            )
        self._word = word

    def configured(self, now_ms: int) -> None:
        """The word, the time or the brightness are new."""
        DisplayRole.configured(self, now_ms)
        if self._live and now_ms >= self._blink_until_ms:
            self._show(now_ms)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give {"calls": [(ticket, counter, times)], "texts": [str]} of a panel's face."""
        listed = payload.get("calls")
        if type(listed) is not list or len(listed) > _MAX_CALLS:
            raise BadPayload("calls", "a list of at most %d is needed" % _MAX_CALLS)
        calls = []
        for call in listed:
            if type(call) is not dict:
                raise BadPayload("calls", "objects are needed")
            ticket = read_str(call, "t", 1, _MAX_TICKET_CHARS)
            counter = read_int(call, "c", 1, _MAX_COUNTER)
            calls.append((ticket, counter, read_int(call, "n", 0, _MAX_TIMES)))
        pause = read_str(payload, "break", 0, _MAX_BREAK_CHARS)
        notices = read_strs(payload, "notices", _MAX_NOTICES, _MAX_NOTICE_CHARS)
        return {"calls": calls, "texts": [pause] + notices if pause else notices}

    def face(self, face: "Payload", now_ms: int) -> None:
        """Show what is new at once; what stands there and still holds has its time."""
        calls, texts = face["calls"], face["texts"]
        was_live = self._live
        known = self._calls
        self._live = True
        self._calls = calls
        self._texts = texts
        self.display.dot(False, now_ms)
        # A call that was not there before is new, but an old one may come back at the end of
        # the list. At the first face of this life nobody knows what is new.
        self._new = [call for call in self._new if call in calls]
        at = len(self._new)
        for call in calls if known is not None else ():
            if known and call in known:
                break
            self._new.insert(at, call)
        holds = self._now in calls or self._now in texts
        if not was_live:
            self._turn = 0
            self._show(now_ms)
        elif self._new:
            if not holds or now_ms >= self._blink_until_ms:
                self._show(now_ms)
        elif not holds:
            self._show(now_ms)
        self._draw(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """Say that there is no gateway; no number stays."""
        self._live = False
        self._next_ms = NEVER
        self._blink_until_ms = 0
        DisplayRole.away(self, status, now_ms)

    def tick(self, now_ms: int) -> None:
        """Go on to the next."""
        if now_ms >= self._next_ms:
            self._show(now_ms)
        DisplayRole.tick(self, now_ms)

    def _show(self, now_ms: int) -> None:
        calls = self._calls or []
        turns = len(calls) + len(self._texts)
        blink_ms = 0
        now: "Call | str"
        if self._new:
            now = self._new.pop(0)
            blink_ms = BLINK_MS
            self._turn = 1  # the newest call has had its turn
        elif turns:
            turn = self._turn % turns
            self._turn = turn + 1
            now = calls[turn] if turn < len(calls) else self._texts[turn - len(calls)]
        else:
            self._show_time(now_ms)
            return
        self._now = now
        text = now if isinstance(now, str) else self._call(now)
        self._blink_until_ms = now_ms + blink_ms
        self.display.text(text, now_ms, blink_ms)
        reading_ms = self.display.sign.reading_ms(text)
        self._next_ms = now_ms + max(SHOWN_MS, reading_ms + SHOWN_MS // 4)

    def _show_time(self, now_ms: int) -> None:
        utc_ms = self.board.utc_ms(now_ms)
        self._now = ""
        if utc_ms is None:
            self.display.text("", now_ms)
            self._next_ms = now_ms + _NO_TIME_MS
            return
        self._next_ms = now_ms + _MINUTE_MS - utc_ms % _MINUTE_MS
        minutes = (utc_ms // _MINUTE_MS + self._utc_offset_min) % 1_440
        self.display.text("%02d:%02d" % (minutes // 60, minutes % 60), now_ms)

    def _call(self, call: "Call") -> str:
        # As much as there is room for: a call must stand.
        ticket, counter, _ = call
        fits = self.display.sign.fits
        text = "%s %s %d" % (ticket, self._word, counter)
        if not self._word or not fits(text):
            text = "%s > %d" % (ticket, counter)
        if not fits(text):
            text = "%s\n> %d" % (ticket, counter) if self._is_tall else "%s>%d" % (ticket, counter)
            if self._is_tall and not self.display.sign.fits_small(ticket):
                return "%s > %d" % (ticket, counter)  # scrolling: half a number is another one
        return text

    def _draw(self, now_ms: int) -> None:
        DisplayRole._draw(self, now_ms)
        self.due_ms = min(self.due_ms, self._next_ms)


ROLE = Panel
