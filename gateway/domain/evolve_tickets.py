"""What events do to tickets, their lines and the counters that hold them."""

from gateway.domain import events as e
from gateway.domain.evolve_bookings import handed_in, written_by_hand
from gateway.domain.evolve_day import follow_outside
from gateway.domain.evolve_lines import join_line, join_visit, leave, settle, use_quota
from gateway.domain.hall import (
    BOOKED,
    CALLED,
    CALLS_KEPT,
    CANCELLED,
    CATCH_UP,
    DONE,
    EXPIRED,
    GIVES_BACK,
    IMPLIED,
    LIFE,
    NO_SHOW,
    OFFLINE,
    PARKED,
    RESERVED,
    SERVING,
    VOID,
    WAITING,
    Act,
    Call,
    CounterState,
    Hall,
    Ticket,
)
from gateway.domain.lines import USUAL
from gateway.domain.room import use_pass

_WAITED_MS = 60_000  # a press of next for who waited longer came when the counter was free


def _move(hall: Hall, ticket: Ticket, state: str) -> None:
    # The one place where a ticket's state changes: lines, quotas and printing follow it.
    leave(hall, ticket)
    if ticket.service and (ticket.state in GIVES_BACK) != (state in GIVES_BACK):
        use_quota(hall, ticket, -1)
        ticket.state = state
        use_quota(hall, ticket, 1)
    ticket.state = state
    ticket.rev += 1
    if ticket.outside:
        follow_outside(hall, ticket)


def _let_go(counter: CounterState, ticket: Ticket, at_ms: int) -> None:
    ticket.counter = 0
    counter.ticket = ""
    counter.since_ms = at_ms
    counter.help_ms = 0
    counter.ended = ticket.label
    counter.ended_ms = at_ms


def _keep_seen(ticket: Ticket, event: e.Ended | e.Parked | e.Transferred) -> None:
    # Before anything changes: a late rating is of what was done there.
    services: tuple[str, ...] = getattr(event, "services", ())
    if not services and ticket.service:
        services = (ticket.service,)
    before = tuple(seen for seen in ticket.seen if seen[0] != event.counter)
    ticket.seen = (*before, (event.counter, event.by, ticket.queue, services))


def _act(counter: CounterState, ticket: Ticket, name: str, at_ms: int, joins: bool) -> Act:
    # Called before the ticket changes; its next revision is the one the act leaves it in.
    act = counter.last
    if act is None or not joins:
        act = counter.last = Act(name, at_ms, counter.ended, counter.ended_ms)
    elif act.before[-1][0] == ticket.label:  # it went on and was called again, by one press
        act.revs[-1] = ticket.rev + 1
        return act
    act.before.append((ticket.label, ticket.life()))
    act.revs.append(ticket.rev + 1)
    return act


def issued(hall: Hall, event: e.Issued) -> None:
    if event.origin == OFFLINE and not handed_in(hall, event):
        return
    line = hall.lines[event.queue]
    if event.origin != OFFLINE:
        line.next_number = event.number + 1
    line.issued += 1
    _arrive(hall, event.arrived_ms, event.order)
    ticket = hall.tickets[event.ticket] = Ticket(
        event.ticket, event.queue, event.number, hall.day, event.issued_ms or event.at_ms,
        event.board, event.service, event.klass, event.early, event.state, event.queue, USUAL,
        event.arrived_ms, event.order, promised=() if event.early else event.promised,
    )  # fmt: skip
    ticket.visit = event.visit or event.ticket
    ticket.route = event.route
    ticket.link = event.link
    ticket.origin = event.origin
    ticket.slot_ms = event.slot_ms
    ticket.outside = event.outside
    if event.outside:
        follow_outside(hall, ticket)
    if event.screened:
        use_pass(hall, event.at_ms)
    if event.klass and not event.origin:
        line.pace.priority_taken(event.at_ms)
    if event.visit:
        join_visit(hall, ticket)
    if event.link:
        hall.links.setdefault(event.link, []).append(event.ticket)
    if event.service:
        use_quota(hall, ticket, 1)
    if event.state == WAITING:
        _join(hall, ticket, ticket.issued_ms)
    elif event.state == RESERVED:
        hall.printing[event.ticket] = event.at_ms


def _arrive(hall: Hall, arrived_ms: int, order: int) -> None:
    hall.order = max(hall.order, order)
    hall.arrived_ms = max(hall.arrived_ms, arrived_ms)


def _join(hall: Hall, ticket: Ticket, at_ms: int) -> None:
    ticket.joined_ms = at_ms
    join_line(hall, ticket)


def printed(hall: Hall, event: e.Printed) -> None:
    ticket = hall.tickets[event.ticket]
    _move(hall, ticket, event.state)
    if event.state != BOOKED:
        _join(hall, ticket, event.at_ms)


def voided(hall: Hall, event: e.Voided) -> None:
    _move(hall, hall.tickets[event.ticket], VOID)


def checked_in(hall: Hall, event: e.CheckedIn) -> None:
    ticket = hall.tickets[event.ticket]
    _move(hall, ticket, WAITING)
    ticket.rank, ticket.arrived_ms, ticket.order = event.rank, event.arrived_ms, event.order
    _arrive(hall, event.arrived_ms, event.order)
    _join(hall, ticket, event.at_ms)


def called(hall: Hall, event: e.Called) -> None:
    ticket = hall.tickets[event.ticket]
    counter = hall.counters[event.counter]
    _learn_from_call(hall, ticket, counter, event)
    act = _act(counter, ticket, event.act, event.at_ms, event.joins)
    _move(hall, ticket, CALLED)
    if event.turn is not None:
        line = hall.lines[ticket.queue]
        act.queue, act.turn_before, act.turn_after = ticket.queue, line.turn, event.turn
        line.turn = event.turn
    ticket.called_ms = event.at_ms
    ticket.times = 1
    ticket.started_ms = 0
    ticket.ended_ms = 0
    ticket.ended_at = 0
    ticket.how = ""
    counter.help_ms = 0
    ticket.counter = counter.number
    counter.ticket = ticket.label
    counter.since_ms = event.at_ms
    act.caller = event.by
    if event.by:
        hall.calls_of[event.by] = hall.calls_of.get(event.by, 0) + 1
    settle(hall, ticket)
    _show(hall, Call(ticket.label, counter.number, event.at_ms, 1, ticket.klass != ""))


def recalled(hall: Hall, event: e.Recalled) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.times = event.times
    _show(hall, Call(ticket.label, event.counter, event.at_ms, event.times, ticket.klass != ""))


def started(hall: Hall, event: e.Started) -> None:
    ticket = hall.tickets[event.ticket]
    counter = hall.counters[event.counter]
    _act(counter, ticket, "start", event.at_ms, joins=False)
    _move(hall, ticket, SERVING)
    ticket.started_ms = event.at_ms
    counter.since_ms = event.at_ms


def ended(hall: Hall, event: e.Ended) -> None:
    ticket = hall.tickets[event.ticket]
    counter = hall.counters[event.counter]
    _act(counter, ticket, event.act, event.at_ms, joins=False)
    if event.how != NO_SHOW:
        _keep_seen(ticket, event)
    _move(hall, ticket, NO_SHOW if event.how == NO_SHOW else DONE)
    ticket.how = event.how
    ticket.ended_ms = event.at_ms
    ticket.ended_at = counter.number
    if event.how == NO_SHOW:
        ticket.absent += 1
    if event.how != IMPLIED:  # how long that took is known only if the next one was waiting
        _learn(hall, ticket, event.at_ms)
    _let_go(counter, ticket, event.at_ms)
    settle(hall, ticket)


def parked(hall: Hall, event: e.Parked) -> None:
    ticket = hall.tickets[event.ticket]
    counter = hall.counters[event.counter]
    _act(counter, ticket, "park", event.at_ms, joins=False)
    _keep_seen(ticket, event)
    _move(hall, ticket, PARKED)
    _stay_parked(hall, ticket, event.until_ms)
    ticket.ended_ms = event.at_ms
    ticket.ended_at = counter.number
    _let_go(counter, ticket, event.at_ms)
    settle(hall, ticket)


def _stay_parked(hall: Hall, ticket: Ticket, until_ms: int) -> None:
    ticket.until_ms = until_ms
    if until_ms:
        hall.parked[ticket.label] = until_ms


def transferred(hall: Hall, event: e.Transferred) -> None:
    ticket = hall.tickets[event.ticket]
    counter = hall.counters[event.counter]
    _act(counter, ticket, event.act, event.at_ms, joins=False)
    _keep_seen(ticket, event)
    ticket.outside = False  # its visitor stands at the counter
    _move(hall, ticket, WAITING)
    if event.how != IMPLIED:
        _learn(hall, ticket, event.at_ms)
    if event.service is not None:
        _turn_to(hall, ticket, event.service, event.route)
    ticket.queue = event.queue
    if event.rank is not None:
        ticket.rank, ticket.arrived_ms, ticket.order = event.rank, event.arrived_ms, event.order
        _arrive(hall, event.arrived_ms, event.order)
    ticket.ended_at = counter.number
    ticket.ended_ms = event.at_ms
    _let_go(counter, ticket, event.at_ms)
    _join(hall, ticket, event.at_ms)
    settle(hall, ticket)


def _turn_to(hall: Hall, ticket: Ticket, service: str, route: tuple[str, ...] | None) -> None:
    # The service so far is behind it, and keeps its place in the quota.
    use_quota(hall, ticket, -1)
    if ticket.service:
        ticket.behind = (*ticket.behind, ticket.service)
    ticket.service = service
    if route is not None:
        ticket.route = route
    use_quota(hall, ticket, 1)


def cancelled(hall: Hall, event: e.Cancelled) -> None:
    ticket = hall.tickets[event.ticket]
    _move(hall, ticket, CANCELLED)
    ticket.ended_ms = event.at_ms


def expired(hall: Hall, event: e.Expired) -> None:
    ticket = hall.tickets[event.ticket]
    _move(hall, ticket, EXPIRED)
    ticket.ended_ms = event.at_ms


def caught_up(hall: Hall, event: e.CaughtUp) -> None:
    ticket = hall.tickets.get(event.ticket)
    service = event.service
    if ticket is not None:
        _move(hall, ticket, DONE)
        if ticket.service or ticket.day != hall.day:
            service = ""  # its quota is used already, or was of an earlier day
        ticket.service = ticket.service or event.service
    else:
        hall.lines[event.queue].issued += 1
        ticket = hall.tickets[event.ticket] = Ticket(
            event.ticket, event.queue, event.number, hall.day, event.served_ms, "", service,
            event.klass, False, DONE, event.queue, USUAL, event.served_ms, 0,
            visit=event.ticket,
        )  # fmt: skip
        written_by_hand(hall, event.queue, event.number)
    if service:
        hall.quota_used[service] = hall.quota_used.get(service, 0) + 1
    ticket.origin = CATCH_UP
    ticket.how = DONE
    ticket.ended_ms = event.served_ms
    ticket.ended_at = event.counter


def reclassed(hall: Hall, event: e.Reclassed) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.rev += 1
    in_line = ticket.state == WAITING and not ticket.aside
    if in_line:
        leave(hall, ticket)
    ticket.klass = event.klass
    if in_line:
        join_line(hall, ticket)


def undone(hall: Hall, event: e.Undone) -> None:
    counter = hall.counters[event.counter]
    counter.ticket = ""
    restored = [(hall.tickets[str(life["ticket"])], life) for life in event.tickets]
    for ticket, life in restored:
        _restore(hall, ticket, life)
        if ticket.counter == counter.number:
            counter.ticket = ticket.label
        else:
            _take_back_call(hall, ticket.label)
    for ticket, _ in restored:
        if ticket.state == WAITING:
            join_line(hall, ticket)
    for ticket, _ in restored:
        settle(hall, ticket)
    if event.caller:
        hall.calls_of[event.caller] -= 1
    in_hand = hall.tickets.get(counter.ticket)
    counter.since_ms = max(in_hand.called_ms, in_hand.started_ms) if in_hand else event.at_ms
    counter.ended, counter.ended_ms = event.ended, event.ended_ms
    counter.last = None
    if event.turn is not None:
        hall.lines[event.queue].turn = event.turn


def _from_json(value: object) -> object:
    return tuple([_from_json(item) for item in value]) if isinstance(value, list) else value


def _restore(hall: Hall, ticket: Ticket, life: dict[str, object]) -> None:
    if not ticket.counter and life["counter"]:  # an end taken back is no service time
        hall.lines[str(life["queue"])].pace.forget(ticket.label)
    leave(hall, ticket)
    use_quota(hall, ticket, -1)
    ticket.rev += 1
    for name in LIFE:
        if name in life:  # an older version's event has fewer
            setattr(ticket, name, _from_json(life[name]))
    use_quota(hall, ticket, 1)
    if ticket.outside:
        follow_outside(hall, ticket)
    if ticket.state == PARKED:
        _stay_parked(hall, ticket, ticket.until_ms)


def _learn(hall: Hall, ticket: Ticket, at_ms: int) -> None:
    in_hand_ms = at_ms - ticket.called_ms
    if in_hand_ms >= 0:
        hall.lines[ticket.queue].pace.served(ticket.label, in_hand_ms)


def _learn_from_call(hall: Hall, ticket: Ticket, counter: CounterState, event: e.Called) -> None:
    # Before anything changes: `counter` is as the last end left it.
    if event.act != "next":
        return
    pace = hall.lines[ticket.queue].pace
    if ticket.promised and not ticket.called_ms and ticket.queue == ticket.issued_queue:
        wait_s = (event.at_ms - ticket.issued_ms) / 1000
        pace.came_true(ticket.promised, ticket.klass, wait_s)
    if not counter.ended:
        return
    if event.joins:
        pace.paused_for(0)
        before = hall.tickets[counter.ended]
        if before.how == IMPLIED and ticket.arrived_ms < event.at_ms - _WAITED_MS:
            _learn(hall, before, event.at_ms)
    elif ticket.arrived_ms < counter.since_ms:
        pace.paused_for(event.at_ms - counter.since_ms)


def _show(hall: Hall, call: Call) -> None:
    _take_back_call(hall, call.ticket)
    hall.calls.insert(0, call)
    del hall.calls[CALLS_KEPT:]


def _take_back_call(hall: Hall, label: str) -> None:
    hall.calls = [call for call in hall.calls if call.ticket != label]
