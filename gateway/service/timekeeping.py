"""Between the hall's time and its journal: what is found out is kept, what is accepted obeyed."""

import logging
from datetime import UTC, datetime

from gateway.domain.hall import CLOCK_TRUSTED
from gateway.service import machine_clock
from gateway.service.timeline import Timeline
from gateway.service.writer import Writer

_log = logging.getLogger(__name__)


def start_clock(writer: Writer) -> Timeline:
    """Give the hall's time as it goes on from the journal of a writer that was just opened."""
    hall = writer.hall
    clock = Timeline(machine_clock.read, machine_clock.synced, hall.known_ms, hall.clock)
    _, utc_ms = clock.now()
    record_clock(clock, writer, utc_ms)
    return clock


def record_clock(clock: Timeline, writer: Writer, utc_ms: int) -> None:
    """Put into the journal what changed about the machine's clock; before all else of a turn."""
    writer.system_ms = clock.system_ms
    step = clock.take_step()
    if step is not None:
        _log.warning("the hall's time: %s, then %s", _utc(step.before_ms), _utc(step.after_ms))
        writer.clock(CLOCK_TRUSTED, step.before_ms, step.after_ms)
    if clock.state != writer.hall.clock:
        if clock.state == CLOCK_TRUSTED:
            _log.info("the machine's clock is believed again")
        else:
            _log.error(
                "the machine's clock is %s: it shows %s, the hall goes on from %s",
                clock.state,
                _utc(clock.system_ms),
                _utc(utc_ms),
            )
        writer.clock(clock.state, utc_ms, clock.system_ms)


def obey_trust(clock: Timeline, writer: Writer, utc_ms: int) -> int:
    """Give the time of what follows a message: another, if a person trusts the clock in it."""
    if clock.state == writer.hall.clock:
        return utc_ms
    utc_ms = clock.accept()
    clock.take_step()  # it is in the journal, with who said so
    return utc_ms


def clock_part(clock: Timeline, utc_ms: int) -> dict[str, object] | None:
    """Give what people are shown of a clock that is not believed; None while it is."""
    if clock.state == CLOCK_TRUSTED:
        return None
    return {
        "state": clock.state,
        "since_ms": clock.since_ms,
        "system_ms": clock.system_ms,
        "held_ms": utc_ms,
    }


def _utc(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat()
