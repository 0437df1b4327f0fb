"""Breaks by hand: of the site, an agency or a counter, until ended or for so many minutes."""

import pytest

from gateway.domain import decode_event, evolve
from gateway.domain import reasons as r
from gateway.domain.breaks import pause_of
from gateway.domain.faces import counter_face
from gateway.domain.schedule import Pause
from gateway.domain.site import Break
from tests.domain.world import World, at, small_site


@pytest.fixture
def w() -> World:
    w = World()
    for _ in range(4):
        w.take()
    return w


@pytest.mark.parametrize(
    ("scope", "stopped"), [({}, (1, 2)), ({"agency": "duk"}, (1,)), ({"counter": 2}, (2,))]
)
def test_a_break_has_a_scope_and_a_time_to_resume(
    w: World, scope: dict[str, object], stopped: tuple[int, ...]
) -> None:
    w.press("next", 1)  # what is in hand is never cut
    until_ms = w.now + 20 * 60_000
    assert w.ok("break_start", **scope, for_min=20, reason="rapat") == {"until_ms": until_ms}
    assert w.no("break_start", **scope) == r.WRONG_STATE
    assert w.in_hand() == "A001"
    w.press("start")
    w.press("done")
    for number in stopped:
        assert w.refused("next", number) == r.ON_BREAK
        face = counter_face(w.hall, number, w.now)
        assert (face["state"], face["text"]) == ("break", "RAPAT S.D. 09:20")
    for number in {1, 2} - set(stopped):
        w.press("next", number)
    w.wait(20 * 60)
    w.press("next", stopped[0])  # from that instant, before any tick
    assert [event.kind for event in w.ask("tick").events] == ["break_ended"]
    assert w.ask("tick").events == ()


def test_a_break_without_an_end_is_ended_by_hand(w: World) -> None:
    w.ok("break_start", agency="imi")
    assert counter_face(w.hall, 2, w.now)["text"] == "ISTIRAHAT"
    w.wait(36_000)
    w.ok("tick")
    assert w.refused("next", 2) == r.ON_BREAK
    w.ok("break_end", agency="imi")
    w.press("next", 2)
    assert w.no("break_end", agency="imi") == r.WRONG_STATE


def test_one_that_is_over_can_be_followed_by_another_before_its_tick(w: World) -> None:
    w.ok("break_start", counter=1, for_min=5)
    w.wait(300)
    assert w.no("break_end", counter=1) == r.WRONG_STATE
    w.ok("break_start", counter=1, for_min=10)
    w.ok("tick")
    assert w.refused("next") == r.ON_BREAK


def test_of_several_by_hand_the_last_end_is_told(w: World) -> None:
    w.ok("break_start", for_min=30, reason="site")
    w.ok("break_start", counter=1, for_min=10, reason="counter")
    w.ok("break_start", agency="duk", for_min=20, reason="agency")
    counter = w.hall.counters[1]
    assert pause_of(w.hall, counter, w.now) == Pause("site", w.now + 30 * 60_000)
    w.ok("break_start", counter=2, reason="own")
    assert pause_of(w.hall, w.hall.counters[2], w.now) == Pause("own", None)


def test_ending_an_agencys_planned_break_leaves_the_sites() -> None:
    lunch = Break("Istirahat", "agency:duk", tuple(range(7)), 540, 60)
    gym = Break("Senam", "site", tuple(range(7)), 570, 10)
    w = World(small_site(breaks=(lunch, gym)), now=at("09:05"))
    w.take()
    assert w.refused("next") == r.ON_BREAK
    assert w.no("break_end", agency="imi") == r.WRONG_STATE
    w.ok("break_end", agency="duk")
    w.press("next")
    w.press("done")
    w.now = at("09:31")
    w.take()
    assert w.refused("next", 2) == r.ON_BREAK
    assert w.refused("next", 1) == r.ON_BREAK  # where the agency's lunch is passed over, too
    assert w.no("break_end", agency="duk") == r.WRONG_STATE
    w.ok("break_end", counter=1)
    w.press("next", 1)
    assert w.refused("next", 2) == r.ON_BREAK


def test_ending_a_counters_own_break_is_not_ending_the_sites_that_comes_later() -> None:
    lunch = Break("Istirahat", "counter:1", tuple(range(7)), 540, 60)
    gym = Break("Senam", "site", tuple(range(7)), 570, 10)
    w = World(small_site(breaks=(lunch, gym)), now=at("09:05"))
    w.take()
    w.ok("break_end", counter=1)
    assert pause_of(w.hall, w.hall.counters[1], w.now) is None
    w.now = at("09:31")
    assert w.refused("next") == r.ON_BREAK
    w.now = at("09:40")
    w.press("next")


def test_ending_both_that_are_on_at_a_counter_ends_both() -> None:
    lunch = Break("Istirahat", "counter:1", tuple(range(7)), 540, 60)
    gym = Break("Senam", "site", tuple(range(7)), 570, 10)
    w = World(small_site(breaks=(lunch, gym)), now=at("09:31"))
    w.take()
    w.ok("break_end", counter=1)
    w.press("next")
    w.now = at("09:45")
    w.press("done")
    assert pause_of(w.hall, w.hall.counters[1], w.now) is None


def test_ending_an_agencys_break_leaves_what_a_counter_began_by_hand() -> None:
    lunch = Break("Istirahat", "agency:duk", tuple(range(7)), 540, 60)
    w = World(small_site(breaks=(lunch,)), now=at("09:05"))
    w.take()
    w.ok("break_start", counter=1, reason="sakit")
    w.ok("break_end", agency="duk")
    assert w.refused("next") == r.ON_BREAK
    w.ok("break_end", counter=1)
    w.press("next")


def test_an_older_versions_end_at_a_counter_passes_over_the_sites_break_too() -> None:
    gym = Break("Senam", "site", tuple(range(7)), 540, 10)
    w = World(small_site(breaks=(gym,)), now=at("09:05"))
    old = {"kind": "break_ended", "at_ms": w.now, "by": "", "counter": 1}
    evolve(w.hall, decode_event({**old, "skip_until_ms": at("09:10")}))
    assert pause_of(w.hall, w.hall.counters[1], w.now) is None
    assert pause_of(w.hall, w.hall.counters[2], w.now) is not None


def test_a_planned_break_ended_at_a_counter_does_not_outweigh_a_later_one_by_hand() -> None:
    lunch = Break("Istirahat", "site", tuple(range(7)), 540, 60)
    w = World(small_site(breaks=(lunch,)), now=at("09:05"))
    w.take()
    w.ok("break_end", counter=1)
    w.ok("break_start", reason="gempa")
    assert w.refused("next") == r.ON_BREAK


@pytest.mark.parametrize("name", ["break_start", "break_end"])
def test_a_wrong_scope_is_refused(w: World, name: str) -> None:
    assert w.no(name, agency="pajak") == r.UNKNOWN_AGENCY
    assert w.no(name, counter=9) == r.UNKNOWN_COUNTER
    assert w.no(name, counter=1, agency="duk") == r.BAD_PAYLOAD


def test_a_break_of_no_minutes_is_refused(w: World) -> None:
    assert w.no("break_start", for_min=0) == r.BAD_PAYLOAD
