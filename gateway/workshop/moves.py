"""A board takes over another id: a spare a dead board's (`replace`), or its own new one (`rename`).

Both ids are registered while the board is on its way, so it gets in as the one or the other. What
it says itself decides: once it committed, its former id is retired; if it came back as it was, all
is as before.
"""

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import Paths
from gateway.fleet.secrets import board_hashes, hash_secret, new_secret, write_private
from gateway.fleet.staging import COMMITTED, ENDED, LINK, STOPPED, Plan, Row
from gateway.fleet.update_keys import key_of, update_keys
from gateway.workshop.change import Change, NoChange
from gateway.workshop.fleet import Fleet
from gateway.workshop.link_plans import link_change
from gateway.workshop.orders import why_not
from gateway.workshop.trade import Ask, Heard, Later, Now, Quiet, Refused, Say, answer, refuse
from gateway.workshop.updates import Updates
from gateway.workshop.wishes import Receipt, Wishes, secret_wish

_log = logging.getLogger(__name__)

REPLACE = "replace"
RENAME = "rename"
_DONE = "done"
_UNDONE = "undone"
_ENDED_AS_BEFORE = ("rolled_back", "failed", "cancelled", "refused")
_OFFERS_KEPT = 8
_FILE_BYTES = 262_144
_NAMES = ("source", "target", "secret")


@dataclass(slots=True)
class Move:
    """A board `source` on its way to the id `target`. `old_hash` and `old_key` are the target's
    before, "" if the id is new; `outcome` is done or undone once the board has said so."""

    act: str
    source: str
    target: str
    secret: str
    old_hash: str = ""
    old_key: str = ""
    offers: list[str] = field(default_factory=list)
    given: bool = False  # the board asked for the file: it may be under way
    started: bool = False  # there is a plan for it
    outcome: str = ""

    @property
    def urgent_about(self) -> tuple[str, ...]:
        """Give the boards of a move that cannot wait until another plan is over; of none if it
        can: somebody stands before an empty counter where one is replaced."""
        return (self.source, self.target) if self.act == REPLACE else ()


class Moves(Quiet):
    """The asks `replace` and `rename`, and the maker of their changes."""

    def __init__(self, paths: Paths, updates: Updates, fleet: Fleet, wishes: Wishes) -> None:
        self.asks = {REPLACE: self._replace, RENAME: self._rename}
        self._paths = paths
        self._updates = updates
        self._fleet = fleet
        self._wishes = wishes
        self._file = paths.workshop / "moves.json"
        self._moves = _read(self._file)  # by target
        self._kept: object = None
        self._closing: set[str] = set()  # targets whose last wish is under way
        self._out: list[Say] = []
        for move in self._moves.values():
            if not move.started:
                move.outcome = _UNDONE  # we were killed before anything was offered
        updates.makers[REPLACE] = updates.makers[RENAME] = self
        updates.urgent.add(REPLACE)

    def change(self, plan: Plan, row: Row) -> Change:
        """Give the link settings that make a board another one."""
        move = self._moves.get(row.as_board)
        if move is None or move.outcome:
            raise NoChange("by_hand")  # it was called back
        if row.offer not in move.offers:
            move.offers = [*move.offers[-_OFFERS_KEPT + 1 :], row.offer]
        self._keep()
        return link_change({"id": move.target, "secret": move.secret}, row, self._fleet)

    def moved(self, plan: Plan, row: Row, now: Now) -> None:
        """A plan that ended before the board had anything leaves all as it was."""
        move = self._moves.get(row.as_board)
        if move is not None and row.state in ENDED and row.state != COMMITTED and not move.given:
            move.outcome = move.outcome or _UNDONE

    def over(self, plan: Plan) -> None:
        """What is under way goes on without a plan: the board says how it ends."""
        for row in plan.rows:
            if row.state not in ENDED:
                self.moved(plan, Row(row.board, 0, as_board=row.as_board, state="skipped"), _NEVER)

    def heard(self, message: Heard, now: Now) -> None:
        """Listen to boards that are on their way, under either id."""
        if message.leaf not in (topics.UP_UPDATE, topics.UP_WANT) or not message.payload:
            return
        found = [m for m in self._moves.values() if message.board in (m.source, m.target)]
        if not found:
            return
        payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
        for move in found:
            if payload.get("id") not in move.offers or move.outcome:
                continue
            said = str(payload.get("st"))
            if message.leaf == topics.UP_WANT:
                move.given = True
            elif said == "committed" or (
                move.given and (said, payload.get("why")) == ("refused", "already")
            ):
                move.outcome = _DONE
            elif said in ("loaded", "trial"):
                move.given = True
            elif said == "refused" and move.given:
                pass  # an offer said twice: what became of the first, it tells or will tell
            elif said in _ENDED_AS_BEFORE and payload.get("id") == move.offers[-1]:
                move.outcome = _UNDONE
        try:
            self._keep()
        except OSError:
            # After a restart we would not know that it may be under way.
            self._updates.look_again(message.board)
            raise

    def turn(self, now: Now) -> list[Say]:
        """Close what has come to its end, or was stopped before its board had anything."""
        plan = self._updates.plan
        if plan is not None and plan.maker in self.asks and plan.state == STOPPED and plan.is_over:
            self.over(plan)
        for target, move in self._moves.items():
            if move.outcome and target not in self._closing:
                self._closing.add(target)
                self._wishes.send(self._last_wish(move), partial(self._closed, move))
        self._keep()
        out, self._out = self._out, []
        return out

    # -- inside -----------------------------------------------------------------------------

    def _replace(self, ask: Ask, now: Now) -> dict[str, object]:
        target = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        row = self._registered(target)
        if self._fleet.of(target).ready:
            raise Refused(
                "alive",
                f"{target} masih terhubung. Kalau memang rusak, cabut dahulu.",
                f"{target} is still connected. If it is broken indeed, unplug it first.",
            )
        spare = self._spare(ask, target, str(row.get("role")))
        self._free(target, (spare, target))
        old_hash = board_hashes(self._paths).get(target, "")
        old = self._moves.get(target)  # a spare that never came back
        move = Move(
            REPLACE, spare, target, new_secret(),
            old.old_hash if old else old_hash,
            old.old_key if old else update_keys(self._paths).get(target, ""),
        )  # fmt: skip
        wish = secret_wish(target, hash_secret(move.secret), key_of(move.secret), same=False)
        self._begin(ask, move, {**wish, "by": ask.by})
        raise Later

    def _rename(self, ask: Ask, now: Now) -> dict[str, object]:
        source = codec.read_str(ask.fields, "board", 1, topics.MAX_ID_CHARS)
        target = codec.read_str(ask.fields, "to", 1, topics.MAX_ID_CHARS)
        row = self._registered(source)
        if not topics.is_board_id(target):
            reserved = ", ".join(topics.RESERVED_IDS)
            raise Refused(
                "bad_id",
                f"{target!r} tidak bisa menjadi nama papan: huruf kecil dahulu, lalu a-z, 0-9, -"
                f" dan _, paling banyak {topics.MAX_ID_CHARS}, dan bukan {reserved}.",
                f"{target!r} cannot be a board's id: a small letter first, then a-z, 0-9, - and _,"
                f" at most {topics.MAX_ID_CHARS}, and not one of {reserved}.",
            )
        if target in (self._fleet.registered or ()):
            raise Refused(
                "duplicate", f"{target} sudah terdaftar.", f"{target} is registered already."
            )
        if not self._fleet.of(source).ready:
            raise _absent(source)
        self._free(target)
        move = Move(RENAME, source, target, new_secret())
        wish: dict[str, object] = {
            "ev": "board_add",
            "board": target,
            "role": row.get("role"),
            "secret_hash": hash_secret(move.secret),
            "update_key": key_of(move.secret),
            "by": ask.by,
        }
        if row.get("spare"):
            wish["spare"] = True
        elif row.get("counter") is not None:
            wish["counter"] = row["counter"]
        self._begin(ask, move, wish)
        raise Later

    def _begin(self, ask: Ask, move: Move, wish: dict[str, object]) -> None:
        if self._fleet.gateway_lost:
            # It would be obeyed when the gateway is back, and who asked has done something else.
            raise why_not("no_gateway")
        row = Row(move.source, 0, as_board=move.target)
        plan = self._updates.new_plan(ask, move.act, LINK, "", 0, [row], {"target": move.target})
        # Somebody stands before an empty counter: it is not put off to the evening.
        plan.in_service = plan.in_service or move.act == REPLACE
        before = self._moves.get(move.target)

        def withdraw() -> None:
            del self._moves[move.target]
            if before is not None:
                self._moves[move.target] = before

        self._moves[move.target] = move
        try:
            self._keep()
        except OSError:
            withdraw()
            raise

        def done(receipt: Receipt) -> None:
            if receipt.get("st") != words.ACCEPTED:
                withdraw()
                why = str(receipt.get("why", receipt.get("st")))
                text = str(receipt.get("text") or receipt.get("detail") or why)
                self._out.append(refuse(ask, Refused(why, text, text)))
                return
            try:
                self._updates.begin(plan, move.urgent_about)
            except Refused as refused:
                move.outcome = _UNDONE
                self._out.append(refuse(ask, refused))
                return
            move.started = True
            self._out.append(answer(ask, {"board": move.source, "to": move.target}))

        self._wishes.send(wish, done)

    def _last_wish(self, move: Move) -> dict[str, object]:
        if move.outcome == _DONE:
            return {"ev": "board_retire", "board": move.source}
        if move.act == RENAME:
            return {"ev": "board_retire", "board": move.target}
        return secret_wish(move.target, move.old_hash, move.old_key, same=True)

    def _closed(self, move: Move, _receipt: Receipt) -> None:
        # Also when it was refused: then it was done before, and we were killed.
        _log.info("%s of %s by %s: %s", move.act, move.target, move.source, move.outcome)
        self._closing.discard(move.target)
        if self._moves.get(move.target) is move:
            del self._moves[move.target]
        self._keep()

    def _registered(self, board: str) -> dict[str, object]:
        if board not in (self._fleet.registered or ()):
            raise Refused(
                "unknown_board",
                f"{board} tidak terdaftar di sini.",
                f"{board} is not registered here.",
            )
        return self._fleet.of(board).row

    def _free(self, target: str, urgent: tuple[str, ...] = ()) -> None:
        move = self._moves.get(target)
        waits = move is not None and (not move.started or bool(move.outcome))
        if waits or not self._updates.has_room(urgent):
            raise Refused(
                "busy",
                "Pembaruan lain masih berjalan: hentikan dahulu atau tunggu sampai selesai.",
                "Another update is under way: stop it first, or wait until it is done.",
            )

    def _spare(self, ask: Ask, target: str, role: str) -> str:
        registered = self._fleet.registered or ()
        spares = [b for b in registered if self._fleet.of(b).row.get("spare")]
        fit = [b for b in spares if self._fleet.of(b).row.get("role") == role]
        if ask.fields.get("spare") is None:
            ready = [board for board in fit if self._fleet.of(board).ready]
            if not ready:
                raise Refused(
                    "no_spare",
                    f"Tidak ada cadangan {role} yang tersambung. Nyalakan satu, atau pasang papan"
                    f" baru dengan kabel: `loket board replace {target} --port PORT`.",
                    f"No {role} spare is connected. Switch one on, or flash a new board over the"
                    f" cable: `loket board replace {target} --port PORT`.",
                )
            return ready[0]
        spare = codec.read_str(ask.fields, "spare", 1, topics.MAX_ID_CHARS)
        self._registered(spare)
        if spare not in spares:
            raise Refused("no_spare", f"{spare} bukan papan cadangan.", f"{spare} is not a spare.")
        if spare not in fit:
            raise Refused(
                "foreign",
                f"{spare} bukan papan {role}, jadi tidak bisa menggantikan {target}.",
                f"{spare} is no {role} board, so it cannot take the place of {target}.",
            )
        if not self._fleet.of(spare).ready:
            raise _absent(spare)
        return spare

    def _keep(self) -> None:
        kept = [asdict(move) for move in self._moves.values()]
        if kept != self._kept:
            write_private(self._file, json.dumps({"moves": kept}) + "\n")
            self._kept = kept


_NEVER = Now(0, 0)


def _absent(board: str) -> Refused:
    return Refused(
        "absent",
        f"{board} tidak terhubung. Nyalakan dan tunggu sampai tersambung.",
        f"{board} is not connected. Switch it on and wait until it is.",
    )


def _read(file: Path) -> dict[str, Move]:
    try:
        kept = codec.decode(file.read_bytes(), _FILE_BYTES).get("moves")
        found = [_move(one) for one in kept] if isinstance(kept, list) else []
    except FileNotFoundError:
        return {}
    except BadPayload as error:
        _log.error("%s cannot be read, what is in it is given up: %s", file, error)
        return {}
    return {move.target: move for move in found}


def _move(kept: object) -> Move:
    if not isinstance(kept, dict) or kept.keys() != {f.name for f in fields(Move)}:
        raise BadPayload("moves", "is not as it was written")
    source, target, secret = (codec.read_str(kept, n, 1, 64) for n in _NAMES)
    return Move(
        codec.read_choice(kept, "act", (REPLACE, RENAME)),
        source,
        target,
        secret,
        codec.read_str(kept, "old_hash", 0, 256),
        codec.read_str(kept, "old_key", 0, 64),
        codec.read_strs(kept, "offers", _OFFERS_KEPT, 64),
        codec.read_bool(kept, "given"),
        codec.read_bool(kept, "started"),
        codec.read_choice(kept, "outcome", ("", _DONE, _UNDONE)),
    )
