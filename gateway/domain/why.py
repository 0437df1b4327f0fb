"""Why a ticket was called when it was, and what passed it: told from a day's events alone.

Kept apart from the rules on purpose: it follows what the journal says happened, so it explains
days that were run by older rules as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.domain import events as e
from gateway.domain.hall import (
    BOOKED,
    BOOKING,
    CALLED,
    CANCELLED,
    DONE,
    EXPIRED,
    NO_SHOW,
    PARKED,
    RESERVED,
    SERVING,
    VOID,
    WAITING,
)
from gateway.domain.lines import FRONT, USUAL


@dataclass(frozen=True, slots=True)
class Passed:
    """A ticket that came later and was called earlier from the same queue, by `rule`."""

    ticket: str
    joined_ms: int
    priority: bool
    at_ms: int
    counter: int
    rule: str
    act: str  # next, call or reinstate
    by: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the ticket; calls have what passed it since it joined the line.

    `waited_ms` is the time in line before a call.
    """

    event: e.Event
    passed: tuple[Passed, ...] = ()
    waited_ms: int = 0


@dataclass(slots=True)
class Story:
    """A ticket's way through its day. `state` and `queue` are where it is at the end."""

    ticket: str
    queue: str
    state: str
    priority: bool
    joined_ms: int
    carried: bool = False
    steps: list[Step] = field(default_factory=list)
    passed: tuple[Passed, ...] = ()  # while it still waits
    ahead: tuple[str, ...] = ()  # of its class, while it still waits


@dataclass(slots=True)
class _Known:
    queue: str
    state: str
    klass: str
    place: tuple[int, int, int]
    joined_ms: int
    booked: bool = False
    visit: str = ""


_ENDS = {
    e.Voided: VOID,
    e.Parked: PARKED,
    e.CaughtUp: DONE,
    e.Cancelled: CANCELLED,
    e.Expired: EXPIRED,
}


def tell(label: str, events: Iterable[e.Event]) -> Story | None:
    """Give the story of `label` on the newest day of these events, or None if it had none then.

    Of earlier days what happened to carried tickets is enough.
    """
    known: dict[str, _Known] = {}
    story: Story | None = None
    passed: list[Passed] = []
    for event in events:
        if isinstance(event, e.DayOpened):
            known = _carried(known, event.carried)
            mine = known.get(label)
            story = None
            if mine is not None:
                story = Story(label, mine.queue, mine.state, bool(mine.klass), 0, carried=True)
            passed.clear()
            continue
        if isinstance(event, e.Issued) and event.day:
            continue  # handed in after its own day: no number of this one
        mine = known.get(label)
        waits = mine is not None and mine.state == WAITING
        if isinstance(event, e.Called) and waits and event.ticket != label:
            other = known.get(event.ticket)
            same = other and mine and other.queue == mine.queue and not _is_aside(known, mine)
            if other and mine and same and _came_later(other, mine):
                passed.append(_passing(event, other))
        before_ms = mine.joined_ms if mine else 0
        joined = _follow(known, event, label)
        mine = known.get(label)  # None: what was taken back was an earlier day's of this label
        if mine is not None and (joined or _touches(event, label)):
            if story is None:
                story = Story(label, mine.queue, mine.state, bool(mine.klass), mine.joined_ms)
            called = isinstance(event, e.Called)
            waited_ms = event.at_ms - before_ms if called and waits else 0
            if joined and not isinstance(event, e.Undone):  # which gives the old place back
                passed.clear()
            story.steps.append(Step(event, tuple(passed) if called else (), waited_ms))
    if story is not None:
        mine = known[label]
        story.queue, story.state, story.priority = mine.queue, mine.state, bool(mine.klass)
        story.joined_ms = mine.joined_ms
        if mine.state == WAITING:
            story.passed = tuple(passed)
            story.ahead = _ahead(known, mine)
    return story


def _came_later(other: _Known, mine: _Known) -> bool:
    # An appointment's place is earlier than its visitor.
    return other.place > mine.place or (other.booked and other.joined_ms > mine.joined_ms)


def _touches(event: e.Event, label: str) -> bool:
    if isinstance(event, e.Undone):
        return any(life["ticket"] == label for life in event.tickets)
    return bool(getattr(event, "ticket", "") == label and not isinstance(event, e.Rated))


def _is_aside(known: dict[str, _Known], mine: _Known) -> bool:
    # Its visitor is at a counter with another number: nobody passes who cannot be called.
    return any(
        other.visit == mine.visit and other.state in (CALLED, SERVING) for other in known.values()
    )


def _carried(known: dict[str, _Known], labels: tuple[str, ...]) -> dict[str, _Known]:
    left = {name: _carry(known[name]) for name in labels if name in known}
    first: dict[str, str] = {}
    for name, ticket in left.items():  # a visit is named after the first ticket left of it
        ticket.visit = first.setdefault(ticket.visit, name)
    return left


def _carry(ticket: _Known) -> _Known:
    if ticket.state == WAITING:
        ticket.place = (FRONT, *ticket.place[1:])
    return ticket


def _passing(event: e.Called, other: _Known) -> Passed:
    return Passed(
        event.ticket, other.joined_ms, bool(other.klass), event.at_ms, event.counter, event.rule,
        event.act, event.by,
    )  # fmt: skip


def _ahead(known: dict[str, _Known], mine: _Known) -> tuple[str, ...]:
    line = [
        (other.place, label)
        for label, other in known.items()
        if other.state == WAITING
        and other.queue == mine.queue
        and bool(other.klass) == bool(mine.klass)
        and other.place < mine.place
    ]
    return tuple(label for _, label in sorted(line))


def _follow(known: dict[str, _Known], event: e.Event, label: str) -> bool:
    """Keep `known` up to date; tell whether `label` came into a line by this event."""
    if isinstance(event, e.Issued):
        place = (USUAL, event.arrived_ms, event.order)
        booked = event.origin == BOOKING
        joined_ms = event.at_ms if booked else event.arrived_ms
        known[event.ticket] = _Known(
            event.queue, event.state, event.klass, place, joined_ms, booked,
            event.visit or event.ticket,
        )  # fmt: skip
        return event.ticket == label and event.state == WAITING
    if isinstance(event, e.Undone):
        return _undo(known, event, label)
    if isinstance(event, e.CaughtUp) and event.ticket not in known:
        known[event.ticket] = _Known(event.queue, DONE, event.klass, (0, 0, 0), event.at_ms)
        return False
    ticket = known.get(getattr(event, "ticket", ""))
    if ticket is None:
        return False
    was = ticket.state
    if isinstance(event, e.Printed):
        ticket.state = event.state
    elif isinstance(event, e.CheckedIn):
        ticket.state = WAITING
        ticket.place = (event.rank, event.arrived_ms, event.order)
        ticket.joined_ms = event.at_ms
    elif isinstance(event, e.Called):
        ticket.state = CALLED
    elif isinstance(event, e.Started):
        ticket.state = SERVING
    elif isinstance(event, e.Ended):
        ticket.state = NO_SHOW if event.how == NO_SHOW else DONE
    elif isinstance(event, e.Transferred):
        ticket.state, ticket.queue, ticket.joined_ms = WAITING, event.queue, event.at_ms
        if event.rank is not None:
            ticket.place = (event.rank, event.arrived_ms, event.order)
    elif isinstance(event, e.Reclassed):
        ticket.klass = event.klass
    else:
        ticket.state = _ENDS.get(type(event), ticket.state)
    came = ticket.state == WAITING and was in (RESERVED, BOOKED, *_COMES_BACK)
    return bool(getattr(event, "ticket", "") == label and came)


_COMES_BACK = (PARKED, NO_SHOW, VOID, CALLED, SERVING, DONE, CANCELLED, EXPIRED)


def _undo(known: dict[str, _Known], event: e.Undone, label: str) -> bool:
    joined = False
    for life in event.tickets:
        ticket = known.get(str(life["ticket"]))
        if ticket is None:
            continue
        ticket.state, ticket.queue = str(life["state"]), str(life["queue"])
        ticket.place = (_int(life, "rank"), _int(life, "arrived_ms"), _int(life, "order"))
        ticket.joined_ms = _int(life, "joined_ms") or ticket.place[1]
        joined = joined or (life["ticket"] == label and ticket.state == WAITING)
    return joined


def _int(life: dict[str, object], name: str) -> int:
    value = life.get(name, 0)
    return value if isinstance(value, int) else 0
