"""Nobody starves: each policy's bound on how long a waiting ticket can be passed, under any stream.

One counter calls on and on while others arrive, before each call whoever the stream says. The
watched ticket must be called within the bound that docs/domain.md states, whatever comes.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.domain.site import Counter, Policy
from tests.domain.world import World, small_site

MOST_CALLS = 120
_few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_fewer = settings(_few, max_examples=30)  # where very many numbers are taken
_line = st.text("np", max_size=6)
_stream = st.lists(st.sampled_from(["", "n", "p", "pp", "np"]), min_size=1, max_size=5)
_gap_s = st.sampled_from([1, 30, 400, 2_000])


def come(w: World, letters: str) -> None:
    """Let one visitor a letter take a number, a second apart: p is a priority one."""
    for letter in letters:
        w.take(cls="elderly" if letter == "p" else "")
        w.wait(1)


def calls_until(w: World, label: str, stream: list[str], gap_s: float) -> Iterator[str]:
    """Call again and again while the stream comes; give each call, the last is `label`'s."""
    for n in range(MOST_CALLS):
        come(w, stream[n % len(stream)])
        called = str(w.press("next")["ticket"])
        yield called
        if called == label:
            return
        w.wait(gap_s)
    raise AssertionError(f"{label} was not called in {MOST_CALLS} calls")


def ahead(w: World, label: str) -> tuple[int, int]:
    """Give how many (normal, priority) tickets of the queue came earlier and still wait."""
    line, order = w.hall.lines["A"], w.hall.tickets[label].order
    lanes = (line.normal, line.priority)
    normal, priority = (sum(p[2] < order for p in lane.places.values()) for lane in lanes)
    return normal, priority


@_few
@given(
    st.sampled_from([(3, 1), (1, 1), (2, 3), (5, 2)]), _line, st.sampled_from("np"), _stream, _gap_s
)
def test_ratio(
    ratio: tuple[int, int], before: str, mine: str, stream: list[str], gap_s: float
) -> None:
    w = World(small_site(policy=Policy("ratio", *ratio)), shadowed=False)
    come(w, before + mine)
    label = f"A{len(before) + 1:03d}"
    place = before.count(mine) + 1
    own, other = ratio if mine == "n" else ratio[::-1]
    calls = list(calls_until(w, label, stream, gap_s))
    assert len(calls) <= place + other * ceil(place / own)


@_few
@given(_line, _stream, _gap_s)
def test_strict_once_a_normal_ticket_waits_too_long(
    before: str, stream: list[str], gap_s: float
) -> None:
    w = World(small_site(policy=Policy("strict", guard_min=30)), shadowed=False)
    come(w, before + "n")
    label = f"A{len(before) + 1:03d}"
    w.wait(30 * 60)
    normal, priority = ahead(w, label)
    calls = list(calls_until(w, label, stream, gap_s))
    assert len(calls) <= 2 * (normal + 1) + priority


@_few
@given(st.sampled_from(["strict", "ageing"]), _line, _stream, _gap_s)
@example("strict", "ppp", ["n"], 400)
def test_a_priority_ticket_waits_only_for_who_came_before_it(
    kind: str, before: str, stream: list[str], gap_s: float
) -> None:
    w = World(small_site(policy=Policy(kind, guard_min=1)), shadowed=False)
    come(w, before + "p")
    calls = list(calls_until(w, f"A{len(before) + 1:03d}", stream, gap_s))
    assert len(calls) <= len(before) + 1


@_few
@given(st.sampled_from([1.0, 1.5, 2.0, 4.0]), _line, _gap_s)
def test_ageing_while_priority_comes_no_faster_than_it_is_called(
    weight: float, before: str, gap_s: float
) -> None:
    w = World(small_site(policy=Policy("ageing", priority_weight=weight)), shadowed=False)
    come(w, before + "n")
    label = f"A{len(before) + 1:03d}"
    came_ms = w.hall.tickets[label].arrived_ms
    count = 0
    for called in calls_until(w, label, ["p"], gap_s):
        count += 1
        other = w.hall.tickets[called]
        latest_ms = came_ms + (1 - 1 / weight) * (w.now - came_ms)
        assert called == label or other.arrived_ms <= max(came_ms, latest_ms)
    # Those who came by then leave one in `weight` calls for who came before.
    assert count <= weight * (len(before) + 2) + 1


@_few
@given(st.text("AB", max_size=4), st.integers(1, 3), st.sampled_from([20, 60, 300]))
def test_the_longest_waiting_of_several_queues(before: str, each: int, gap_s: float) -> None:
    w = _two_queues("longest")
    label = _comes_after(w, before)
    assert len(list(_calls_beside(w, label, each, gap_s))) <= len(before) + 1


@_fewer
@given(st.text("AB", max_size=4), st.integers(1, 3), st.sampled_from([20, 60, 300]))
def test_a_queue_that_is_not_preferred(before: str, each: int, gap_s: float) -> None:
    w = _two_queues("preferred")
    label = _comes_after(w, before)
    mine = w.hall.tickets[label]
    overdue = left = 0
    for _ in _calls_beside(w, label, each, gap_s):
        if w.now - mine.arrived_ms <= 30 * 60_000:
            continue
        if not overdue:  # so many of those who came before it were left then
            waiting = [t for t in w.hall.tickets.values() if t.state == "waiting"]
            left = 1 + sum(t.order <= mine.order for t in waiting)
        overdue += 1
        assert overdue <= left


def _two_queues(choice: str) -> World:
    counters = (Counter(1, ("A", "B"), choice=choice), Counter(2, ("C",)), Counter(3, ("C",)))
    queues = tuple(replace(queue, last_number=699) for queue in small_site().queues)
    return World(small_site(counters=counters, queues=queues), shadowed=False)


def _comes_after(w: World, before: str) -> str:
    for queue in before:
        w.take(queue)
        w.wait(1)
    label = w.take("B")
    w.wait(1)
    return label


def _calls_beside(w: World, label: str, each: int, gap_s: float) -> Iterator[str]:
    # Into the first queue `each` come before every call.
    for _ in range(MOST_CALLS):
        for _ in range(each):
            w.take("A")
        called = str(w.press("next")["ticket"])
        yield called
        if called == label:
            return
        w.wait(gap_s)
    raise AssertionError(f"{label} was not called in {MOST_CALLS} calls")
