"""A ticket board that gave numbers alone while the gateway was away, over the real broker."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.wire import topics
from firmware.wire.leases import read_leases
from tests.support.rig import Board, Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path / "home") as rig:
        yield rig


def _board(rig: Rig, board: str, role: str, counter: int | None = None) -> Board:
    client = Board(rig.settings.mqtt_port, board, rig.add_board(board, role, counter))
    rig.adopt(client)
    client.publish(topics.UP_STATE, {"s": "ready", "boot": client.boot}, retain=True)
    return client


def _leases(told: dict[str, object]) -> list[tuple[str, int, int, str, int]]:
    return list(read_leases(json.dumps(told).encode())[3])


def test_numbers_of_an_outage_are_handed_in_once_and_called_in_their_order(rig: Rig) -> None:
    ticket, counter = _board(rig, "t-1", "ticket"), _board(rig, "c-1", "counter", 1)
    assert ticket.ask("take", queue="A")["ticket"] == "A001"
    told = ticket.saw("dn/lease", lambda payload: payload["leases"])
    leases = _leases(told)
    queue, first = leases[0][:2]
    assert (queue, first) == ("A", 700)
    assert rig.gateway is not None
    rig.gateway.kill()
    rig.gateway.wait()
    ticket.wait("gw/state", lambda m: m["s"] == "lost")
    printed = [(f"A{first + n}", ticket.t_ms()) for n in range(3)]

    rig.start_gateway()
    again = ticket.wait("dn/lease", lambda payload: payload["epoch"] > told["epoch"])
    assert _leases(again) == leases  # nothing is leased twice over a restart
    receipts = [
        ticket.ask("offline", ticket=label, queue="A", age_ms=ticket.t_ms() - t_ms)
        for label, t_ms in printed
    ]
    assert [(r["st"], r["ticket"]) for r in receipts] == [
        ("accepted", label) for label, _ in printed
    ]
    for receipt in receipts:  # whose receipt was lost, hands in again
        ticket.repeat(receipt["seq"])
        assert ticket.wait("dn/receipt") == receipt
    twice = ticket.ask("offline", ticket=printed[0][0], queue="A", age_ms=None)
    assert (twice["st"], twice["why"]) == ("refused", "duplicate")
    strange = ticket.ask("offline", ticket="A999", queue="A", age_ms=None)
    assert (strange["st"], strange["why"]) == ("refused", "not_leased")
    called = [counter.ask("next")["ticket"] for _ in range(4)]
    assert called == ["A001", *(label for label, _ in printed)]
