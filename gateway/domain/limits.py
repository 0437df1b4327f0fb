"""Limits: quotas of services, numbers of a visitor's link, and what an officer may do."""

from gateway.domain import reasons
from gateway.domain.hall import CANCELLED, VOID, Hall
from gateway.domain.site import Service


def quota_left(hall: Hall, service: Service) -> bool:
    """Tell whether a service's quota of the day has a place left."""
    quota = service.quota_per_day
    return quota is None or hall.quota_used.get(service.id, 0) < quota


def link_used(hall: Hall, link: str, day: str) -> int:
    """Give how many numbers and appointments a visitor's link has on a day (ISO date).

    What was cancelled or never printed does not count; who was called and did not come does.
    """
    used = 0
    if day == hall.day:
        tickets = (hall.tickets[label] for label in hall.links.get(link, ()))
        used = sum(ticket.state not in (CANCELLED, VOID) for ticket in tickets)
    return used + sum(
        booking.link == link and booking.day == day and not booking.ticket
        for booking in hall.bookings.values()
    )


def is_link_full(hall: Hall, link: str, day: str) -> bool:
    """Tell whether a link may have no more numbers on this day; no link ("") is never full."""
    most = hall.site.per_link_per_day
    return bool(link) and most > 0 and link_used(hall, link, day) >= most


def link_text(hall: Hall) -> str:
    """Give what the visitor of a full link is told."""
    return f"Batas {hall.site.per_link_per_day} nomor antrean per hari sudah tercapai"


def may_serve(
    hall: Hall, person_id: str, queues: tuple[str, ...]
) -> tuple[tuple[str, ...], str | None]:
    """Give which of these queues a person may call from by `next`, and else why nobody: the
    person's tickets of the day are all called, or none of the queues is theirs.

    Who is not named, or not limited, may call from all.
    """
    person = hall.index.limited.get(person_id)
    if person is None:
        return queues, None
    if person.per_day is not None and hall.calls_of.get(person_id, 0) >= person.per_day:
        return (), reasons.LIMIT_REACHED
    if person.queues:
        queues = tuple(prefix for prefix in queues if prefix in person.queues)
    return queues, None if queues else reasons.LIMIT_REACHED
