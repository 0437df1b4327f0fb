"""Spares, and boards that take another one's place."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import Board
from tests.domain.world import World, at, small_site

T1 = "ticket-01"


@pytest.fixture
def w() -> World:
    return World(small_site())


@pytest.mark.parametrize("role", ["counter", "rating", "ticket", "hall"])
def test_a_spare_has_a_role_and_no_counter(w: World, role: str) -> None:
    w.ok("board_add", board="spare-01", role=role, spare=True)
    assert w.hall.boards["spare-01"] == Board("spare-01", role, None, True)


def test_a_spare_says_hello_and_nothing_else(w: World) -> None:
    w.ok("board_add", board="spare-01", role="counter", spare=True)
    w.ok("board_add", board="spare-02", role="ticket", spare=True)
    assert w.no("next", source="spare-01") == r.NOT_ALLOWED
    assert w.no("take", source="spare-02", queue="A") == r.NOT_ALLOWED
    assert w.no("touch", source="spare-02", n=1) == r.NOT_ALLOWED
    w.ok("hello", source="spare-01")


def test_a_board_without_a_spare_flag_in_an_old_journal_is_none(w: World) -> None:
    from gateway.domain import decode_event

    old = {
        "kind": "board_added", "at_ms": at("09:00"), "by": "", "board": "b", "role": "ticket",
        "counter": None,
    }  # fmt: skip
    event = decode_event(old)
    assert getattr(event, "spare", None) is False


def test_another_board_under_the_same_id_ends_the_numbers_of_the_former(w: World) -> None:
    w.ok("lease", board=T1, queues=("A",))
    (lease,) = w.hall.leases
    assert lease.until_ms > w.now
    w.ok("board_secret", board=T1, same=True)
    assert lease.until_ms > w.now
    assert w.events[-1].kind == "numbers_leased"
    w.wait(60)
    w.ok("board_secret", board=T1, by="eko")
    assert w.events[-1].kind == "board_replaced"
    assert w.events[-1].by == "eko"
    (lease,) = w.hall.leases
    assert lease.until_ms <= w.now
    # It is given others, and what is on the former one's paper is still good.
    w.ok("lease", board=T1, queues=("A",))
    assert w.hall.leases[-1].first > lease.last
