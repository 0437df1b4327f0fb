"""Orders to boards whose answer is waited for: through the gateway, which knows their lives."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import USER_WORKSHOP
from gateway.workshop.trade import Ask, Heard, Now, Refused, Say, answer, refuse

_GATEWAY_WITHIN_MS = 4_000
# An order is good for 5 s; then it is not obeyed any more.
_BOARD_WITHIN_MS = words.COMMAND_TTL_MS + 3_000
_MOST = 64

# Why an order was not done -> Indonesian, English; of the gateway, or of the board.
_WHY = {
    "wrong_state": (
        "Papan tidak terhubung: periksa listrik dan jaringannya.",
        "The board is not connected: look at its power and its network.",
    ),
    "unknown_board": ("Papan ini tidak terdaftar.", "This board is not registered."),
    "no_gateway": (
        "Gateway tidak menjawab. Coba lagi sebentar.",
        "The gateway does not answer. Try again in a moment.",
    ),
    "no_answer": (
        "Papan tidak menjawab. Mungkin sedang mulai ulang; coba lagi sebentar.",
        "The board does not answer. It may be restarting; try again in a moment.",
    ),
    "unknown_command": (
        "Firmware papan ini belum mengenal perintah ini: perbarui dahulu.",
        "This board's firmware does not know this order yet: update it first.",
    ),
    "no_memory": (
        "Memori papan tidak cukup untuk ini sekarang. Mulai ulang papan, lalu coba lagi.",
        "The board has too little memory for this now. Restart it, then try again.",
    ),
    "too_many": (
        "Terlalu banyak perintah sekaligus. Tunggu sebentar.",
        "Too many orders at once. Wait a moment.",
    ),
}

# Gives the fields of the answer, from what the board said in `detail`.
Finish = Callable[[str], dict[str, object]]


@dataclass(slots=True)
class _Waiting:
    ask: Ask
    board: str
    finish: Finish
    until_ms: int
    taken: bool = False  # by the gateway


class Orders:
    """The orders that are under way."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._out: list[Say] = []

    def give(
        self, ask: Ask, board: str, cmd: str, arg: dict[str, object], finish: Finish, now: Now
    ) -> None:
        """Have the gateway order a board; the ask is answered later. Raises Refused."""
        if len(self._waiting) >= _MOST:
            raise why_not("too_many")
        key = secrets.token_hex(8)
        wish: dict[str, object] = {
            "key": key, "ev": "board_cmd", "board": board, "cmd": cmd, "by": ask.by,
            **({"arg": arg} if arg else {}),
        }  # fmt: skip
        self._waiting[key] = _Waiting(ask, board, finish, now.mono_ms + _GATEWAY_WITHIN_MS)
        topic = topics.of_board(USER_WORKSHOP, topics.UP_EVENT)
        self._out.append(Say(topic, codec.encode(wish, codec.MAX_CONSOLE_UP_BYTES)))

    def heard(self, message: Heard, now: Now) -> None:
        """Take the gateway's receipts and the boards' answers; raises BadPayload."""
        if (message.board, message.leaf) == (USER_WORKSHOP, topics.DN_RECEIPT):
            receipt = codec.decode(message.payload, codec.MAX_DOWN_BYTES)
            waiting = self._waiting.get(str(receipt.get("key")))
            if waiting is None:
                return
            if receipt.get("st") == words.ACCEPTED:
                if not waiting.taken:
                    waiting.taken = True
                    waiting.until_ms = now.mono_ms + _BOARD_WITHIN_MS
            else:
                self._refuse(str(receipt["key"]), str(receipt.get("why") or receipt.get("st")))
        elif message.leaf == topics.UP_ACK and self._waiting:
            ack = codec.decode(message.payload, codec.MAX_UP_BYTES)
            key = str(ack.get("id"))
            waiting = self._waiting.get(key)
            if waiting is None or waiting.board != message.board:
                return
            if ack.get("st") == "ok":
                del self._waiting[key]
                fields = waiting.finish(str(ack.get("detail", "")))
                self._out.append(answer(waiting.ask, fields))
            else:
                self._refuse(key, str(ack.get("code", "error"))[:64])

    def turn(self, now: Now) -> list[Say]:
        """Give what is to be said, and give up what took too long."""
        for key, waiting in list(self._waiting.items()):
            if now.mono_ms >= waiting.until_ms:
                self._refuse(key, "no_answer" if waiting.taken else "no_gateway")
        out, self._out = self._out, []
        return out

    def due_ms(self) -> int | None:
        """Give when an order is given up."""
        return min((waiting.until_ms for waiting in self._waiting.values()), default=None)

    def _refuse(self, key: str, why: str) -> None:
        self._out.append(refuse(self._waiting.pop(key).ask, why_not(why)))


def why_not(why: str) -> Refused:
    """Give the refusal of an order for a reason, in words."""
    text_id, text_en = _WHY.get(
        why, (f"Papan tidak melakukannya ({why}).", f"The board did not do it ({why}).")
    )
    return Refused(why, text_id, text_en)


def read_look(detail: str) -> dict[str, object]:
    """Give what a board says it shows: px, w, h, digits, lamps, each checked or left out."""
    try:
        # Not json's own reader: it takes halves of characters, which nothing could say again.
        said: dict[str, Any] = codec.decode(detail.encode(), codec.MAX_UP_BYTES)
    except BadPayload:
        said = {}
    look: dict[str, object] = {"px": "", "w": 0, "h": 0, "digits": "", "lamps": {}}
    w, h, px = said.get("w"), said.get("h"), said.get("px")
    if _is_size(w) and _is_size(h) and isinstance(px, str) and len(px) <= 512:
        look.update(px=px, w=w, h=h)
    if isinstance(said.get("digits"), str):
        look["digits"] = said["digits"][:16]
    lamps = said.get("lamps")
    if isinstance(lamps, dict):
        look["lamps"] = {str(name)[:16]: str(shows)[:16] for name, shows in list(lamps.items())[:8]}
    return look


def _is_size(value: object) -> bool:
    return type(value) is int and 0 < value <= 256
