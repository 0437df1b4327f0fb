"""What boards at the door and at the desk share: light, digits and sound, each if they have it."""

from firmware.core.face import LIVE
from firmware.roles.display import DisplayRole

LIGHT = "light"  # one lamp of two colours, or a lamp for each
LIGHT_RED = "light_red"
LIGHT_GREEN = "light_green"
RED = "red"
GREEN = "green"
OFF = "off"
NO_FIGURE = "--"
TONE_MS = 120


class SignalRole(DisplayRole):
    """A role that does without any of its signals; a matrix shows words and figures."""

    needs_matrix = False

    def light(self, colour: str) -> None:
        """Show RED, GREEN or OFF."""
        self._lamp(LIGHT, colour)
        self._lamp(LIGHT_RED, "on" if colour == RED else OFF)
        self._lamp(LIGHT_GREEN, "on" if colour == GREEN else OFF)

    def digits(self, text: str) -> None:
        """Show a short text on the digits."""
        if self.hw.digits:
            self.hw.digits.show(text)

    def tones(self, n: int) -> None:
        """Give `n` short tones."""
        if self.hw.buzzer:
            self.hw.buzzer.play((TONE_MS,) * (2 * n - 1))

    def configured(self, now_ms: int) -> None:
        """Take the new brightness."""
        DisplayRole.configured(self, now_ms)
        if self.hw.digits:
            self.hw.digits.brightness(self.board.config.brightness // 2)

    def away(self, status: str, now_ms: int) -> None:
        """Take figure and light away: neither may look live. Dark is no promise to anybody."""
        self.light(OFF)
        self.digits("" if status == LIVE else NO_FIGURE)
        DisplayRole.away(self, status, now_ms)
