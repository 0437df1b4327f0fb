"""New secrets for boards over the air, in stages; what may fail on the way is in fleet/rotation."""

import json
import logging
from pathlib import Path

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import Paths
from gateway.fleet.rotation import Rotation, from_json, to_json
from gateway.fleet.secrets import board_hashes, hash_secret, new_secret, write_private
from gateway.fleet.staging import LINK, Plan, Row
from gateway.fleet.update_keys import key_of, update_keys
from gateway.workshop.change import Change, NoChange
from gateway.workshop.fleet import Fleet
from gateway.workshop.link_plans import link_change, named_boards
from gateway.workshop.trade import Ask, Heard, Now, Quiet, Say
from gateway.workshop.updates import Updates
from gateway.workshop.wishes import Receipt, Wishes, is_honoured, secret_wish

_log = logging.getLogger(__name__)

MAKER = "secret"
_STEP_EVERY_MS = 1_000
_AGAIN_AFTER_MS = 5_000  # when the broker did not follow in time
_AWAY = (words.GONE, words.LOST, words.SLEEPING)
_FILE_BYTES = 1_048_576


class SecretPlans(Quiet):
    """The ask `secret_start`, the maker of its changes, and the care for every rotation until the
    board has its secret for good, whatever became of the plan."""

    def __init__(self, paths: Paths, updates: Updates, fleet: Fleet, wishes: Wishes) -> None:
        self.asks = {"secret_start": self._start}
        self._paths = paths
        self._updates = updates
        self._fleet = fleet
        self._wishes = wishes
        self._file = paths.workshop / "rotations.json"
        self._rotations = _read(self._file)
        self._kept = self._json()
        self._asked: set[str] = set()  # boards for which a wish is under way
        self._rests: dict[str, int] = {}  # board -> when to ask again
        self._sent_away: dict[str, int] = {}  # when last, as far as it is known to rotations
        self._stepped_ms: int | None = None
        updates.makers[MAKER] = self

    def change(self, plan: Plan, row: Row) -> Change:
        """Give the board's new secret, as a change of its link settings."""
        rotation = self._rotations.get(row.board) or self._begin(row.board)
        if rotation.outcome:
            raise NoChange("busy")
        rotation.hear_offered(row.offer)
        self._keep()
        return link_change({"secret": rotation.new_secret}, row, self._fleet)

    def moved(self, plan: Plan, row: Row, now: Now) -> None:
        """What the board says itself counts, also when the plan has given it up."""

    def over(self, plan: Plan) -> None:
        """Rotations end by themselves."""

    def heard(self, message: Heard, now: Now) -> None:
        """Listen to boards whose secret changes."""
        rotation = self._rotations.get(message.board)
        if rotation is None or not message.payload:
            return
        if message.leaf == topics.UP_STATE:
            if not message.retained:
                state = codec.decode(message.payload, codec.MAX_UP_BYTES).get("s")
                # Others than the board itself may say its state: it is no proof that it is in.
                if state in _AWAY:
                    rotation.hear_gone()
        else:
            if not message.retained:
                rotation.hear_live()
            if message.leaf in (topics.UP_UPDATE, topics.UP_WANT):
                payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
                offer = str(payload.get("id"))
                if message.leaf == topics.UP_WANT:
                    rotation.hear_given(offer)
                else:
                    why = str(payload.get("why") or "")
                    rotation.hear_said(offer, str(payload.get("st")), why)
        try:
            self._keep()
        except OSError:
            # After a restart we would not know that it may have the new one.
            self._updates.look_again(message.board)
            raise

    def turn(self, now: Now) -> list[Say]:
        """Let time pass, ask the gateway for what is to be honoured, end what is over."""
        before_ms, self._stepped_ms = self._stepped_ms, now.mono_ms
        for board, rotation in list(self._rotations.items()):
            self._look_who_was_sent_away(rotation)
            rotation.step(0 if before_ms is None else now.mono_ms - before_ms)
            if rotation.is_over:
                _log.info("%s has its %s secret", board, rotation.outcome)
                del self._rotations[board]
            elif rotation.asks and self._may_ask(board, now):
                self._ask(rotation, now)
        self._keep()
        return []

    def due_ms(self) -> int | None:
        """Give when time is to be counted."""
        if not self._rotations or self._stepped_ms is None:
            return None
        return self._stepped_ms + _STEP_EVERY_MS

    # -- inside -----------------------------------------------------------------------------

    def _start(self, ask: Ask, now: Now) -> dict[str, object]:
        rows = [Row(board, 0) for board in named_boards(ask, self._fleet)]
        plan = self._updates.new_plan(ask, MAKER, LINK, "", 0, rows)
        self._updates.begin(plan)
        return {"boards": len(rows)}

    def _begin(self, board: str) -> Rotation:
        old_hash = board_hashes(self._paths).get(board)
        if old_hash is None:
            raise NoChange("unknown_board")
        secret = new_secret()
        old_key = update_keys(self._paths).get(board, "")
        rotation = Rotation(board, old_hash, old_key, secret, hash_secret(secret), key_of(secret))
        self._rotations[board] = rotation
        return rotation

    def _look_who_was_sent_away(self, rotation: Rotation) -> None:
        last_ms = self._fleet.sent_away_ms(rotation.board)
        if last_ms != self._sent_away.get(rotation.board, 0):
            self._sent_away[rotation.board] = last_ms
            if last_ms:
                rotation.hear_sent_away()

    def _may_ask(self, board: str, now: Now) -> bool:
        return board not in self._asked and now.mono_ms >= self._rests.get(board, 0)

    def _ask(self, rotation: Rotation, now: Now) -> None:
        board, which = rotation.board, rotation.asks
        if board_hashes(self._paths).get(board) not in (rotation.old_hash, rotation.new_hash):
            _log.warning("%s was given another secret, or retired: its rotation ends", board)
            del self._rotations[board]
            return

        def done(receipt: Receipt) -> None:
            self._asked.discard(board)
            if is_honoured(receipt):
                rotation.hear_honoured(which)
            elif receipt.get("st") == words.REFUSED and self._rotations.get(board) is rotation:
                del self._rotations[board]  # it is not registered any more
            else:
                self._rests[board] = now.mono_ms + _AGAIN_AFTER_MS
            self._keep()

        self._asked.add(board)
        self._wishes.send(secret_wish(board, *rotation.of(which), same=True), done)

    def _json(self) -> list[dict[str, object]]:
        return [to_json(rotation) for rotation in self._rotations.values()]

    def _keep(self) -> None:
        kept = self._json()
        if kept != self._kept:
            write_private(self._file, json.dumps({"rotations": kept}) + "\n")
            self._kept = kept


def _read(file: Path) -> dict[str, Rotation]:
    try:
        kept = codec.decode(file.read_bytes(), _FILE_BYTES).get("rotations")
        found = [from_json(one) for one in kept] if isinstance(kept, list) else []
    except FileNotFoundError:
        return {}
    except (BadPayload, AttributeError, TypeError) as error:
        # Boards that had loaded a secret and did not say so may have to be flashed over the cable.
        _log.error("%s cannot be read, the rotations in it are given up: %s", file, error)
        return {}
    return {rotation.board: rotation for rotation in found}
