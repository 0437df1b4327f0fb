"""Acts that bring a ticket to a counter, or take that back: next, call, reinstate, undo."""

from gateway.domain import check_in as returning
from gateway.domain import events as e
from gateway.domain import limits, policy, reasons, schedule, visits
from gateway.domain.breaks import pause_of
from gateway.domain.closing import takes_numbers
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import (
    CALLED,
    DONE,
    IMPLIED,
    LIFE,
    NO_SHOW,
    PARKED,
    SERVING,
    WAITING,
    Act,
    CounterState,
    Hall,
    Life,
    Ticket,
)
from gateway.domain.holds import hold_of
from gateway.domain.site import VIDEO


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
    settings = hall.index.counters[counter.number]
    queues = settings.queues
    if command.queue:
        if command.queue not in queues:
            return refuse(reasons.UNKNOWN_QUEUE)
        queues = (command.queue,)
    at_ms, by = command.at_ms, credit(command, counter)
    why = call_block(hall, counter, at_ms)
    if why is None:
        queues, why = limits.may_serve(hall, by, queues)
    end = _ending(hall, counter, by, at_ms) if counter.ticket else None
    choice = None
    if why is None:
        back = visits.coming_back(hall, hall.tickets[counter.ticket], end) if end else ()
        choice = policy.pick(hall, settings, queues, at_ms, back)
        if choice is None:
            why = _nobody(hall, queues, at_ms)
    if end is None and choice is None:
        return refuse(why or reasons.NOBODY_WAITING)
    result: dict[str, object] = {"ticket": choice.place[3] if choice else None, "done": None}
    if choice is None:
        result["why"] = why
    if end is not None:
        result["done"] = done = {"ticket": end.ticket, "how": end.how}
        if isinstance(end, e.Transferred):
            done["queue"] = end.queue
    if choice is None:
        return Decision((end,) if end else (), result)
    joins = end is not None
    call = e.Called(
        at_ms, by, counter.number, choice.place[3], choice.rule, "next", joins, choice.turn
    )
    return Decision((end, call) if end else (call,), result)


def _ending(hall: Hall, counter: CounterState, by: str, at_ms: int) -> e.Ended | e.Transferred:
    ticket = hall.tickets[counter.ticket]
    how = _how_it_ends(hall, ticket, at_ms)
    if how == NO_SHOW:
        return e.Ended(at_ms, by, counter.number, ticket.label, how, "next")
    return visits.end(hall, ticket, by, "next", at_ms, how=how)


def _how_it_ends(hall: Hall, ticket: Ticket, at_ms: int) -> str:
    if ticket.state == SERVING:
        return DONE
    if hall.index.counters[ticket.counter].kind == VIDEO:
        return NO_SHOW  # a video service is started by hand: nobody came into the booth
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
    if ticket.state != PARKED and not returning.can_come_back(hall, ticket):
        return refuse(reasons.WRONG_STATE)
    if not counter.open or not visits.has_place(hall, ticket):
        return refuse(reasons.WRONG_STATE)
    if hold_of(hall, ticket.queue) is not None:
        return refuse(reasons.HELD)
    return _call_named(hall, command, counter, ticket, policy.REINSTATED)


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
    return refuse(why) if why else _call_named(hall, command, counter, ticket, policy.NAMED)


def _call_named(
    hall: Hall, command: Command, counter: CounterState, ticket: Ticket, rule: str
) -> Decision:
    other = visits.elsewhere(hall, ticket)
    if other:
        return refuse(reasons.BUSY, visits.where(hall, other))
    service = hall.index.services.get(ticket.service)
    booth = hall.index.counters[counter.number].kind == VIDEO
    if booth and service is not None and service.in_person:
        return refuse(reasons.WRONG_STATE, f"{service.name} cannot be done by video")
    event = e.Called(
        command.at_ms, credit(command, counter), counter.number, ticket.label, rule,
        command.name, reason=command.reason,
    )  # fmt: skip
    return Decision((event,), {"ticket": ticket.label})


def _stored(life: Life) -> dict[str, object]:
    return {name: _as_json(value) for name, value in zip(LIFE, life, strict=True)}


def _as_json(value: object) -> object:
    # As JSON gives it back: there are no tuples.
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value


def undo(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Take back the counter's last act on tickets, if nobody has touched them since."""
    act = counter.last
    if act is None:
        return refuse(reasons.WRONG_STATE)
    if command.at_ms - act.at_ms > hall.site.undo_s * 1000:
        return refuse(reasons.TOO_LATE)
    for (label, life), rev in zip(act.before, act.revs, strict=True):
        if hall.tickets[label].rev != rev or not _may_be_restored(hall, act, label, life):
            return refuse(reasons.WRONG_STATE)
    turn = None
    if act.queue in hall.lines and hall.lines[act.queue].turn == act.turn_after:
        turn = act.turn_before
    restored = tuple({"ticket": label, **_stored(life)} for label, life in act.before)
    in_hand = next((r["ticket"] for r in restored if r["counter"] == counter.number), None)
    event = e.Undone(
        command.at_ms, credit(command, counter), counter.number, act.name, restored,
        act.ended, act.ended_ms, act.queue if turn else "", turn, act.caller,
    )  # fmt: skip
    return Decision((event,), {"ticket": in_hand, "undone": act.name})


def _may_be_restored(hall: Hall, act: Act, label: str, life: Life) -> bool:
    # The settings may have lost its queue or its services, or another of the same visit may
    # have been called elsewhere.
    before = dict(zip(LIFE, life, strict=True))
    queue, route = str(before["queue"]), before["route"]
    assert isinstance(route, tuple)
    if not visits.may_stand(hall, queue, str(before["service"]), route):
        return False
    if before["state"] not in (CALLED, SERVING):
        return True
    other = visits.elsewhere(hall, hall.tickets[label])
    return not other or any(other == restored for restored, _ in act.before)
