"""The hall's door: who comes in and who goes out, and a light that says whether there is room."""

from firmware.core.door import INNER, OUTER, Door
from firmware.core.ticks import NEVER
from firmware.roles.base import Role
from firmware.roles.signal import GREEN, OFF, RED, SignalRole
from firmware.wire.codec import read_choice, read_int
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

EVERY_MS = 5_000  # at most one fact in this time: each is written to flash
# Without a gateway, whose answers make room in the outbox: its 48 facts last for twelve hours.
LOST_EVERY_MS = 900_000
LONE_BREAKS = 30  # of one beam, and none of the other: that one sees nobody
_BLOCKED_MS = const(60_001)  # then core/door.py will say so
_MOST = const(10_000)
_IN = "in"  # the guard's keys: one person a tap
_OUT = "out"
_BLOCKED = "beam_blocked"
_FAULT = "sensor_fault"


class Hall(SignalRole):
    """Counts by two beams, by the guard's two keys, or by both; the light is the gateway's."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        beams = OUTER in hw.buttons and INNER in hw.buttons
        if not beams and not (_IN in hw.buttons and _OUT in hw.buttons):
            raise ValueError(
                "settings.json: parts.keys needs outer and inner (beams) or in and out (keys)"
            )
        self._door = Door()
        self._broken_ms = 0  # when a beam was broken last
        self._last = ""  # the beam that was broken last, and how often in a row
        self._lone = 0
        self._in = self._out = 0  # counted and not told yet
        self._tell_ms = NEVER
        self._told_ms = -EVERY_MS
        self._colour = OFF
        SignalRole.__init__(self, board, hw)
        if beams:
            self.troubles[_BLOCKED] = self.troubles[_FAULT] = None

    def _closed_at_start(self, key: str) -> None:
        if key in (OUTER, INNER):
            self._door.edge(key, True, 0)
            self.keys_ms = _BLOCKED_MS
        else:
            Role._closed_at_start(self, key)

    def edge(self, key: str, down: bool, now_ms: int) -> bool:
        """Take an edge of a beam or a key; tell whether it counted somebody."""
        if key not in (OUTER, INNER):
            return SignalRole.edge(self, key, down, now_ms)
        way = self._door.edge(key, down, now_ms)
        if down:
            self._mind_other(key, now_ms)
            self._broken_ms = now_ms
            self.keys_ms = min(self.keys_ms, now_ms + _BLOCKED_MS)
        elif self.troubles.get(_BLOCKED):
            self.keys_ms = now_ms
        if way:
            self._count(way, now_ms)
        return way != 0

    def _mind_other(self, beam: str, now_ms: int) -> None:
        # Unplugged, or without power, a beam looks free for ever, and nobody would be counted.
        if beam != self._last:
            self._last = beam
            self._lone = 0
            self.trouble(_FAULT, None, now_ms)
        self._lone += 1
        if self._lone > LONE_BREAKS:
            self.trouble(_FAULT, INNER if beam == OUTER else OUTER, now_ms)

    def press(self, key: str, now_ms: int) -> None:
        """Count one person by hand."""
        if key in (_IN, _OUT):
            self._lamp(key, "flash")
            self._count(1 if key == _IN else -1, now_ms)

    def watch_keys(self, now_ms: int) -> None:
        """Notice a beam that something stands in, as well."""
        Role.watch_keys(self, now_ms)
        if _BLOCKED not in self.troubles:
            return
        self.trouble(_BLOCKED, self._door.blocked(now_ms) or None, now_ms)
        if self._broken_ms + _BLOCKED_MS > now_ms:
            self.keys_ms = min(self.keys_ms, self._broken_ms + _BLOCKED_MS)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give the fields of a hall board's face."""
        return {
            "light": read_choice(payload, "light", (RED, GREEN)),
            "inside": read_int(payload, "inside", 0, 1_000_000),
        }

    def face(self, face: "Payload", now_ms: int) -> None:
        """Show the light and how many are inside; to who waits, `full` says more than that."""
        self._colour = face["light"]
        self.light(self._colour)
        inside = str(face["inside"])
        self.digits(inside)
        full = self._colour == RED
        self.display.dot(False, now_ms)
        self.display.text(self.board.config.label("full", "PENUH") if full else inside, now_ms)
        if self._in or self._out:  # what was held back for want of a gateway
            self._tell_ms = min(self._tell_ms, max(now_ms, self._told_ms + EVERY_MS))
        self._draw(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """Neither light: green would let in too many, red would close an office."""
        self._colour = OFF
        SignalRole.away(self, status, now_ms)

    def tick(self, now_ms: int) -> None:
        """Tell what was counted."""
        if now_ms >= self._tell_ms:
            if self.board.is_lost() and now_ms < self._told_ms + LOST_EVERY_MS:
                self._tell_ms = self._told_ms + LOST_EVERY_MS
            else:
                self._tell(now_ms)
        SignalRole.tick(self, now_ms)

    def _count(self, way: int, now_ms: int) -> None:
        if way > 0:
            self._in = min(self._in + way, _MOST)
            if self._colour == RED:
                self.tones(2)
        else:
            self._out = min(self._out - way, _MOST)
        if self._tell_ms == NEVER:
            self._tell_ms = max(now_ms, self._told_ms + EVERY_MS)
        self._draw(now_ms)

    def _tell(self, now_ms: int) -> None:
        self.board.fact("count", {"in": self._in, "out": self._out}, now_ms)
        self._in = self._out = 0
        self._told_ms = now_ms
        self._tell_ms = NEVER

    def _draw(self, now_ms: int) -> None:
        SignalRole._draw(self, now_ms)
        self.due_ms = min(self.due_ms, self._tell_ms)


ROLE = Hall
