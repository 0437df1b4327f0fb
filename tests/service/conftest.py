"""A writer on a real journal, without a broker: messages in, receipts and faces out."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.config import DEMO_SITE, Settings
from gateway.domain.site import Site
from gateway.fleet.register import Register
from gateway.fleet.secrets import hash_secret
from gateway.journal import Journal
from gateway.service.out import Out
from gateway.service.site_file import read_site
from gateway.service.start import open_hall
from gateway.service.timeline import Timeline
from gateway.service.writer import Writer

# Saturday 2026-11-21, 10:00 in Jakarta.
NOW_MS = 1_795_230_000_000


@functools.cache
def _demo_site() -> Site | str:
    """Give what a process of its own reads in the demo's site file: once, for it takes 0.4 s."""
    return read_site(DEMO_SITE)


class Desk:
    """The writer under test and a hand on its clock; `out` is what it said last."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_env({"LOKET_HOME": str(home), "LOKET_SITE": str(DEMO_SITE)})
        self.settings.paths.make()
        self.mono_ms = 50_000
        self.utc_ms = NOW_MS
        self.synced: bool | None = False
        self.out: list[Out] = []
        self.writer: Writer
        self.journal: Journal
        self.open()

    def open(self) -> None:
        """Start the writer from the journal, as after a crash."""
        self.writer, self.journal = open_hall(
            self.settings, Register(self.settings), self.utc_ms, _demo_site
        )

    def clock(self) -> Timeline:
        """Give the hall's time, on clocks that a test sets."""
        hall = self.writer.hall
        return Timeline(
            lambda: (self.mono_ms, self.utc_ms), lambda: self.synced, hall.known_ms, hall.clock
        )

    def restart(self) -> None:
        """Lose everything but what is on disk."""
        self.journal.close()
        self.open()

    def pass_ms(self, ms: int) -> None:
        """Let both clocks run."""
        self.mono_ms += ms
        self.utc_ms += ms

    def hear(
        self, board: str, payload: "bytes | dict[str, Any]", leaf: str = topics.UP_EVENT
    ) -> None:
        """Feed one event in, uncommitted."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        message = Message(topics.of_board(board, leaf), data, False)
        self.writer.event(board, message, self.mono_ms, self.utc_ms)

    def commit(self) -> list[Out]:
        """Commit the batch and keep what may now be said."""
        self.out = self.writer.commit(self.utc_ms)
        return self.out

    def send(self, board: str, payload: "bytes | dict[str, Any]") -> Any:
        """Feed one event in, commit, and give the receipt to it."""
        self.hear(board, payload)
        self.commit()
        return self.receipts(board)[-1]

    def press(self, board: str, seq: int, ev: str, boot: int = 1, **fields: Any) -> Any:
        """Send an event made just now and give its receipt."""
        event = {"boot": boot, "seq": seq, "t_ms": self.mono_ms, "ev": ev, **fields}
        return self.send(board, event)

    def receipts(self, board: str) -> list[Any]:
        """Give the receipts to a board in what was said last."""
        topic = topics.of_board(board, topics.DN_RECEIPT)
        return [json.loads(out.payload) for out in self.out if out.topic == topic]

    def faces(self, board: str) -> list[Any]:
        """Give the faces of a board in what was said last."""
        topic = topics.of_board(board, topics.DN_FACE)
        return [json.loads(out.payload) for out in self.out if out.topic == topic]

    def add(self, board: str, role: str, counter: int | None = None) -> None:
        """Register a board."""
        wish: dict[str, Any] = {"ev": "board_add", "board": board, "role": role}
        if counter is not None:
            wish["counter"] = counter
        self.hear("cli", {**wish, "key": f"add {board}", "secret_hash": hash_secret("x")})
        self.commit()
        assert json.loads(self.writer.take_held()[0].payload)["st"] == "accepted"

    def bad(self, sender: str) -> dict[str, int]:
        """Give the faults counted for a sender."""
        return self.writer.presence.of(sender).bad


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A demo hall with counter boards at 1 and 2 (both serve queue A) and a ticket board."""
    desk = Desk(tmp_path / "home")
    desk.add("counter-01", "counter", 1)
    desk.add("counter-02", "counter", 2)
    desk.add("ticket-01", "ticket")
    yield desk
    desk.journal.close()
