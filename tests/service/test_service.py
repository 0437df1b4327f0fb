"""The loop of the gateway, turn by turn, on a bus that only remembers what was said."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from firmware.wire import topics
from gateway.bus import Message
from gateway.domain.site import Site
from gateway.facility import Readings
from gateway.fleet.secrets import hash_secret
from gateway.service.committer import Committer
from gateway.service.fleet_changes import FleetChanges
from gateway.service.listening import Listening
from gateway.service.out import Out
from gateway.service.parts import Parts
from gateway.service.service import Service
from tests.service.conftest import Desk
from tests.support.tools import wait_for


class FakeBus:
    """Gives what a test puts into `inbox`; `retained` is what a broker would have kept."""

    def __init__(self) -> None:
        self.inbox: list[Message] = []
        self.connected_now = False
        self.said: list[tuple[str, bytes]] = []
        self.retained: dict[str, bytes] = {}

    def took_ready(self) -> bool:
        was, self.connected_now = self.connected_now, False
        return was

    def wait(self, timeout_s: float) -> list[Message]:
        batch, self.inbox = self.inbox, []
        return batch

    def say(self, messages: Sequence[Out]) -> None:
        for out in messages:
            self.said.append((out.topic, out.payload))
            if out.retain:
                self.retained[out.topic] = out.payload

    def hear(self, topic: str, payload: dict[str, Any], retained: bool = False) -> None:
        self.inbox.append(Message(topics.PREFIX + topic, json.dumps(payload).encode(), retained))


class Hall:
    """A Service over the desk's writer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.bus = FakeBus()
        self.applied: list[list[str]] = []  # registers that the broker was told to honour
        self.broker_works = threading.Event()
        self.broker_works.set()
        self.new_site: Site | None = None  # in the site file
        readings = Readings()
        writer = desk.writer
        self.committer = Committer(desk.journal)
        self.listening = Listening(writer, readings)
        self.fleet = FleetChanges(self._apply)
        heard = self.listening.refusals
        parts = Parts(writer.epoch, writer.faces, writer.presence, readings, False, False, heard)
        self.service = Service(
            self.bus, writer, self.committer, self.listening, parts, self.fleet,
            self._new_site, desk.clock(),
        )  # fmt: skip

    def _apply(self, boards: list[str]) -> Callable[[], bool]:
        self.applied.append(boards)
        return lambda: self.broker_works.wait(10)

    def _new_site(self) -> Site | None:
        found, self.new_site = self.new_site, None
        return found

    def turn(self) -> None:
        """Let the gateway do one turn, and let the disk follow."""
        self.bus.said.clear()
        self.service.turn()

    def turn_until(self, leaf: str) -> Any:
        """Let the gateway go on until it says something at a topic, and give that."""

        def look() -> Any:
            self.turn()
            return [json.loads(p) for t, p in self.bus.said if t == topics.PREFIX + leaf]

        return wait_for(look, what=leaf)[0]

    def kept(self, topic: str) -> Any:
        """Give what the broker keeps at a topic."""
        return json.loads(self.bus.retained[topics.PREFIX + topic])


@pytest.fixture
def hall(desk: Desk) -> Iterator[Hall]:
    hall = Hall(desk)

    def started() -> bool:
        hall.turn()
        return bool(hall.applied) and not hall.fleet.busy

    wait_for(started, what="the first register to be honoured")
    yield hall
    hall.broker_works.set()
    hall.fleet.close()
    hall.committer.close()


def _event(desk: Desk, seq: int, ev: str, **fields: Any) -> dict[str, Any]:
    return {"boot": 1, "seq": seq, "t_ms": desk.mono_ms, "ev": ev, **fields}


def test_what_stays_at_the_broker_after_a_connect_is_the_newest_face(hall: Hall) -> None:
    # A press that waited for the connection comes with it.
    desk, bus = hall.desk, hall.bus
    bus.connected_now = True
    hall.turn()
    bus.retained.clear()
    bus.connected_now = True
    bus.hear("ticket-01/up/event", _event(desk, 1, "take", queue="A"))
    bus.hear("counter-01/up/event", _event(desk, 1, "next"))
    hall.turn()
    assert hall.kept("counter-01/dn/face")["text"] == "A001"
    assert hall.kept("gw/state") == {"s": "ready", "epoch": desk.writer.epoch}


def _add(board: str) -> dict[str, Any]:
    wish = {"ev": "board_add", "board": board, "role": "ticket", "secret_hash": hash_secret("x")}
    return {**wish, "key": f"add {board}"}


def test_a_board_is_answered_for_when_the_broker_honours_it_and_not_before(hall: Hall) -> None:
    hall.broker_works.clear()
    for _ in range(2):  # the command line asks again when it hears nothing
        hall.bus.hear("cli/up/event", _add("ticket-07"))
        hall.turn()
        assert "loket/1/cli/dn/receipt" not in dict(hall.bus.said)
    hall.broker_works.set()
    assert hall.turn_until("cli/dn/receipt")["st"] == "accepted"
    hall.bus.hear("cli/up/event", _add("ticket-07"))
    assert hall.turn_until("cli/dn/receipt")["st"] == "accepted"


def test_changes_of_the_register_are_proved_one_after_another(hall: Hall) -> None:
    # The proof of one is overwritten by the next: begun at once, the first would never be proved.
    hall.broker_works.clear()
    before = len(hall.applied)
    for board in ("ticket-07", "ticket-08", "ticket-09"):
        hall.bus.hear("cli/up/event", _add(board))
        hall.turn()
    assert len(hall.applied) == before + 1
    hall.broker_works.set()
    answered: set[str] = set()

    def all_answered() -> bool:
        hall.turn()
        receipts = [p for t, p in hall.bus.said if t == "loket/1/cli/dn/receipt"]
        answered.update(json.loads(payload)["key"] for payload in receipts)
        return len(answered) == 3

    wait_for(all_answered, what="three receipts")
    assert len(hall.applied) == before + 2
    assert {"ticket-07", "ticket-08", "ticket-09"} <= set(hall.applied[-1])


def test_a_board_retired_and_added_again_at_once_has_its_topics(hall: Hall) -> None:
    hall.bus.hear("cli/up/event", {"ev": "board_retire", "board": "ticket-01", "key": "retire"})
    hall.bus.hear("cli/up/event", {**_add("ticket-01"), "key": "add again"})
    hall.turn_until("cli/dn/receipt")
    assert "ticket-01" in hall.applied[-1]
    assert hall.kept("ticket-01/dn/config")["queues"]
    assert hall.kept("ticket-01/dn/face")["queues"]


def test_settings_that_waited_for_something_in_use_come_into_force_by_themselves(
    hall: Hall,
) -> None:
    desk, bus = hall.desk, hall.bus
    site = desk.writer.hall.site
    bus.hear("ticket-01/up/event", _event(desk, 1, "take", queue="A"))
    bus.hear("counter-02/up/event", _event(desk, 1, "next"))
    hall.turn()
    hall.new_site = replace(site, counters=tuple(c for c in site.counters if c.number != 2))
    desk.pass_ms(2_000)
    hall.turn()
    (notice,) = hall.kept("gw/hall/site")["notices"]
    assert "counter 2 cannot be removed" in notice["text"]
    desk.pass_ms(2_000)
    hall.turn()
    assert 2 in desk.writer.hall.counters
    bus.hear("counter-02/up/event", _event(desk, 2, "done"))
    hall.turn()
    desk.pass_ms(2_000)
    hall.turn()
    assert 2 not in desk.writer.hall.counters
    assert not hall.kept("gw/hall/site")["notices"]


def test_a_ticket_board_that_comes_up_is_told_its_numbers_and_a_retired_one_is_cleared(
    hall: Hall,
) -> None:
    hall.bus.hear("ticket-01/up/state", {"s": "ready", "boot": 1})
    hall.turn_until("ticket-01/dn/lease")
    first = hall.kept("ticket-01/dn/lease")
    assert (first["leases"][0]["q"], first["leases"][0]["first"]) == ("A", 700)
    hall.bus.connected_now = True
    hall.turn_until("ticket-01/dn/lease")
    assert hall.kept("ticket-01/dn/lease") == first
    hall.bus.hear("cli/up/event", {"ev": "board_retire", "board": "ticket-01", "key": "k1"})
    hall.turn_until("cli/dn/receipt")
    assert hall.bus.retained[topics.of_board("ticket-01", topics.DN_LEASE)] == b""


def test_staff_read_that_no_numbers_are_left_to_be_leased(hall: Hall) -> None:
    site = hall.desk.writer.hall.site
    a = replace(site.queues[0], lease_last=site.queues[0].lease_first)
    hall.new_site = replace(site, queues=(a, *site.queues[1:]), lease_size=2)
    hall.desk.pass_ms(2_000)
    hall.turn()
    hall.bus.hear("ticket-01/up/state", {"s": "ready", "boot": 1})
    hall.turn_until("ticket-01/dn/lease")
    hall.desk.writer.lease_due.add("ticket-01")
    # Of the only number nothing is left when it was handed in.
    hall.bus.hear(
        "ticket-01/up/event",
        _event(hall.desk, 1, "offline", ticket="A700", queue="A", age_ms=0),
    )
    notices = hall.turn_until("gw/hall/site")["notices"]
    assert notices == [{"code": "no_lease", "text": "ticket-01: A"}]
