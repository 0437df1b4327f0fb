"""What boards count and visitors say: ratings, the door, the entrance check, touches."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.faces import rating_face
from gateway.domain.hall_events import Counted, Rated, Screened, Touched
from tests.domain.world import TUESDAY, World, at, small_site


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


def asks(w: World) -> object:
    face = rating_face(w.hall, 1, w.now)
    assert face["ask"] == (face["ticket"] != "")
    return face["ticket"]


def test_the_next_visitor_in_hand_comes_before_one_who_did_not_come(w: World) -> None:
    w.take()
    w.press("next")
    assert asks(w) == "A002"
    assert rate(w) == {"ticket": "A002"}


def test_while_the_next_one_is_on_the_way_the_one_just_served_is_asked(w: World) -> None:
    w.take()
    w.wait(60)
    w.press("next")  # A001 was served, this says
    assert asks(w) == "A001"
    assert rate(w) == {"ticket": "A001"}
    assert asks(w) == "A002"
    assert rate(w) == {"ticket": "A002"}
    assert asks(w) == ""


def test_whoever_is_served_is_asked_before_the_one_before(w: World) -> None:
    w.take()
    w.wait(60)
    w.press("next")
    w.press("start")
    assert asks(w) == "A002"
    w.press("done")
    assert asks(w) == "A002"
    w.wait(90.001)
    assert asks(w) == ""


def test_who_may_have_come_by_now_is_asked(w: World) -> None:
    w.take()
    w.press("done")
    w.press("next")
    assert asks(w) == "A001"
    w.wait(59.999)
    assert asks(w) == "A001"
    w.wait(0.001)
    assert asks(w) == "A002"


def test_an_end_that_was_taken_back_is_rated_where_it_comes_to_be(w: World) -> None:
    w.press("done")
    w.press("undo")
    w.press("transfer", queue="B")
    w.press("next", counter=2, queue="B")
    w.press("undo", counter=2)
    assert w.no("rate", source="rating-01", score=3, ticket="A002") == r.NOTHING_TO_RATE
    assert rate(w) == {"ticket": "A001"}
    assert w.hall.tickets["A001"].state == "waiting"


def test_nobody_is_asked_twice(w: World) -> None:
    rate(w)
    assert asks(w) == ""
    assert w.no("rate", source="rating-01", score=1) == r.NOTHING_TO_RATE
    w.press("done")
    assert asks(w) == ""
    assert w.no("rate", source="rating-01", score=1, ticket="A001") == r.NOTHING_TO_RATE


def test_a_rating_that_waited_goes_to_the_ticket_it_was_asked_for(w: World) -> None:
    w.ok("claim", counter=1, by="sari")
    w.press("done")
    w.ok("release", counter=1)
    w.take()
    w.press("next")
    w.press("start")
    w.wait(3_600)
    result = w.ok("rate", source="rating-01", score=3, ticket="A001", waited_ms=3_600_000)
    assert result == {"ticket": "A001"}
    event = w.events[-1]
    assert isinstance(event, Rated)
    assert (event.by, event.queue, event.ticket) == ("sari", "A", "A001")


def test_what_was_rated_is_what_was_done_there(w: World) -> None:
    label = w.take(services=["ktp", "paspor"])
    w.press("done")  # A001
    w.press("next")
    w.press("start")
    w.press("done", services=["kk"])
    w.press("next", counter=2, queue="B")
    assert w.in_hand(2) == label
    w.press("done", counter=2)
    assert w.no("rate", source="rating-01", score=3, ticket="B001") == r.NOTHING_TO_RATE
    w.ok("rate", source="rating-01", score=3, ticket=label)
    event = w.events[-1]
    assert isinstance(event, Rated)
    assert (event.counter, event.queue, event.services) == (1, "A", ("kk",))


@pytest.mark.parametrize("ended", ["no_show", "", "elsewhere"])
def test_but_only_one_that_was_served_there(w: World, ended: str) -> None:
    if ended == "no_show":
        w.press("no_show")
    if ended == "elsewhere":
        w.press("undo")
        w.press("next", counter=2)
        w.press("done", counter=2)
    label = "A009" if not ended else "A001"
    assert w.no("rate", source="rating-01", score=3, ticket=label) == r.NOTHING_TO_RATE


def test_one_without_a_ticket_that_waited_goes_to_who_was_there_then(w: World) -> None:
    w.press("start")
    w.wait(300)
    w.press("done")
    w.take()
    w.press("next")
    w.press("start")
    w.wait(300)
    assert w.ok("rate", source="rating-01", score=3, waited_ms=310_000) == {"ticket": "A001"}


def test_a_rating_of_yesterday_is_of_nobody_today(w: World) -> None:
    w.press("done")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    w.take()
    w.press("next")
    waited_ms = 24 * 3_600_000
    for ticket in ("A001", ""):
        fields = {"ticket": ticket, "waited_ms": waited_ms}
        assert w.no("rate", source="rating-01", score=3, **fields) == r.NOTHING_TO_RATE
    assert rate(w) == {"ticket": "A001"}


def test_who_is_carried_over_to_the_next_day_may_rate_again(w: World) -> None:
    rate(w)
    w.press("park")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    w.press("reinstate", ticket="A001")
    assert asks(w) == "A001"


def test_the_door_counts_and_can_be_corrected(w: World) -> None:
    assert w.ok("count", source="hall-01", count_in=5, count_out=2) == {"inside": 3}
    assert w.ok("count", source="hall-01", count_in=0, count_out=9) == {"inside": 0}
    assert w.ok("correct", source="hall-01", inside=40) == {"inside": 40}
    assert w.ok("count", source="hall-01", count_in=1, count_out=0) == {"inside": 41}


def test_people_counted_yesterday_are_not_in_the_hall_today(w: World) -> None:
    w.ok("count", source="hall-01", count_in=5, count_out=0)
    w.now = at("08:00", TUESDAY)
    w.ok("tick")
    assert w.hall.inside == 0
    late = {"source": "hall-01", "waited_ms": 20 * 3_600_000}
    assert w.ok("count", count_in=3, count_out=1, **late) == {"inside": 0}
    event = w.events[-1]
    assert isinstance(event, Counted)
    assert (event.came_in, event.went_out, event.day) == (3, 1, "2026-11-23")
    today = {"source": "hall-01", "waited_ms": 3_600_000}
    assert w.ok("count", count_in=3, count_out=1, **today) == {"inside": 2}
    assert w.events[-1].day == ""  # type: ignore[union-attr]


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


def test_touches_of_yesterday_are_none_of_today(w: World) -> None:
    w.ok("touch", source="gate-01", n=1)
    w.now = at("08:00", TUESDAY)
    w.ok("touch", source="gate-01", n=9, waited_ms=20 * 3_600_000)
    assert w.hall.touches == {}
    event = w.events[-1]
    assert isinstance(event, Touched)
    assert event.day == "2026-11-23"


def test_hello_is_heard(w: World) -> None:
    assert w.ask("hello", source="dispenser-01").events == ()
