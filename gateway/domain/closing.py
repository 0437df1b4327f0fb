"""The end of a queue's day: a supervisor closes it, and says what becomes of who waits.

A closed queue gives no more numbers until the next business day opens. Who waits is served (called
until the line is empty, after hours too), carried (keeps the number, and is first on the next
open day) or expired. Nobody in hand is touched.
"""

from collections import Counter as Tally
from collections.abc import Iterable

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import (
    BOOKED,
    CLOSINGS,
    EXPIRE,
    PARKED,
    RESERVED,
    SERVE,
    WAITING,
    Hall,
)

_UNSERVED = (WAITING, PARKED, BOOKED, RESERVED)
# What the offer calls them.
_WORDS = {WAITING: "menunggu", PARKED: "ditunda", BOOKED: "nomor awal", RESERVED: "sedang dicetak"}


def queue_close(hall: Hall, command: Command) -> Decision:
    """Close one queue, or all, for the day.

    Where nobody waits it needs no `how`. Else, without one, it is refused with the counts of those
    who wait and the three choices. A closed queue can be closed again in a sterner way, and its
    latecomers can be expired once more. To serve who waits is to be done with the others of
    earlier days: else an early number that nobody came for would be kept for ever.
    """
    prefix, how = command.queue, command.how
    if prefix and prefix not in hall.lines:
        return refuse(reasons.UNKNOWN_QUEUE)
    if how and how not in CLOSINGS:
        return refuse(reasons.BAD_PAYLOAD, "how: one of " + ", ".join(CLOSINGS) + " is needed")
    unserved = _unserved(hall, (prefix,) if prefix else hall.lines)
    if not how:
        counts = Tally(hall.tickets[one].state for all_of in unserved.values() for one in all_of)
        if counts:
            return _offer(counts)
        how = SERVE
    events: list[e.Event] = []
    for queue, labels in unserved.items():
        now = hall.lines[queue].closing
        over = _over(hall, how, labels)
        if (now and CLOSINGS.index(how) < CLOSINGS.index(now)) or (how == now and not over):
            continue
        if how != now:
            events.append(e.QueueClosed(command.at_ms, command.by, queue, how, command.reason))
        events += [e.Expired(command.at_ms, command.by, label, command.reason) for label in over]
    if not events:
        return refuse(reasons.WRONG_STATE, "sudah ditutup / closed already")
    closed = [event.queue for event in events if isinstance(event, e.QueueClosed)]
    return Decision(tuple(events), {"queues": len(closed), "how": how})


def queue_open(hall: Hall, command: Command) -> Decision:
    """Take the closing of one queue, or of all, back; who has expired stays expired."""
    prefix = command.queue
    if prefix and prefix not in hall.lines:
        return refuse(reasons.UNKNOWN_QUEUE)
    closed = [q for q, line in hall.lines.items() if line.closing and (not prefix or q == prefix)]
    if not closed:
        return refuse(reasons.WRONG_STATE)
    at_ms, by = command.at_ms, command.by
    return Decision(tuple(e.QueueOpened(at_ms, by, queue) for queue in closed))


def takes_numbers(hall: Hall, prefix: str) -> bool:
    """Tell whether a queue was not closed for the day: its hours decide."""
    return not hall.lines[prefix].closing


def takes_appointments(hall: Hall, prefix: str) -> bool:
    """Tell whether an appointment may still check in: its time was promised, so while the queue
    serves who waits, yes."""
    return hall.lines[prefix].closing in ("", SERVE)


def _unserved(hall: Hall, queues: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {prefix: [] for prefix in queues}
    for ticket in hall.tickets.values():
        if ticket.queue in found and ticket.state in _UNSERVED:
            found[ticket.queue].append(ticket.label)
    return found


def _over(hall: Hall, how: str, labels: list[str]) -> list[str]:
    # Which of a queue's unserved tickets expire when it is closed so.
    if how == EXPIRE:
        return labels
    if how != SERVE:
        return []
    day_of = hall.index.schedule.day_of
    tickets = (hall.tickets[label] for label in labels)
    return [
        ticket.label
        for ticket in tickets
        if ticket.state != WAITING
        and ticket.day < hall.day
        and not (ticket.state == PARKED and day_of(ticket.ended_ms) >= hall.day)
    ]


def _offer(counts: Tally[str]) -> Decision:
    waiting = ", ".join(f"{counts[s]} {_WORDS[s]}" for s in _UNSERVED if counts[s])
    text = (
        f"{waiting}: pilih serve (layani sampai habis), carry (dahulukan pada hari buka"
        " berikutnya) atau expire (hangus) / choose serve, carry or expire"
    )
    result: dict[str, object] = {state: counts[state] for state in _UNSERVED}
    return Decision((), {**result, "text": text}, reasons.WRONG_STATE)
