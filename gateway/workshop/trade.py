"""What a trade of the workshop is: a part of its work, in a file of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload


class Now(NamedTuple):
    """This moment: of a clock that only goes forward, and UTC, in milliseconds."""

    mono_ms: int
    utc_ms: int


class Say(NamedTuple):
    """One message to publish, in the form that the broker's door takes."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of a board or of the hall: `board` is "" for the hall's own (`gw/...`), whose
    `leaf` is then the rest of the topic, such as `hall/boards`. `payload` is raw and unchecked."""

    board: str
    leaf: str
    rest: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """What a console or the command line asks for: `user` is its broker user, `by` the person."""

    user: str
    key: str
    name: str
    by: str
    fields: dict[str, object] = field(default_factory=dict)


class Refused(Exception):
    """An ask that cannot be done: `why` is a word, the texts are for people."""

    def __init__(self, why: str, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.why = why
        self.text_id = text_id
        self.text_en = text_en


class Later(Exception):
    """Raised by an ask whose answer comes later, by `Trade.turn` (see `answer`)."""


Answerer = Callable[[Ask, Now], dict[str, object]]


class Trade(Protocol):
    """One part of the workshop's work. Nothing here may block: what takes long has a thread."""

    # name of an ask -> what answers it: the fields of the answer; may raise Refused, Later,
    # BadPayload.
    asks: dict[str, Answerer]

    def heard(self, message: Heard, now: Now) -> None:
        """Take a message into account; may raise BadPayload, which is logged with its sender."""

    def turn(self, now: Now) -> list[Say]:
        """Do what is due, and give what is to be said."""

    def due_ms(self) -> int | None:
        """Give when (`mono_ms`) to call `turn` at the latest, None if nothing is due."""

    def part(self) -> tuple[str, dict[str, object]] | None:
        """Give (name, content) of the part of `gw/fleet` that this trade keeps, if it keeps one;
        published when it changed."""

    def close(self) -> None:
        """End what is under way, as far as it would not end by itself."""


class Quiet:
    """A trade that hears nothing, says nothing and keeps no part: others do what they have to."""

    asks: dict[str, Answerer]

    def heard(self, message: Heard, now: Now) -> None:
        """It listens to nobody."""

    def turn(self, now: Now) -> list[Say]:
        """Nothing is ever due."""
        return []

    def due_ms(self) -> int | None:
        """Nothing is ever due."""
        return None

    def part(self) -> tuple[str, dict[str, object]] | None:
        """It keeps no part."""
        return None

    def close(self) -> None:
        """Nothing is under way."""


def answer(ask: Ask, fields: dict[str, object]) -> Say:
    """Give the message that answers an ask with what was asked for."""
    return _say(ask.user, {"key": ask.key, "st": words.ACCEPTED, **fields})


def refuse(ask: Ask, refused: Refused) -> Say:
    """Give the message that tells why an ask is refused."""
    texts: dict[str, object] = {"text_id": refused.text_id, "text_en": refused.text_en}
    return _say(ask.user, {"key": ask.key, "st": words.REFUSED, "why": refused.why, **texts})


def failed(error: Exception) -> Refused:
    """Give the refusal of what could not be done here: a full disk, a torn file."""
    return Refused("failed", f"Tidak berhasil di komputer ini: {error}", f"It failed here: {error}")


def read_ask(user: str, payload: bytes) -> Ask:
    """Give what `<user>/up/ask` holds; raises BadPayload."""
    got = codec.decode(payload, codec.MAX_CONSOLE_UP_BYTES)
    key = codec.read_str(got, "key", 1, 64)
    name = codec.read_str(got, "ask", 1, 32)
    by = "" if got.get("by") is None else codec.read_str(got, "by", 0, 64)
    return Ask(user, key, name, by, got)


def _say(user: str, payload: dict[str, object]) -> Say:
    topic = topics.of_board(user, topics.DN_ANSWER)
    try:
        return Say(topic, codec.encode(payload, codec.MAX_HALL_BYTES))
    except BadPayload as error:
        short = {"key": payload["key"], "st": words.REFUSED, "why": "too_long"}
        texts = {
            "text_id": "Jawaban terlalu panjang.",
            "text_en": f"The answer is too long: {error}",
        }
        return Say(topic, codec.encode({**short, **texts}, codec.MAX_HALL_BYTES))
