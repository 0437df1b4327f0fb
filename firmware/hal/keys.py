"""Keys of real boards: every edge, in the order in which the edges came."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnEdge

_RING = const(32)  # edges that may wait while the loop is away: two contacts that bounce


class Button:
    """A contact on a machine.Pin, whose level is `closed` (0 or 1) while it is closed.

    What is closed at the start is not told: it is no press, nobody saw it close.
    """

    on_edge: "OnEdge | None" = None

    def __init__(self, key: str, pin: "Any", closed: int) -> None:
        self.key = key
        self.pin = pin
        self.closed = closed
        self.told = self.is_down()

    def is_down(self) -> bool:
        """Tell whether the contact is closed now."""
        return self.pin.value() == self.closed

    def tell(self, down: bool) -> None:
        """Tell of an edge, unless it is none."""
        if down != self.told:
            self.told = down
            if self.on_edge:
                self.on_edge(self.key, down)


class Keys:
    """All contacts of a board: interrupts note edges, `drain` tells of them.

    An interrupt may not take memory, and what a press does takes some; and of two beams in a
    door it matters which was broken first, however late the loop comes to it. `wake()` is
    called by interrupts.
    """

    def __init__(self, wake: "Callable[[], None]") -> None:
        self.buttons: "dict[str, Button]" = {}
        self._wake = wake
        self._order: "list[Button]" = []
        self._ring = bytearray(_RING)  # place in _order, times 2, and 1 if it closed
        self._head = 0
        self._tail = 0

    def add(self, key: str, pin: "Any", closed: int) -> "Callable[[object], None]":
        """Take a key; give what its pin's interrupt, at both edges, is to call."""
        button = self.buttons[key] = Button(key, pin, closed)
        at = len(self._order) * 2
        self._order.append(button)
        # What the interrupt needs is made now, and is no more than four things: a function that
        # brings five and takes one has to get memory for the call. A spike that is over when it
        # looks is no edge.
        level = pin.value

        def interrupt(_: object) -> None:
            head = self._head
            self._head = (head + 1) % _RING
            if self._head == self._tail:
                self._head = head  # full: `drain` looks at the pins in the end
            else:
                self._ring[head] = at | (level() == closed)
            self._wake()

        return interrupt

    def drain(self) -> None:
        """Tell of all edges since the last time, in their order."""
        ring = self._ring
        while self._tail != self._head:
            edge = ring[self._tail]
            self._tail = (self._tail + 1) % _RING
            self._order[edge >> 1].tell(bool(edge & 1))
        # An edge may be missing: the ring was full, or the interrupt came too late to see it.
        for button in self._order:
            down = button.is_down()
            if self._tail != self._head:
                return  # this one may not be the first that moved: `wake` was called again
            button.tell(down)
