"""A dispenser: its level and its battery, reported at intervals, asleep in between."""

from firmware.core.level import Reporter, is_low
from firmware.core.ticks import NEVER
from firmware.roles.base import Role
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware

EVERY_S = 300  # until a config says otherwise
GREETED_WITHIN_MS = 2_000  # an awake board waits this long for its hello to be answered
CONNECTED_WITHIN_MS = 20_000  # without a link it sleeps too, or its battery is soon empty
_LOW_ALERT = "level_low"
_FAULT_ALERT = "sensor_fault"
_LOW_FILE = "level_low"  # sleep forgets whether the alert stands, flash does not


class Dispenser(Role):
    """Reports at every wake-up and, awake, on every large change; a mains one stays awake."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        if hw.level is None:
            raise ValueError("settings.json: parts.level is missing, a dispenser needs one")
        self._level = hw.level
        Role.__init__(self, board, hw)
        self._report = Reporter(EVERY_S)
        self._connected = False
        self._fault = False
        self._low = hw.store.read(_LOW_FILE) == b"1"
        self._sleep_ms = CONNECTED_WITHIN_MS if hw.power.sleeps else NEVER
        self.due_ms = self._sleep_ms
        self._level.on_change = self.changed

    def configured(self, now_ms: int) -> None:
        """Report again if the interval is new: a reading says how long it is good."""
        every_s = self.board.config.every_s or EVERY_S
        if every_s != self._report.every_s:
            self._report.every_s = every_s
            self._report.due_ms = self.due_ms = now_ms

    def link_is_up(self, now_ms: int) -> None:
        """Report at once, then sleep as soon as the gateway has answered."""
        Role.link_is_up(self, now_ms)
        self._connected = True
        self._report.due_ms = now_ms
        if self.hw.power.sleeps:
            self._sleep_ms = now_ms + GREETED_WITHIN_MS
        self.tick(now_ms)
        # Told at every connection: the broker may have forgotten.
        self.board.up.alert(_LOW_ALERT, self._low, now_ms)
        self.board.up.alert(_FAULT_ALERT, self._fault, now_ms)

    def greeted(self, st: str, why: str, now_ms: int) -> None:
        """The gateway knows that we were here."""
        if self.hw.power.sleeps:
            self._sleep_ms = now_ms
            self.due_ms = now_ms

    def changed(self, now_ms: int) -> None:
        """The sensor has noticed a change."""
        self.due_ms = now_ms

    def tick(self, now_ms: int) -> None:
        """Read, report if it is time, and sleep if nothing is left to do."""
        self.due_ms = self._sleep_ms
        if self._connected:
            self._read(now_ms)
            self.due_ms = min(self._report.due_ms, self._sleep_ms)
        if now_ms >= self._sleep_ms:
            self._sleep_ms = self.due_ms = NEVER
            self.board.rest(self._report.every_s, now_ms)

    def _read(self, now_ms: int) -> None:
        pct = self._level.read_pct()
        if (pct is None) != self._fault:
            self._fault = pct is None
            self.board.up.alert(_FAULT_ALERT, self._fault, now_ms)
        if pct is None:
            self._report.skip(now_ms)
            return
        if not self._report.is_due(pct, now_ms):
            return
        low = is_low(pct, self._low)
        if low != self._low:
            self._low = low
            self.hw.store.write(_LOW_FILE, b"1" if low else b"0")
            self.board.up.alert(_LOW_ALERT, low, now_ms)
        reading: "dict[str, object]" = {"level_pct": pct, "every_s": self._report.every_s}
        battery_mv = self.hw.battery.read_mv() if self.hw.battery else None
        if battery_mv is not None:
            reading["battery_mv"] = battery_mv
        self.board.up.reading(self._level.sensor, reading, now_ms)
        self._report.sent(pct, now_ms)


ROLE = Dispenser
