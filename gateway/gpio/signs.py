"""What lamps and the chime do in time: patterns of light, pulses of a relay. Pure."""

OFF = "off"
ON = "on"
SLOW = "slow"  # a second on, a second off
FAST = "fast"

_HALF_MS = {SLOW: 1_000, FAST: 150}

PULSE_MS = 400  # long enough for a door chime's coil, short enough not to warm it
PAUSE_MS = 800  # two calls are heard as two
MOST_PULSES = 3  # of a burst: more of them would tell nobody anything


class Lamp:
    """One lamp that is lit or dark; blinking, and a few flashes laid over what it shows."""

    def __init__(self) -> None:
        self._shown = OFF
        self._since_ms = 0
        self._flash_until_ms: int | None = None
        self._flash_since_ms = 0

    def show(self, pattern: str, now_ms: int) -> None:
        """Show OFF, ON, SLOW or FAST from now on."""
        if pattern != self._shown:
            self._shown, self._since_ms = pattern, now_ms

    def flash(self, times: int, now_ms: int) -> None:
        """Blink fast so many times, beginning and ending dark; then show what it showed."""
        self._flash_since_ms = now_ms
        self._flash_until_ms = now_ms + (2 * times + 1) * _HALF_MS[FAST]

    def lit(self, now_ms: int) -> bool:
        """Tell whether it is lit now."""
        if self._flash_until_ms is not None:
            if now_ms < self._flash_until_ms:
                return (now_ms - self._flash_since_ms) // _HALF_MS[FAST] % 2 == 1
            self._flash_until_ms = None
        half_ms = _HALF_MS.get(self._shown)
        if half_ms is None:
            return self._shown == ON
        return (now_ms - self._since_ms) // half_ms % 2 == 0


class Chime:
    """Pulses for a relay: one for each call, with a pause between, a few at most."""

    def __init__(self) -> None:
        self._began_ms: int | None = None  # the pulse that is heard, or whose pause lasts
        self._waiting = 0

    def ring(self) -> None:
        """Ask for one more pulse; of a burst only the first few are kept."""
        under_way = self._began_ms is not None
        self._waiting = min(self._waiting + 1, MOST_PULSES - under_way)

    def sounds(self, now_ms: int) -> bool:
        """Tell whether the relay is to be closed now."""
        if self._began_ms is not None and now_ms - self._began_ms >= PULSE_MS + PAUSE_MS:
            self._began_ms = None
        if self._began_ms is None:
            if not self._waiting:
                return False
            self._waiting -= 1
            self._began_ms = now_ms
        return now_ms - self._began_ms < PULSE_MS
