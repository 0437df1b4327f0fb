"""The trade of the doctor: what is wrong with a board, as the network tells it."""

from collections.abc import Callable

from firmware.wire import codec, topics
from gateway.fleet.doctor import Facts, as_dict, diagnose
from gateway.fleet.doctor.view import View
from gateway.workshop.trade import Answerer, Ask, Heard, Now, Say

_OF_BOARDS = (topics.UP_ABOUT, topics.UP_UPDATE, topics.UP_LOG)


class Diagnosis:
    """Hears the hall and answers `doctor`; says and keeps nothing of its own.

    `newest` gives the newest firmware that is there, its version and number.
    """

    def __init__(self, newest: Callable[[], tuple[str, int]]) -> None:
        self.asks: dict[str, Answerer] = {"doctor": self._doctor}
        self._newest = newest
        self._view = View()

    def heard(self, message: Heard, now: Now) -> None:
        """Keep what the hall and the boards say that a doctor may need."""
        if not message.board:
            self._view.hear(message.leaf, message.payload, now.mono_ms)
        elif message.leaf in _OF_BOARDS:
            self._view.hear_board(
                message.board, message.leaf, message.payload, now.mono_ms, message.retained
            )

    def turn(self, now: Now) -> list[Say]:
        """Nothing: it only answers."""
        return []

    def due_ms(self) -> int | None:
        """Never."""
        return None

    def part(self) -> tuple[str, dict[str, object]] | None:
        """None."""
        return None

    def close(self) -> None:
        """Nothing is under way."""

    def _doctor(self, ask: Ask, now: Now) -> dict[str, object]:
        board = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        hall = self._view.hall(now.mono_ms, now.utc_ms, newest=self._newest())
        net = self._view.board(board, now.mono_ms, now.utc_ms)
        found = diagnose(Facts(board=board, hall=hall, net=net))
        return {"findings": [as_dict(finding) for finding in found], "via": "network"}
