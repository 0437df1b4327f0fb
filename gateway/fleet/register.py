"""The register's files: boards' hashes and the broker's passwords, as the journal says."""

import logging
from collections.abc import Callable, Iterable

from gateway.config import ConfigError, Settings
from gateway.fleet.broker_files import write_passwords
from gateway.fleet.broker_reload import signal_reload, wait_until_honoured
from gateway.fleet.secrets import board_hashes, change_board_hashes
from gateway.fleet.update_keys import change_update_keys, update_keys

_log = logging.getLogger(__name__)

_HONOURED_WITHIN_S = 5.0
# People are served without updates.
_NO_UPDATES = "what signs the updates of %s is not kept: %s"


class Register:
    """Keeps the broker's idea of who may connect in step with the journal's register."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def keep(self, board: str, secret_hash: str, update_key: str = "") -> None:
        """Keep a board's hash, and what signs its updates ("": nothing can be offered to it).

        Done before the journal has the board: a crash in between leaves a hash without a board,
        which admits nobody and is dropped at the next start.
        """
        change_board_hashes(self._settings.paths, lambda h: h.__setitem__(board, secret_hash))
        try:
            change_update_keys(
                self._settings.paths,
                lambda k: k.update({board: update_key}) if update_key else k.pop(board, None),
            )
        except ConfigError as error:
            _log.error(_NO_UPDATES, board, error)

    def apply(self, boards: Iterable[str]) -> Callable[[], bool]:
        """Write the broker's files for exactly `boards` and make a running broker read them.

        The secrets of all others are deleted: of those retired, now or before a crash.
        Gives a function that waits (5 s at most) and tells whether the broker honours them; with
        no broker running it is True at once, since the next one reads them when it starts.
        """
        registered = set(boards)
        gone = set(board_hashes(self._settings.paths)) - registered
        if gone:
            change_board_hashes(self._settings.paths, lambda h: [h.pop(board) for board in gone])
        try:
            left = set(update_keys(self._settings.paths)) - registered
            if left:
                change_update_keys(self._settings.paths, lambda k: [k.pop(board) for board in left])
        except ConfigError as error:
            _log.error(_NO_UPDATES, "any board", error)
        probe_secret = write_passwords(self._settings, registered)
        if not signal_reload(self._settings):
            return lambda: True
        return lambda: wait_until_honoured(self._settings, probe_secret, _HONOURED_WITHIN_S)
