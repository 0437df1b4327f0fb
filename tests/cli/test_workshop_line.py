"""Asking the workshop from the command line."""

import json
import queue
from typing import Any

import pytest

from firmware.wire import topics
from gateway.cli import workshop
from gateway.config import USER_CLI


class _Starting:
    """A broker's client behind which a workshop starts: it hears the third of what is said."""

    def __init__(self, got: "queue.SimpleQueue[tuple[str, bytes]]") -> None:
        self.keys: list[str] = []
        self._got = got

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Say one ask."""
        self.keys.append(json.loads(payload)["key"])
        if len(self.keys) == 3:
            answer = {"key": self.keys[-1], "st": "accepted"}
            self._got.put(
                (topics.of_board(USER_CLI, topics.DN_ANSWER), json.dumps(answer).encode())
            )


def test_an_ask_is_said_again_to_a_workshop_that_starts_just_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workshop, "_AGAIN_EVERY_S", 0.01)
    line: Any = object.__new__(workshop.Line)  # no broker
    line._got = queue.SimpleQueue()
    line._client = client = _Starting(line._got)
    line._topics = (topics.of_board(USER_CLI, topics.DN_ANSWER),)
    line._later = []
    assert line.ask("update_stop")["st"] == "accepted"
    assert (len(client.keys), len(set(client.keys))) == (3, 1)  # which is done once
