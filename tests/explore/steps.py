"""What must hold of every single step from one hall to the next. AssertionError if it does not."""

import json
import marshal
from dataclasses import fields
from operator import attrgetter
from typing import Any, get_args

from gateway.domain import (
    Command,
    Decision,
    Event,
    Hall,
    decide,
    decode_event,
    encode_event,
    evolve,
)
from gateway.domain.counter_acts import COUNTER_ACTS
from gateway.domain.hall import BOOKED, FINAL, NO_SHOW, SERVE, WAITING, Ticket
from gateway.domain.hall_events import DayOpened
from gateway.domain.lines import FRONT
from gateway.domain.policy import may_call
from gateway.domain.reasons import NOBODY_WAITING
from gateway.domain.ticket_events import Called, CheckedIn, Issued, Printed, Transferred
from tests.domain.transitions import follow

Lane = tuple[str, bool]  # queue, priority
Lanes = dict[Lane, list[str]]


def lanes_of(hall: Hall) -> Lanes:
    """Give who waits where, first to last, by what the tickets say of themselves."""
    waiting: dict[Lane, list[Ticket]] = {}
    for ticket in hall.tickets.values():
        if ticket.state == WAITING and not ticket.aside:
            waiting.setdefault((ticket.queue, ticket.klass != ""), []).append(ticket)
    return {
        lane: [t.label for t in sorted(tickets, key=lambda t: (t.rank, t.arrived_ms, t.order))]
        for lane, tickets in waiting.items()
    }


class Before:
    """What a hall was like before the step, worked out once for all steps from it."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.lanes = lanes_of(hall)
        self.states = {label: ticket.state for label, ticket in hall.tickets.items()}
        self.unfinished = {label for label, state in self.states.items() if state not in FINAL}


_VALUES: dict[type, Any] = {
    cls: attrgetter(*(f.name for f in fields(cls))) for cls in get_args(Event)
}
_ROUND: set[bytes] = set()  # events seen to come back whole from the journal: each is tried once
_ROUND_MOST = 200_000


def take_step(hall: Hall, decision: Decision) -> None:
    """Let happen what was decided, and check that a journal would tell the same.

    A hall that is rebuilt from the journal after a crash is then the same as this one.
    """
    for event in decision.events:
        known = marshal.dumps((event.kind, _VALUES[type(event)](event)), 2)
        if known not in _ROUND:
            _check_round(event)
            if len(_ROUND) < _ROUND_MOST:
                _ROUND.add(known)
        evolve(hall, event)


def _check_round(event: Event) -> None:
    stored = decode_event(json.loads(json.dumps(encode_event(event))))
    assert stored == event, "an event comes back from the journal as another one"


def check_refusal(before: Before, command: Command, decision: Decision) -> None:
    """Check a step that was not granted."""
    assert not decision.events, "a refusal changes something"
    if decision.why == NOBODY_WAITING:
        _check_nobody(before.hall, command)


def check_granted(before: Before, command: Command) -> None:
    """Check that a press that said what it saw in hand saw right."""
    if command.has is not None and command.name in COUNTER_ACTS:
        in_hand = before.hall.counters[_counter(before.hall, command)].ticket
        assert command.has == in_hand, f"granted, though {in_hand!r} is in hand"


def check_step(before: Before, command: Command, decision: Decision, after: Hall) -> None:
    """Check a step from `before` to `after`."""
    states, new_day = dict(before.states), False
    for event in decision.events:
        if isinstance(event, DayOpened):
            assert set(event.carried) == before.unfinished, "a day forgot somebody"
            states = {label: states[label] for label in event.carried}
            new_day = True
            continue
        if isinstance(event, Called) and event.act == "next" and not new_day:
            _check_turn(before, command, event, after)
        elif isinstance(event, Issued) and not event.origin and not new_day:
            assert event.number >= before.hall.lines[event.queue].next_number, "a number came back"
        follow(states, event)
    found = {label: ticket.state for label, ticket in after.tickets.items()}
    assert found == states, f"a ticket is not what its events made it: {found}, not {states}"
    if decision.result.get("why") == NOBODY_WAITING and not new_day:
        _check_nobody(after, command)
    if not new_day:
        _check_order(before, decision, after)


def _check_nobody(hall: Hall, command: Command) -> None:
    counter = _counter(hall, command)
    queues = (command.queue,) if command.queue else hall.index.counters[counter].queues
    person = hall.index.limited.get(command.by or hall.counters[counter].by)
    if person is not None and person.queues:
        queues = tuple(set(queues) & set(person.queues))
    waiting = {queue for queue, _ in lanes_of(hall)}
    callable_ = [q for q in queues if q in waiting and may_call(hall, q, command.at_ms)]
    assert not callable_, f"somebody waits in {callable_} and is not called"


def _check_turn(before: Before, command: Command, call: Called, after: Hall) -> None:
    # First come, first called: of those left in its queue and class, and of those who stand
    # aside because of this very call, nobody was before it.
    ticket = after.tickets[call.ticket]
    queue = ticket.queue
    left = [
        other
        for other in after.tickets.values()
        if other.state == WAITING
        and (other.queue, other.klass != "") == (queue, ticket.klass != "")
        and (not other.aside or other.visit == ticket.visit)
    ]
    passed = [other.label for other in left if _place(other) < _place(ticket)]
    assert not passed, f"{call.ticket} was called before {passed}"
    hall = before.hall
    counter = hall.counters[call.counter]
    assert queue in hall.index.counters[call.counter].queues
    assert call.counter == _counter(hall, command)
    assert counter.open, "called at a counter that is closed"
    assert not counter.paused, "called at a counter that pauses"
    assert (counter.on_break, hall.break_by_hand) == (None, None), "called in a break"
    assert hall.index.queues[queue].agency not in hall.held, "called for an agency that is held"
    assert hall.lines[queue].closing in ("", SERVE), "called from a line that is closed"


def _counter(hall: Hall, command: Command) -> int:
    board = hall.boards.get(command.source)
    number = board.counter if board else command.counter
    assert number is not None
    return number


def _place(ticket: Ticket) -> tuple[int, int, int]:
    return ticket.rank, ticket.arrived_ms, ticket.order


def _check_order(before: Before, decision: Decision, after: Hall) -> None:
    """Who waits keeps the place in line; who joins comes where the rules say."""
    if not decision.events:
        return
    lanes = lanes_of(after)
    for lane, now in lanes.items():
        was = before.lanes.get(lane, [])
        if now == was:
            continue
        stayed = set(was) & set(now)
        assert [t for t in was if t in stayed] == [t for t in now if t in stayed], "order lost"
    for event in decision.events:
        if isinstance(event, Issued):
            if event.state == WAITING and not event.origin:  # others have places of their own
                _check_last(after, lanes, event.ticket)
        elif isinstance(event, Printed):
            _check_kept(before, after, event.ticket)
        elif isinstance(event, Transferred):
            _check_transfer(before, after, event)
        elif isinstance(event, CheckedIn):
            _check_check_in(before, after, lanes, event)


def _check_transfer(before: Before, after: Hall, event: Transferred) -> None:
    ticket = after.tickets[event.ticket]
    if event.queue == before.hall.tickets[event.ticket].queue:
        assert ticket.rank == FRONT, f"{ticket.label} stands at this counter's line already"
    elif after.index.queues[event.queue].transfer_arrival == "original":
        _check_kept(before, after, event.ticket)
    elif ticket.state == WAITING and not ticket.aside:  # else it was called at once
        _check_last(after, lanes_of(after), event.ticket)


def _check_check_in(before: Before, after: Hall, lanes: Lanes, event: CheckedIn) -> None:
    label = event.ticket
    state, late = before.states[label], after.site.late_place
    if state == BOOKED:
        if _place(after.tickets[label]) != _place(before.hall.tickets[label]):
            _check_last(after, lanes, label)
        return
    if state == NO_SHOW and not event.reason and after.site.late_within_min:
        late_ms = event.at_ms - before.hall.tickets[label].called_ms
        assert late_ms <= after.site.late_within_min * 60_000, f"{label} came too late"
    if state != NO_SHOW or event.reason or late == "front":
        _check_front(after, lanes, label)
    elif late == "place":
        _check_kept(before, after, label)
    else:
        _check_last(after, lanes, label)


def _check_front(after: Hall, lanes: Lanes, label: str) -> None:
    ticket = after.tickets[label]
    if ticket.aside:
        assert ticket.rank == FRONT
        return
    lane = lanes[ticket.queue, ticket.klass != ""]
    behind = [after.tickets[t] for t in lane[lane.index(label) + 1 :]]
    assert ticket.rank == FRONT, f"{label} is not in front"
    # Several may come back at one tick.
    assert not any(
        other.rank == FRONT and other.arrived_ms < ticket.arrived_ms for other in behind
    ), "passed one in front"


def _check_last(after: Hall, lanes: Lanes, label: str) -> None:
    ticket = after.tickets[label]
    if ticket.aside:
        return
    last = lanes[ticket.queue, ticket.klass != ""][-1]
    assert last == label, f"{label} joined before {last}"


def _check_kept(before: Before, after: Hall, label: str) -> None:
    was, now = before.hall.tickets[label], after.tickets[label]
    assert _place(was) == _place(now), f"{label} lost its place in line"


# Acts whose `undo`, at once, gives the tickets back as they were.
_TAKEN_BACK = ("next", "start", "done", "no_show", "park", "transfer", "call", "reinstate")


def check_undo(before: Before, command: Command, decision: Decision, hall: Hall) -> None:
    """Check that an act on tickets can be taken back at once, whole. Changes `hall`."""
    if command.name not in _TAKEN_BACK or isinstance(decision.events[0], DayOpened):
        return
    undo = Command("undo", command.at_ms, command.source, command.by, command.counter)
    back = decide(hall, undo)
    assert back.why is None, f"{command.name} cannot be taken back: {back.why}"
    take_step(hall, back)
    was = before.hall
    for label, ticket in was.tickets.items():
        assert hall.tickets[label].life() == ticket.life(), f"{label} is not as it was"
    counter = _counter(was, command)
    assert hall.counters[counter].ticket == was.counters[counter].ticket
    for prefix, line in was.lines.items():
        assert _turns(hall.lines[prefix]) == _turns(line), "a line's turn is not as it was"
    again = decide(hall, undo)
    assert again.why is not None, "an act is taken back twice"


def _turns(line: Any) -> Any:
    return line.turn, line.next_number, line.normal.in_order(), line.priority.in_order()
