"""What a dispenser makes of its sensors: a level in percent that can be believed, when to report,
when to warn."""

from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_DOWN_BYTES, BadPayload, decode, encode, read_number
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

REPORT_STEP_PCT = 5  # a change this large is reported at once: a refill, or a theft
REPORT_DOSES = 10
LOW_PCT = 15
CLEAR_PCT = 25  # above LOW_PCT by more than the sensor's noise, so that the alert does not flap
BATTERY_CLEAR_MV = 150  # a cell recovers by so much between two uses of the radio
SUDDEN_PCT = 20  # no dose takes so much: a hand, a bottle taken out, an echo
CONFIRM_MS = 3_000  # a hand in the way is gone by then
CALIBRATION_FILE = "calibration.json"
POINTS = ("empty", "full")
_MOST_RAW = const(100_000_000)


def level_pct(raw: "float", empty: "float", full: "float") -> "int | None":
    """Give the level in percent (0 to 100) of a sensor that reads `empty` and `full` at the
    ends; `empty` may be the larger (a distance) or the smaller (a weight).

    None if it reads more than the whole way beyond an end: the lid is open, the cell is torn off.
    """
    pct = (raw - empty) * 100 / (full - empty)
    if not -100 <= pct <= 200:
        return None
    return int(min(100, max(0, pct)) + 0.5)


def is_low(pct: int, was_low: bool) -> bool:
    """Tell whether the alert `level_low` stands: set at LOW_PCT, cleared at CLEAR_PCT."""
    return pct < CLEAR_PCT if was_low else pct <= LOW_PCT


def is_battery_low(mv: int, low_mv: int, was_low: bool) -> bool:
    """Tell whether the alert `battery_low` stands: set at `low_mv`, cleared well above."""
    return mv < low_mv + BATTERY_CLEAR_MV if was_low else mv <= low_mv


class Gauge:
    """A Level port (`level`) with its calibration, which flash (`store`) keeps.

    `pct` is the level that is believed, None if there is none; `pct` and `faulty` given are what
    was believed before a sleep. A sudden fall, or silence, must hold for two looks: `again_ms` is
    when the next one is wanted, NEVER while nothing is in doubt. `fault` names what is out of
    order.
    """

    def __init__(
        self, level: "Any", store: "Any", pct: "int | None" = None, faulty: bool = False
    ) -> None:
        self.pct = pct
        self.again_ms = NEVER
        self.fault: "str | None" = level.part if faulty else None
        self._level = level
        self._store = store
        self._ends: "dict[str, Any]" = {"empty": level.empty, "full": level.full}
        self._damaged: "str | None" = None
        kept = store.read(CALIBRATION_FILE)
        if kept:
            try:
                payload = decode(kept, MAX_DOWN_BYTES)
                ends: "dict[str, Any]" = {}
                for point in POINTS:
                    ends[point] = read_number(payload, point, -_MOST_RAW, _MOST_RAW)
                if ends["empty"] == ends["full"]:
                    raise BadPayload("full", "is the same as empty")
                self._ends = ends
            except BadPayload:
                # It measures with the ends of board.toml, and says that this wants doing again.
                self.fault = self._damaged = CALIBRATION_FILE

    def look(self, now_ms: int) -> None:
        """Read the sensor; `pct` and `fault` are what is believed then."""
        pct = self._read()
        before = self.pct
        if pct is not None and before is not None and abs(pct - before) >= SUDDEN_PCT:
            # One reading may be an echo; three are not.
            pcts = [-1 if pct is None else pct for pct in (pct, self._read(), self._read())]
            pct = sorted(pcts)[1]
            if pct < 0:
                pct = None
        if pct is None:
            in_doubt = self.fault != self._level.part
        else:
            in_doubt = before is not None and before - pct >= SUDDEN_PCT
        if in_doubt and now_ms < self.again_ms:
            if self.again_ms == NEVER:
                self.again_ms = now_ms + CONFIRM_MS
            return
        self.again_ms = NEVER
        self.pct = pct
        self.fault = self._level.part if pct is None else self._damaged

    def calibrate(self, point: str) -> "tuple[str, str]":
        """Take what the sensor reads now for one end; give (code, detail): done if `code` is
        empty, and `detail` the reading."""
        part = self._level.part
        raws = [self._level.read_raw() for _ in range(3)]
        if None in raws:
            return "no_answer", part + " does not answer"
        ends = dict(self._ends)
        ends[point] = raw = sorted(raws)[1]
        empty, full = ends["empty"], ends["full"]
        if abs(full - empty) * 10 < abs(self._level.full - self._level.empty):
            return "too_close", "empty %s, full %s: is it %s? else first the other" % (
                empty, full, point,
            )  # fmt: skip
        if not self._store.write(CALIBRATION_FILE, encode(ends, MAX_DOWN_BYTES)):
            return "flash", CALIBRATION_FILE + " could not be written"
        self._ends = ends
        self._damaged = self.fault = self.pct = None
        self.again_ms = NEVER
        return "", str(raw)

    def _read(self) -> "int | None":
        raw = self._level.read_raw()
        return None if raw is None else level_pct(raw, self._ends["empty"], self._ends["full"])


class Reporter:
    """Decides when a reading is sent: every `every_s`, and at once on a large change."""

    def __init__(self, every_s: int) -> None:
        self.every_s = every_s
        self.due_ms = 0
        self._sent_pct: "int | None" = None
        self._sent_doses = 0

    def is_due(self, pct: "int | None", doses: int, now_ms: int) -> bool:
        """Tell whether the reading `pct` (None: there is none) after so many `doses` is worth
        sending now."""
        if now_ms >= self.due_ms or doses - self._sent_doses >= REPORT_DOSES:
            return True
        if pct is None or self._sent_pct is None:
            return pct is not self._sent_pct
        return abs(pct - self._sent_pct) >= REPORT_STEP_PCT

    def sent(self, pct: "int | None", doses: int, now_ms: int) -> None:
        """Note what was sent; the next is due `every_s` later."""
        self._sent_pct = pct
        self._sent_doses = doses
        self.due_ms = now_ms + self.every_s * 1_000
