"""What boards count and visitors say: ratings, the door, the entrance check, touches."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall_events import Rated, Screened
from tests.domain.world import World, small_site


@pytest.fixture
def w() -> World:
    w = World()
    w.take()
    w.press("next")
    return w


def rate(w: World, score: int = 4) -> dict[str, object]:
    return w.ok("rate", source="rating-01", score=score)


def test_a_rating_goes_to_the_ticket_in_hand(w: World) -> None:
    assert rate(w) == {"ticket": "A001"}


@pytest.mark.parametrize("after_s", [0, 90])
def test_or_to_the_one_just_ended_there(w: World, after_s: int) -> None:
    w.ok("claim", counter=1, by="sari")
    w.press("done")
    w.wait(after_s)
    rate(w, 2)
    event = w.events[-1]
    assert isinstance(event, Rated)
    assert (event.ticket, event.counter, event.score, event.by) == ("A001", 1, 2, "sari")


def test_but_not_for_longer(w: World) -> None:
    w.press("done")
    w.wait(90.001)
    assert w.no("rate", source="rating-01", score=4) == r.NOTHING_TO_RATE


def test_nor_to_one_ended_elsewhere(w: World) -> None:
    w.press("done")
    w.ok("board_add", board="rating-02", role="rating", counter=2)
    assert w.no("rate", source="rating-02", score=4) == r.NOTHING_TO_RATE


def test_the_next_visitor_in_hand_comes_before_the_last(w: World) -> None:
    w.take()
    w.press("next")
    assert rate(w) == {"ticket": "A002"}


def test_the_door_counts_and_can_be_corrected(w: World) -> None:
    assert w.ok("count", source="hall-01", count_in=5, count_out=2) == {"inside": 3}
    assert w.ok("count", source="hall-01", count_in=0, count_out=9) == {"inside": 0}
    assert w.ok("correct", source="hall-01", inside=40) == {"inside": 40}
    assert w.ok("count", source="hall-01", count_in=1, count_out=0) == {"inside": 41}


@pytest.mark.parametrize(
    ("temp_c", "mask", "needed", "passed"),
    [
        (36.5, True, True, True),
        (36.5, False, False, True),
        (36.5, False, True, False),
        (37.5, True, True, False),
        (37.49, True, False, True),
    ],
)
def test_the_entrance_check(temp_c: float, mask: bool, needed: bool, passed: bool) -> None:
    w = World(small_site(mask_needed=needed))
    assert w.ok("screen", source="gate-01", temp_c=temp_c, mask=mask) == {"pass": passed}
    assert isinstance(w.events[-1], Screened)


def test_touches_add_up_for_each_board(w: World) -> None:
    w.ok("touch", source="ticket-01", n=3)
    w.ok("touch", source="ticket-01", n=4)
    w.ok("touch", source="gate-01", n=1)
    assert w.hall.touches == {"ticket-01": 7, "gate-01": 1}
    w.ok("board_retire", board="ticket-01")
    assert w.hall.touches == {"gate-01": 1}


def test_hello_is_heard(w: World) -> None:
    assert w.ask("hello", source="dispenser-01").events == ()
