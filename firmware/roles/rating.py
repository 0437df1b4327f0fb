"""Four keys to rate a service with, from 1 (tidak baik) to 4 (sangat baik), and thanks."""

from firmware.core.ticks import NEVER
from firmware.roles.signal import SignalRole
from firmware.wire.codec import read_bool, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.core.board import Board
    from firmware.hal.ports import Hardware
    from firmware.roles.base import Payload

KEYS = ("score1", "score2", "score3", "score4")
THANKS_MS = 3_000
# Without a gateway the visitor of the last face is still asked for so long: he is standing there.
KEPT_MS = 90_000
_MAX_TICKET_CHARS = const(8)


class Rating(SignalRole):
    """Asks the visitor of the face's ticket; a key that is lit is one that counts."""

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        for key in KEYS:
            if key not in hw.buttons:
                raise ValueError("settings.json: parts.keys.%s is missing, a rating needs it" % key)
        self._ticket = ""  # who is asked now
        self._live = False
        self._rated = ""  # who has answered, while the gateway may still ask for him
        self._ask_until_ms = NEVER
        self._thanks_until_ms = 0  # 0: nobody is being thanked
        SignalRole.__init__(self, board, hw)

    def press(self, key: str, now_ms: int) -> None:
        """Keep the rating as a fact, say thanks; whoever is not asked gets a flash."""
        if not self._ticket or key not in KEYS:
            self._lamp(key, "flash")
            return
        rating: "Payload" = {"score": KEYS.index(key) + 1, "ticket": self._ticket}
        self.board.fact("rate", rating, now_ms)
        self._rated = self._ticket
        self._ticket = ""
        self._ask_until_ms = NEVER
        self._thanks_until_ms = now_ms + THANKS_MS
        for name in KEYS:
            self._lamp(name, "on" if name == key else "off")
        self.tones(1)
        self._stand(now_ms)
        self.say(self.board.config.label("thanks", "TERIMA KASIH"), THANKS_MS, now_ms)

    def read_face(self, payload: "Payload") -> "Payload":
        """Give {"ticket": who is asked, "" for nobody} of a rating board's face."""
        ask = read_bool(payload, "ask")
        ticket = read_str(payload, "ticket", 1 if ask else 0, _MAX_TICKET_CHARS)
        return {"ticket": ticket if ask else ""}

    def face(self, face: "Payload", now_ms: int) -> None:
        """Ask whom the face names, but nobody twice."""
        ticket = face["ticket"]
        if ticket != self._rated:
            self._rated = ""
        self._ticket = "" if self._rated else ticket
        self._ask_until_ms = NEVER
        self._live = True
        self.display.dot(False, now_ms)
        self._stand(now_ms)

    def away(self, status: str, now_ms: int) -> None:
        """Ask on for a while if somebody was being asked: what he says is kept."""
        self._live = False
        SignalRole.away(self, status, now_ms)
        if self._ticket and self._ask_until_ms == NEVER:
            self._ask_until_ms = now_ms + KEPT_MS
            self._draw(now_ms)

    def configured(self, now_ms: int) -> None:
        """The words may be new."""
        SignalRole.configured(self, now_ms)
        if self._live:
            self._stand(now_ms)

    def tick(self, now_ms: int) -> None:
        """End the thanks, and a question that nobody answered."""
        if self._thanks_until_ms and now_ms >= self._thanks_until_ms:
            self._thanks_until_ms = 0
            self._light_keys()
        if now_ms >= self._ask_until_ms:
            self._ask_until_ms = NEVER
            self._ticket = ""
            self._light_keys()
        SignalRole.tick(self, now_ms)

    def _stand(self, now_ms: int) -> None:
        ask = self.board.config.label("rate", "BERI NILAI") if self._ticket else ""
        if self._live:
            self.display.text(ask, now_ms)
        self._light_keys()
        self._draw(now_ms)

    def _light_keys(self) -> None:
        if not self._thanks_until_ms:
            for key in KEYS:
                self._lamp(key, "on" if self._ticket else "off")

    def _draw(self, now_ms: int) -> None:
        SignalRole._draw(self, now_ms)
        self.due_ms = min(self.due_ms, self._ask_until_ms, self._thanks_until_ms or NEVER)


ROLE = Rating
