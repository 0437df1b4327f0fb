"""Why a ticket was called when it was: told from the events, and true to the hall they made."""

from dataclasses import replace

import pytest

from gateway.domain import events as e
from gateway.domain.hall import WAITING
from gateway.domain.site import Slots
from gateway.domain.why import Story, tell
from tests.domain.walk import wander
from tests.domain.world import TUESDAY, World, at, small_site


def _story(world: World, label: str) -> Story:
    story = tell(label, world.events)
    assert story is not None
    return story


def test_who_came_first_was_passed_by_nobody() -> None:
    w = World()
    first, second = w.take(), w.take()
    w.wait(60)
    w.press("next")
    story = _story(w, first)
    called = story.steps[-1]
    assert isinstance(called.event, e.Called)
    assert (called.event.rule, called.passed, called.waited_ms) == ("first come", (), 60_000)
    assert _story(w, second).ahead == ()


def test_priority_that_came_later_and_was_called_earlier_is_named_with_its_rule() -> None:
    w = World()
    normal = w.take()
    w.wait(5)
    priority = w.take(cls="elderly")
    w.wait(5)
    assert w.press("next")["ticket"] == priority
    waiting = _story(w, normal)
    assert [(p.ticket, p.rule, p.priority, p.counter) for p in waiting.passed] == [
        (priority, "ratio 3:1: priority", True, 1)
    ]
    w.wait(5)
    assert w.press("next")["ticket"] == normal
    (called,) = [s for s in _story(w, normal).steps if isinstance(s.event, e.Called)]
    assert [p.ticket for p in called.passed] == [priority]
    assert _story(w, priority).steps[-1].passed == ()


def test_a_named_call_that_passes_says_who_did_it() -> None:
    w = World()
    first, second = w.take(), w.take()
    w.ok("call", counter=1, ticket=second, by="budi")
    (passed,) = _story(w, first).passed
    assert (passed.ticket, passed.act, passed.by) == (second, "call", "budi")


def test_who_was_passed_in_an_earlier_line_starts_anew_in_the_next() -> None:
    w = World()
    first = w.take()
    w.wait(1)
    w.ok("call", counter=2, ticket=w.take())
    assert len(_story(w, first).passed) == 1
    w.press("next")
    w.press("transfer", queue="B")
    story = _story(w, first)
    assert (story.queue, story.state, story.passed) == ("B", WAITING, ())


def test_a_call_that_was_taken_back_gives_the_old_place_and_what_passed_it() -> None:
    w = World()
    first = w.take()
    w.wait(1)
    w.ok("call", counter=2, ticket=w.take())
    w.press("next")
    w.press("undo")
    story = _story(w, first)
    assert (story.state, len(story.passed)) == (WAITING, 1)


def test_a_carried_ticket_is_told_on_its_second_day() -> None:
    w = World()
    label = w.take()
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    w.press("next")
    story = _story(w, label)
    assert story.carried
    assert isinstance(story.steps[-1].event, e.Called)


def test_nobody_passes_a_ticket_whose_visitor_is_at_another_counter() -> None:
    w = World()
    w.take()
    second = w.take("B", visit="A001")
    w.take("B")
    w.press("next")
    w.press("next", counter=2)
    assert _story(w, second).passed == ()


@pytest.mark.parametrize("label", ["A999", "", "#1"])
def test_there_is_no_story_of_what_is_no_number_of_the_day(label: str) -> None:
    assert tell(label, wander(4, 200, shadowed=False).world.events) is None


def test_who_was_served_by_hand_stays_in_the_queue_where_it_waited() -> None:
    w = World()
    label = w.take()
    w.press("next", 2)
    w.press("transfer", 2, queue="B")
    w.ok("catch_up", queue="A", ticket=label)
    story = _story(w, label)
    assert (story.state, story.queue) == ("done", w.hall.tickets[label].queue)


@pytest.mark.parametrize("seed", range(6))
def test_a_story_ends_where_the_hall_is(seed: int) -> None:
    world = wander(seed, 300, shadowed=False).world
    for ticket in world.hall.tickets.values():
        story = _story(world, ticket.label)
        assert (story.state, story.queue) == (ticket.state, ticket.queue), ticket.label
        assert story.carried == (ticket.day != world.hall.day)
        if ticket.state == WAITING:
            lane = world.hall.lines[ticket.queue].lane(ticket.klass)
            mine = (ticket.rank, ticket.arrived_ms, ticket.order, "")
            ahead = [place[3] for place in lane.in_order() if place < mine]
            assert [label for label in story.ahead if label in lane.places] == ahead


def test_an_appointment_is_named_to_those_whom_it_passed() -> None:
    small = small_site()
    slots = replace(small.queues[0], slots=Slots(30, 1))
    w = World(replace(small, queues=(slots, *small.queues[1:])), now=at("08:50"))
    w.ok("book", queue="A", slot_ms=at("09:30"))
    early = w.take()
    w.now = at("09:10")
    late = w.take()
    w.now = at("09:20")
    label = w.ok("check_in", ticket="#1")["ticket"]
    w.now = at("09:30")
    assert [w.press("next")["ticket"] for _ in range(2)] == [early, label]
    (passed,) = _story(w, late).passed
    assert (passed.ticket, passed.rule) == (label, "first come; appointment 09:30")
    assert passed.joined_ms == at("09:20")
    assert _story(w, label).steps[-1].waited_ms == 600_000
    assert _story(w, early).passed == ()


def test_a_number_handed_in_after_its_day_is_not_of_this_one() -> None:
    w = World()
    w.ok("lease", board="ticket-01", queues=("A",))
    w.now = at("09:00", TUESDAY)
    w.ok("offline", source="ticket-01", ticket="A700", queue="A", age_ms=0)
    assert tell("A700", w.events) is None
