"""The check at the entrance: the guard sees the mask, the board measures, the gateway decides."""

from firmware.core.config import LABEL_CLOSED
from firmware.core.face import LIVE
from firmware.core.ticks import NEVER
from firmware.roles.signal import GREEN, NO_FIGURE, OFF, RED, SignalRole
from firmware.wire import board_words as words
from firmware.wire.codec import read_bool
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

SHOWN_MS = 4_000
APART_MS = 150  # a reading of its own: the sensor makes about ten a second
_READINGS = const(3)
_LEAST_C = const(30)  # below or above, what was measured was no forehead
_MOST_C = const(45)
_MASK = "mask"  # the guard's keys
_NO_MASK = "no_mask"
_FAULT = "sensor_fault"
_PART = "mlx90614"


class Gate(SignalRole):
    """One visitor a press: three readings, their median, one order `screen`, one light."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        if hw.thermometer is None:
            raise ValueError("settings.json: parts.thermometer is missing, a gate needs one")
        if _MASK not in hw.buttons or _NO_MASK not in hw.buttons:
            raise ValueError("settings.json: parts.keys needs mask and no_mask, a gate has both")
        self._thermometer = hw.thermometer
        self._key = ""  # of the visitor being checked, "" for none
        self._temps_c: "list[float]" = []
        self._temp_c = 0.0
        self._readings = 0  # still to be made
        self._asked = False  # of the last visitor, and nobody has come since
        self._step_ms = NEVER  # the next reading, or the end of what is shown
        self._rest = NO_FIGURE  # on the digits, while nobody is being checked
        SignalRole.__init__(self, board, hw)
        self.troubles[_FAULT] = None

    def press(self, key: str, now_ms: int) -> None:
        """Begin with the next visitor, unless one is still being checked."""
        if self._key or key not in (_MASK, _NO_MASK):
            self._lamp(key, "flash")
            return
        self._key = key
        self._temps_c = []
        self._readings = _READINGS
        self._asked = False
        self._step_ms = now_ms
        self._lamp(key, "blink")
        self.light(OFF)
        self.digits("")
        self.display.clear(now_ms)
        self._draw(now_ms)

    def receipt(self, name: str, st: str, why: str, receipt: "Payload", now_ms: int) -> None:
        """Show what the gateway says of the visitor, unless the next one is already there."""
        if not self._asked:
            return
        self._done()
        if st != words.ACCEPTED:
            self._show(OFF, NO_FIGURE, now_ms)
            self.say_no(st, why, now_ms)
            return
        temp = "%.1f" % self._temp_c
        if read_bool(receipt, "pass"):
            self.tones(1)
            self._show(GREEN, temp, now_ms)
            self.say(temp, SHOWN_MS, now_ms)
        else:
            self.tones(3)
            self._show(RED, temp, now_ms)
            self.say(self._word("no_pass", "TUNGGU"), SHOWN_MS, now_ms)

    def failed(self, name: str, now_ms: int) -> None:
        """Say that nobody decided."""
        self._done()
        self._show(OFF, NO_FIGURE, now_ms)
        SignalRole.failed(self, name, now_ms)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give the fields of a gate board's face."""
        return {"open": read_bool(payload, "open")}

    def face(self, face: "Payload", now_ms: int) -> None:
        """Say whether anybody is let in; the keys work all the same, the gateway decides."""
        self._rest = ""
        self.display.dot(False, now_ms)
        self.display.text("" if face["open"] else self._word(LABEL_CLOSED), now_ms)
        if not self._key and self._step_ms == NEVER:
            self.digits("")
        self._draw(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """No light without a gateway."""
        self._rest = "" if status == LIVE else NO_FIGURE
        SignalRole.away(self, status, now_ms)

    def tick(self, now_ms: int) -> None:
        """Measure, or end what is shown."""
        if now_ms >= self._step_ms:
            if self._readings:
                self._measure(now_ms)
            else:
                self._show(OFF, self._rest, now_ms)
                self._step_ms = NEVER
        SignalRole.tick(self, now_ms)

    def _measure(self, now_ms: int) -> None:
        temp_c = self._thermometer.read_c()
        if temp_c is not None:
            self._temps_c.append(temp_c)
        self._readings -= 1
        self._step_ms = now_ms + APART_MS
        if self._readings:
            return
        self._step_ms = NEVER
        temps_c = self._temps_c
        temps_c.sort()
        silent = len(temps_c) < 2
        self.trouble(_FAULT, _PART if silent else None, now_ms)
        if silent:
            self._again(self._word(_FAULT, "PERIKSA SENSOR"), now_ms)
            return
        # Of two the higher: the milder error is to measure again.
        self._temp_c = round(temps_c[len(temps_c) // 2], 1)
        if not _LEAST_C <= self._temp_c <= _MOST_C:
            self._again(self._word("again", "ULANGI"), now_ms)
            return
        screen: "Payload" = {"temp_c": self._temp_c, "mask": self._key == _MASK}
        self._asked = self.board.order("screen", screen, now_ms)
        if not self._asked:
            self.failed("screen", now_ms)

    def _again(self, text: str, now_ms: int) -> None:
        self._done()
        self.tones(2)
        self._show(OFF, NO_FIGURE, now_ms)
        self.say(text, SHOWN_MS, now_ms)

    def _done(self) -> None:
        self._lamp(self._key, "off")
        self._key = ""

    def _show(self, colour: str, digits: str, now_ms: int) -> None:
        self.light(colour)
        self.digits(digits)
        self._step_ms = now_ms + SHOWN_MS

    def _word(self, word: str, default: str = "") -> str:
        return self.board.config.label(word, default)

    def _draw(self, now_ms: int) -> None:
        SignalRole._draw(self, now_ms)
        self.due_ms = min(self.due_ms, self._step_ms)


ROLE = Gate
