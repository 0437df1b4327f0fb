"""What the workshop asks of the gateway, as consoles do: sent until there is a receipt."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from firmware.wire import codec, topics, words
from gateway.config import USER_WORKSHOP
from gateway.workshop.trade import Heard, Now, Quiet, Say

_log = logging.getLogger(__name__)

# The broker has up to 5 s to honour a change; the same key is never obeyed twice.
_AGAIN_EVERY_MS = 2_000
Receipt = dict[str, object]


@dataclass(slots=True)
class _Wish:
    payload: bytes
    done: Callable[[Receipt], None]
    due_ms: int = 0


class Wishes(Quiet):
    """A trade of its own: others hand their wishes to it."""

    def __init__(self) -> None:
        self.asks = {}
        self._open: dict[str, _Wish] = {}

    def send(self, event: dict[str, object], done: Callable[[Receipt], None]) -> None:
        """Ask for a console's event; `done` is called with the receipt, once, in a later turn."""
        key = secrets.token_hex(16)
        payload = codec.encode({**event, "key": key}, codec.MAX_CONSOLE_UP_BYTES)
        self._open[key] = _Wish(payload, done)

    def heard(self, message: Heard, now: Now) -> None:
        """Take the gateway's receipts."""
        if (message.board, message.leaf) != (USER_WORKSHOP, topics.DN_RECEIPT):
            return
        receipt = codec.decode(message.payload, codec.MAX_DOWN_BYTES)
        wish = self._open.pop(str(receipt.get("key")), None)
        if wish is None:
            return
        if receipt.get("st") != words.ACCEPTED:
            _log.warning("the gateway refuses a wish: %s", receipt)
        wish.done(receipt)

    def turn(self, now: Now) -> list[Say]:
        """Send what is new, and what has no receipt yet once more."""
        out = []
        for wish in self._open.values():
            if now.mono_ms >= wish.due_ms:
                wish.due_ms = now.mono_ms + _AGAIN_EVERY_MS
                out.append(Say(topics.of_board(USER_WORKSHOP, topics.UP_EVENT), wish.payload))
        return out

    def due_ms(self) -> int | None:
        """Give when something is to be sent."""
        return min((wish.due_ms for wish in self._open.values()), default=None)


def is_honoured(receipt: Receipt) -> bool:
    """Tell whether a change of secrets is accepted, and the broker is known to honour it."""
    return receipt.get("st") == words.ACCEPTED and receipt.get("honoured") is not False


def secret_wish(board: str, secret_hash: str, update_key: str, same: bool) -> dict[str, object]:
    """Give the wish that a board has another secret from now on."""
    wish: dict[str, object] = {"ev": "board_secret", "board": board, "secret_hash": secret_hash}
    if update_key:
        wish["update_key"] = update_key
    if same:
        wish["same"] = True
    return wish
