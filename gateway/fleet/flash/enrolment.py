"""The console event by which a board gets its secret, and what the hall says to it."""

from collections.abc import Mapping

from firmware.wire import words
from gateway.fleet.flash.texts import flash_error
from gateway.fleet.flash.wish import FlashWish
from gateway.fleet.register_words import why_refused
from gateway.fleet.secrets import hash_secret
from gateway.fleet.update_keys import key_of


def enrolment(wish: FlashWish, role: str, secret: str, known: bool) -> dict[str, object]:
    """Give the console event that makes `secret` the only one of a board.

    One that the hall knows is another board from now on: what the former one held, such as numbers
    to give alone, is good no longer.
    """
    event: dict[str, object] = {
        "board": wish.board,
        "secret_hash": hash_secret(secret),
        "update_key": key_of(secret),
    }
    if known:
        return {"ev": "board_secret", **event}
    if wish.spare:
        event["spare"] = True
    if wish.counter is not None:
        event["counter"] = wish.counter
    return {"ev": "board_add", "role": role, **event}


def check_receipt(receipt: Mapping[str, object], wish: FlashWish) -> None:
    """Raise FlashError("refused") with the reason in words unless the hall has taken it."""
    if receipt.get("st") != words.ACCEPTED:
        why_id, why_en = why_refused(receipt, wish.board, wish.counter)
        raise flash_error("refused", board=wish.board, why_id=why_id, why_en=why_en)
