"""A waiting line: two lanes (normal, priority), each in the order of its places.

Joining and leaving cost the logarithm of the lane's length. A ticket that leaves from the
middle stays in the heap as a dead entry until it comes up; `_tidy` keeps the head alive, so
that looking at it costs nothing and changes nothing.
"""

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from gateway.domain.pace import Pace

# A place in line: rank, arrival (UTC ms), order of arrival, label. Lower is earlier.
Place = tuple[int, int, int, str]

FRONT = 0  # rank of carried and resumed tickets
USUAL = 1
_SPARE = 32  # dead entries allowed before the heap is built anew


@dataclass(slots=True)
class Lane:
    """The waiting tickets of one class of one queue."""

    places: dict[str, Place] = field(default_factory=dict)
    # Same places as a heap, dead ones among them: no part of what a lane is.
    _heap: list[Place] = field(default_factory=list, compare=False)

    def __len__(self) -> int:
        return len(self.places)

    def join(self, place: Place) -> None:
        """Put a ticket at its place."""
        self.places[place[3]] = place
        heappush(self._heap, place)

    def leave(self, label: str) -> None:
        """Take a ticket out; it must be there."""
        del self.places[label]
        self._tidy()

    def head(self) -> Place | None:
        """Give the place of who is first, or None."""
        return self._heap[0] if self._heap else None

    def in_order(self) -> list[Place]:
        """Give all places, first to last (a sort: not for every command)."""
        return sorted(self.places.values())

    def rebuild(self) -> None:
        """Make what follows from the places: of a lane that was stored and read again."""
        self._heap = sorted(self.places.values())

    def _tidy(self) -> None:
        heap, places = self._heap, self.places
        while heap and places.get(heap[0][3]) is not heap[0]:
            heappop(heap)
        if len(heap) > 2 * len(places) + _SPARE:
            heap[:] = places.values()
            heapify(heap)


@dataclass(slots=True)
class Line:
    """One queue as it stands today."""

    prefix: str
    next_number: int
    normal: Lane = field(default_factory=Lane)
    priority: Lane = field(default_factory=Lane)
    issued: int = 0  # numbers given today
    turn: tuple[int, int] = (0, 0)  # place in the policy's cycle (see policy.py)
    pace: Pace = field(default_factory=Pace)
    serving: int = 0  # counters that may call from it: neither closed nor paused by hand
    closing: str = ""  # closed for today: who waits is served, carried or expired
    closed_ms: int = 0
    lease_next: int = 0  # next number to lease; goes round its range over the days

    def waiting(self) -> int:
        """Give how many wait here."""
        return len(self.normal.places) + len(self.priority.places)

    def lane(self, klass: str) -> Lane:
        """Give the lane of a ticket's class ("" is normal)."""
        return self.priority if klass else self.normal
