"""Who goes in and who goes out at a door with two beams across it, one behind the other.

The beams are named as keys: `outer` and `inner`. They stand so close (5 to 15 cm) that a body
breaks both at a time; who breaks first and who is free last tells the way:

    in:   outer breaks, inner breaks, outer is free, inner is free
    out:  the same with inner first

Who turns back leaves the beam free last that was broken first, and counts nothing. Bounces are
small turnings back, so that edges need no debouncing.
"""

from firmware.wire.const import const

OUTER = "outer"
INNER = "inner"
_BLOCKED_MS = const(60_000)


class Door:
    """The beams of one door. A beam is broken or free; `edge` and `blocked` get the time.

    Two people close behind each other count as two if each beam was free between them, even if
    never both at a time; two in one another's arms are one body for any beam.
    """

    def __init__(self) -> None:
        self._broken = {OUTER: 0, INNER: 0}  # broken since; 0: free. Time 0 counts as 1.
        self._first = ""  # the beam that the present passage began with
        self._past = False  # the first beam was free while the other one was broken ...
        self._follower = False  # ... and then the other way round: somebody comes behind

    def edge(self, beam: str, broken: bool, now_ms: int) -> int:
        """Take an edge of a beam; give how many people are now known to have gone in (above 0)
        or out (below 0)."""
        if bool(self._broken[beam]) == broken:
            return 0
        if self.blocked(now_ms):
            self._first = ""  # what stood in the door tells nothing about who passed it
        self._broken[beam] = (now_ms or 1) if broken else 0
        other = INNER if beam == OUTER else OUTER
        first = self._first
        way = 1 if first == OUTER else -1
        if not self._broken[other]:
            if broken:
                self._first = beam
                self._past = self._follower = False
                return 0
            # Both are free: through, if the last one was not the first one.
            self._first = ""
            return way if first == other else 0
        if broken or not first:
            return 0
        if beam != first:
            self._follower = self._past
            return 0
        # The first is free and the other one broken: somebody is nearly through, and whom he
        # followed is through.
        followed = self._follower
        self._past = True
        self._follower = False
        return way if followed else 0

    def blocked(self, now_ms: int) -> str:
        """Give the beam that has been broken for a minute or more, or ""."""
        for beam in self._broken:
            since_ms = self._broken[beam]
            if since_ms and now_ms - since_ms >= _BLOCKED_MS:
                return beam
        return ""
