"""Numbers that were served by hand in an outage, entered afterwards."""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.classes import CLASS_TEXT, CLASSES
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import BOOKED, PARKED, RESERVED, WAITING, Hall
from gateway.domain.leases import number_in
from gateway.domain.local_time import DAY_MIN, MINUTE_MS
from gateway.domain.site import Queue
from gateway.domain.ticket_acts import free_number, label_of

_UNSERVED = (RESERVED, BOOKED, WAITING, PARKED)


def catch_up(hall: Hall, command: Command) -> Decision:
    """Enter a number that was served by hand `ago_min` ago.

    `ticket` is the number as it was written, or that of a ticket that waits here but was served
    meanwhile; without it the queue's next free number is used. A service's quota counts it, but
    does not refuse what has happened.
    """
    queue = hall.index.queues.get(command.queue)
    if queue is None:
        return refuse(reasons.UNKNOWN_QUEUE)
    refused = _wrong(hall, command, queue)
    if refused is not None:
        return refused
    at_ms = command.at_ms
    served_ms = at_ms - command.ago_min * MINUTE_MS
    day_of = hall.index.schedule.day_of
    if day_of(served_ms) < min(hall.day, day_of(at_ms)):  # the clock may have been put back
        return refuse(
            reasons.BAD_PAYLOAD, "ago_min: that was before today; an earlier day cannot be changed"
        )
    number = _written(queue, command.ticket) if command.ticket else free_number(hall, queue.prefix)
    if number is None and not command.ticket:
        return refuse(reasons.QUOTA_REACHED)
    if number is None:
        return refuse(
            reasons.BAD_PAYLOAD,
            f"ticket: a number of queue {queue.prefix} is needed,"
            f" {queue.first_number}-{queue.last_number} or {queue.lease_first}-{queue.lease_last}",
        )
    label = label_of(queue.prefix, number)
    ticket = hall.tickets.get(label)
    service, klass = command.service, command.cls
    if ticket is not None:
        if ticket.state not in _UNSERVED:
            return refuse(reasons.DUPLICATE, f"{label} is known already: it is {ticket.state}")
        service, klass = ticket.service or service, ticket.klass
    event = e.CaughtUp(
        at_ms, command.by, label, queue.prefix, number, served_ms, command.counter or 0, service,
        klass, tuple(command.services),
    )  # fmt: skip
    return Decision((event,), {"ticket": label})


def _wrong(hall: Hall, command: Command, queue: Queue) -> Decision | None:
    if command.cls not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, CLASS_TEXT)
    services = hall.index.services
    service = services.get(command.service)
    if command.service and (service is None or service.queue != queue.prefix):
        return refuse(reasons.UNKNOWN_SERVICE)
    strange = [name for name in command.services if name not in services]
    if strange:
        return refuse(reasons.BAD_PAYLOAD, f"services: {strange[0]!r} is none of this site's")
    if command.counter is not None and command.counter not in hall.counters:
        return refuse(reasons.UNKNOWN_COUNTER)
    if not 0 <= command.ago_min <= DAY_MIN:
        return refuse(reasons.BAD_PAYLOAD, f"ago_min: 0 to {DAY_MIN} minutes are needed")
    return None


def _written(queue: Queue, text: str) -> int | None:
    # People write a12 for A012.
    number = number_in(text.strip().upper().removeprefix(queue.prefix))
    online = range(queue.first_number, queue.last_number + 1)
    leased = range(queue.lease_first, queue.lease_last + 1)
    return number if number in online or number in leased else None
