"""What happened: the events that the journal keeps for ever and `evolve` replays.

An event says all that replay needs (the number given, the place in line, the rule that chose),
so that a later version of the rules replays an old journal to the same hall. Every event starts
with `at_ms` (UTC) and `by`, the person credited ("" for nobody in particular). Tickets are named
by their label, which is unique among the tickets the hall remembers.
"""

from gateway.domain.clock_events import ClockHeld, ClockTrusted
from gateway.domain.hall_events import (
    AgencyHeld,
    BoardAdded,
    BoardReplaced,
    BoardRetired,
    BreakEnded,
    BreakStarted,
    Claimed,
    Counted,
    CounterSet,
    DayOpened,
    HelpAsked,
    HoldEnded,
    InsideCorrected,
    Leased,
    QueueClosed,
    QueueOpened,
    Rated,
    Released,
    Screened,
    SettingsChanged,
    SiteLoaded,
    Touched,
)
from gateway.domain.ticket_events import (
    AskedIn,
    Booked,
    BookingEnded,
    Called,
    Cancelled,
    CaughtUp,
    CheckedIn,
    Ended,
    Expired,
    Issued,
    Parked,
    Printed,
    Recalled,
    Reclassed,
    Started,
    Transferred,
    Undone,
    Voided,
)

Event = (
    SiteLoaded
    | DayOpened
    | BoardAdded
    | BoardReplaced
    | BoardRetired
    | Issued
    | Printed
    | Voided
    | CheckedIn
    | Called
    | Recalled
    | Started
    | Ended
    | Parked
    | Transferred
    | Cancelled
    | Expired
    | Undone
    | Reclassed
    | AskedIn
    | CaughtUp
    | Booked
    | BookingEnded
    | SettingsChanged
    | QueueClosed
    | QueueOpened
    | AgencyHeld
    | HoldEnded
    | Leased
    | CounterSet
    | BreakStarted
    | BreakEnded
    | Claimed
    | Released
    | HelpAsked
    | Rated
    | Counted
    | InsideCorrected
    | Screened
    | Touched
    | ClockHeld
    | ClockTrusted
)

__all__ = [
    "AgencyHeld",
    "AskedIn",
    "BoardAdded",
    "BoardReplaced",
    "BoardRetired",
    "Booked",
    "BookingEnded",
    "BreakEnded",
    "BreakStarted",
    "Called",
    "Cancelled",
    "CaughtUp",
    "CheckedIn",
    "Claimed",
    "ClockHeld",
    "ClockTrusted",
    "Counted",
    "CounterSet",
    "DayOpened",
    "Ended",
    "Event",
    "Expired",
    "HelpAsked",
    "HoldEnded",
    "InsideCorrected",
    "Issued",
    "Leased",
    "Parked",
    "Printed",
    "QueueClosed",
    "QueueOpened",
    "Rated",
    "Recalled",
    "Reclassed",
    "Released",
    "Screened",
    "SettingsChanged",
    "SiteLoaded",
    "Started",
    "Touched",
    "Transferred",
    "Undone",
    "Voided",
    "affected",
]


_ALL_COUNTERS = (
    SiteLoaded, SettingsChanged, DayOpened, QueueClosed, QueueOpened, AgencyHeld, HoldEnded,
)  # fmt: skip


def affected(event: Event) -> tuple[int, ...] | None:
    """Give the counters whose face an event may change; None is all of them.

    Breaks and hours change faces as well, as time passes: those are asked for at each tick.
    """
    if isinstance(event, _ALL_COUNTERS):
        return None
    number = getattr(event, "counter", None)
    if number is not None:
        return (number,)
    if isinstance(event, BreakStarted | BreakEnded):
        return None
    return ()
