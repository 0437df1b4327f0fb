"""One end of a cable: bytes in order both ways over a line that loses and garbles; pure.

Both ends, board and gateway, run this file (docs/wired-boards.md). The owner passes the time in,
gives every frame's body to `heard`, and writes what stands in `out` to the line.

- A session is opened by the board (OPEN with its random tag, OPENED with the gateway's). Every
  later frame carries the tag of whom it is for: after a restart or a replug at either end nothing
  of an earlier session counts. Who gets a frame for a session that he has not says UNKNOWN.
- DATA is numbered. `ack` is the next number that its sender expects, and with it goes how much
  room he has, in frames: nobody is sent more than he can hold. An ACK goes alone if there is no
  DATA to carry it within 40 ms, or for a whole window.
- A number too high proves a loss, for a line does not reorder: GAP asks for all from `ack` on, at
  once. The end of what was sent has nobody to prove its loss: it is sent again when there is no
  ack in time. Who hears nothing for 3 s ends the session.
"""

from firmware.wire.const import const
from firmware.wire.frames import HEAD_BYTES, MAX_PAYLOAD_BYTES, frame

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    Buffer = bytes | bytearray | memoryview

_VERSION = const(1)  # of these rules; stands in the OPEN's seq
WINDOW = const(4)  # frames on their way, and frames that wait to be taken: 1.3 KB
_ACK_WITHIN_MS = const(40)
_AGAIN_FIRST_MS = const(200)  # a window takes 100 ms at 115,200 baud
_AGAIN_MOST_MS = const(800)
_GIVE_UP_MS = const(3_000)
NEVER = const(1 << 62)

# The first byte of a frame: kind, room (for frames of a session), and who speaks, so that nobody
# takes his own words for an answer if the line echoes.
_OPEN = const(1)
_OPENED = const(2)
_DATA = const(3)
_ACK = const(4)
_GAP = const(5)
_CLOSE = const(6)
_UNKNOWN = const(7)
_KIND = const(0x07)
_ROOM_SHIFT = const(3)
_ROOM = const(0x07)
BOARD = const(0x00)
GATEWAY = const(0x80)

# A line that takes nothing: what comes on top is lost like any frame.
_MOST_OUT = const(2 * WINDOW)

CLOSED = "closed by the other end"
_SILENT = "no answer"
_FORGOTTEN = "the other end does not know of us any more"


def opens(side: int, body: "Buffer") -> int:
    """Give the tag of the board whose OPEN this is, 0 if it is none that `side` understands."""
    if body[0] == (side ^ GATEWAY) | _OPEN and body[3] == _VERSION:
        return body[1] << 8 | body[2]
    return 0


def refusal(side: int, body: "Buffer") -> "Buffer":
    """Give the answer to a frame of a session that is not, b"" if none is due."""
    if (body[0] ^ side) & GATEWAY:
        kind = body[0] & _KIND
        tag = body[1] << 8 | body[2]
        if kind == _OPEN:
            return frame(side | _CLOSE, tag, 0, 0)
        if kind in (_DATA, _ACK, _GAP):
            return frame(side | _UNKNOWN, tag, 0, 0)
    return b""


class Cable:
    """One session, seen from one end. Use `open` (a board) or `accept` (the gateway) first.

    `out`: frames to be written to the line now; whoever writes them takes them out.
    `arrived`: what has come and waits for `take`. `waiting`: what the window does not let go yet.
    `opened`; `ended`: why, or "". What has arrived can still be taken after the end.
    """

    def __init__(self, side: int, tag: int, now_ms: int) -> None:
        """`tag` is random, 1 to 65,535; `side` is BOARD or GATEWAY."""
        self.out: "list[Buffer]" = []
        self.arrived: "list[memoryview]" = []
        self.waiting = b""
        self.opened = False
        self.ended = ""
        self.tag = tag
        self.peer = 0
        self._side = side
        self._closing = False
        # Outbound.
        self._sent: "list[Buffer]" = []  # not acknowledged yet
        self._first = 0  # the number of the first of them
        self._room = WINDOW  # the peer's
        self._again_ms = NEVER
        self._pause_ms = _AGAIN_FIRST_MS
        self._heard_ms = now_ms
        # Inbound.
        self._expected = 0
        self._owed = 0  # frames that no ack has gone for
        self._ack_ms = NEVER
        self._told_room = WINDOW
        self._gap_told = False

    def open(self, now_ms: int) -> None:
        """Ask for a session; until `opened` or `ended` this is repeated."""
        self._heard_ms = now_ms
        self._again_ms = now_ms + _AGAIN_FIRST_MS
        self._say(_OPEN, _VERSION)

    def accept(self, peer: int) -> None:
        """Grant the session to the board with this tag; again if it asks again."""
        self.peer = peer
        self.opened = True
        self._say(_OPENED, 0, self.tag.to_bytes(2, "big"))

    def send(self, data: "Buffer", now_ms: int) -> None:
        """Send bytes, or let them wait. They are kept as they are: do not change them."""
        if (
            self.waiting
            or not self.opened
            or len(data) > MAX_PAYLOAD_BYTES
            or len(self._sent) >= self._room
        ):
            self.waiting += data
            self._fill(now_ms)
        else:
            self._expect_answer(now_ms)
            self._launch(data)

    def take(self, most: int) -> memoryview:
        """Give up to `most` of the bytes that have arrived, at least one, and make room."""
        piece = self.arrived[0]
        if len(piece) > most:
            self.arrived[0] = piece[most:]
            return piece[:most]
        self.arrived.pop(0)
        if not self._told_room and not self.arrived and not self.ended:
            self._say(_ACK)  # the other end is waiting for this
        return piece

    def close(self) -> None:
        """Tell the other end of the end once it has all that was sent; see `abandon`."""
        self._closing = True
        if not self._sent and not self.waiting:
            self.abandon()

    def abandon(self) -> None:
        """End at once, with what is on its way left to chance."""
        if not self.ended:
            if self.opened:
                self._say(_CLOSE)
            self._end("closed")

    def fail(self, why: str) -> None:
        """End because the line itself has ended."""
        if not self.ended:
            self._end(why or "the line has ended")

    def due_ms(self) -> int:
        """Give when `tick` has something to do, NEVER if not before something happens."""
        return min(self._ack_ms, self._again_ms)

    def tick(self, now_ms: int) -> None:
        """Do what is due."""
        if now_ms >= self._ack_ms:
            self._say(_ACK)
        if now_ms < self._again_ms:
            return
        if now_ms - self._heard_ms >= _GIVE_UP_MS:
            self._end(_SILENT)
            return
        if not self.opened:
            self._say(_OPEN, _VERSION)
            self._again_ms = now_ms + _AGAIN_FIRST_MS
            return
        self._pause_ms = min(2 * self._pause_ms, _AGAIN_MOST_MS)
        if len(self.out) >= WINDOW:
            pass  # the line has not even taken the last ones
        elif not self._sent:
            self._launch_waiting()  # there was no room: has the word of new room been lost?
        else:
            self._repeat()
        self._again_ms = now_ms + self._pause_ms

    def heard(self, body: memoryview, now_ms: int) -> None:
        """Take the body of a frame, of whatever session and sender."""
        first = body[0]
        if self.ended or not (first ^ self._side) & GATEWAY:
            return
        kind = first & _KIND
        tag = body[1] << 8 | body[2]
        if tag != self.tag:
            if kind != _UNKNOWN:
                answer = refusal(self._side, body) if kind != _OPEN else b""
                if answer and self.opened:
                    self._put(answer)
            elif self.opened and tag == self.peer:
                self._end(_FORGOTTEN)
            return
        self._heard_ms = now_ms
        if kind == _CLOSE:
            self._end(CLOSED)
        elif kind == _OPENED:
            if not self.opened and len(body) == HEAD_BYTES + 2:
                self.peer = body[5] << 8 | body[6]
                self.opened = True
                self._again_ms = NEVER
                self._fill(now_ms)
        elif self.opened and kind in (_DATA, _ACK, _GAP):
            if kind == _DATA:
                self._data(body, now_ms)
            self._acked(body[4], first >> _ROOM_SHIFT & _ROOM, kind == _GAP, now_ms)

    def _data(self, body: memoryview, now_ms: int) -> None:
        ahead = body[3] - self._expected & 0xFF
        if ahead == 0 and len(self.arrived) < WINDOW:
            self._expected = self._expected + 1 & 0xFF
            self._gap_told = False
            self.arrived.append(body[HEAD_BYTES:])
            if not self._owed:
                self._ack_ms = now_ms + _ACK_WITHIN_MS
            self._owed += 1
            if self._owed >= WINDOW:
                self._ack_ms = now_ms  # the other end can send no more
        elif 0 < ahead < 0x80:
            if not self._gap_told:
                self._gap_told = True
                self._say(_GAP)
        else:
            self._ack_ms = now_ms  # it does not know that we had it, or have no room

    def _acked(self, ack: int, room: int, gap: bool, now_ms: int) -> None:
        count = ack - self._first & 0xFF
        if count > len(self._sent):
            return
        if count:
            del self._sent[:count]
            self._first = ack
            self._pause_ms = _AGAIN_FIRST_MS
            self._again_ms = now_ms + _AGAIN_FIRST_MS if self._sent else NEVER
        gap = gap or (room > 0 and not self._room)  # what was sent into no room is gone
        self._room = room
        if gap and self._sent:
            self._repeat()
            self._again_ms = now_ms + self._pause_ms
        self._fill(now_ms)
        if self._closing:
            self.close()

    def _fill(self, now_ms: int) -> None:
        if not self.opened or not self.waiting:
            return
        self._expect_answer(now_ms)
        while self.waiting and len(self._sent) < self._room:
            self._launch_waiting()

    def _expect_answer(self, now_ms: int) -> None:
        if self._again_ms == NEVER:
            self._heard_ms = now_ms  # until now there was nothing to be answered
            self._again_ms = now_ms + self._pause_ms

    def _launch_waiting(self) -> None:
        waiting = self.waiting
        self.waiting = waiting[MAX_PAYLOAD_BYTES:]
        self._launch(waiting[:MAX_PAYLOAD_BYTES])

    def _launch(self, payload: "Buffer") -> None:
        self._say(_DATA, self._first + len(self._sent) & 0xFF, payload)
        self._sent.append(payload)

    def _repeat(self) -> None:
        # All of it, for the other end keeps nothing after a gap; if it has no room, one to ask.
        for at in range(min(len(self._sent), max(1, self._room))):
            self._say(_DATA, self._first + at & 0xFF, self._sent[at])

    def _say(self, kind: int, seq: int = 0, payload: "Buffer" = b"") -> None:
        first = self._side | kind
        if _DATA <= kind <= _GAP:
            self._told_room = WINDOW - len(self.arrived)
            first |= self._told_room << _ROOM_SHIFT
            self._owed = 0
            self._ack_ms = NEVER
        tag = self.tag if kind == _OPEN else self.peer
        self._put(frame(first, tag, seq, self._expected, payload))

    def _put(self, data: "Buffer") -> None:
        if len(self.out) < _MOST_OUT:
            self.out.append(data)

    def _end(self, why: str) -> None:
        self.ended = why
        self._sent = []
        self.waiting = b""
        self._ack_ms = self._again_ms = NEVER
