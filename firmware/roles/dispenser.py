"""A dispenser: its level, its doses and its battery, reported at intervals, asleep in between."""

from firmware.core.doses import Memory
from firmware.core.level import POINTS, Gauge, Reporter, is_battery_low, is_low
from firmware.core.ticks import NEVER
from firmware.roles.base import Role
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

DOSE = "dose"
EVERY_S = 300  # until a config says otherwise
GREETED_WITHIN_MS = 2_000  # an awake board waits this long for its hello to be answered
CONNECTED_WITHIN_MS = 20_000  # without a link it sleeps too, or its battery is soon empty
LOOK_MS = 30_000  # so often a board on the mains reads a sensor that notices nothing by itself
STAY_MS = 60_000  # an order to a battery board: somebody works on it
_NAP_S = const(5)  # a sleep shorter than that spares nothing
_LOW = "level_low"
_FAULT = "sensor_fault"
_BATTERY = "battery_low"


class Dispenser(Role):
    """Reports at every wake-up and, awake, on every large change; a mains one stays awake.

    A dose that wakes the board is counted, and the sleep goes on without connecting.
    """

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        if hw.level is None:
            raise ValueError("settings.json: parts.level is missing, a dispenser needs one")
        Role.__init__(self, board, hw)
        self._level = hw.level
        self._memory = Memory(hw.store, hw.power)
        self._gauge = Gauge(hw.level, hw.store, self._memory.pct, self._memory.fault)
        self._report = Reporter(EVERY_S)
        self._connected = False
        self._look_ms = NEVER
        self._stay_ms = 0
        self._sleep_ms = CONNECTED_WITHIN_MS if hw.power.sleeps else NEVER
        self._woken = hw.power.woken_by_key() and DOSE in hw.buttons
        self.due_ms = 0 if self._woken else self._sleep_ms
        self.troubles[_LOW] = "" if self._memory.level_low else None
        self.troubles[_FAULT] = self._gauge.fault
        if hw.battery:
            self.troubles[_BATTERY] = "" if self._memory.battery_low else None
        hw.level.on_change = self.changed

    def press(self, key: str, now_ms: int) -> None:
        """Count a dose."""
        if key == DOSE:
            self._dosed()
            self.due_ms = now_ms

    def configured(self, now_ms: int) -> None:
        """Report again if the interval is new: a reading says how long it is good."""
        every_s = self.board.config.every_s or EVERY_S
        if every_s != self._report.every_s:
            self._report.every_s = every_s
            self._report.due_ms = self.due_ms = now_ms

    def link_is_up(self, now_ms: int) -> None:
        """Report at once, then sleep as soon as the gateway has answered."""
        self._connected = True
        self._report.due_ms = self._look_ms = now_ms
        if self.hw.power.sleeps:
            self._sleep_ms = max(self._stay_ms, now_ms + GREETED_WITHIN_MS)
        self.tick(now_ms)
        Role.link_is_up(self, now_ms)

    def greeted(self, st: str, why: str, now_ms: int) -> None:
        """The gateway knows that we were here."""
        if self.hw.power.sleeps:
            self._sleep_ms = max(self._stay_ms, now_ms)
            self.due_ms = now_ms

    def identify(self, now_ms: int) -> None:
        """Somebody looks for this board."""
        self.stay(now_ms)
        Role.identify(self, now_ms)

    def command(self, name: str, arg: "Payload", now_ms: int) -> "tuple[str, str]":
        """Take what the sensor reads now for one end of the scale: `calibrate` with a `point`."""
        if name != "calibrate":
            return Role.command(self, name, arg, now_ms)
        self.stay(now_ms)
        point = arg.get("point")
        if point not in POINTS:
            return "bad_payload", "point: empty or full is needed"
        answer = self._gauge.calibrate(point)
        self._report.due_ms = self._look_ms = self.due_ms = now_ms
        return answer

    def changed(self, now_ms: int) -> None:
        """The sensor has noticed a change."""
        self._look_ms = self.due_ms = now_ms
        self.board.wake()

    def tick(self, now_ms: int) -> None:
        """Read, report if it is time, and sleep if nothing is left to do."""
        if self._woken:
            self._woken = False
            self._dosed()
            left_s = min(self._memory.due_s - self.hw.power.time_s(), self._report.every_s)
            if left_s >= _NAP_S:
                self.hw.power.sleep(left_s)
        if self._connected and now_ms >= min(self._look_ms, self._gauge.again_ms):
            self._look(now_ms)
        # While the level is in doubt nothing is said and nobody sleeps.
        doubt_ms = self._gauge.again_ms
        if self._connected and doubt_ms == NEVER:
            self._say(now_ms)
        if now_ms >= self._sleep_ms and doubt_ms == NEVER:
            self._rest(now_ms)
        self.due_ms = self._sleep_ms
        if doubt_ms != NEVER:
            self.due_ms = doubt_ms
        elif self._connected:
            self.due_ms = min(self._look_ms, self._report.due_ms, self._sleep_ms)

    def _look(self, now_ms: int) -> None:
        self._look_ms = NEVER if self.hw.power.sleeps else now_ms + LOOK_MS
        self._gauge.look(now_ms)
        self._memory.pct = self._gauge.pct
        self._memory.fault = self._gauge.fault == self._level.part
        self.trouble(_FAULT, self._gauge.fault, now_ms)

    def _say(self, now_ms: int) -> None:
        pct = self._gauge.pct
        memory = self._memory
        if not self._report.is_due(pct, memory.doses, now_ms):
            return
        reading: "Payload" = {"every_s": self._report.every_s}
        if pct is not None:  # without its sensor doses and battery still count
            reading["level_pct"] = pct
            memory.level_low = is_low(pct, memory.level_low)
        if DOSE in self.hw.buttons:
            reading["doses"] = memory.doses
        battery = self.hw.battery
        battery_mv = battery.read_mv() if battery else None
        if battery and battery_mv is not None:
            reading["battery_mv"] = battery_mv
            memory.battery_low = is_battery_low(battery_mv, battery.low_mv, memory.battery_low)
            self.trouble(_BATTERY, "" if memory.battery_low else None, now_ms)
        memory.keep()
        self.trouble(_LOW, "" if memory.level_low else None, now_ms)
        self.board.up.reading(self._level.sensor, reading, now_ms)
        self._report.sent(pct, memory.doses, now_ms)

    def _dosed(self) -> None:
        self._memory.doses += 1
        if self.hw.power.sleeps:
            self._memory.remember()  # even if it is just falling asleep

    def stay(self, now_ms: int, for_ms: int = STAY_MS) -> None:
        """Stay awake for a while: somebody is about."""
        if self.hw.power.sleeps:
            self._stay_ms = max(self._stay_ms, now_ms + for_ms)
            self._sleep_ms = max(self._sleep_ms, self._stay_ms)

    def _rest(self, now_ms: int) -> None:
        self._sleep_ms = self._look_ms = NEVER
        self._memory.due_s = self.hw.power.time_s() + self._report.every_s
        self._memory.keep()
        self._memory.remember()
        self.board.rest(self._report.every_s, now_ms)


ROLE = Dispenser
