"""Messages twice, late and out of turn, and a gateway that dies at any point: every way it can go.

The real writer with the real memory of answers, between boards that resend and a journal that is
on disk only when it is. A board presses, resends what was not answered (or was), and may give up
and press anew; the network delivers copies in any order; what is decided goes to disk batch by
batch, and is said only then, later or never; at any point the gateway may die and start again
from its journal.
"""

import json
import time
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from firmware.wire import topics
from gateway.bus import Message
from gateway.domain import Command, Hall, decide, decode_event, evolve
from gateway.domain.site import Site
from gateway.fleet.lives import Lives
from gateway.fleet.presence import Presence
from gateway.journal import Answer, Journal
from gateway.service.answers import Answers
from gateway.service.faces import Faces
from gateway.service.writer import Writer
from tests.domain.frozen import Frozen, freeze, thaw
from tests.domain.invariants import check
from tests.explore.canon import Ages, key_of
from tests.explore.explorer import FAULTS, Broken, Explored
from tests.explore.world import SmallWorld

_AGES = Ages(call_ms=1, act_ms=1)  # no time passes
_MOST_BATCHES = 2  # decided and not on disk yet


class Written(NamedTuple):
    """A batch: what goes to disk together, and the receipts that may be said after it."""

    rows: tuple[str, ...]  # the events, as JSON
    answers: tuple[tuple[Any, ...], ...]
    receipts: tuple[tuple[str, str], ...]  # board, receipt


class Pressing(NamedTuple):
    """What one board has pressed (the event of each seq), and which copies are on the way."""

    presses: tuple[str, ...] = ()
    on_the_way: tuple[int, ...] = ()


class Moment(NamedTuple):
    """All of it at one point: the gateway's memory, its disk, and the boards.

    Whether a receipt arrived is no part of it: whatever a board was told it may press next, or
    resend; and what is said must be what is on disk (`commit`).
    """

    hall: Frozen
    answers: tuple[tuple[Any, ...], ...]  # remembered, oldest first
    to_disk: tuple[Written, ...]
    on_disk: Written
    boards: tuple[Pressing, ...]


@dataclass(frozen=True)
class Deliveries:
    """A world of messages: the hall it begins with, and what each board may press."""

    name: str
    site: Site
    opening: tuple[Command, ...]  # granted before it begins
    boards: tuple[tuple[str, tuple[str, ...]], ...]  # board, events it may press
    presses: int  # of each board, at most
    copies: int  # of its messages on the way at once, at most


class DeliveryExplorer:
    """Breadth first through every way of delivery."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.deliveries = deliveries
        hall, self._now_ms, _ = SmallWorld(deliveries.name, deliveries.site, ()).begin()
        for command in deliveries.opening:
            for event in decide(hall, replace(command, at_ms=self._now_ms)).events:
                evolve(hall, event)
        self._start = freeze(hall)
        self._ways: dict[Any, tuple[Any, str]] = {}  # key -> key before, and what was done

    def run(self) -> Explored:
        """Visit every moment; raise Broken if a press counts twice or is told two ways."""
        started = time.monotonic()
        found = Explored(self.deliveries.name)
        nothing = Written((), (), ())
        boards = tuple(Pressing() for _ in self.deliveries.boards)
        first = Moment(self._start, (), (), nothing, boards)
        frontier = deque([(self._key(first), first)])
        self._ways[frontier[0][0]] = (None, "")
        while frontier:
            key, moment = frontier.popleft()
            for word, do in self._acts(moment):
                found.asked += 1
                try:
                    after = do()
                    new = self._key(after)
                    if new not in self._ways:
                        self._check(after)
                        self._ways[new] = (key, word)
                        frontier.append((new, after))
                except FAULTS as e:
                    way = "\n  ".join([*self._way_to(key), word])
                    raise Broken(f"{self.deliveries.name}: {e}; after\n  {way}") from e
                found.steps += 1
        found.states = len(self._ways)
        found.seconds = time.monotonic() - started
        return found

    def _key(self, moment: Moment) -> Any:
        hall = key_of(thaw(moment.hall), self._now_ms, _AGES)
        return hash((hall, moment[1:]))

    def _way_to(self, key: Any) -> list[str]:
        way: list[str] = []
        while key is not None:
            key, word = self._ways[key]
            way.append(word)
        return way[-2::-1]

    def _acts(self, moment: Moment) -> list[tuple[str, Any]]:
        """Give all that may happen now."""
        acts: list[tuple[str, Any]] = []
        for n, (board, events) in enumerate(self.deliveries.boards):
            at = moment.boards[n]
            if len(at.on_the_way) < self.deliveries.copies:
                for ev in events if len(at.presses) < self.deliveries.presses else ():
                    acts.append((f"{board} presses {ev}", partial(press, moment, n, ev)))
                if at.presses:
                    acts.append((f"{board} resends its last", partial(resend, moment, n)))
            if len(moment.to_disk) < _MOST_BATCHES:
                for seq in sorted(set(at.on_the_way)):
                    word = f"press {seq} of {board} is heard"
                    acts.append((word, partial(self._hear, moment, n, seq)))
        if moment.to_disk:
            acts.append(("a batch is on disk and said", partial(commit, moment)))
        acts.append(("the gateway dies and starts again", partial(self._crash, moment)))
        return acts

    def _hear(self, moment: Moment, n: int, seq: int) -> Moment:
        board = self.deliveries.boards[n][0]
        at = moment.boards[n]
        copies = list(at.on_the_way)
        copies.remove(seq)
        hall, answers = thaw(moment.hall), _remembering(moment.answers)
        writer = Writer(
            hall, _NO_JOURNAL, answers, Lives(), Presence(), Faces(1), 1, lambda *_: None
        )
        event = {"boot": 1, "seq": seq, "t_ms": 1_000, "ev": at.presses[seq - 1]}
        message = Message(
            topics.of_board(board, topics.UP_EVENT), json.dumps(event).encode(), False
        )
        writer.event(board, message, 1_000, self._now_ms)
        batch = writer.take_batch(self._now_ms)
        written = Written(
            tuple(json.dumps(row.body) for row in batch.rows),
            tuple(_plain(answer) for answer in batch.answers),
            tuple(
                (out.topic.split("/")[2], out.payload.decode())
                for out in batch.out
                if out.topic.endswith(topics.DN_RECEIPT)
            ),
        )
        boards = _with(moment.boards, n, at._replace(on_the_way=tuple(copies)))
        if not batch.weight:
            assert freeze(hall) == moment.hall, "a repeat changed the hall"
        return moment._replace(
            hall=freeze(hall),
            answers=moment.answers + written.answers,
            to_disk=(*moment.to_disk, written),
            boards=boards,
        )

    def _crash(self, moment: Moment) -> Moment:
        # What is on the way to the gateway is lost with it.
        boards = tuple(at._replace(on_the_way=()) for at in moment.boards)
        hall = freeze(self._from_disk(moment))
        return Moment(hall, moment.on_disk.answers, (), moment.on_disk, boards)

    def _from_disk(self, moment: Moment) -> Hall:
        hall = thaw(self._start)
        for row in moment.on_disk.rows:
            evolve(hall, decode_event(json.loads(row)))
        return hall

    def _check(self, moment: Moment) -> None:
        check(thaw(moment.hall))
        if not moment.to_disk:
            assert self._from_disk(moment) == thaw(moment.hall), "a restart finds another hall"
        identities = [answer[:2] for answer in moment.on_disk.answers]
        assert len(identities) == len(set(identities)), "a press was decided twice"
        told = [json.loads(answer[4]) for answer in moment.on_disk.answers]
        called = [json.loads(row) for row in moment.on_disk.rows]
        calls = [e["ticket"] for e in called if e["kind"] == "ticket_called"]
        granted = [t["ticket"] for t in told if "done" in t and t["ticket"]]
        assert calls == granted, f"called were {calls}, told was {granted}"


def press(moment: Moment, n: int, ev: str) -> Moment:
    """Let a board press: its next seq is on the way."""
    at = moment.boards[n]
    presses = (*at.presses, ev)
    at = at._replace(presses=presses, on_the_way=(*at.on_the_way, len(presses)))
    return moment._replace(boards=_with(moment.boards, n, at))


def resend(moment: Moment, n: int) -> Moment:
    """Let a board send its last press once more, answered or not."""
    at = moment.boards[n]
    at = at._replace(on_the_way=(*at.on_the_way, len(at.presses)))
    return moment._replace(boards=_with(moment.boards, n, at))


def commit(moment: Moment) -> Moment:
    """Put the oldest batch on disk; what is said then must be the one answer that is there."""
    batch, *rest = moment.to_disk
    answers = moment.on_disk.answers + batch.answers
    for board, receipt in batch.receipts:
        kept = [a[4] for a in answers if a[0] == board and a[4] == receipt]
        assert kept, f"{board} is told what is not on disk: {receipt}"
    on_disk = Written(moment.on_disk.rows + batch.rows, answers, ())
    return moment._replace(to_disk=tuple(rest), on_disk=on_disk)


def _with(boards: tuple[Pressing, ...], n: int, at: Pressing) -> tuple[Pressing, ...]:
    return (*boards[:n], at, *boards[n + 1 :])


def _remembering(answers: tuple[tuple[Any, ...], ...]) -> Answers:
    memory = Answers(64)
    for answer in answers:
        memory.remember(Answer(*answer))
    return memory


def _plain(answer: Answer) -> tuple[Any, ...]:
    return answer.source, answer.identity, answer.day, answer.fact, answer.receipt


class _NoJournal(Journal):
    """Takes no batch: here they are taken off the writer and kept in the moment."""

    def __init__(self) -> None:
        """Open nothing."""


_NO_JOURNAL = _NoJournal()
