"""A small hall to play with: its site, a clock that is told, and a shadow that only replays.

Every command goes through `World.ask`, which checks what must hold for all of them: deciding
changes nothing, a refusal has no events, and a hall rebuilt from the stored events is the same.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.domain import (
    Command,
    Decision,
    Event,
    Hall,
    decide,
    decode_event,
    encode_event,
)
from gateway.domain import (
    evolve as evolve_,
)
from gateway.domain.site import (
    Agency,
    Counter,
    Hours,
    Person,
    Policy,
    Queue,
    Service,
    Site,
    Window,
)
from tests.domain.frozen import freeze, thaw
from tests.domain.invariants import check

ZONE = "Asia/Jakarta"
MONDAY = "2026-11-23"
TUESDAY = "2026-11-24"
SUNDAY = "2026-11-29"


def at(hhmm: str, day: str = MONDAY, seconds: float = 0.0, zone: str = ZONE) -> int:
    """Give the UTC milliseconds of a local time."""
    local = datetime.fromisoformat(f"{day}T{hhmm}:00").replace(tzinfo=ZoneInfo(zone))
    return int(local.timestamp() * 1000 + seconds * 1000)


def week(*windows: str, sunday: bool = False) -> tuple[tuple[Window, ...], ...]:
    """Give the same windows ("08:00-15:00") on every day but, unless `sunday`, Sunday."""

    def minutes(hhmm: str) -> int:
        return int(hhmm[:2]) * 60 + int(hhmm[3:])

    day = tuple(Window(*(minutes(part) for part in window.split("-"))) for window in windows)
    return (day,) * 6 + ((day,) if sunday else ((),))


NEVER = week()
ALWAYS = Hours(
    tickets=week("00:00-24:00", sunday=True),
    service=week("00:00-24:00", sunday=True),
    early=NEVER,
)
OFFICE = Hours(tickets=week("07:45-14:30"), service=week("08:00-15:00"), early=week("05:30-07:45"))


def small_site(hours: Hours = ALWAYS, policy: Policy | None = None, **changes: Any) -> Site:
    """Give a site of three queues (A, B, C) and three counters: 1: A, 2: A and B, 3: C."""
    policy = policy or Policy()
    site = Site(
        id="small",
        name="Pasar Pelayanan",
        zone=ZONE,
        agencies=(
            Agency("duk", "Disdukcapil"),
            Agency("imi", "Imigrasi"),
            Agency("far", "BPJS", False, "https://bpjs.example", "165"),
        ),
        services=(
            Service("ktp", "KTP", "duk", "A", quota_per_day=2),
            Service("kk", "KK", "duk", "A"),
            Service("paspor", "Paspor", "imi", "B"),
            Service("jkn", "JKN", "far", "A"),
        ),
        queues=(
            Queue("A", "Kependudukan", "duk", policy, hours),
            Queue("B", "Paspor", "imi", policy, hours, last_number=3),
            Queue("C", "JKN", "far", policy, hours),
        ),
        counters=(
            Counter(1, ("A",), "duk", "Lantai 1"),
            Counter(2, ("A", "B"), "imi"),
            Counter(3, ("C",), "far"),
        ),
        people=(
            Person("sari", "officer"),
            Person("budi", "supervisor"),
            Person("tono", "greeter"),
            Person("wati", "facilities"),
            Person("eko", "technician"),
        ),
        sign_in=False,
    )
    return replace(site, **changes)


BOARDS = (
    ("counter-01", "counter", 1),
    ("counter-02", "counter", 2),
    ("counter-03", "counter", 3),
    ("ticket-01", "ticket", None),
    ("rating-01", "rating", 1),
    ("hall-01", "hall", None),
    ("gate-01", "gate", None),
    ("dispenser-01", "dispenser", None),
)


def copy_of(hall: Hall) -> Hall:
    """Give a copy that no command can reach; the settings are frozen and need none."""
    return thaw(freeze(hall))


class World:
    """A hall with boards, opened at 09:00 on a Monday; `now` moves only when told.

    Without its shadow it is much faster, and checks only invariants.
    """

    def __init__(
        self, site: Site | None = None, now: int | None = None, *, shadowed: bool = True
    ) -> None:
        self.shadowed = False  # from here on: the set-up is replayed in one go
        self.hall = Hall()
        self.shadow = Hall()  # rebuilt from what the journal would hold
        self.events: list[Event] = []
        self.now = at("09:00") if now is None else now
        self.ok("site_load", site=site or small_site())
        self.ok("tick")
        for board, role, counter in BOARDS:
            self.ok("board_add", board=board, role=role, counter=counter)
        self.shadowed = shadowed
        if shadowed:
            for event in self.events:
                evolve_(self.shadow, decode_event(json.loads(json.dumps(encode_event(event)))))

    def ask(self, name: str, **fields: Any) -> Decision:
        """Decide a command at `now`, apply it, and check what holds for every command."""
        before = freeze(self.hall) if self.shadowed else None
        decision = decide(self.hall, Command(name, self.now, **fields))
        if self.shadowed:
            assert freeze(self.hall) == before, "deciding changed the hall"
        if decision.why is not None:
            assert decision.events == (), "a refusal changes nothing"
        for event in decision.events:
            evolve_(self.hall, event)
            if self.shadowed:
                stored = decode_event(json.loads(json.dumps(encode_event(event))))
                assert stored == event
                evolve_(self.shadow, stored)
        self.events.extend(decision.events)
        if decision.events:  # else nothing has changed since the last time
            if self.shadowed:
                assert self.shadow == self.hall, "the journal replays to another hall"
            check(self.hall)
        if decision.result:
            json.dumps(decision.result)  # it goes into a receipt
        return decision

    def ok(self, name: str, **fields: Any) -> dict[str, Any]:
        """Ask for what must be accepted; give the result's fields."""
        decision = self.ask(name, **fields)
        assert decision.why is None, f"{name} {fields}: refused {decision.why} {decision.result}"
        return decision.result

    def no(self, name: str, **fields: Any) -> str:
        """Ask for what must be refused; give why."""
        decision = self.ask(name, **fields)
        assert decision.why is not None, f"{name} {fields}: accepted {decision.result}"
        return decision.why

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 1000)

    def take(self, queue: str = "A", **fields: Any) -> str:
        """Take a number; give its label."""
        return str(self.ok("take", source="ticket-01", queue=queue, **fields)["ticket"])

    def press(self, name: str, counter: int = 1, **fields: Any) -> dict[str, Any]:
        """Press a key of a counter's board, which must be accepted."""
        return self.ok(name, source=f"counter-{counter:02d}", **fields)

    def refused(self, name: str, counter: int = 1, **fields: Any) -> str:
        """Press a key of a counter's board, which must be refused; give why."""
        return self.no(name, source=f"counter-{counter:02d}", **fields)

    def state(self, label: str) -> str:
        """Give a ticket's state."""
        return self.hall.tickets[label].state

    def in_hand(self, counter: int = 1) -> str:
        """Give the ticket a counter has in hand, "" for none."""
        return self.hall.counters[counter].ticket
