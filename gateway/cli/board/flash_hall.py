"""The hall as `loket board flash` needs it (`fleet/flash: Hall`), over the command line's ways."""

import json
import threading
from contextlib import suppress

from firmware.wire import topics, words
from gateway.cli.asking import ask_hall
from gateway.cli.workshop import workshop
from gateway.config import ConfigError, Settings
from gateway.fleet.flash.enrolment import check_receipt, enrolment
from gateway.fleet.flash.wish import FlashWish
from gateway.fleet.secrets import board_hashes, is_secret_of
from gateway.service.register_view import registered_boards

_HEARD_WITHIN_S = 2.0


class CliHall:
    """The hall of these settings, open or closed; may be used by several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()  # all share the broker's user `cli`

    def honours(self, board: str, secret: str) -> bool:
        """Tell whether the hall has this board, and this is its secret."""
        found = board_hashes(self._settings.paths).get(board)
        return found is not None and is_secret_of(secret, found)

    def enrol(self, wish: FlashWish, role: str, secret: str) -> None:
        """Make `secret` the board's only one, registering it if need be; raises FlashError."""
        board = wish.board
        with self._lock:
            known = any(entry["id"] == board for entry in registered_boards(self._settings))
            _, receipt = ask_hall(enrolment(wish, role, secret, known))
        check_receipt(receipt, wish)

    def life(self, board: str) -> int | None:
        """Give the life of which a hello was accepted, None if there is none that is ready."""
        row = self.row(board)
        boot = row.get("greeted_boot")
        return boot if row.get("state") == words.READY and isinstance(boot, int) else None

    def row(self, board: str) -> dict[str, object]:
        """Give what the open hall says of a board, {} if nothing."""
        topic = topics.hall_part("boards")
        with self._lock, suppress(ConfigError), workshop(topic) as line:
            for _, payload in line.news(_HEARD_WITHIN_S):
                for row in json.loads(payload)["boards"]:
                    if row["board"] == board:
                        return dict(row)
                return {}
        return {}

    def is_open(self) -> bool:
        """Tell whether the hall is open."""
        try:
            with self._lock, workshop():
                return True
        except ConfigError:
            return False

    def show(self, board: str) -> None:
        """Let the board show itself for a moment."""
        wish: dict[str, object] = {"ev": "board_cmd", "board": board, "cmd": words.IDENTIFY}
        with self._lock, suppress(ConfigError):
            ask_hall(wish)
