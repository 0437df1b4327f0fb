"""The hall's clock: the gateway's word that it is held or right, a person's that it is right."""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import CLOCK_STATES, CLOCK_TRUSTED, Hall


def clock(hall: Hall, command: Command) -> Decision:
    """Keep what the gateway found out: the clock is held, or it is right (again, or anew)."""
    state, at_ms = command.clock, command.at_ms
    if state not in CLOCK_STATES:
        return refuse(reasons.BAD_PAYLOAD, "clock: one of its states is needed")
    if state == CLOCK_TRUSTED:
        return Decision((e.ClockTrusted(at_ms, command.by, command.system_ms),))
    if state == hall.clock:
        return Decision()
    return Decision((e.ClockHeld(at_ms, command.by, state, command.system_ms),))


def clock_accept(hall: Hall, command: Command) -> Decision:
    """Believe the machine's clock because a person says that it is right."""
    if hall.clock == CLOCK_TRUSTED:
        return refuse(reasons.WRONG_STATE)
    return Decision((e.ClockTrusted(command.at_ms, command.by, command.system_ms),))
