"""What a hall holds of its machine's clock, as the journal has it, without being its writer."""

from dataclasses import dataclass

from gateway.config import Settings
from gateway.domain.hall import CLOCK_TRUSTED
from gateway.journal import read_events
from gateway.journal.days import read_day
from gateway.service import machine_clock
from gateway.service.timeline import Timeline


@dataclass(frozen=True, slots=True)
class ClockView:
    """Both times of a hall; all UTC ms.

    `state` is the journal's word, or else what a gateway that started now would find. `since_ms`
    is when the hall's time left the machine's, which showed `showed_ms` then; None if it has not.
    """

    zone: str
    day: str
    known_ms: int
    system_ms: int
    synced: bool | None
    state: str
    since_ms: int | None = None
    showed_ms: int | None = None


def clock_view(settings: Settings) -> ClockView | None:
    """Give what is held of the clock, or None if the hall has had no day yet; or JournalError."""
    path = settings.paths.journal
    day = read_day(path) if path.exists() else None
    if day is None:
        return None
    newest = day.events[-1]
    known_ms = _ms(newest, "system_ms" if newest["kind"] == "clock_trusted" else "at_ms")
    last = read_events(path, ("clock_held", "clock_trusted"))[-1:]
    held = next((body for body in last if body["kind"] == "clock_held"), None)
    was = str(held["state"]) if held else CLOCK_TRUSTED
    _, system_ms = machine_clock.read()
    common = (day.zone, day.day, known_ms, system_ms, machine_clock.synced())
    if held:
        return ClockView(*common, was, _ms(held, "at_ms"), _ms(held, "system_ms"))
    found = Timeline(machine_clock.read, machine_clock.synced, known_ms, was).state
    if found == CLOCK_TRUSTED:
        return ClockView(*common, found)
    return ClockView(*common, found, known_ms, system_ms)


def _ms(body: dict[str, object], name: str) -> int:
    return int(str(body[name]))
