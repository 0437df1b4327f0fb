"""What the hall's own pins must know of the hall, as last heard from the broker. Pure."""

from dataclasses import dataclass

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload

_SILENCE_MS = words.BEAT_EVERY_MS * words.BEATS_MISSED
_LINE = topics.hall_part("line")
SUBSCRIPTIONS = (topics.GW_STATE, topics.GW_BEAT, _LINE)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as displays show it; `times` grows with each recall."""

    ticket: str
    counter: int
    times: int


class Watch:
    """The gateway's life and the line, from `SUBSCRIPTIONS`.

    Times are milliseconds of any clock that never steps back.
    """

    def __init__(self) -> None:
        self.calls: tuple[Call, ...] = ()  # newest first
        self.on_break = False  # the whole site
        self.help = False
        self._broker = False
        self._gateway = ""
        self._epoch: int | None = None
        self._alive_ms = 0
        self._line: tuple[int, int] | None = None  # epoch, rev
        self._new: list[Call] = []

    def broker(self, up: bool) -> None:
        """Take whether there is a connection; without one all that was heard is forgotten."""
        if not up:
            self._gateway, self._epoch, self._line = "", None, None
            self._new.clear()
        self._broker = up

    def heard(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Take one message; raise BadPayload for one that is wrong, which changes nothing."""
        if topic == topics.GW_STATE:
            self._heard_state(codec.decode(payload, codec.MAX_DOWN_BYTES), now_ms)
        elif topic == topics.GW_BEAT:
            got = codec.decode(payload, codec.MAX_DOWN_BYTES)
            if codec.read_int(got, "epoch", 0, codec.MAX_INT) == self._epoch:
                self._alive_ms = now_ms
        elif topic == _LINE:
            self._heard_line(codec.decode(payload, codec.MAX_HALL_BYTES))

    def live(self, now_ms: int) -> bool:
        """Tell whether the hall is ready: gateway alive, its beats coming, its line known."""
        return (
            self._broker
            and self._gateway == words.READY
            and self._line is not None
            and self._line[0] == self._epoch
            and now_ms - self._alive_ms < _SILENCE_MS
        )

    def take_new_calls(self) -> list[Call]:
        """Give the calls and recalls since the last time, oldest first.

        What the first line after connecting says is not new: it may have been called long ago.
        """
        new, self._new = self._new, []
        return new

    def _heard_state(self, got: dict[str, object], now_ms: int) -> None:
        state = codec.read_choice(got, "s", words.GATEWAY_STATES)
        if state == words.READY:
            self._epoch = codec.read_int(got, "epoch", 0, codec.MAX_INT)
            # It may be an old word that the broker kept: beats must follow.
            self._alive_ms = now_ms
        self._gateway = state

    def _heard_line(self, got: dict[str, object]) -> None:
        at = (
            codec.read_int(got, "epoch", 0, codec.MAX_INT),
            codec.read_int(got, "rev", 0, codec.MAX_INT),
        )
        calls = tuple(_call(entry) for entry in _entries(got, "calls"))
        helps = any(notice.get("code") == "help" for notice in _entries(got, "notices"))
        known = self._line
        if known is not None and known[0] == at[0] and at[1] < known[1]:
            return  # rule 3 of the contract: an older revision is ignored
        if known is not None:
            self._new += [call for call in reversed(calls) if call not in self.calls]
        self._line = at
        self.calls = calls
        self.on_break = got.get("break") is not None
        self.help = helps


def _entries(got: dict[str, object], name: str) -> list[dict[str, object]]:
    found = got.get(name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadPayload(name, "a list of objects is needed")
    return found


def _call(entry: dict[str, object]) -> Call:
    return Call(
        codec.read_str(entry, "ticket", 1, 32),
        codec.read_int(entry, "counter", 0, codec.MAX_INT),
        codec.read_int(entry, "times", 0, codec.MAX_INT),
    )
