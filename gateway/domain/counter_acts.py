"""What is asked of a counter: serve, end, set aside, send on; pause and close; who sits there.

Each act reads the hall, checks the state it expects, and gives events or the reason it cannot.
"""

from collections.abc import Callable

from gateway.domain import calling, ratings, reasons, visits
from gateway.domain import events as e
from gateway.domain.calling import credit
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import CALLED, NO_SHOW, CounterState, Hall
from gateway.domain.local_time import MINUTE_MS


def recall(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Repeat the call of the ticket in hand."""
    ticket = hall.tickets[counter.ticket]
    if ticket.state != CALLED:
        return refuse(reasons.WRONG_STATE)
    by, times = credit(command, counter), ticket.times + 1
    event = e.Recalled(command.at_ms, by, counter.number, ticket.label, times)
    return Decision((event,), {"ticket": ticket.label, "times": times})


def start(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Begin to serve the called ticket."""
    if hall.tickets[counter.ticket].state != CALLED:
        return refuse(reasons.WRONG_STATE)
    event = e.Started(command.at_ms, credit(command, counter), counter.number, counter.ticket)
    return Decision((event,), {"ticket": counter.ticket})


def done(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """End the ticket in hand as served; a called one was served without a press of start."""
    services = tuple(command.services)
    if any(service not in hall.index.services for service in services):
        return refuse(reasons.BAD_PAYLOAD, "services: every one must be a service of this site")
    ticket, by = hall.tickets[counter.ticket], credit(command, counter)
    event = visits.end(hall, ticket, by, "done", command.at_ms, services=services)
    result: dict[str, object] = {"ticket": ticket.label}
    if isinstance(event, e.Transferred):
        result["queue"] = event.queue
    return Decision((event,), result)


def no_show(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """End the called ticket as one that did not come."""
    if hall.tickets[counter.ticket].state != CALLED:
        return refuse(reasons.WRONG_STATE)
    by, label = credit(command, counter), counter.ticket
    event = e.Ended(command.at_ms, by, counter.number, label, NO_SHOW, "no_show")
    return Decision((event,), {"ticket": label})


def park(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Set the ticket in hand aside, until it is asked for or for so many minutes."""
    until_ms = 0
    if command.for_min is not None:
        if command.for_min < 1:
            return refuse(reasons.BAD_PAYLOAD, "for_min: 1 or more is needed")
        until_ms = command.at_ms + command.for_min * MINUTE_MS
    by, label = credit(command, counter), counter.ticket
    event = e.Parked(command.at_ms, by, counter.number, label, until_ms)
    return Decision((event,), {"ticket": label})


def transfer(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Send the ticket in hand to wait at another queue, for another service if one is named."""
    prefix, at_ms = command.queue, command.at_ms
    if prefix not in hall.lines:
        return refuse(reasons.UNKNOWN_QUEUE)
    ticket = hall.tickets[counter.ticket]
    if prefix == ticket.queue:
        return refuse(reasons.WRONG_STATE)
    service = route = None
    if command.service:
        known = hall.index.services.get(command.service)
        if known is None or known.queue != prefix:
            return refuse(reasons.UNKNOWN_SERVICE)
        service = command.service
        route = tuple(later for later in ticket.route if later != service)
    if not visits.takes_in(hall, prefix):
        return refuse(reasons.WRONG_STATE, f"queue {prefix} is closed for today")
    if not visits.suits(hall, service or ticket.service, prefix):
        return refuse(reasons.WRONG_STATE, f"queue {prefix} is served by video")
    rank, arrived_ms, order = visits.place_in(hall, prefix, at_ms)
    event = e.Transferred(
        at_ms, credit(command, counter), counter.number, ticket.label, prefix, arrived_ms, order,
        "transfer", service, route, rank=rank,
    )  # fmt: skip
    return Decision((event,), {"ticket": ticket.label})


def pause(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Stop calling for a while; the ticket in hand is still served."""
    if not counter.open or counter.paused:
        return refuse(reasons.WRONG_STATE)
    return _set(command, counter, "paused")


def resume(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """End the counter's pause."""
    if not counter.paused:
        return refuse(reasons.WRONG_STATE)
    return _set(command, counter, "resumed")


def open_(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Open a counter that was closed by hand."""
    if counter.open:
        return refuse(reasons.WRONG_STATE)
    return _set(command, counter, "open")


def close(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Close a counter until it is opened; the ticket in hand is still served."""
    if not counter.open:
        return refuse(reasons.WRONG_STATE)
    return _set(command, counter, "closed")


def _set(command: Command, counter: CounterState, to: str) -> Decision:
    event = e.CounterSet(command.at_ms, credit(command, counter), counter.number, to)
    return Decision((event,))


def help_(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Ask for a supervisor."""
    event = e.HelpAsked(command.at_ms, credit(command, counter), counter.number)
    return Decision((event,))


def claim(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Credit this counter's presses to `by` from now on, instead of whoever claimed it before."""
    if not command.by:
        return refuse(reasons.BAD_PAYLOAD, "by: who claims the counter is missing")
    if counter.by == command.by:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.Claimed(command.at_ms, command.by, counter.number),))


def release(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Credit this counter's presses to nobody in particular."""
    if not counter.by:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.Released(command.at_ms, command.by, counter.number),))


CounterAct = Callable[[Hall, Command, CounterState], Decision]

COUNTER_ACTS: dict[str, CounterAct] = {
    "next": calling.next_,
    "reinstate": calling.reinstate,
    "call": calling.call,
    "undo": calling.undo,
    "recall": recall,
    "start": start,
    "done": done,
    "no_show": no_show,
    "park": park,
    "transfer": transfer,
    "pause": pause,
    "resume": resume,
    "open": open_,
    "close": close,
    "help": help_,
    "claim": claim,
    "release": release,
    "rate": ratings.rate,
}
# These need a ticket in hand, or are refused `no_ticket`.
NEED_TICKET = frozenset(("recall", "start", "done", "no_show", "park", "transfer"))
