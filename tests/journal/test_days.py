"""What `loket why` reads of a journal: a day, and what its carried tickets had before it."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain import decode_event, encode_event
from gateway.domain.hall_events import DayOpened
from gateway.domain.why import Story, tell
from gateway.journal import Journal, Row
from gateway.journal.days import read_day
from tests.domain.walk import wander
from tests.domain.world import TUESDAY, World, at, small_site

WEDNESDAY = "2026-11-25"


def _write(path: Path, world: World) -> Path:
    journal = Journal(path, 64)
    journal.commit(
        Row(e.at_ms, e.kind, getattr(e, "ticket", "") or None, None, encode_event(e))
        for e in world.events
    )
    journal.close()
    return path


def _story(path: Path, label: str, day: str = "") -> Story | None:
    found = read_day(path, day)
    assert found is not None
    return tell(label, map(decode_event, found.events))


def test_what_was_taken_back_before_a_label_came_again_is_not_its_own(tmp_path: Path) -> None:
    w = World()
    w.take("B")  # carried from Monday on: of Monday, all acts taken back are read for it
    w.take()
    w.press("next")
    w.press("undo")
    w.press("next")
    w.press("done")
    w.now = at("09:00", TUESDAY)
    assert w.take() == "A001"
    w.now = at("09:00", WEDNESDAY)
    w.press("next")
    story = _story(_write(tmp_path / "journal", w), "A001")
    assert story is not None
    assert (story.state, story.carried, len(story.steps)) == ("called", True, 1)


def test_a_late_number_of_another_day_is_not_the_birth_of_a_carried_one(tmp_path: Path) -> None:
    small = small_site(lease_size=20)
    few = replace(small.queues[0], lease_last=719)
    w = World(replace(small, queues=(few, *small.queues[1:])))
    w.ok("board_add", board="ticket-02", role="ticket")
    w.ok("lease", board="ticket-01", queues=("A",))
    w.now = at("09:00", TUESDAY)
    assert w.ok("lease", board="ticket-02", queues=("A",)) == {"reused": ["A"]}
    for board in ("ticket-02", "ticket-01"):  # today's, then Monday's
        w.ok("offline", source=board, ticket="A700", queue="A", age_ms=0)
    w.now = at("09:00", WEDNESDAY)
    w.press("next")
    story = _story(_write(tmp_path / "journal", w), "A700")
    assert story is not None
    assert (story.state, story.carried, story.steps[0].waited_ms) == ("called", True, 86_400_000)


@pytest.mark.parametrize("seed", [3, 4, 9, 13])
def test_every_ticket_of_a_life_has_its_story(seed: int, tmp_path: Path) -> None:
    world = wander(seed, 500, shadowed=False).world
    path = _write(tmp_path / "journal", world)
    for label, ticket in world.hall.tickets.items():
        story = _story(path, label)
        assert story is not None, label
        assert (story.state, story.queue) == (ticket.state, ticket.queue), label
    days = [event.day for event in world.events if isinstance(event, DayOpened)]
    for day in days:
        for label in ("", "#1", "A001", "A700"):
            _story(path, label, day)
