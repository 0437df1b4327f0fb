"""A workshop without a broker, and boards that speak the wire of updates by the word."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware.wire import topics
from firmware.wire.offer import offer_mac, update_key
from gateway.bus import Message
from gateway.config import Paths
from gateway.fleet.release import FileEntry, Release, ReleaseError
from gateway.workshop.firmware_plans import FirmwarePlans
from gateway.workshop.fleet import Fleet
from gateway.workshop.link_plans import LinkPlans
from gateway.workshop.program import Program
from gateway.workshop.trade import Now, Say
from gateway.workshop.updates import Updates

UTC_MS = 1_700_000_000_000
OPEN = {"queues": [{"q": "A", "open": True, "waiting": 0}], "counters": []}
SHUT: dict[str, object] = {"queues": [{"q": "A", "open": False, "waiting": 0}], "counters": []}


def release(version: str, number: int, size: int = 3_000) -> Release:
    """Give a release of two files for counter boards on chip virtual, unsigned in truth."""
    blobs = {}
    files = {}
    for path in ("firmware/main.mpy", "firmware/version.mpy"):
        data = f"{path} {version} ".encode() * (size // 30)
        sha = hashlib.sha256(data).hexdigest()
        blobs[sha] = data
        files[path] = FileEntry(sha, len(data))
    sets = {"counter/virtual": tuple(files)}
    return Release(version, number, 6, "1.26", (1, 3), "own", files, sets, {}, blobs, (b"", b""))


class Store:
    """Releases by their version."""

    def __init__(self, *found: Release) -> None:
        self.found = {r.version: r for r in found}

    def get(self, version: str) -> Release:
        if version not in self.found:
            raise ReleaseError("unsigned", "tidak ditandatangani", "is not signed")
        return self.found[version]


class ScriptedBoard:
    """A board that does what an offer says. `breaks` names the outcome of its trials."""

    def __init__(self, name: str, number: int = 3, breaks: str = "") -> None:
        self.name = name
        self.secret = secrets.token_urlsafe(18)
        self.number = number
        self.link = 0
        self.mpy = 6
        self.wired = False
        self.breaks = breaks
        self.ready = True
        self.deaf = False
        self.offers: list[dict[str, Any]] = []
        self.got: dict[str, bytes] = {}
        self.link_file: dict[str, Any] = {}
        self.last_said: dict[str, object] = {}  # which the broker keeps
        self._offer: dict[str, Any] = {}
        self._todo: list[tuple[str, int]] = []

    def say(self, leaf: str, payload: dict[str, object], retained: bool = False) -> Message:
        """Give a message of this board."""
        return Message(topics.of_board(self.name, leaf), json.dumps(payload).encode(), retained)

    def hello(self, retained: bool = False) -> list[Message]:
        """Give what it says of itself when it is up."""
        about: dict[str, object] = {
            "role": "counter", "hw": "virtual_counter", "fw": "x", "slot": "a", "mpy": self.mpy,
            "chip": "virtual", "n": self.number, "link": self.link, "wired": self.wired,
        }  # fmt: skip
        return [
            self.say(topics.UP_ABOUT, about, retained),
            self.say(
                topics.UP_STATE, {"s": "ready" if self.ready else "lost", "boot": 1}, retained
            ),
        ]

    def take(self, leaf: str, payload: dict[str, Any]) -> list[Message]:
        """Answer one message."""
        if self.deaf or not self.ready:
            return []
        if leaf == topics.DN_UPDATE:
            return self._offered(payload)
        if leaf == topics.DN_CHUNK and payload["id"] == self._offer.get("id"):
            sha, at = self._todo[0]
            if (payload["sha"], payload.get("at")) == (sha, at) and "data" in payload:
                piece = base64.b64decode(payload["data"])
                self.got[sha] = self.got.get(sha, b"")[:at] + piece
                self._todo[0] = (sha, at + len(piece))
                return self._go_on(len(piece) < 1_024)
        return []

    def ask_again(self) -> list[Message]:
        """Want once more what it waits for: an answer was lost."""
        return self._want() if self._todo and self.ready and not self.deaf else []

    def _offered(self, offer: dict[str, Any]) -> list[Message]:
        self.offers.append(offer)
        if offer["kind"] == "cancel":
            if offer["id"] != self._offer.get("id"):
                return []
            said = self._said("cancelled")
            self._offer = {}
            self._todo = []
            return said
        assert offer["mac"] == offer_mac(update_key(self.secret), self.name, offer)
        self._offer = offer
        self._todo = [(offer["sha"], 0)]
        return self._said("loading") + self._want()

    def _want(self) -> list[Message]:
        sha, at = self._todo[0]
        wish = {"id": self._offer["id"], "sha": sha, "at": at, "n": 1_024}
        return [self.say(topics.UP_WANT, wish)]

    def _go_on(self, whole: bool) -> list[Message]:
        if not whole:
            return self._said("loading") + self._want()
        sha, _ = self._todo.pop(0)
        assert hashlib.sha256(self.got[sha]).hexdigest() == sha
        if sha == self._offer["sha"] and self._offer["kind"] == "firmware":
            lines = self.got[sha].decode().splitlines()
            self._todo += [(line.split()[0], 0) for line in lines[7:-1]]
        if self._todo:
            return self._want()
        return self._said("loaded") + self._restart()

    def _restart(self) -> list[Message]:
        out = [self.say(topics.UP_STATE, {"s": "gone", "boot": 1})]
        if self.breaks:
            return [*out, *self.hello(), *self._said("rolled_back", self.breaks)]
        if self._offer["kind"] == "link":
            self.link = self._offer["number"]
            self.link_file = json.loads(self.got[self._offer["sha"]])
        else:
            self.number = self._offer["number"]
        return [*out, *self._said("trial"), *self.hello(), *self._said("committed")]

    def _said(self, st: str, why: str = "") -> list[Message]:
        named = {name: self._offer[name] for name in ("id", "kind", "number", "version")}
        got = sum(len(data) for data in self.got.values())
        said = {**named, "st": st, "got": got, "size": 9_000, "why": why}
        self.last_said = said
        return [self.say(topics.UP_UPDATE, said)]


class Hall:
    """A workshop's program with boards around it; time passes when it is told to."""

    def __init__(
        self, home: Path, boards: list[ScriptedBoard], store: Store, new_id: str = "run1"
    ) -> None:
        self.paths = Paths(home)
        self.paths.make()
        self.boards = {board.name: board for board in boards}
        self.store = store
        self.now = Now(1_000, UTC_MS)
        self.answers: list[dict[str, Any]] = []
        self.update: dict[str, Any] = {}
        self.sent: list[Say] = []
        self._asked = 0
        self.start(new_id)

    def start(self, new_id: str, line: Mapping[str, object] | None = SHUT) -> None:
        """Start the workshop, anew if it ran: what it knew is gone but for its files. `line` is
        what the broker holds of the hall's line, None for nothing."""
        fleet = Fleet()
        keys = {name: update_key(board.secret).hex() for name, board in self.boards.items()}
        self.updates = Updates(self.paths, fleet, lambda: keys, new_id)
        plans = FirmwarePlans(self.updates, fleet, self.store)
        self.program = Program([fleet, self.updates, plans, LinkPlans(self.updates, fleet)])
        for board in self.boards.values():
            for message in board.hello(retained=True):
                self.program.message(message, self.now)
            if board.last_said:
                kept = board.say(topics.UP_UPDATE, board.last_said, retained=True)
                self.program.message(kept, self.now)
        if line is not None:
            self.tell("line", line)
        rows = [{"board": name, "role": "counter"} for name in self.boards]
        self.tell("boards", {"boards": rows})

    def tell(self, part: str, content: Mapping[str, object]) -> None:
        """Say a part of the hall, as the gateway does."""
        self.program.message(
            Message(topics.hall_part(part), json.dumps(content).encode(), True), self.now
        )

    def ask(self, name: str, **fields: object) -> dict[str, Any]:
        """Ask as a console does, and give the answer."""
        self._asked += 1
        payload = {"key": f"k{self._asked}", "ask": name, **fields}
        topic = topics.of_board("console", topics.UP_ASK)
        self.program.message(Message(topic, json.dumps(payload).encode(), False), self.now)
        self.run(0)
        return next(a for a in self.answers if a["key"] == payload["key"])

    def run(self, ms: int, step_ms: int = 20) -> None:
        """Let time pass; what is said is heard at once."""
        for _ in range(ms // step_ms + 1):
            for _ in range(400):
                out = self.program.turn(self.now)
                self._hear(out)
                if not out:
                    break
            if ms and (self.now.mono_ms + step_ms) // 3_000 > self.now.mono_ms // 3_000:
                for board in self.boards.values():  # as real ones do, every 3 s
                    for message in board.ask_again():
                        self.program.message(message, self.now)
            if ms:
                self.now = Now(self.now.mono_ms + step_ms, self.now.utc_ms + step_ms)

    def states(self) -> dict[str, str]:
        """Give the state of each board as the part `update` shows it."""
        return {row["board"]: row["state"] for row in self.update["plan"]["boards"]}

    def _hear(self, out: list[Say]) -> None:
        for say in out:
            self.sent.append(say)
            payload = json.loads(say.payload)
            found = topics.split(say.topic)
            assert found is not None
            if found[1] == topics.DN_ANSWER:
                self.answers.append(payload)
            elif say.topic == topics.fleet_part("update"):
                self.update = payload
            elif found[0] in self.boards:
                assert not say.retain
                for message in self.boards[found[0]].take(found[1], payload):
                    self.program.message(message, self.now)
