"""Acts that bring a ticket to a counter, or take that back: next, call, reinstate, undo."""

from gateway.domain import events as e
from gateway.domain import policy, reasons, schedule
from gateway.domain.breaks import pause_of
from gateway.domain.closing import takes_numbers
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import (
    CANCELLED,
    DONE,
    IMPLIED,
    LIFE,
    NO_SHOW,
    PARKED,
    SERVING,
    WAITING,
    CounterState,
    Hall,
    Life,
)
from gateway.domain.holds import hold_of

_REINSTATABLE = (PARKED, NO_SHOW, DONE, CANCELLED)


def credit(command: Command, counter: CounterState) -> str:
    """Give who an act is credited to: the person named, else who claims the counter, else ""."""
    return command.by or counter.by


def call_block(hall: Hall, counter: CounterState, at_ms: int) -> str | None:
    """Give why this counter may call nobody now (closed, paused, on_break), or None."""
    if not counter.open:
        return reasons.CLOSED
    if counter.paused:
        return reasons.PAUSED
    if pause_of(hall, counter, at_ms) is not None:
        return reasons.ON_BREAK
    return None


def next_(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """End the ticket in hand, if any, and call the next one."""
    queues = hall.index.counters[counter.number].queues
    if command.queue:
        if command.queue not in queues:
            return refuse(reasons.UNKNOWN_QUEUE)
        queues = (command.queue,)
    at_ms, in_hand = command.at_ms, counter.ticket
    by = credit(command, counter)
    why = call_block(hall, counter, at_ms)
    choice = None if why else policy.pick(hall, queues, at_ms)
    if choice is None:
        why = why or _nobody(hall, queues, at_ms)
        if not in_hand:
            return refuse(why)
    end = None
    done = None
    if in_hand:
        how = _how_it_ends(hall, in_hand, at_ms)
        done = {"ticket": in_hand, "how": how}
        end = e.Ended(at_ms, by, counter.number, in_hand, how, "next")
    if choice is None:
        assert end is not None
        return Decision((end,), {"ticket": None, "done": done, "why": why})
    label = choice.place[3]
    joins = end is not None
    call = e.Called(at_ms, by, counter.number, label, choice.rule, "next", joins, choice.turn)
    return Decision((end, call) if end else (call,), {"ticket": label, "done": done})


def _how_it_ends(hall: Hall, label: str, at_ms: int) -> str:
    ticket = hall.tickets[label]
    if ticket.state == SERVING:
        return DONE
    return NO_SHOW if at_ms - ticket.called_ms < hall.site.presence_s * 1000 else IMPLIED


def _nobody(hall: Hall, queues: tuple[str, ...], at_ms: int) -> str:
    # Nobody can be called: is that an empty line, a held agency, or the end of the hours?
    if any(hall.lines[q].waiting() and policy.line_block(hall, q) == reasons.HELD for q in queues):
        return reasons.HELD
    hours = hall.index.schedule
    if any(takes_numbers(hall, q) and hours.service(q, at_ms) == schedule.OPEN for q in queues):
        return reasons.NOBODY_WAITING
    return reasons.CLOSED


def reinstate(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Call a parked ticket, or one that ended today, to this counter."""
    ticket = hall.tickets.get(command.ticket)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if counter.ticket:
        return refuse(reasons.BUSY)
    if ticket.state not in _REINSTATABLE or ticket.queue not in hall.lines or not counter.open:
        return refuse(reasons.WRONG_STATE)
    if hold_of(hall, ticket.queue) is not None:
        return refuse(reasons.HELD)
    return _call_named(command, counter, policy.REINSTATED)


def call(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Call a named waiting ticket to this counter, out of its turn."""
    ticket = hall.tickets.get(command.ticket)
    if ticket is None:
        return refuse(reasons.UNKNOWN_TICKET)
    if counter.ticket:
        return refuse(reasons.BUSY)
    if ticket.state != WAITING:
        return refuse(reasons.WRONG_STATE)
    why = call_block(hall, counter, command.at_ms) or policy.line_block(hall, ticket.queue)
    return refuse(why) if why else _call_named(command, counter, policy.NAMED)


def _call_named(command: Command, counter: CounterState, rule: str) -> Decision:
    by, label = credit(command, counter), command.ticket
    event = e.Called(command.at_ms, by, counter.number, label, rule, command.name)
    return Decision((event,), {"ticket": label})


def _stored(life: Life) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value  # as JSON gives it back
        for name, value in zip(LIFE, life, strict=True)
    }


def undo(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Take back the counter's last act on tickets, if nobody has touched them since."""
    act = counter.last
    if act is None:
        return refuse(reasons.WRONG_STATE)
    if command.at_ms - act.at_ms > hall.site.undo_s * 1000:
        return refuse(reasons.TOO_LATE)
    for (label, life), rev in zip(act.before, act.revs, strict=True):
        # life[1] is the queue to go back to: the settings may have removed it meanwhile.
        if hall.tickets[label].rev != rev or life[1] not in hall.lines:
            return refuse(reasons.WRONG_STATE)
    turn = None
    if act.queue in hall.lines and hall.lines[act.queue].turn == act.turn_after:
        turn = act.turn_before
    restored = tuple({"ticket": label, **_stored(life)} for label, life in act.before)
    in_hand = next((r["ticket"] for r in restored if r["counter"] == counter.number), None)
    event = e.Undone(
        command.at_ms, credit(command, counter), counter.number, act.name, restored,
        act.ended, act.ended_ms, act.queue if turn else "", turn,
    )  # fmt: skip
    return Decision((event,), {"ticket": in_hand, "undone": act.name})
