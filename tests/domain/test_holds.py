"""An agency whose own system is down: places kept, nobody called, the others go on."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.faces import counter_face
from gateway.domain.hall import Hold
from tests.domain.world import TUESDAY, World, at


@pytest.fixture
def w() -> World:
    """The agency of queue A is held; counter 1 serves A alone, counter 2 A and B."""
    w = World()
    w.take("A")
    w.take("A")
    w.press("next")
    w.take("B")
    w.ok("hold", agency="duk", reason="server pusat mati", by="budi")
    return w


def test_its_queues_are_passed_over_and_the_others_go_on(w: World) -> None:
    assert w.press("next", 2)["ticket"] == "B001"
    w.press("done", 2)
    assert w.refused("next", 2) == r.HELD
    assert w.no("call", counter=2, ticket="A002") == r.HELD
    assert w.hall.held == {"duk": Hold("server pusat mati", w.now)}


def test_in_hand_goes_on_and_numbers_are_given(w: World) -> None:
    w.press("start")
    assert w.press("next") == {"ticket": None, "done": {"ticket": "A001", "how": "done"},
                               "why": r.HELD}  # fmt: skip
    assert w.refused("reinstate", ticket="A001") == r.HELD
    assert w.take("A") == "A003"


def test_a_counter_that_serves_held_queues_only_shows_it(w: World) -> None:
    assert counter_face(w.hall, 1, w.now)["text"] == "A001"  # in hand comes first
    w.press("done")
    face = counter_face(w.hall, 1, w.now)
    assert (face["state"], face["text"], face["lamp"]) == ("paused", "TERTUNDA", "amber")
    assert counter_face(w.hall, 2, w.now)["state"] == "idle"
    w.press("pause")
    assert counter_face(w.hall, 1, w.now)["text"] == "TUTUP SEMENTARA"


def test_a_hold_lasts_over_midnight_until_it_is_ended(w: World) -> None:
    w.press("done")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert w.refused("next") == r.HELD
    w.ok("hold_end", agency="duk")
    assert w.press("next")["ticket"] == "A002"


def test_an_empty_line_is_said_to_be_empty(w: World) -> None:
    w.press("done")
    w.ok("cancel", ticket="A002")
    assert w.refused("next") == r.NOBODY_WAITING


def test_refusals(w: World) -> None:
    assert w.no("hold", agency="duk") == r.WRONG_STATE
    assert w.no("hold", agency="pajak") == r.UNKNOWN_AGENCY
    assert w.no("hold_end", agency="imi") == r.WRONG_STATE
    assert w.no("hold_end", agency="pajak") == r.UNKNOWN_AGENCY
