"""Which ticket next: each policy's order, its bound against starvation, and the rule it names."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.hall import CALLED, WAITING, Hall
from gateway.domain.site import Counter, Policy
from gateway.domain.ticket_events import Called
from tests.domain.world import World, small_site

RATIO = Policy("ratio", normal=3, priority=1)
STRICT = Policy("strict", guard_min=30)
AGEING = Policy("ageing", priority_weight=2.0)


def rules(w: World) -> list[str]:
    return [event.rule for event in w.events if isinstance(event, Called)]


def queue_up(w: World, classes: str, gap_s: float = 1) -> None:
    """Take a number a letter: p for a priority one."""
    for letter in classes:
        w.take(cls="elderly" if letter == "p" else "")
        w.wait(gap_s)


def calls(w: World, count: int) -> str:
    """Call so many; give their classes as letters."""
    out = ""
    for _ in range(count):
        ticket = w.hall.tickets[w.press("next")["ticket"]]
        out += "p" if ticket.klass else "n"
    return out


def test_ratio_takes_turns() -> None:
    w = World(small_site(policy=RATIO))
    queue_up(w, "nnnnnnppppnn")
    assert calls(w, 12) == "pnnnpnnnpnnp"
    assert rules(w)[:2] == ["ratio 3:1: priority", "ratio 3:1: normal"]
    assert rules(w)[-1] == "first come"  # no normal ticket was left


def test_ratio_two_to_two() -> None:
    w = World(small_site(policy=Policy("ratio", normal=2, priority=2)))
    queue_up(w, "nnnnnpppppp")
    assert calls(w, 11) == "ppnnppnnppn"


def test_a_class_with_nobody_waiting_loses_no_turn() -> None:
    w = World(small_site(policy=RATIO))
    queue_up(w, "nnnn")
    assert calls(w, 4) == "nnnn"
    queue_up(w, "nnp")
    assert calls(w, 1) == "p"  # its turn was owed all the while


def test_strict_calls_priority_first_but_guards_the_others() -> None:
    w = World(small_site(policy=STRICT))
    queue_up(w, "nnnppp")
    assert calls(w, 2) == "pp"
    w.wait(30 * 60)
    queue_up(w, "pp")
    # All three normal ones wait over half an hour: they alternate with the priority ones, but
    # the priority ticket that waits as long as the first of them is not passed.
    assert calls(w, 6) == "npnpnp"
    assert rules(w)[2] == "strict: waited too long"


def test_strict_guard_does_not_pass_who_waits_longer() -> None:
    w = World(small_site(policy=STRICT))
    queue_up(w, "pn")
    w.wait(31 * 60)
    assert calls(w, 2) == "pn"


def test_ageing_weighs_waiting_time() -> None:
    w = World(small_site(policy=AGEING))
    queue_up(w, "n", 100)
    queue_up(w, "n", 10)
    queue_up(w, "p", 60)
    # normal: 170 s and 70 s; priority: 60 s, counted twice
    assert calls(w, 3) == "npn"
    assert rules(w) == ["ageing: normal", "ageing: priority", "first come"]


def test_several_queues_longest_waiting_first() -> None:
    w = World()
    w.take("A")
    w.wait(1)
    w.take("B")
    w.wait(1)
    w.take("A")
    order = [w.press("next", counter=2)["ticket"] for _ in range(3)]
    assert order == ["A001", "B001", "A002"]
    assert rules(w) == ["first come; waits longest of this counter's queues"] * 2 + ["first come"]


@pytest.mark.parametrize("queues", [("A", "B"), ("B", "A")])
def test_several_queues_at_equal_times_the_preferred_one(queues: tuple[str, ...]) -> None:
    w = World(small_site(counters=(Counter(1, queues), Counter(2, ("A",)), Counter(3, ("C",)))))
    w.take("A")
    w.take("B")
    assert w.press("next")["ticket"] == queues[0] + "001"


def preferring(guard_min: int = 30) -> World:
    """Give a hall whose counter 2 prefers A to B."""
    counters = (
        Counter(1, ("A",)),
        Counter(2, ("A", "B"), choice="preferred", guard_min=guard_min),
        Counter(3, ("C",)),
    )
    return World(small_site(counters=counters))


def test_a_counter_that_prefers_takes_its_first_queue_with_somebody_waiting() -> None:
    w = preferring()
    w.take("B")
    w.wait(60)
    w.take("A")
    assert [w.press("next", counter=2)["ticket"] for _ in range(2)] == ["A001", "B001"]
    assert rules(w) == [
        "first come; this counter's first queue with somebody waiting",
        "first come",
    ]


def test_unless_somebody_has_waited_too_long_in_another() -> None:
    w = preferring(guard_min=10)
    w.take("B")
    w.wait(600)
    w.take("A")
    w.take("A")
    assert w.press("next", counter=2)["ticket"] == "A001"  # not over ten minutes yet
    w.wait(0.001)
    assert w.press("next", counter=2)["ticket"] == "B001"
    assert rules(w)[-1] == "first come; waited over 10 min at this counter's queues"


def test_but_not_before_one_of_the_first_queue_who_has_waited_longer() -> None:
    w = preferring(guard_min=10)
    w.take("A")
    w.wait(1)
    w.take("B")
    w.wait(3_600)
    assert [w.press("next", counter=2)["ticket"] for _ in range(2)] == ["A001", "B001"]


class Fairness:
    """Watches calls by policy, and how often each waiting ticket was passed by the other class."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.passed: dict[str, int] = {}

    def called(self, label: str) -> int:
        """Note a call; give how often the most passed head of the other class has been passed."""
        ticket = self._hall.tickets[label]
        assert ticket.state == CALLED
        line = self._hall.lines[ticket.queue]
        other = (line.normal if ticket.klass else line.priority).head()
        if other is None:
            return 0
        passed = self.passed.get(other[3], 0) + 1
        self.passed[other[3]] = passed
        return passed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([(3, 1), (1, 1), (2, 3), (5, 2)]),
    st.lists(st.sampled_from(["n", "p", "next", "next", "wait"]), max_size=60),
)
def test_ratio_starves_nobody(ratio: tuple[int, int], steps: list[str]) -> None:
    w = World(small_site(policy=Policy("ratio", *ratio)))
    fair = Fairness(w.hall)
    for step in steps:
        if step == "wait":
            w.wait(600)
        elif step != "next":
            w.take(cls="child" if step == "p" else "")
        else:
            decision = w.ask("next", source="counter-01")
            label = decision.result.get("ticket")
            if decision.why is None and label:
                bound = ratio[1] if w.hall.tickets[str(label)].klass else ratio[0]
                assert fair.called(str(label)) <= bound


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["n", "p", "next", "next", "wait"]), max_size=60))
def test_strict_passes_nobody_twice_who_waits_too_long(steps: list[str]) -> None:
    w = World(small_site(policy=STRICT))
    passed_overdue: dict[str, int] = {}
    for step in steps:
        if step == "wait":
            w.wait(600)
        elif step != "next":
            w.take(cls="child" if step == "p" else "")
        else:
            head = w.hall.lines["A"].normal.head()
            decision = w.ask("next", source="counter-01")
            label = str(decision.result.get("ticket") or "")
            if not label or head is None or w.hall.tickets[head[3]].state != WAITING:
                continue
            called = w.hall.tickets[label]
            overdue = w.now - head[1] > STRICT.guard_min * 60_000
            if called.klass and overdue and called.arrived_ms >= head[1]:
                passed_overdue[head[3]] = passed_overdue.get(head[3], 0) + 1
                assert passed_overdue[head[3]] <= 1


def test_a_new_rule_does_not_change_an_old_journal() -> None:
    # The event carries what the policy decided: replay does not ask it again.
    w = World(small_site(policy=RATIO))
    queue_up(w, "nnpp")
    calls(w, 3)
    w.ok("site_load", site=small_site(policy=STRICT))
    assert calls(w, 1) == "p"
