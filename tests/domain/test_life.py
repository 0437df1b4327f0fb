"""Nobody is lost, nobody is called twice, everybody keeps their turn: over any life of a hall.

What is checked at each step stands in world.py (a refusal changes nothing, the journal replays
to the same hall), invariants.py (every ticket in one place) and walk.py (turns, numbers, words).
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.hall import STATES
from gateway.domain.hallview import line_part
from gateway.domain.ticket_events import Issued
from tests.domain.walk import Walker, wander

_number = st.integers(0, 999)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 3), st.lists(st.tuples(_number, _number, _number), max_size=60))
def test_any_life_keeps_its_promises(site: int, steps: list[tuple[int, int, int]]) -> None:
    walker = Walker(site)
    for step in steps:
        walker.step(step)


def test_long_lives_reach_every_state_and_every_kind_of_ticket_event() -> None:
    states: set[str] = set()
    kinds: set[str] = set()
    origins: set[str] = set()
    for seed in range(18):
        walker = wander(seed, 300)
        world = walker.world
        states |= walker.states
        kinds |= {event.kind for event in world.events}
        origins |= {event.origin for event in world.events if isinstance(event, Issued)}
        # What a long-lived gateway shows is what a newly started one shows.
        assert line_part(world.hall, world.now) == line_part(world.shadow, world.now)
    assert set(STATES) - states == set()
    assert {kind for kind in kinds if kind.startswith("ticket_")} == {
        "ticket_issued", "ticket_printed", "ticket_voided", "ticket_checked_in", "ticket_called",
        "ticket_recalled", "ticket_started", "ticket_ended", "ticket_parked",
        "ticket_transferred", "ticket_cancelled", "ticket_caught_up", "ticket_expired",
        "ticket_asked_in", "ticket_reclassed",
    }  # fmt: skip
    assert kinds >= {"act_undone", "booking_made", "booking_ended", "numbers_leased"}
    assert origins == {"", "offline", "booking"}
