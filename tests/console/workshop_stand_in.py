"""A stand-in for the workshop: publishes its parts, answers asks as it is told, keeps what it got.

It speaks over the real broker as the workshop's own user, so that the topic rules are tried too.
"""

import threading
from collections.abc import Callable
from typing import Any

from firmware.wire import topics
from gateway.config import USER_CONSOLE, USER_WORKSHOP, Paths
from gateway.fleet.people import set_password
from tests.console import fleet_samples
from tests.console.stand_in import Stage
from tests.support.tools import wait_for

PERSON = {"person": "teknisi", "password": "kabel-usb-data"}
_LOOK_EVERY_S = 0.01
_GATEWAY = topics.of_board(USER_CONSOLE, topics.UP_EVENT)

Answerer = Callable[[dict[str, Any]], dict[str, Any]]


class Refuse(Exception):
    """Raised by an answerer: refused with this `why` and these texts."""

    def __init__(self, why: str, text_id: str = "", text_en: str = "") -> None:
        super().__init__(why)
        self.fields = {"why": why, "text_id": text_id, "text_en": text_en}


class Workshop:
    """Answers what consoles ask: `answers[name](fields)`; use it in a `with` block."""

    def __init__(self, stage: Stage) -> None:
        self.client = stage.rig.client(USER_WORKSHOP)
        self.client.subscribe(topics.PREFIX + "+/" + topics.UP_ASK)
        self._gateway = stage.gateway.client
        self._gateway.subscribe(_GATEWAY)
        self.asked: list[dict[str, Any]] = []
        self.ordered: list[dict[str, Any]] = []
        self.answers: dict[str, Answerer] = {}
        self.reset()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Workshop":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for part in topics.FLEET_PARTS:
            self.client.publish_raw(topics.fleet_part(part), b"", retain=True)

    def reset(self) -> None:
        """Answer as a workshop where all is well; publish an empty one; forget what was asked."""
        nothing: Answerer = lambda fields: {}  # noqa: E731
        self.answers.clear()
        self.answers.update(
            {
                "board": lambda fields: fleet_samples.board(fields["board"]),
                "look": lambda fields: fleet_samples.look(),
                "doctor": lambda fields: fleet_samples.findings(),
                "releases": lambda fields: fleet_samples.releases(),
                "ports": lambda fields: fleet_samples.ports(),
                "site_boards": lambda fields: fleet_samples.site_boards(),
                "flash": lambda fields: {"job": "j1"},
            }
        )
        names = "log cmd release_build update_start link_start secret_start update_stop update_go"
        for name in (*names.split(), "replace", "rename", "flash_stop"):
            self.answers[name] = nothing
        self.asked.clear()
        self.ordered.clear()
        self.publish("boards", {"boards": []})
        self.publish("update", {"plan": None, "utc_ms": 1})
        self.publish("jobs", {"jobs": []})

    def publish(self, part: str, content: dict[str, Any] | bytes) -> None:
        """Publish a part of the fleet."""
        self.client.publish_raw(topics.fleet_part(part), content, retain=True)

    def say(self, board: str, text: str, utc_ms: int = 1_795_230_000_000) -> None:
        """Pass on a line of a board's log."""
        line = {"board": board, "utc_ms": utc_ms, "text": text}
        self.client.publish_raw(topics.fleet_log(board), line)

    def asks(self, name: str) -> list[dict[str, Any]]:
        """Give what was asked under this name, without the key."""
        return [ask for ask in self.asked if ask["ask"] == name]

    def wait_for_ask(self, name: str) -> dict[str, Any]:
        """Give the first ask of this name, once there is one."""
        return wait_for(lambda: self.asks(name), what=f"the ask {name}")[0]

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            for topic, fields in self.client.take():
                if topic.endswith(topics.UP_ASK):
                    self._answer(fields)
            for topic, fields in self._gateway.take():
                if topic == _GATEWAY:
                    self.ordered.append(fields)
                    self._reply(self._gateway, topics.DN_RECEIPT, fields, {"st": "accepted"})

    def _answer(self, fields: dict[str, Any]) -> None:
        answerer = self.answers.get(fields["ask"])
        if fields["ask"] != "ping":
            self.asked.append({name: v for name, v in fields.items() if name != "key"})
        try:
            if answerer is None:
                raise Refuse("unknown_ask", "Tidak dikenal.", "Unknown.")
            said = {"st": "accepted", **answerer(fields)}
        except Refuse as refused:
            said = {"st": "refused", **refused.fields}
        self._reply(self.client, topics.DN_ANSWER, fields, said)

    def _reply(self, client: Any, leaf: str, fields: dict[str, Any], said: dict[str, Any]) -> None:
        topic = topics.of_board(USER_CONSOLE, leaf)
        client.publish_raw(topic, {"key": fields["key"], **said})


def let_in(stage: Stage) -> str:
    """Give a person a password and the cookie header that a browser would send."""
    paths: Paths = stage.rig.settings.paths
    set_password(paths, PERSON["person"], PERSON["password"], "technician")
    answer = stage.post("/masuk", PERSON)
    assert answer.status == 200, answer.text
    return str(answer.headers["Set-Cookie"]).partition(";")[0]
