"""Ratings: whose a rating at a counter is, and whether somebody is asked for one.

One visitor gives one rating at each counter. A rating that names the ticket it was asked for may
come at any time of the business day, for it may have waited in its board.
"""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import CALLED, CounterState, Hall, Seen, Ticket
from gateway.domain.hall_acts import earlier_day


def asked(hall: Hall, counter: CounterState, at_ms: int) -> str:
    """Give the ticket whose visitor is asked for a rating at this counter, "" for nobody.

    Who is served; else, while the next one may still be on the way (`presence_s`), who was served
    just before (`rate_within_s`).
    """
    label = _whose(hall, counter, at_ms)
    return "" if not label or counter.number in hall.tickets[label].rated else label


def _whose(hall: Hall, counter: CounterState, at_ms: int) -> str:
    in_hand = hall.tickets.get(counter.ticket)
    if in_hand is not None and in_hand.called_ms > at_ms:
        in_hand = None  # the rating is older than the call
    if in_hand is not None and (
        in_hand.state != CALLED or at_ms - in_hand.called_ms >= hall.site.presence_s * 1000
    ):
        return in_hand.label
    return _just_served(hall, counter, at_ms) or (in_hand.label if in_hand is not None else "")


def _just_served(hall: Hall, counter: CounterState, at_ms: int) -> str:
    last = hall.tickets.get(counter.ended)
    if last is None or at_ms - counter.ended_ms > hall.site.rate_within_s * 1000:
        return ""
    if last.called_ms > at_ms or counter.number in last.rated:
        return ""
    return last.label if _seen(last, counter.number) is not None else ""


def _seen(ticket: Ticket, number: int) -> Seen | None:
    return next((seen for seen in ticket.seen if seen[0] == number), None)


def rate(hall: Hall, command: Command, counter: CounterState) -> Decision:
    """Bind a visitor's rating to the ticket that it names, or else to the one asked for."""
    if not 1 <= command.score <= 4:
        return refuse(reasons.BAD_PAYLOAD, "score: 1 to 4 is needed")
    label = command.ticket or asked(hall, counter, command.at_ms - command.waited_ms)
    ticket = hall.tickets.get(label)
    if ticket is None or counter.number in ticket.rated or earlier_day(hall, command):
        return refuse(reasons.NOTHING_TO_RATE)
    if counter.ticket == label:
        present = (ticket.service,) if ticket.service else ()
        seen: Seen | None = (counter.number, counter.by, ticket.queue, present)
    else:
        seen = _seen(ticket, counter.number)
    if seen is None:
        return refuse(reasons.NOTHING_TO_RATE)
    number, by, queue, services = seen
    # Credited to who served, never to who rated.
    event = e.Rated(command.at_ms, by, number, label, command.score, queue, services)
    return Decision((event,), {"ticket": label})
