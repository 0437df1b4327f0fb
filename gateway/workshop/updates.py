"""Updates over the fleet: offers, pieces, outcomes, and the plan that is kept over a restart.

What a board gets is made by a `Maker`; when it gets it is decided by `gateway.fleet.staging`.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from firmware.wire import codec, topics
from firmware.wire.codec import BadPayload
from firmware.wire.offer import offer_mac
from gateway.config import ConfigError, Paths
from gateway.fleet.plan_json import fitting, from_json, read_said, shown, to_json
from gateway.fleet.secrets import write_private
from gateway.fleet.staging import (
    COMMITTED,
    DISK,
    DONE,
    ENDED,
    FIRMWARE,
    LOADING,
    RUNNING,
    WAITING,
    Order,
    Plan,
    Row,
    check_stages,
)
from gateway.fleet.update_words import in_words
from gateway.workshop.change import Change, Maker, NoChange
from gateway.workshop.chunks import Queue, piece, read_want
from gateway.workshop.fleet import Fleet
from gateway.workshop.trade import Ask, Heard, Now, Quiet, Refused, Say, failed

_log = logging.getLogger(__name__)

STAGES = (1, 5)
BOARDS_MOST = 1_000
_STEP_EVERY_MS = 1_000
_SHOWN_EVERY_MS = 250
_SHOWN_EVERY_MS_A_BOARD = 5  # at least: of a large hall it is long, and all who look get all of it
_SHOWN_OVER_MS = 30_000
_SHOWN_MOST_BYTES = codec.MAX_HALL_BYTES - 256  # its frame has its place, too
# What has passed of a plan's times is kept this often: more would wear the card.
_TIMES_KEPT_EVERY_MS = 10 * 60_000
_KEEP_AGAIN_MS = 2_000
_NEWS = (topics.UP_STATE, topics.UP_ABOUT)


class Updates(Quiet):
    """The trade; one plan at a time. `makers` is filled by those who make changes."""

    def __init__(
        self, paths: Paths, fleet: Fleet, keys: Callable[[], Mapping[str, str]], new_id: str
    ) -> None:
        """`keys` gives each board's update key as hex; `new_id` makes this run's plans unique."""
        self.asks = {"update_stop": self._stop, "update_go": self._go}
        self.makers: dict[str, Maker] = {}
        self.urgent: set[str] = set()  # makers whose plans are not put aside
        self.plan: Plan | None = None
        self._fleet = fleet
        self._keys = keys
        self._new_id = new_id
        self._plans_made = 0
        self._file = paths.workshop / "plan.json"
        self._aside: Plan | None = None  # what an urgent plan found under way
        self._aside_file = paths.workshop / "plan-aside.json"
        self._over_ms: int | None = None  # since when the urgent plan is over
        self._out: list[Say] = []
        self._changes: dict[str, Change] = {}  # of boards that load
        self._queue = Queue()
        self._stepped_ms: int | None = None
        self._heard = True  # what a step may do something with: it looks at every board
        self._kept: object = None
        self._unkept = False
        self._keep_again_ms = 0  # the disk took nothing: when to try again
        self._states: dict[str, str] = {}  # of rows, as their maker was told last
        self._shown: dict[str, object] = {"plan": None, "utc_ms": 0}
        self._shown_ms = 0
        self._stale = False
        # Of the plan: what it is in, and since when (UTC).
        self._since: tuple[tuple[str, str, str], int] = (("", "", ""), 0)
        self._read()

    # -- for those who make changes ---------------------------------------------------------

    def has_room(self, urgent: Collection[str] = ()) -> bool:
        """Tell whether a plan may begin; an urgent one, about these boards, need not wait until
        another is over, unless that one has them in hand."""
        plan = self.plan
        if plan is None or plan.is_over:
            return True
        may_wait = self._aside is None and plan.maker not in self.urgent
        return bool(urgent) and may_wait and not plan.holds(urgent)

    def begin(self, plan: Plan, urgent: Collection[str] = ()) -> None:
        """Put a plan to work; raises Refused where `has_room` does not allow it.

        What an urgent one finds under way is put aside, and taken up again after it.
        """
        before = self.plan
        if not self.has_room(urgent):
            raise Refused(
                "busy",
                "Pembaruan lain masih berjalan: hentikan dahulu atau tunggu sampai selesai.",
                "Another update is under way: stop it first, or wait until it is done.",
            )
        if before is not None and not before.is_over:
            try:
                self._put_aside(before)
            except OSError as error:
                raise failed(error) from error
        self.plan = plan
        self._changes.clear()
        self._states = {row.board: row.state for row in plan.rows}
        self._look_whether_kept(plan)
        try:
            self._keep()  # before the answer leaves
        except OSError as error:
            self.plan = before
            self._aside = None if self._aside is before else self._aside
            raise failed(error) from error
        if before is not None and before is not self._aside:
            self._let_go(before)
        self._show_now()

    def look_again(self, board: str) -> None:
        """Ask the maker anew before a board is given anything: what it has to keep is not kept."""
        self._changes.pop(board, None)

    def new_plan(
        self, ask: Ask, maker: str, kind: str, version: str, number: int, rows: list[Row],
        data: dict[str, object] | None = None,
    ) -> Plan:  # fmt: skip
        """Give a plan for `begin`, with `stages` and `in_service` of the ask; raises BadPayload."""
        self._plans_made += 1
        stages: tuple[int, ...] = STAGES
        if ask.fields.get("stages") is not None:
            given = ask.fields["stages"]
            try:
                stages = check_stages(given if isinstance(given, list) else ["?"])
            except ValueError as error:
                raise BadPayload("stages", str(error)) from error
        in_service = ask.fields.get("in_service") is not None and codec.read_bool(
            ask.fields, "in_service"
        )
        plan_id = f"{self._new_id}{self._plans_made}"
        return Plan(
            plan_id, kind, version, number, maker, rows, stages, in_service, dict(data or {})
        )

    # -- a trade ----------------------------------------------------------------------------

    def heard(self, message: Heard, now: Now) -> None:
        """Take a board's word on its update, and what it wants of it."""
        if message.leaf == topics.UP_UPDATE and message.payload and self.plan is not None:
            payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
            said = read_said(payload)
            for plan in self._plans():
                plan.hear_said(message.board, said)
            self._stale = True
            # Each board that loads says so once a second; nothing is decided by that.
            self._heard = self._heard or said.state != LOADING
        elif message.leaf == topics.UP_WANT and not message.retained:
            self._queue.put(read_want(message.board, message.payload))
        elif message.leaf in _NEWS or not message.board:
            self._heard = True

    def turn(self, now: Now) -> list[Say]:
        """Offer, call back, give pieces; keep the plan when it changed."""
        if self._unkept and not self._is_kept(now):
            return []
        if self._fleet.registered is None:
            return []  # boards ask again
        out, self._out = self._out, []
        if self._aside is not None:
            self._take_up_again(now)
        if self.plan is not None and self.plan.maker not in self.makers:
            _log.error("nobody makes what the kept plan is about (%s): given up", self.plan.maker)
            self.plan = None
        if self.plan is not None and (self._heard or now.mono_ms >= self._step_due_ms()):
            self._heard = False
            out += self._step(self.plan, now)
        for want in self._queue.take(now.mono_ms):
            plan, row = self._row(want.board, want.offer)
            if row is None or (row.state != WAITING and plan is self.plan):
                try:
                    out.append(piece(want, None if row is None else self._change(row)))
                except OSError as error:
                    _log.error("%s is given nothing: %s", want.board, error)  # it asks again
        if self._stale and now.mono_ms >= self._shown_due_ms():
            self._stale = False
            self._shown_ms = now.mono_ms
            content = None if self.plan is None else self._content(self.plan, now)
            if content != self._shown["plan"]:
                self._shown = {"plan": content, "utc_ms": now.utc_ms}
        return out

    def due_ms(self) -> int | None:
        """Give when a piece may be sent, or time is to be counted."""
        if self._unkept and self._keep_again_ms:
            return self._keep_again_ms
        due = [ms for ms in (self._queue.due_ms(),) if ms is not None]
        if self._unkept or self._out:
            due.append(0)
        if self._over_ms is not None:
            due.append(self._over_ms + _SHOWN_OVER_MS)
        if self._stale:
            due.append(self._shown_due_ms())
        if self.plan is not None and not self.plan.is_over and self._stepped_ms is not None:
            due.append(self._step_due_ms())
        return min(due, default=None)

    def part(self) -> tuple[str, dict[str, object]] | None:
        """Give the part `update`."""
        return "update", self._shown

    def close(self) -> None:
        """Keep what is not kept yet, and how much of its times has passed."""
        if self._unkept or (self.plan is not None and not self.plan.is_over):
            self._keep()

    # -- inside -----------------------------------------------------------------------------

    def _step_due_ms(self) -> int:
        return 0 if self._stepped_ms is None else self._stepped_ms + _STEP_EVERY_MS

    def _shown_due_ms(self) -> int:
        boards = 0 if self.plan is None or not self._shown_ms else len(self.plan.rows)
        return self._shown_ms + max(_SHOWN_EVERY_MS, boards * _SHOWN_EVERY_MS_A_BOARD)

    def _stop(self, _ask: Ask, _now: Now) -> dict[str, object]:
        self._running().stop()
        self._show_now()
        return {}

    def _go(self, _ask: Ask, _now: Now) -> dict[str, object]:
        self._running().go()
        self._show_now()
        return {}

    def _running(self) -> Plan:
        if self.plan is None:
            raise Refused("no_plan", "Tidak ada pembaruan.", "There is no update.")
        return self.plan

    def _content(self, plan: Plan, now: Now) -> dict[str, object]:
        if self._since[0] != (plan.id, plan.state, plan.why):
            self._since = ((plan.id, plan.state, plan.why), now.utc_ms)
        return {**fitting(shown(plan), _SHOWN_MOST_BYTES), "since_ms": self._since[1]}

    def _show_now(self) -> None:
        # With the answer: whoever asked looks next.
        self._stale = self._heard = True
        self._shown_ms = 0

    def _step(self, plan: Plan, now: Now) -> list[Say]:
        self._sync(plan)
        before_ms, self._stepped_ms = self._stepped_ms, now.mono_ms
        elapsed_ms = 0 if before_ms is None else now.mono_ms - before_ms
        orders = plan.step(elapsed_ms, self._fleet.in_service, self._fleet.gateway_lost)
        out = [say for order in orders for say in self._say(plan, order)]
        for row in plan.rows:
            if self._states.get(row.board) != row.state:
                self._states[row.board] = row.state
                if row.state in ENDED:
                    self._changes.pop(row.board, None)
                self.makers[plan.maker].moved(plan, row, now)
        if plan.state == DONE and plan.data:
            self._let_go(plan)
        self._look_whether_kept(plan)
        return out

    def _sync(self, plan: Plan) -> None:
        registered = frozenset(self._fleet.registered or ())
        goes_on = plan.state in (RUNNING, WAITING)
        for row in plan.rows:
            if row.state == COMMITTED and goes_on:
                known = self._fleet.of(row.name_after)
                plan.hear_ready(row.name_after, known.ready, known.lost)
            if row.state in ENDED:
                continue
            if row.board not in registered and row.name_after not in registered:
                plan.skip(row, "unknown_board")
                continue
            for board in {row.board, row.name_after}:
                known = self._fleet.of(board)
                number = known.number if plan.kind == FIRMWARE else known.link
                if number is not None:
                    plan.hear_number(board, number)
                plan.hear_ready(board, known.ready, known.lost)

    def _say(self, plan: Plan, order: Order) -> list[Say]:
        row = order.row
        topic = topics.of_board(row.board, topics.DN_UPDATE)
        if order.cancel:
            self._changes.pop(row.board, None)
            offer: dict[str, object] = {"id": row.offer, "kind": "cancel"}
            return [Say(topic, codec.encode(offer, codec.MAX_DOWN_BYTES))]
        try:
            key = self._keys().get(row.board)
        except ConfigError as error:
            _log.error("%s", error)
            key = None
        try:
            change = None if key is None else self._change(row)
        except OSError as error:
            # It must not be offered what a restart would not know of; and it is not its fault.
            _log.error("%s is offered nothing: %s", row.board, error)
            plan.put_off(row, DISK)
            return []
        if key is None or change is None:
            if row.state not in ENDED:
                plan.skip(row, "no_key")
            return []
        row.number, row.version = change.number, change.version
        row.size = row.size or len(change.file)
        offer = {
            "id": row.offer,
            "kind": change.kind,
            "number": change.number,
            "version": change.version,
            "size": len(change.file),
            "sha": change.sha,
        }
        offer["mac"] = offer_mac(bytes.fromhex(key), row.board, offer)
        return [Say(topic, codec.encode(offer, codec.MAX_DOWN_BYTES))]

    def _row(self, board: str, offer: str) -> tuple[Plan | None, Row | None]:
        for plan in self._plans():
            for row in plan.rows:
                if row.board == board and row.offer == offer and row.state not in ENDED:
                    return plan, row
        return None, None

    def _plans(self) -> list[Plan]:
        return [plan for plan in (self.plan, self._aside) if plan is not None]

    def _put_aside(self, plan: Plan) -> None:
        # Its boards that have not restarted yet wait; what those in a trial say is heard.
        self._out += [say for order in plan.call_back() for say in self._say(plan, order)]
        write_private(self._aside_file, json.dumps(to_json(plan)) + "\n")
        self._aside = plan

    def _take_up_again(self, now: Now) -> None:
        plan = self.plan
        if plan is not None and not plan.is_over:
            self._over_ms = None
            return
        if self._over_ms is None:
            self._over_ms = now.mono_ms  # how it ended is shown for a while
        if plan is not None and now.mono_ms < self._over_ms + _SHOWN_OVER_MS:
            return
        if plan is not None:
            self._let_go(plan)
        self._over_ms = None
        self.plan, self._aside = self._aside, None
        self._changes.clear()
        self._states = {}  # each row's maker is told anew
        self._keep()
        self._aside_file.unlink(missing_ok=True)
        self._show_now()

    def _change(self, row: Row) -> Change | None:
        found = self._changes.get(row.board)
        if found is None and self.plan is not None:
            try:
                found = self.makers[self.plan.maker].change(self.plan, row)
            except NoChange as no:
                self.plan.skip(row, no.why)
                return None
            self._changes[row.board] = found
        return found

    def _let_go(self, plan: Plan) -> None:
        if plan.maker in self.makers:
            self.makers[plan.maker].over(plan)
        plan.data = {}  # there may be passwords in it

    def _look_whether_kept(self, plan: Plan) -> None:
        # What is new goes to disk in the next turn, when the offers have left: a board that sleeps
        # is awake for some milliseconds only. An offer that left and was not kept is made again.
        rows = tuple(
            (
                r.state, r.why, r.offer, r.said_committed, r.number, r.offers,
                r.under_way_ms // _TIMES_KEPT_EVERY_MS,
            )
            for r in plan.rows
        )  # fmt: skip
        away = plan.absent_ms // _TIMES_KEPT_EVERY_MS
        mark = (plan.id, plan.state, plan.why, plan.stage, away, rows)
        if mark == self._kept:
            return
        self._kept = mark
        self._stale = self._unkept = True

    def _is_kept(self, now: Now) -> bool:
        # A step that a restart would not know of is not built upon. It is told, and tried again.
        if now.mono_ms < self._keep_again_ms:
            return False
        try:
            self._keep()
        except OSError as error:
            _log.error("the update waits: %s", error)
            self._keep_again_ms = now.mono_ms + _KEEP_AGAIN_MS
            if self.plan is not None:
                content = {**self._content(self.plan, now), **in_words(DISK)}
                self._shown = {"plan": content, "utc_ms": now.utc_ms}
            return False
        self._stale = self._stale or bool(self._keep_again_ms)
        self._keep_again_ms = 0
        return True

    def _keep(self) -> None:
        if self.plan is not None:
            write_private(self._file, json.dumps(to_json(self.plan)) + "\n")
        self._unkept = False

    def _read(self) -> None:
        self.plan, self._aside = _read_plan(self._file), _read_plan(self._aside_file)
        if self._aside is not None and self.plan is not None and self.plan.id == self._aside.id:
            self._aside = None  # killed before it was put aside, or after it was taken up again
        self._stale = self.plan is not None


def _read_plan(file: Path) -> Plan | None:
    try:
        plan = from_json(codec.decode(file.read_bytes(), codec.MAX_CONSOLE_UP_BYTES * 4))
    except FileNotFoundError:
        return None
    except BadPayload as error:
        _log.error("%s cannot be read, the update in it is given up: %s", file, error)
        return None
    plan.resume()
    return plan
