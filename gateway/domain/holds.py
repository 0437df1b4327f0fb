"""An agency whose own system is down is held (*tertunda*): places kept, calls stopped.

Numbers are given as before, what is in hand goes on, and the hold lasts until somebody ends it,
over midnight too.
"""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall, Hold


def hold(hall: Hall, command: Command) -> Decision:
    """Hold an agency: nobody of its queues is called."""
    wrong = _unknown(hall, command.agency)
    if wrong is not None:
        return wrong
    if command.agency in hall.held:
        return refuse(reasons.WRONG_STATE)
    event = e.AgencyHeld(command.at_ms, command.by, command.agency, command.reason)
    return Decision((event,))


def hold_end(hall: Hall, command: Command) -> Decision:
    """Let an agency serve again."""
    wrong = _unknown(hall, command.agency)
    if wrong is not None:
        return wrong
    if command.agency not in hall.held:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.HoldEnded(command.at_ms, command.by, command.agency),))


def hold_of(hall: Hall, prefix: str) -> Hold | None:
    """Give the hold that keeps a queue from being called, if any."""
    return hall.held.get(hall.index.queues[prefix].agency)


def holds_counter(hall: Hall, number: int) -> bool:
    """Tell whether every queue that a counter serves is held."""
    return bool(hall.held) and all(
        hold_of(hall, prefix) is not None for prefix in hall.index.counters[number].queues
    )


def _unknown(hall: Hall, agency: str) -> Decision | None:
    return None if agency in hall.index.agencies else refuse(reasons.UNKNOWN_AGENCY)
