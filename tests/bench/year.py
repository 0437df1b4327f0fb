"""A journal of a whole year, as the hall's own rules write it: no event in it is made up.

A mall of 20 counters and queues, open 300 days; each day a thousand numbers are taken, printed,
called, served and rated, some are called twice, set aside or not claimed, and the door counts. It
is kept in build/ for as long as the domain does not change, for it takes two minutes.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import orjson

from gateway.config import Settings
from gateway.domain import Command, Decision, Event, Hall, decide, encode_event, evolve
from gateway.fleet.register import Register
from gateway.fleet.secrets import hash_secret, new_secret
from gateway.journal import Journal
from gateway.service.site_file import read_site
from gateway.service.snapshot import code_mark, make
from tests.bench.bench_site import write_site
from tests.support.tools import ROOT

DAYS = 300
TICKETS_A_DAY = 1_000
COUNTERS = 20
AFTER_SNAPSHOT = 4_999  # events: one more would make a new one due
TICKET_BOARD = "ticket-1"
_DAY_MS = 86_400_000
_OPENS_MS = 8 * 3_600_000 - 7 * 3_600_000  # 08:00 in Jakarta, as UTC
_STEP_MS = 27_000  # between two visitors
_BATCH = 20_000
_ANSWERS = 2_000


def year() -> Path:
    """Give the folder with site.toml, secret and home/; made now if it is not there."""
    folder = ROOT / "build" / f"year-{code_mark()[:16]}"
    if not (folder / "secret").exists():
        for old in (ROOT / "build").glob("year-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        _make(folder)
    return folder


def settings_of(folder: Path) -> Settings:
    """Give the settings of the hall in such a folder."""
    return Settings.from_env(
        {"LOKET_HOME": str(folder / "home"), "LOKET_SITE": str(folder / "site.toml")}
    )


def _make(folder: Path) -> None:
    started = time.monotonic()
    settings = settings_of(folder)
    write_site(settings.site, COUNTERS)
    settings.paths.make()
    Journal(settings.paths.journal, 64).close()
    written = 0
    with closing(sqlite3.connect(settings.paths.journal, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        rows: list[tuple[object, ...]] = []
        for event in _Year(settings.site).events():
            body = orjson.dumps(encode_event(event)).decode()
            ticket, counter = getattr(event, "ticket", None), getattr(event, "counter", None)
            rows.append((event.at_ms, event.kind, ticket, counter, body))
            if len(rows) == _BATCH:
                written += _insert(db, rows)
        written += _insert(db, rows)
    made = time.monotonic()
    print(f"  a year of {written} events was made in {made - started:.0f} s", flush=True)
    make(settings.paths, until=written - AFTER_SNAPSHOT)
    print(f"  its first snapshot, by replaying all, in {time.monotonic() - made:.1f} s", flush=True)
    secret = new_secret()
    Register(settings).keep(TICKET_BOARD, hash_secret(secret))
    (folder / "secret").write_text(secret)  # last: now it is whole


def _insert(db: sqlite3.Connection, rows: "list[tuple[object, ...]]") -> int:
    calls = [(row[0], f"counter-{row[3]}", 17) for row in rows if row[1] == "ticket_called"]
    answers = [(f"counter-{n % COUNTERS + 1}", f"1/{row[0]}") for n, row in enumerate(rows)]
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO event (at_ms, kind, ticket, counter, body) VALUES (?, ?, ?, ?, ?)", rows
    )
    db.executemany("INSERT INTO glass VALUES (?, ?, ?)", calls)
    db.executemany(
        "INSERT INTO answer (source, identity, day, fact, receipt) VALUES"
        """ (?, ?, '2020-01-01', 0, '{"st":"accepted"}')""",
        answers[-_ANSWERS:],
    )
    # As many as the gateway lets there be before it takes old ones out.
    db.execute("DELETE FROM answer WHERE id <= (SELECT max(id) FROM answer) - 20000")
    db.execute("COMMIT")
    count = len(rows)
    rows.clear()
    return count


class _Year:
    """The hall, and everybody in it for 300 days up to yesterday."""

    def __init__(self, site_file: Path) -> None:
        site = read_site(site_file)
        assert not isinstance(site, str), site
        self._hall = Hall()
        self._chance = Random(5)
        self._queues = [queue.prefix for queue in site.queues]
        today_ms = time.time_ns() // 1_000_000 // _DAY_MS * _DAY_MS
        self._now_ms = today_ms - DAYS * _DAY_MS
        self._events: list[Event] = []
        self._ask("site_load", site=site)
        for n in range(1, COUNTERS + 1):
            self._ask("board_add", board=f"counter-{n}", role="counter", counter=n)
            self._ask("board_add", board=f"rating-{n}", role="rating", counter=n)
        self._ask("board_add", board=TICKET_BOARD, role="ticket")
        self._ask("board_add", board="hall-1", role="hall")

    def events(self) -> Iterator[Event]:
        """Give a year's events."""
        for _ in range(DAYS):
            midnight_ms = self._now_ms // _DAY_MS * _DAY_MS
            for visitor in range(TICKETS_A_DAY):
                self._now_ms = midnight_ms + _OPENS_MS + visitor * _STEP_MS
                self._visit(visitor)
                yield from self._take()
            for n in range(COUNTERS):
                self._now_ms += 1_000
                self._serve(n)
                self._press(n, "done")
            yield from self._take()
            self._now_ms = midnight_ms + _DAY_MS

    def _visit(self, visitor: int) -> None:
        label = self._ask(
            "take", source=TICKET_BOARD, queue=self._queues[visitor % COUNTERS],
            cls="elderly" if self._chance.random() < 0.1 else "", has_printer=True,
        ).result["ticket"]  # fmt: skip
        self._now_ms += 2_000
        self._ask("paper", source=TICKET_BOARD, ticket=label, ok=True)
        if visitor % 2 == 0:
            self._ask("count", source="hall-1", count_in=2, count_out=1)
        self._serve((visitor + COUNTERS // 2) % COUNTERS)

    def _serve(self, n: int) -> None:
        chance = self._chance.random()
        in_hand = self._hall.counters[n + 1].ticket
        if in_hand and chance < 0.05:
            self._press(n, "no_show")
        elif in_hand:
            self._press(n, "done")
            self._ask("rate", source=f"rating-{n + 1}", score=4 - int(chance * 3))
        if self._press(n, "next").why is None:
            if chance > 0.8:
                self._now_ms += 10_000
                self._press(n, "recall")
            self._now_ms += 5_000
            self._press(n, "start")
            if chance > 0.98:
                label = self._hall.counters[n + 1].ticket
                self._press(n, "park")
                self._ask("check_in", source="console", ticket=label)

    def _press(self, n: int, name: str) -> Decision:
        return self._ask(name, source=f"counter-{n + 1}")

    def _ask(self, name: str, **fields: object) -> Decision:
        decision = decide(self._hall, Command(name, self._now_ms, **fields))  # type: ignore[arg-type]
        for event in decision.events:
            evolve(self._hall, event)
        self._events.extend(decision.events)
        return decision

    def _take(self) -> list[Event]:
        events, self._events = self._events, []
        return events
