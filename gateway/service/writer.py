"""The one writer: takes a batch of messages, decides each, commits once, then speaks.

Does no I/O but the journal's commit; time is passed in (`mono_ms` the gateway's monotonic
clock, `utc_ms` the wall's), so that every rule of the wire is tested without a broker.
"""

import logging
from collections.abc import Callable
from typing import cast

from firmware.wire import codec, events, topics, words
from firmware.wire.codec import BadPayload
from gateway.bus import Message
from gateway.domain import Command, Event, Hall, decide, encode_event, evolve
from gateway.domain.events import affected
from gateway.domain.hall import OFFLINE
from gateway.domain.site import Site
from gateway.fleet.lives import AHEAD, LATE, Lives
from gateway.fleet.presence import Presence
from gateway.fleet.secrets import is_secret_hash
from gateway.fleet.update_keys import is_update_key
from gateway.journal import Answer, Glass, Journal, Row
from gateway.service.answers import Answers
from gateway.service.batch import Batch
from gateway.service.commands import board_command, console_command
from gateway.service.faces import Faces
from gateway.service.out import Out

_log = logging.getLogger(__name__)

CONSOLES = ("console", "cli", "gpio", "workshop")
# After these a ticket board may hold other numbers that it may give alone.
_LEASE_KINDS = (
    "site_loaded", "settings_changed", "day_opened", "queue_closed", "queue_opened",
    "ticket_caught_up",
)  # fmt: skip
_NEW_SECRET = ("board_add", "board_secret")
_FLEET_EVENTS = (*_NEW_SECRET, "board_retire")
# Each fault is counted; the first of a kind are logged, then every hundredth.
_FAULTS_LOGGED = 5
_FAULTS_LOGGED_EVERY = 100
# Measured press-to-glass times wait for the next commit, so many at most.
_GLASS_MOST = 200
_DETAIL_CHARS = 200


class Writer:
    """Hall, journal and the boards' faces, changed by one thread only."""

    def __init__(
        self,
        hall: Hall,
        journal: Journal,
        answers: Answers,
        lives: Lives,
        presence: Presence,
        faces: Faces,
        epoch: int,
        keep_secret: Callable[[str, str, str], None],
    ) -> None:
        """`keep_secret(board, hash, update_key)` puts a board's hash where the broker's files come
        from, and the key that signs its updates ("" for none) where the workshop finds it."""
        self.hall = hall
        self.lives = lives
        self.presence = presence
        self.faces = faces
        self.epoch = epoch
        self._keep_secret = keep_secret
        self._journal = journal
        self._answers = answers
        self._rows: list[Row] = []
        self._new_answers: list[Answer] = []
        self._receipts: list[Out] = []
        self._touched: set[int] = set()  # counters whose face may have changed
        self._all_touched = False
        self._pressed: list[tuple[str, int]] = []  # (board, t_ms of its press)
        self._boards_at = _boards_by_counter(hall)
        self._glass: list[Glass] = []
        self._glass_is_due = False
        self._waiting_for_glass: dict[str, tuple[int, int]] = {}  # board -> (rev, t_ms of press)
        self.system_ms = 0  # UTC of the machine's clock: what `clock_accept` believes
        # What the service must do once the batch is on disk.
        self.line_changed = False
        self.fleet_changed = False  # who may connect, and with which secret
        self.boards_changed = False  # which boards there are
        # Boards whose leased numbers are to be looked at; of the hall as it is found, all.
        self.lease_due: set[str] = set(hall.boards)
        self.settings_changed = False  # at run time: a site file has its own road
        self._retired: list[str] = []
        self._held: list[Out] = []
        self._owed: set[Out] = set()  # held, or handed out and not yet released

    # -- one batch: feed messages in, then commit ------------------------------------------

    def event(self, sender: str, message: Message, mono_ms: int, utc_ms: int) -> None:
        """Take one `up/event`: its receipt is ready to leave after `commit`."""
        if sender in CONSOLES:
            self._console_event(sender, message, utc_ms)
        else:
            self._board_event(sender, message, mono_ms, utc_ms)

    def tick(self, utc_ms: int) -> None:
        """Let the time pass: prints that were never confirmed, breaks, a new business day."""
        self._decide(Command("tick", utc_ms))
        self._all_touched = True  # hours and breaks change faces without any event

    def clock(self, state: str, utc_ms: int, system_ms: int) -> None:
        """Keep what was found out about the machine's clock, which shows `system_ms`.

        `state` "" is trusted: after `utc_ms` comes `system_ms`.
        """
        self._decide(Command("clock", utc_ms, clock=state, system_ms=system_ms))

    def load_site(self, site: Site, utc_ms: int) -> str | None:
        """Put a changed site in force; give why not, in words, if it cannot be."""
        result = self._decide(Command("site_load", utc_ms, site=site))
        if result["st"] != words.ACCEPTED:
            return str(result.get("text") or result["why"])
        if "replaced" in result:
            _log.warning("the site file replaced %s settings of run time", result["replaced"])
        return None

    def lease(self, board: str, queues: tuple[str, ...], utc_ms: int) -> dict[str, object]:
        """Lease to a ticket board what it lacks of these queues' numbers; give the result."""
        return self._decide(Command("lease", utc_ms, board=board, queues=queues))

    def add_board(self, board: str, role: str, counter: int | None, utc_ms: int) -> str | None:
        """Register a board (the demo hall's own); give why not, in words, if it cannot be."""
        command = Command("board_add", utc_ms, board=board, role=role, counter=counter)
        result = self._decide(command)
        if result["st"] == words.ACCEPTED:
            return None
        return str(result.get("text") or result["why"])

    def take_held(self) -> list[Out]:
        """Give the receipts that may leave only when the broker honours what they grant."""
        held, self._held = self._held, []
        return held

    def release(self, held: list[Out]) -> None:
        """Say that held receipts leave now: a repeat may be answered, too."""
        self._owed.difference_update(held)

    def take_retired(self) -> list[str]:
        """Give the boards retired since the last call."""
        retired, self._retired = self._retired, []
        return retired

    def take_batch(self, utc_ms: int) -> Batch:
        """Give what was decided since the last call: for the disk, and to be said after it.

        Faces come before receipts, for the glass is what people look at.
        """
        out = self._changed_faces(utc_ms)
        out.extend(self._receipts)
        batch = Batch(self._rows, self._new_answers, [], out)
        if self._glass_is_due:
            # Not with a press: one more table is one more page to sync, 50 us of its time.
            batch.glass, self._glass = self._glass, []
            self._glass_is_due = False
        self._rows, self._new_answers, self._receipts = [], [], []
        return batch

    def commit(self, utc_ms: int) -> list[Out]:
        """Put the batch on disk at once and give what may now be said.

        Raises JournalError when it cannot be written; then the process must end and start again
        from the journal.
        """
        batch = self.take_batch(utc_ms)
        if batch.weight:
            self._journal.commit(batch.rows, batch.answers, batch.glass)
        return batch.out

    def flush_glass(self) -> None:
        """Let the measured times go to disk with the next batch."""
        self._glass_is_due = bool(self._glass)

    # -- boards -----------------------------------------------------------------------------

    def _board_event(self, board: str, message: Message, mono_ms: int, utc_ms: int) -> None:
        boot: int | None = None
        seq: int | None = None
        try:
            payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
            boot, seq = events.read_board_identity(payload)
        except BadPayload as e:
            self.fault(board, words.BAD_PAYLOAD, str(e))
            self._say(board, _board_receipt(None, None, words.REFUSED, words.BAD_PAYLOAD, e))
            return
        record = self.hall.boards.get(board)
        if record is None:
            self.fault(board, words.UNKNOWN_BOARD, "not in the register")
            self._say(board, _board_receipt(boot, seq, words.REFUSED, words.UNKNOWN_BOARD))
            return
        identity = f"{boot}/{seq}"
        first = self._answers.recall(board, identity)
        if first is not None:
            self._receipts.append(Out(topics.of_board(board, topics.DN_RECEIPT), first.encode()))
            return
        fact = False
        try:
            fields = events.read_board_event(record.role, payload)
            name, t_ms = cast(str, fields["ev"]), cast(int, fields["t_ms"])
            fact = events.is_fact(name)
            verdict = self.lives.judge(
                board, boot, t_ms, mono_ms, perishes=events.perishes(name), waited=fact
            )
            if verdict == AHEAD:
                self.presence.of(board).ahead.add(utc_ms)
                raise BadPayload("t_ms", "more than 60 s ahead of this board's earlier messages")
        except BadPayload as e:
            self.fault(board, words.BAD_PAYLOAD, str(e))
            receipt = _board_receipt(boot, seq, words.REFUSED, words.BAD_PAYLOAD, e)
        except events.NotAllowed as e:
            self.fault(board, words.NOT_ALLOWED, str(e))
            receipt = _board_receipt(boot, seq, words.REFUSED, words.NOT_ALLOWED)
        else:
            if verdict == LATE:
                self.fault(board, LATE, f"{name} {identity}")
                receipt = _board_receipt(boot, seq, words.LATE)
            elif name == "hello":
                self.presence.of(board).greeted_boot = boot
                receipt = _board_receipt(boot, seq, words.ACCEPTED)
            else:
                caps = self.presence.of(board).caps
                command = board_command(board, "printer" in caps, fields, utc_ms)
                if fact:
                    command.waited_ms = self.lives.waited_ms(board, boot, t_ms, mono_ms)
                result = self._decide(command)
                receipt = {"boot": boot, "seq": seq, **result}
                if record.role == "counter" and receipt["st"] == words.ACCEPTED:
                    self._pressed.append((board, t_ms))
        self._answer(board, identity, fact, receipt)

    # -- consoles ---------------------------------------------------------------------------

    def _console_event(self, console: str, message: Message, utc_ms: int) -> None:
        key: str | None = None
        try:
            payload = codec.decode(message.payload, codec.MAX_CONSOLE_UP_BYTES)
            key = events.read_console_key(payload)
        except BadPayload as e:
            self.fault(console, words.BAD_PAYLOAD, str(e))
            self._say(console, _receipt({"key": None}, words.REFUSED, words.BAD_PAYLOAD, e))
            return
        first = self._answers.recall(console, key)
        if first is not None:
            again = Out(topics.of_board(console, topics.DN_RECEIPT), first.encode())
            if again not in self._owed:
                self._receipts.append(again)
            return
        held = False
        try:
            fields = events.read_console_event(payload)
            if fields["ev"] in _NEW_SECRET:
                _check_secret(fields)
        except BadPayload as e:
            self.fault(console, words.BAD_PAYLOAD, str(e))
            receipt = _receipt({"key": key}, words.REFUSED, words.BAD_PAYLOAD, e)
        else:
            receipt = {"key": key, **self._obey_console(console, key, fields, utc_ms)}
            held = fields["ev"] in _FLEET_EVENTS and receipt["st"] == words.ACCEPTED
        self._answer(console, key, False, receipt, held)

    def _obey_console(
        self, console: str, key: str, fields: dict[str, object], utc_ms: int
    ) -> dict[str, object]:
        if cast(int, fields["age_ms"]) > words.LATE_AFTER_MS:
            return {"st": words.LATE}
        command = console_command(console, fields, utc_ms)
        command.system_ms = self.system_ms
        result = self._decide(command)
        if fields["ev"] == "board_cmd" and result["st"] == words.ACCEPTED:
            return self._tell(command.board, command.cmd, command.arg, key)
        if fields["ev"] in _NEW_SECRET and result["st"] == words.ACCEPTED:
            update_key = str(fields.get("update_key", ""))
            self._keep_secret(str(fields["board"]), str(fields["secret_hash"]), update_key)
            self.fleet_changed = True  # also where nothing is to be told to the journal
        return result

    def _tell(self, board: str, cmd: str, arg: dict[str, object], key: str) -> dict[str, object]:
        # An order of ours to a board. One that comes after a restart of it is not obeyed.
        if self.presence.of(board).state != words.READY:
            text = "papan tidak terhubung / the board is not connected"
            return {"st": words.REFUSED, "why": words.WRONG_STATE, "text": text}
        order: dict[str, object] = {
            "id": key, "name": cmd, "arg": arg, "boot": self.lives.current(board),
            "ttl_ms": words.COMMAND_TTL_MS,
        }  # fmt: skip
        try:
            payload = codec.encode(order, codec.MAX_DOWN_BYTES)
        except BadPayload as problem:
            return {"st": words.REFUSED, "why": words.BAD_PAYLOAD, "detail": f"arg: {problem}"}
        self._receipts.append(Out(topics.of_board(board, topics.DN_CMD), payload))
        return {"st": words.ACCEPTED}

    # -- shared -----------------------------------------------------------------------------

    def _decide(self, command: Command) -> dict[str, object]:
        decision = decide(self.hall, command)
        for event in decision.events:
            evolve(self.hall, event)
            self._record(event)
        if decision.why is not None:
            return {"st": words.REFUSED, "why": decision.why, **decision.result}
        return {"st": words.ACCEPTED, **decision.result}

    def _record(self, event: Event) -> None:
        ticket: str = getattr(event, "ticket", "")
        counter: int = getattr(event, "counter", 0)
        body = encode_event(event)
        self._rows.append(Row(event.at_ms, event.kind, ticket or None, counter or None, body))
        touched = affected(event)
        if touched is None:
            self._all_touched = True
        else:
            self._touched.update(touched)
        self.settings_changed = self.settings_changed or event.kind == "settings_changed"
        if event.kind in ("board_added", "board_retired"):
            self.fleet_changed = self.boards_changed = True
            self._boards_at = _boards_by_counter(self.hall)
            if event.kind == "board_retired":
                self._retired.append(str(body["board"]))
        if event.kind in _LEASE_KINDS:
            self.lease_due.update(self.hall.boards)
        elif body.get("origin") == OFFLINE or event.kind == "board_replaced":
            self.lease_due.add(str(body["board"]))
        self.line_changed = True

    def _answer(
        self,
        source: str,
        identity: str,
        fact: bool,
        receipt: dict[str, object],
        held: bool = False,
    ) -> None:
        text = codec.encode(receipt, codec.MAX_DOWN_BYTES)
        answer = Answer(source, identity, self.hall.day or "", fact, text.decode())
        if not self._answers.remember(answer):
            self.fault(source, "facts_forgotten", "more facts in a day than can be remembered")
        self._new_answers.append(answer)
        out = Out(topics.of_board(source, topics.DN_RECEIPT), text)
        if held:
            self._held.append(out)
            self._owed.add(out)
        else:
            self._receipts.append(out)

    def _say(self, source: str, receipt: dict[str, object]) -> None:
        # An answer to something that has no identity, so there is nothing to remember.
        text = codec.encode(receipt, codec.MAX_DOWN_BYTES)
        self._receipts.append(Out(topics.of_board(source, topics.DN_RECEIPT), text))

    def _changed_faces(self, utc_ms: int) -> list[Out]:
        out: list[Out] = []
        for counter in self._boards_at if self._all_touched else self._touched:
            for board in self._boards_at.get(counter, ()):
                message = self.faces.update(self.hall, board, utc_ms)
                if message is not None:
                    out.append(message)
        for board, t_ms in self._pressed:
            sent = self.faces.sent(board)
            if sent is not None:
                self._waiting_for_glass[board] = (sent.rev, t_ms)
        if out:
            self.line_changed = True
        self._touched.clear()
        self._pressed.clear()
        self._all_touched = False
        return out

    def on_glass(self, board: str, epoch: int, rev: int, t_ms: int, utc_ms: int) -> None:
        """Take a board's word that it shows a face; keep the time since its press, if any."""
        waiting = self._waiting_for_glass.get(board)
        if waiting is None or epoch != self.epoch or rev < waiting[0]:
            return
        del self._waiting_for_glass[board]
        if rev == waiting[0] and t_ms >= waiting[1] and len(self._glass) < _GLASS_MOST:
            self._glass.append(Glass(utc_ms, board, t_ms - waiting[1]))

    def fault(self, sender: str, reason: str, detail: str) -> None:
        """Count a sender's fault and log it, with measure."""
        count = self.presence.count_bad(sender, reason)
        if count <= _FAULTS_LOGGED or count % _FAULTS_LOGGED_EVERY == 0:
            _log.warning("%s: %s (no. %d): %s", sender, reason, count, detail[:_DETAIL_CHARS])

    def forget(self, board: str) -> None:
        """Drop what is remembered of a retired board."""
        self._answers.forget(board)
        self.lives.forget(board)
        self.presence.forget(board)
        self.faces.forget(board)
        self._waiting_for_glass.pop(board, None)


def _check_secret(fields: dict[str, object]) -> None:
    if not topics.is_board_id(str(fields["board"])):
        raise BadPayload("board", "a-z first, then a-z 0-9 - _, at most 32, not a reserved name")
    if not is_secret_hash(str(fields["secret_hash"])):
        raise BadPayload("secret_hash", "a hash of the broker's kind, $7$..., is needed")
    if not is_update_key(str(fields.get("update_key", "0" * 64))):
        raise BadPayload("update_key", "64 hex digits are needed")


def _boards_by_counter(hall: Hall) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for board, record in hall.boards.items():
        if record.role == "counter" and record.counter:
            found.setdefault(record.counter, []).append(board)
    return found


def _receipt(
    identity: dict[str, object], st: str, why: str | None = None, problem: BadPayload | None = None
) -> dict[str, object]:
    receipt: dict[str, object] = {**identity, "st": st}
    if why is not None:
        receipt["why"] = why
    if problem is not None:
        receipt["detail"] = str(problem)[:_DETAIL_CHARS]
    return receipt


def _board_receipt(
    boot: int | None, seq: int | None, st: str, why: str | None = None,
    problem: BadPayload | None = None,
) -> dict[str, object]:  # fmt: skip
    return _receipt({"boot": boot, "seq": seq}, st, why, problem)
