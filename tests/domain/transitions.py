"""What each event may do to a ticket's state: a second telling of it, to hold the rules against.

docs/domain.md has the same table for people; test_docs.py compares the two.
"""

from gateway.domain import Event
from gateway.domain.hall import (
    BOOKED,
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
from gateway.domain.ticket_events import Called, CaughtUp, Ended, Issued, Printed, Undone

# Event (and what tells its cases apart) -> states before, states after.
TRANSITIONS: dict[str, tuple[set[str], set[str]]] = {
    "ticket_issued": (set(), {RESERVED, BOOKED, WAITING, EXPIRED}),
    "ticket_printed": ({RESERVED, VOID}, {WAITING, BOOKED}),
    "ticket_voided": ({RESERVED}, {VOID}),
    "ticket_checked_in": ({BOOKED, PARKED, NO_SHOW, DONE, CANCELLED, EXPIRED}, {WAITING}),
    "ticket_called by next": ({WAITING}, {CALLED}),
    "ticket_called by call": ({WAITING}, {CALLED}),
    "ticket_called by reinstate": ({PARKED, NO_SHOW, DONE, CANCELLED, EXPIRED}, {CALLED}),
    "ticket_recalled": ({CALLED}, {CALLED}),
    "ticket_started": ({CALLED}, {SERVING}),
    "ticket_ended done": ({CALLED, SERVING}, {DONE}),
    "ticket_ended implied": ({CALLED}, {DONE}),
    "ticket_ended no_show": ({CALLED}, {NO_SHOW}),
    "ticket_parked": ({CALLED, SERVING}, {PARKED}),
    "ticket_transferred": ({CALLED, SERVING}, {WAITING}),
    "ticket_cancelled": ({RESERVED, BOOKED, WAITING, PARKED}, {CANCELLED}),
    "ticket_reclassed": (
        {RESERVED, BOOKED, WAITING, PARKED},
        {RESERVED, BOOKED, WAITING, PARKED},
    ),
    "ticket_asked_in": ({WAITING}, {WAITING}),
    "ticket_caught_up": (set(), {DONE}),
    "ticket_caught_up of a known one": ({RESERVED, BOOKED, WAITING, PARKED}, {DONE}),
    "ticket_expired": ({RESERVED, BOOKED, WAITING, PARKED}, {EXPIRED}),
}


def follow(states: dict[str, str], event: Event) -> None:
    """Change `states` (by label) as the event says; AssertionError if it may not happen."""
    if isinstance(event, Undone):
        for life in event.tickets:
            states[str(life["ticket"])] = str(life["state"])
        return
    if isinstance(event, Issued) and event.day:
        assert event.state == EXPIRED, "a number of an earlier day is no ticket of today"
        return
    kind = event.kind
    if isinstance(event, CaughtUp) and event.ticket in states:
        kind += " of a known one"
    elif isinstance(event, Called):
        kind += f" by {event.act}"
    elif isinstance(event, Ended):
        kind += f" {event.how}"
    if kind not in TRANSITIONS:
        assert not kind.startswith("ticket_"), f"{kind} is no known transition"
        return
    label: str = getattr(event, "ticket", "")
    before, after = TRANSITIONS[kind]
    if before:
        assert states[label] in before, f"{kind} of {label}, which was {states[label]}"
    else:
        assert label not in states, f"{label} was given twice"
    if isinstance(event, Issued | Printed):
        assert event.state in after
        states[label] = event.state
    elif kind != "ticket_reclassed":
        (states[label],) = after
