"""The waiting time that is told: what it knows, when it is unknown, what it learns from."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.estimate import Forecast, forecast, forecast_of, shown
from gateway.domain.hall import WAITING
from gateway.domain.pace import DEFAULT_S, Margin, Pace
from gateway.domain.site import Break, Policy
from tests.domain.walk import Step, Walker
from tests.domain.world import MONDAY, OFFICE, World, at, small_site

_WORKDAYS = (0, 1, 2, 3, 4, 5)


def busy(world: World, waiting: int = 6, service_s: int = 60) -> World:
    """Let counter 1 alone serve queue A, a dozen people so long each, and so many wait now."""
    world.ok("close", counter=2)
    for _ in range(12):
        world.take()
        world.press("next")
        world.press("start")
        world.wait(service_s)
        world.press("done")
    for _ in range(waiting):
        world.take()
    world.press("next")
    return world


def told(world: World, klass: str = "", queue: str = "A") -> Forecast:
    """Give what somebody would be told now, which must be something."""
    wait = forecast(world.hall, queue, klass, world.now)
    assert wait is not None
    return wait


def is_unknown(world: World, queue: str = "A") -> bool:
    """Tell whether nobody can say."""
    return forecast(world.hall, queue, "", world.now) is None


def test_nobody_before_and_a_free_counter_is_at_once() -> None:
    assert told(World()) == Forecast(0.0, 0.0, 60.0)


def test_a_new_queue_says_five_minutes_each_and_is_unsure() -> None:
    w = World()
    w.ok("close", counter=2)
    for _ in range(5):
        w.take()
    w.press("next")
    wait = told(w)
    assert wait.about_s == pytest.approx(5 * DEFAULT_S, rel=0.2)
    assert wait.low_s < 0.6 * wait.about_s
    assert wait.high_s > 1.6 * wait.about_s


def test_the_wait_follows_the_queues_own_times_in_hand() -> None:
    quick, slow = told(busy(World(), service_s=60)), told(busy(World(), service_s=240))
    # Five wait and one is being served; the default still counts like two of fourteen.
    assert 5 * 60 < quick.about_s < 7 * 105
    assert 2 * quick.about_s < slow.about_s < 4 * quick.about_s
    assert quick.high_s - quick.low_s < 3 * quick.about_s


def test_each_one_before_adds_to_the_wait() -> None:
    w = busy(World(), waiting=1)
    waits = [told(w)]
    for _ in range(12):
        w.take()
        waits.append(told(w))
    assert [wait.about_s for wait in waits] == sorted({wait.about_s for wait in waits})
    assert [wait.high_s for wait in waits] == sorted({wait.high_s for wait in waits})


def test_a_second_counter_halves_the_wait() -> None:
    w = busy(World())
    alone = told(w).about_s
    w.ok("open", counter=2)
    assert told(w).about_s == pytest.approx(alone / 2, rel=0.35)


@pytest.mark.parametrize(
    ("stop", "fields"),
    [("close", {"counter": 1}), ("pause", {"counter": 1}), ("hold", {"agency": "duk"})],
)
def test_the_wait_is_unknown_while_nobody_can_call(stop: str, fields: dict[str, Any]) -> None:
    w = busy(World())
    w.ok(stop, **fields)
    assert is_unknown(w)
    assert "wait_s" not in w.ok("take", queue="A")
    assert forecast_of(w.hall, w.hall.tickets["A014"], w.now) is None


def test_the_wait_is_unknown_where_who_waits_is_carried_to_another_day() -> None:
    w = busy(World())
    w.ok("queue_close", queue="A", how="serve")
    assert not is_unknown(w)
    w.ok("queue_close", queue="A", how="carry")
    assert is_unknown(w)


def test_a_day_without_service_has_no_wait() -> None:
    w = World(small_site(OFFICE, closures=(MONDAY,)))
    assert is_unknown(w)


def test_before_service_the_wait_counts_from_its_opening() -> None:
    w = World(small_site(OFFICE), at("07:50"))
    first = told(w)
    assert first.low_s == first.about_s == 600.0
    for _ in range(8):
        w.take()
    assert told(w).about_s > 600 + 2 * DEFAULT_S


def test_a_break_ahead_moves_the_wait_past_it() -> None:
    pause = Break("Senam", "site", _WORKDAYS, 9 * 60 + 18, 10)
    without, with_break = busy(World()), busy(World(small_site(breaks=(pause,))))
    assert without.now == at("09:12")
    before, after = told(without), told(with_break)
    assert before.low_s == after.low_s < 6 * 60 < before.high_s
    # Nobody is called in the break, and a break costs at most its length.
    assert after.high_s >= 16 * 60
    assert after.high_s <= before.high_s + 10 * 60
    assert not 6 * 60 < after.about_s < 16 * 60


def test_a_counters_own_break_ahead_counts_for_that_counter() -> None:
    own = Break("Istirahat", "counter:1", _WORKDAYS, 9 * 60 + 13, 30)
    w = busy(World(small_site(breaks=(own,))))
    assert told(w).about_s > 30 * 60
    w.ok("open", counter=2)
    assert told(w).about_s < 15 * 60


def test_a_break_begun_by_hand_counts_until_its_end() -> None:
    w = busy(World())
    before = told(w).about_s
    w.ok("break_start", reason="Rapat", for_min=30)
    assert told(w).about_s == pytest.approx(before + 30 * 60, abs=120)
    w.ok("break_end")
    assert told(w).about_s == before
    w.ok("break_start", reason="Rapat")  # nobody has said until when: as long as it has lasted
    just_begun = told(w).about_s
    assert just_begun > before
    w.wait(1_200)
    assert told(w).about_s > just_begun + 600


def test_priority_is_told_its_own_wait_and_normal_tickets_wait_for_priority() -> None:
    w = busy(World(small_site(policy=Policy("strict", guard_min=120))))
    normal, priority = told(w), told(w, "elderly")
    assert priority.about_s < normal.about_s / 2
    for _ in range(3):
        w.take(cls="elderly")
    assert told(w).about_s > normal.about_s


@pytest.mark.parametrize("kind", ["strict", "ageing"])
def test_priority_still_to_come_is_expected(kind: str) -> None:
    quiet = busy(World(small_site(policy=Policy(kind))))
    waits = []
    for seconds in (3_600, 120):
        pace = quiet.hall.lines["A"].pace
        pace.priority_gap_s = float(seconds)
        waits.append(told(quiet).about_s)
    assert waits[1] > 1.15 * waits[0]


def test_who_came_earlier_to_another_queue_of_the_counter_goes_first() -> None:
    w = World()
    w.ok("close", counter=1)  # counter 2 serves A and B
    w.take("A")
    w.press("next", counter=2)
    before = told(w).about_s
    for _ in range(3):
        w.take("B")
    assert told(w).about_s == pytest.approx(before + 3 * DEFAULT_S, rel=0.3)


def test_a_free_counter_that_lets_people_wait_is_not_counted_on() -> None:
    w = busy(World(), waiting=8)
    w.ok("open", counter=2)
    with_two = told(w).about_s
    w.wait(300)  # nobody calls at counter 2
    assert told(w).about_s > with_two


def test_a_ticket_that_waits_is_told_how_much_longer() -> None:
    w = busy(World(), waiting=8)
    tickets = [t for t in w.hall.tickets.values() if t.state == WAITING]
    waits = [forecast_of(w.hall, ticket, w.now) for ticket in tickets]
    abouts = [wait.about_s for wait in waits if wait is not None]
    assert len(abouts) == 7
    assert abouts == sorted(set(abouts))
    assert abouts[-1] < told(w).about_s
    w.press("done")
    w.press("next")
    nearer = forecast_of(w.hall, tickets[-1], w.now)
    assert nearer is not None
    assert nearer.about_s < abouts[-1]
    assert forecast_of(w.hall, tickets[0], w.now) is None  # it waits no longer


def test_a_counter_that_usually_opens_later_is_expected() -> None:
    w = World(small_site(OFFICE), at("07:46"))
    for _ in range(4):
        w.now = (w.now // 86_400_000 + 1) * 86_400_000 + at("07:46") % 86_400_000
        w.ok("tick")
        w.ok("close", counter=2)
        w.take()
        w.now += 90 * 60_000
        w.ok("open", counter=2)  # at 09:16, every day
        w.press("next")
        w.press("done")
    w.now = (w.now // 86_400_000 + 1) * 86_400_000 + at("08:50") % 86_400_000
    w.ok("tick")
    w.ok("close", counter=2)
    for _ in range(20):
        w.take()
    w.press("next")
    expected = told(w).about_s
    w.hall.counters[2].habit.share.clear()
    assert expected < 0.9 * told(w).about_s


def test_promises_that_fail_make_the_next_ones_wider_and_kept_ones_narrower() -> None:
    margin = Margin()
    for _ in range(20):
        margin.judge((300, 600, 900), 1_000)
    assert margin.high > Margin().high
    assert margin.low < Margin().low
    assert margin.middle > 0
    wide = margin.high
    for _ in range(40):
        margin.judge((300, 600, 900), 700)
    assert margin.high < wide


def test_a_call_judges_what_was_promised_at_the_take() -> None:
    w = busy(World(), waiting=3)
    last = w.ok("take", queue="A")
    promised = w.hall.tickets[str(last["ticket"])].promised
    assert [promised[0], promised[2]] == last["wait_s"]
    judged = w.hall.lines["A"].pace.normal.judged
    w.press("next")
    assert w.hall.lines["A"].pace.normal.judged == judged + 1
    w.press("undo")
    w.press("done")
    w.ok("call", counter=1, ticket="A014")
    assert w.hall.lines["A"].pace.normal.judged == judged + 1  # a named call is no judge


def test_an_implied_end_teaches_only_if_the_next_one_was_waiting() -> None:
    w = World()
    w.take()
    w.press("next")
    w.wait(400)
    w.take()
    w.press("next")  # who knows when the first one went
    pace = w.hall.lines["A"].pace
    assert pace.recent == []
    w.take()
    w.wait(500)
    w.press("next")
    assert pace.recent == [("A002", 500_000)]


def test_a_forgotten_press_does_not_count_in_full() -> None:
    pace = Pace()
    for number in range(30):
        pace.served(f"A{number}", 60_000)
    pace.served("A030", 6 * 3_600_000)
    assert pace.recent[-1] == ("A030", 3_600_000)


def test_long_waits_are_shown_in_steps_of_five_minutes_rounded_outward() -> None:
    assert Forecast(61.0, 100.0, 841.0).shown_s() == [60, 900]
    assert Forecast(0.0, 10.0, 60.5).shown_s() == [0, 120]
    assert Forecast(899.0, 950.0, 901.0).shown_s() == [840, 1_200]
    assert Forecast(1_799.0, 1_800.0, 1_801.0).shown_s() == [1_500, 2_100]
    assert shown(None) is None


_BREAKS = (Break("Senam", "site", _WORKDAYS, 610, 5), Break("L", "counter:1", _WORKDAYS, 700, 30))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 3),
    st.lists(st.tuples(*(st.integers(0, 999),) * 3), min_size=20, max_size=60),
)
def test_in_any_life_bounds_are_in_order_and_finite(site: int, steps: list[Step]) -> None:
    walker = Walker(site, shadowed=False)
    world = walker.world
    for step in steps:
        walker.step(step)
        for prefix in world.hall.lines:
            for klass in ("", "elderly"):
                wait = forecast(world.hall, prefix, klass, world.now)
                if wait is not None:
                    assert 0 <= wait.low_s <= wait.about_s <= wait.high_s <= 48 * 3_600
        for ticket in world.hall.tickets.values():
            if ticket.state == WAITING:
                forecast_of(world.hall, ticket, world.now)


def test_priority_may_have_any_weight() -> None:
    for weight in (0.5, 1.0, 10.0):
        policy = Policy("ageing", priority_weight=weight)
        w = busy(World(small_site(policy=policy)))
        for _ in range(2):
            w.take(cls="elderly")
        w.wait(100)
        assert told(w, "elderly").about_s >= 0
        assert told(w).about_s > 0
