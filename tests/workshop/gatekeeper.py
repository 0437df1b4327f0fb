"""A hall whose broker minds secrets: boards get in with the honoured one only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware.wire import topics
from firmware.wire.offer import update_key
from gateway.bus import Message
from gateway.fleet.secrets import change_board_hashes, hash_secret
from gateway.fleet.update_keys import change_update_keys, key_of, update_keys
from gateway.workshop.fleet import Fleet
from gateway.workshop.moves import Moves
from gateway.workshop.program import Program
from gateway.workshop.secret_plans import SecretPlans
from gateway.workshop.trade import Say
from gateway.workshop.updates import Updates
from gateway.workshop.wishes import Wishes
from tests.workshop.scripted import SHUT, Hall, ScriptedBoard, Store

MINUTE_MS = 60_000


class Trialist(ScriptedBoard):
    """A board that puts a link file on trial for 120 s, and keeps what got it in.

    `reaches` False: it never gets a hello accepted in a trial; `stays` True: it does not say what
    became of it, nor anything else, until it is False.
    """

    def __init__(self, name: str, spare: bool = False, role: str = "counter") -> None:
        super().__init__(name)
        self.row: dict[str, Any] = {"board": name, "role": role, "counter": None if spare else 1}
        self.row["spare"] = spare
        self.reaches = True
        self.stays = False
        self.trial: dict[str, Any] = {}
        self.word: list[Message] = []
        self.on_trial_ms = 0
        self.inside = True
        self.before = (self.name, self.secret)

    def _restart(self) -> list[Message]:
        out = [self.say(topics.UP_STATE, {"s": "gone", "boot": 1})]
        self.trial = json.loads(self.got[self._offer["sha"]])
        self.before = (self.name, self.secret)
        self.name = self.trial.get("id", self.name)
        self.secret = self.trial.get("secret", self.secret)
        self.ready = self.inside = False
        self.on_trial_ms = 0
        return out

    def live(self, honoured: dict[str, str], passed_ms: int) -> list[Message]:
        """Let time pass: connect if the broker lets it, judge the trial."""
        if self.stays:
            return []
        self.on_trial_ms += passed_ms
        gets_in = honoured.get(self.name) == self.secret
        if self.trial and self.reaches and gets_in:
            self.link = self._offer["number"]
            self.trial = {}
            self.ready = self.inside = True
            return [*self.hello(), *self._said("committed")]
        if self.trial and self.on_trial_ms > 120_000:
            self.name, self.secret = self.before
            self.trial = {}
            self.word = self._said("rolled_back", "no_hello")
            gets_in = honoured.get(self.name) == self.secret
        if self.trial or self.inside or not gets_in:
            return []
        self.ready = self.inside = True
        said, self.word = [*self.hello(), *self.word], []
        return said


class Guarded(Hall):
    """The hall. `secrets` are the secrets that the broker honours, by user."""

    def __init__(self, home: Path, *boards: Trialist) -> None:
        self.devices = boards
        self.honoured = {board.name: board.secret for board in boards}
        self.by_hash: dict[str, str] = {}
        self.rows = {board.name: board.row for board in boards}
        self.wishes: list[dict[str, Any]] = []
        self.gateway_is_up = True
        # As newer brokers do; of older ones only `addresses` (board -> its own) are told.
        self.tells_refused = True
        self.addresses: dict[str, str] = {}
        self.refused: dict[str, int] = {}  # when last
        self.answered: dict[str, dict[str, Any]] = {}
        self.retained: dict[str, Message] = {}  # what the broker holds of up/update
        super().__init__(home, list(boards), Store())

    def start(self, new_id: str, line: Mapping[str, object] | None = SHUT) -> None:
        """Start the workshop, anew if it ran."""
        if not self.by_hash:
            for board in self.devices:
                self._keep(board.name, hash_secret(board.secret), key_of(board.secret))
        fleet, wishes = Fleet(), Wishes()
        self.updates = Updates(self.paths, fleet, lambda: update_keys(self.paths), new_id)
        self.secrets = SecretPlans(self.paths, self.updates, fleet, wishes)
        self.moves = Moves(self.paths, self.updates, fleet, wishes)
        self.program = Program([fleet, self.updates, self.secrets, self.moves, wishes])
        for board in self.devices:
            if board.inside:
                for message in board.hello(retained=True):
                    self.program.message(message, self.now)
        for message in self.retained.values():
            self.program.message(message, self.now)
        if line is not None:
            self.tell("line", line)
        self._register()

    def pass_s(self, seconds: int) -> None:
        """Let time pass for all."""
        for _ in range(seconds):
            self.run(999, step_ms=1_000)  # one step
            for board in self.devices:
                self._say(board.live(self.honoured, 1_000))
            if self.tells_refused and self.now.mono_ms // 1_000 % 5 == 0:
                self._look_who_knocks()
            if self.now.mono_ms // 1_000 % 30 == 0:
                for board in self.devices:
                    if board.inside and not board.stays:
                        self._say([board.say(topics.UP_HEALTH, {"boot": 1, "t_ms": 1})])

    def _look_who_knocks(self) -> None:
        for board in self.devices:
            if not (board.inside or board.stays) and self.honoured.get(board.name) != board.secret:
                who = self.addresses.get(board.name, board.name)
                self.refused[who] = self.now.utc_ms
        if self.refused:
            self._register()

    def _say(self, messages: list[Message]) -> None:
        self.boards = {board.name: board for board in self.devices}
        for message in messages:
            if message.topic.endswith(topics.UP_UPDATE):
                self.retained[message.topic] = Message(message.topic, message.payload, True)
            self.program.message(message, self.now)

    def _hear(self, out: list[Say]) -> None:
        rest = []
        for say in out:
            if say.topic == topics.of_board("workshop", topics.UP_EVENT):
                self._wish(json.loads(say.payload))
            else:
                rest.append(say)
        super()._hear(rest)

    def _wish(self, wish: dict[str, Any]) -> None:
        if not self.gateway_is_up:
            return
        receipt = self.answered.get(wish["key"])
        if receipt is None:
            receipt = {"key": wish["key"], **self._obey(wish)}
            self.answered[wish["key"]] = receipt
        topic = topics.of_board("workshop", topics.DN_RECEIPT)
        self.program.message(Message(topic, json.dumps(receipt).encode(), False), self.now)

    def _obey(self, wish: dict[str, Any]) -> dict[str, Any]:
        self.wishes.append(wish)
        board = wish["board"]
        if wish["ev"] == "board_add":
            if board in self.rows:
                return {"st": "refused", "why": "duplicate"}
            wanted = {name: wish.get(name) for name in ("board", "role", "counter", "spare")}
            self.rows[board] = wanted
        elif board not in self.rows:
            return {"st": "refused", "why": "unknown_board"}
        if wish["ev"] == "board_retire":
            del self.rows[board]
            self.honoured.pop(board, None)
            change_board_hashes(self.paths, lambda h: h.pop(board))
        else:
            self._keep(board, wish["secret_hash"], wish.get("update_key", ""))
        self._register()
        for device in self.devices:
            if device.inside and self.honoured.get(device.name) != device.secret:
                device.inside = device.ready = False
                self._say([device.say(topics.UP_STATE, {"s": "lost", "boot": 1})])
        return {"st": "accepted"}

    def _keep(self, board: str, secret_hash: str, key: str) -> None:
        change_board_hashes(self.paths, lambda h: h.__setitem__(board, secret_hash))
        change_update_keys(self.paths, lambda k: k.__setitem__(board, key))
        self.by_hash[secret_hash] = key
        # The secret itself is known to boards and to the workshop's files only: found by its key.
        self.honoured[board] = self._secret_of(key)

    def _secret_of(self, key: str) -> str:
        known = [board.secret for board in self.devices]
        known += [board.before[1] for board in self.devices]
        for file in ("rotations", "moves"):
            path = self.paths.workshop / f"{file}.json"
            if path.exists():
                for one in json.loads(path.read_text())[file]:
                    known.append(one.get("new_secret") or one.get("secret"))
        return next(secret for secret in known if update_key(secret).hex() == key)

    def _register(self) -> None:
        refused = [{"who": who, "n": 1, "last_ms": ms} for who, ms in self.refused.items()]
        rows = [
            {**row, "addresses": ["192.0.2.99", *self.addresses.get(board, "").split()]}
            for board, row in self.rows.items()
        ]
        self.tell("boards", {"boards": rows, "refused": refused})
