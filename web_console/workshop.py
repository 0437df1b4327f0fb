"""The console's road to the workshop and, for what is the gateway's to do, to the gateway.

A page's thread asks and waits; the answer comes in the thread of the broker's door. What nobody
answers ends as a text that says so.
"""

import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from firmware.wire import codec, topics, words
from gateway.config import USER_CONSOLE

ANSWER = topics.of_board(USER_CONSOLE, topics.DN_ANSWER)
RECEIPT = topics.of_board(USER_CONSOLE, topics.DN_RECEIPT)
ASK_WITHIN_S = 6.0
# A retired or renamed board is answered for once the broker knows: see docs/contract.md.
ORDER_WITHIN_S = 15.0
MOST_AT_ONCE = 6
_RESEND_EVERY_S = 1.5
_FREE_WITHIN_S = 2.0


class NoAnswer(Exception):
    """Nobody answered; `why` is a key of the texts."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# None: the console closes.
_Answers = queue.SimpleQueue[dict[str, Any] | None]


class Workshop:
    """Asks over the broker: `say(topic, payload)` publishes, False if it cannot."""

    def __init__(self, say: Callable[[str, bytes], bool]) -> None:
        self._say = say
        self._waiting: dict[str, _Answers] = {}
        self._lock = threading.Lock()
        self._closed = False
        # Each who waits holds one of the pages' threads; some must stay free.
        self._places = threading.Semaphore(MOST_AT_ONCE)

    def ask(
        self, name: str, by: str = "", within_s: float = ASK_WITHIN_S, **fields: object
    ) -> dict[str, Any]:
        """Give the workshop's answer to an ask: `st` accepted or refused, and its fields.

        Raises NoAnswer when none came. Call it from a page's thread, never from the event loop.
        """
        wish = {**fields, "ask": name, **({"by": by} if by else {})}
        return self._send(topics.UP_ASK, wish, within_s, "workshop.away")

    def order(
        self, event: str, by: str = "", within_s: float = ORDER_WITHIN_S, **fields: object
    ) -> dict[str, Any]:
        """Give the gateway's receipt for what a console may ask of the hall; as `ask` does."""
        wish = {**fields, "ev": event, **({"by": by} if by else {})}
        return self._send(topics.UP_EVENT, wish, within_s, "workshop.gateway_away")

    def took(self, payload: bytes) -> None:
        """Take an answer or a receipt; one that nobody waits for (any more) is dropped."""
        try:
            got = codec.decode(payload, codec.MAX_HALL_BYTES)
        except codec.BadPayload:
            return  # who waits will be told that nothing came
        with self._lock:
            waiting = self._waiting.get(str(got.get("key")))
        if waiting is not None and got.get("st") in (words.ACCEPTED, words.REFUSED, words.LATE):
            waiting.put(got)

    def close(self) -> None:
        """Let nobody wait any longer: what is asked or was asked ends as NoAnswer."""
        with self._lock:
            self._closed = True
            for answers in self._waiting.values():
                answers.put(None)

    def _send(
        self, leaf: str, wish: Mapping[str, object], within_s: float, away: str
    ) -> dict[str, Any]:
        key = secrets.token_hex(16)
        try:
            payload = codec.encode({**wish, "key": key}, codec.MAX_CONSOLE_UP_BYTES)
        except codec.BadPayload:
            raise NoAnswer("workshop.too_long") from None
        if not self._places.acquire(timeout=_FREE_WITHIN_S):
            raise NoAnswer("workshop.busy")
        answers: _Answers = queue.SimpleQueue()
        with self._lock:
            self._waiting[key] = answers
            if self._closed:
                answers.put(None)
        try:
            topic = topics.of_board(USER_CONSOLE, leaf)
            left_s = within_s
            while left_s > 0:
                # Said again while nobody answers: the same key is done once.
                if not self._say(topic, payload):
                    raise NoAnswer("workshop.no_broker")
                try:
                    answer = answers.get(timeout=min(_RESEND_EVERY_S, left_s))
                except queue.Empty:
                    left_s -= _RESEND_EVERY_S
                    continue
                if answer is None:
                    raise NoAnswer("workshop.closing")
                return answer
            raise NoAnswer(away)
        finally:
            with self._lock:
                del self._waiting[key]
            self._places.release()
