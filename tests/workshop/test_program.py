"""The workshop's loop: who may ask, what each ask gets, and what is said of its state."""

import json
from typing import Any

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.config import ConfigError
from gateway.workshop.program import Program
from gateway.workshop.trade import Answerer, Ask, Heard, Later, Now, Refused, Say, answer

NOW = Now(1_000, 1_700_000_000_000)


class Echo:
    """A trade for tests: says back what it was asked, later where it is asked to."""

    def __init__(self) -> None:
        self.asks: dict[str, Answerer] = {"echo": self._echo, "later": self._later, "no": self._no}
        self.heard_all: list[Heard] = []
        self.content: dict[str, object] = {"n": 0}
        self._waiting: list[Ask] = []

    def _echo(self, ask: Ask, _now: Now) -> dict[str, object]:
        return {"said": ask.fields.get("text"), "user": ask.user, "by": ask.by}

    def _later(self, ask: Ask, _now: Now) -> dict[str, object]:
        self._waiting.append(ask)
        raise Later

    def _no(self, ask: Ask, _now: Now) -> dict[str, object]:
        raise Refused("tired", "Lelah.", "Tired.")

    def heard(self, message: Heard, now: Now) -> None:
        self.heard_all.append(message)

    def turn(self, now: Now) -> list[Say]:
        waiting, self._waiting = self._waiting, []
        return [answer(ask, {"at_ms": now.mono_ms}) for ask in waiting]

    def due_ms(self) -> int | None:
        return 5_000 if self._waiting else None

    def part(self) -> tuple[str, dict[str, object]] | None:
        return "jobs", dict(self.content)

    def close(self) -> None:
        pass


def _ask(user: str, **fields: object) -> Message:
    return Message(topics.of_board(user, topics.UP_ASK), json.dumps(fields).encode(), False)


def _answers(says: list[Say], user: str = "console") -> list[Any]:
    topic = topics.of_board(user, topics.DN_ANSWER)
    return [json.loads(say.payload) for say in says if say.topic == topic]


def test_an_ask_is_answered_to_whoever_asked_it_and_once() -> None:
    program = Program([Echo()])
    program.message(_ask("console", key="k1", ask="echo", text="halo", by="tek"), NOW)
    program.message(_ask("console", key="k1", ask="echo", text="halo", by="tek"), NOW)
    program.message(_ask("cli", key="k1", ask="echo", text="x"), NOW)
    says = program.turn(NOW)
    assert _answers(says) == [
        {"key": "k1", "st": "accepted", "said": "halo", "user": "console", "by": "tek"}
    ]
    assert _answers(says, "cli") == [
        {"key": "k1", "st": "accepted", "said": "x", "user": "cli", "by": ""}
    ]
    assert not any(say.retain for say in says if say.topic.endswith(topics.DN_ANSWER))


def test_what_cannot_be_done_is_refused_in_both_languages() -> None:
    program = Program([Echo()])
    program.message(_ask("console", key="k1", ask="no"), NOW)
    program.message(_ask("console", key="k2", ask="dance"), NOW)
    tired, unknown = _answers(program.turn(NOW))
    assert tired == {
        "key": "k1", "st": "refused", "why": "tired", "text_id": "Lelah.", "text_en": "Tired."
    }  # fmt: skip
    assert unknown["why"] == "unknown_ask"
    assert unknown["text_id"]


def test_an_answer_may_come_later() -> None:
    program = Program([Echo()])
    assert program.due_ms() is None
    program.message(_ask("console", key="k1", ask="later"), NOW)
    assert program.due_ms() == 5_000
    assert _answers(program.turn(Now(5_000, NOW.utc_ms))) == [
        {"key": "k1", "st": "accepted", "at_ms": 5_000}
    ]
    assert program.due_ms() is None


def test_boards_and_retained_messages_ask_nothing_and_garbage_ends_nothing() -> None:
    program = Program([Echo()])
    program.message(_ask("counter-01", key="k1", ask="echo"), NOW)
    asked = _ask("console", key="k1", ask="echo")
    program.message(Message(asked.topic, asked.payload, True), NOW)
    for payload in (b"", b"{", b"[]", b'{"key":1,"ask":"echo"}', b'{"ask":"echo"}', b"\xff"):
        program.message(Message(topics.of_board("console", topics.UP_ASK), payload, False), NOW)
    for topic in ("", "loket", "loket/1", "loket/1/", "loket/1/x", "loket/2/console/up/ask"):
        program.message(Message(topic, b"{}", False), NOW)
    assert _answers(program.turn(NOW)) == []


def test_trades_hear_boards_and_the_hall_apart() -> None:
    echo = Echo()
    program = Program([echo])
    program.message(Message("loket/1/counter-01/up/state", b"{}", True), NOW)
    program.message(Message("loket/1/gw/hall/boards", b"{}", True), NOW)
    assert [(h.board, h.leaf, h.retained) for h in echo.heard_all] == [
        ("counter-01", "up/state", True),
        ("", "hall/boards", True),
    ]


def test_a_part_is_said_when_it_changed_and_again_to_a_new_broker() -> None:
    echo = Echo()
    program = Program([echo])
    (first,) = program.turn(NOW)
    assert first == Say(topics.fleet_part("jobs"), b'{"n":0}', retain=True)
    assert program.turn(NOW) == []
    echo.content["n"] = 1
    assert program.turn(NOW) == [Say(topics.fleet_part("jobs"), b'{"n":1}', retain=True)]
    assert program.again() == [Say(topics.fleet_part("jobs"), b'{"n":1}', retain=True)]


def test_a_part_too_long_to_be_said_is_logged_and_ends_nothing(caplog: Any) -> None:
    echo = Echo()
    echo.content["n"] = "x" * 70_000
    assert Program([echo]).turn(NOW) == []
    assert "the workshop's part jobs cannot be shown" in caplog.text


class Disk(Echo):
    """A trade that needs a file, which may be torn or on a full disk."""

    def __init__(self) -> None:
        super().__init__()
        self.asks = {"need": self._echo}
        self.error: Exception | None = None
        self.turns = 0

    def _echo(self, ask: Ask, now: Now) -> dict[str, object]:
        if self.error is not None:
            raise self.error
        return super()._echo(ask, now)

    def heard(self, message: Heard, now: Now) -> None:
        if self.error is not None:
            raise self.error

    def turn(self, now: Now) -> list[Say]:
        self.turns += 1
        if self.error is not None:
            raise self.error
        return super().turn(now)

    def due_ms(self) -> int | None:
        return 0


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ConfigError("keys.json is torn")])
def test_a_full_disk_or_a_torn_file_is_told_and_ends_nothing(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    disk, echo = Disk(), Echo()
    program = Program([disk, echo])
    disk.error = error
    program.message(_ask("console", key="k1", ask="need"), NOW)
    program.message(Message("loket/1/counter-01/up/state", b"{}", False), NOW)
    assert len(echo.heard_all) == 1  # the others have heard it
    (told,) = _answers(program.turn(NOW))
    assert (told["st"], told["why"]) == ("refused", "failed")
    assert str(error) in told["text_en"]
    assert str(error) in told["text_id"]
    assert str(error) in caplog.text
    assert (disk.turns, program.due_ms()) == (0, NOW.mono_ms + 2_000)
    for ms in range(2_000, 2_100):  # it has its turn again, and not at once once more
        program.turn(Now(NOW.mono_ms + ms, NOW.utc_ms))
    assert (disk.turns, program.due_ms()) == (1, NOW.mono_ms + 4_000)
    disk.error = None
    program.turn(Now(NOW.mono_ms + 4_000, NOW.utc_ms))
    assert (disk.turns, program.due_ms()) == (2, 0)
