"""One order of the all-stop key on its way: sent again until its receipt, or given up. Pure."""

from collections.abc import Callable

from firmware.wire import codec, words

RESEND_MS = 1_000
GIVE_UP_MS = 5_000  # rule 1 of the contract: orders perish
# Who asks, for the journal. A colon is in no person's id, so that no person is meant.
BY = "key:all_stop"
# Displays show it: it is for visitors.
REASON = "Pelayanan dihentikan sementara"


class Order:
    """At most one order under way; a second one meanwhile is dropped."""

    def __init__(self, new_key: Callable[[], str]) -> None:
        """`new_key` gives what makes an order unlike all others, at most 64 characters."""
        self._new_key = new_key
        self._event: dict[str, object] | None = None
        self._born_ms = 0
        self._send_ms = 0
        self._failed = ""

    def begin(self, on_break: bool, now_ms: int) -> None:
        """Order the site's break, or its end where one is on."""
        if self._event is not None:
            return
        event: dict[str, object] = {"key": self._new_key(), "by": BY}
        if on_break:
            event["ev"] = "break_end"
        else:
            event.update(ev="break_start", reason=REASON)
        self._event = event
        self._born_ms = self._send_ms = now_ms

    def receipt(self, payload: bytes) -> None:
        """Take a receipt; one of another order is passed over. BadPayload: it is none at all."""
        got = codec.decode(payload, codec.MAX_DOWN_BYTES)
        if self._event is None or got.get("key") != self._event["key"]:
            return
        st = codec.read_choice(got, "st", (words.ACCEPTED, words.LATE, words.REFUSED))
        if st != words.ACCEPTED:
            self._failed = f"{self._event['ev']} was refused: {got.get('why', st)}"
        self._event = None

    def due(self, now_ms: int) -> dict[str, object] | None:
        """Give the event that is to be sent now, if any."""
        if self._event is None:
            return None
        age_ms = now_ms - self._born_ms
        if age_ms >= GIVE_UP_MS:
            self._failed = f"{self._event['ev']} had no answer for {GIVE_UP_MS // 1_000} s"
            self._event = None
            return None
        if now_ms < self._send_ms:
            return None
        self._send_ms = now_ms + RESEND_MS
        return {**self._event, "age_ms": age_ms}

    def fail(self, why: str) -> None:
        """Note that an order could not even be made."""
        self._failed = why

    def take_failure(self) -> str:
        """Give, once, why the last order came to nothing; "" if none did."""
        failed, self._failed = self._failed, ""
        return failed
