"""The latest reading of every sensor. Pure; times are passed in.

A reading older than three times its interval is *stale*; a board that is away is another
matter, and both are shown as what they are.
"""

from dataclasses import dataclass

from firmware.wire.codec import MAX_BOOT, MAX_INT, BadPayload, read_int, read_number
from firmware.wire.words import STALE_FACTOR

FRESH = "fresh"
STALE = "stale"
AWAY = "away"
NONE = "none"

MAX_EVERY_S = 86_400
MAX_BATTERY_MV = 60_000
MAX_DOSES = 1_000_000_000
_SENSORS_MOST = 16  # of one board
_AWAY_STATES = ("lost", "gone", "never")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading; `at_ms` is its arrival (UTC ms), `every_s` how often one is due.

    `at_ms` is None for what the broker had kept from before our start: its age is unknown.
    """

    at_ms: int | None
    every_s: int
    level_pct: float | None
    battery_mv: int | None
    doses: int | None  # given since the board is where it is
    boot: int
    t_ms: int


def read_reading(payload: dict[str, object], at_ms: int | None) -> Reading:
    """Give the reading of an `up/reading` (`at_ms`: its arrival, None: unknown), or BadPayload."""
    level = payload.get("level_pct")
    battery, doses = payload.get("battery_mv"), payload.get("doses")
    return Reading(
        at_ms=at_ms,
        every_s=read_int(payload, "every_s", 1, MAX_EVERY_S),
        level_pct=None if level is None else float(read_number(payload, "level_pct", 0, 100)),
        battery_mv=None if battery is None else read_int(payload, "battery_mv", 0, MAX_BATTERY_MV),
        doses=None if doses is None else read_int(payload, "doses", 0, MAX_DOSES),
        boot=read_int(payload, "boot", 0, MAX_BOOT),
        t_ms=read_int(payload, "t_ms", 0, MAX_INT),
    )


class Readings:
    """The latest reading of each board's sensors."""

    def __init__(self) -> None:
        self._latest: dict[str, dict[str, Reading]] = {}

    def take(self, board: str, sensor: str, reading: Reading) -> None:
        """Keep a board's latest reading; BadPayload if the board has too many sensors already."""
        sensors = self._latest.setdefault(board, {})
        known = sensors.get(sensor)
        if known is None and len(sensors) >= _SENSORS_MOST:
            raise BadPayload(sensor, f"a board may have at most {_SENSORS_MOST} sensors")
        if (
            known
            and reading.at_ms is None
            and (known.boot, known.t_ms) == (reading.boot, reading.t_ms)
        ):
            return  # the broker gives again, after our own reconnect, what we heard ourselves
        sensors[sensor] = reading

    def of(self, board: str) -> dict[str, Reading]:
        """Give the board's latest readings by sensor."""
        return self._latest.get(board, {})

    def forget(self, board: str) -> None:
        """Drop the readings of a retired board."""
        self._latest.pop(board, None)


def status(reading: Reading | None, board_state: str, now_ms: int) -> str:
    """Give FRESH, STALE, AWAY (the board is not connected and not asleep) or NONE (no reading)."""
    if board_state in _AWAY_STATES:
        return AWAY
    if reading is None:
        return NONE
    if reading.at_ms is None or now_ms - reading.at_ms > STALE_FACTOR * reading.every_s * 1_000:
        return STALE
    return FRESH
