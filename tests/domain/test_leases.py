"""Numbers that boards give alone: which are leased, to whom, and how they are handed in."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import OFFLINE
from gateway.domain.hall_events import Leased
from gateway.domain.leases import in_force
from gateway.domain.site import Site
from gateway.domain.ticket_events import Issued
from tests.domain.world import OFFICE, SUNDAY, TUESDAY, World, at, small_site

T1, T2 = "ticket-01", "ticket-02"
DAYS = tuple(f"2026-11-{day}" for day in range(23, 30))


def site(lease_last: int = 999, size: int = 20, **changes: Any) -> Site:
    """Give the small site, of whose queue A 700 to `lease_last` are leased."""
    small = small_site(lease_size=size, **changes)
    a, b, c = small.queues
    return replace(small, queues=(replace(a, lease_last=lease_last), b, c))


def world(lease_last: int = 999, size: int = 20, **changes: Any) -> World:
    w = World(site(lease_last, size, **changes))
    w.ok("board_add", board=T2, role="ticket")
    return w


def lease(w: World, board: str = T1, *queues: str) -> list[tuple[str, int, int]]:
    """Ask for what the board lacks; give the new blocks."""
    before = len(w.events)
    w.ok("lease", board=board, queues=queues or ("A",))
    new = [event for event in w.events[before:] if isinstance(event, Leased)]
    return [(event.queue, event.first, event.last) for event in new]


def offline(w: World, number: int, age_ms: int | None = 0, board: str = T1, **fields: Any) -> str:
    """Hand a number of queue A in; give its label."""
    label = f"A{number}"
    result = w.ok("offline", source=board, ticket=label, queue="A", age_ms=age_ms, **fields)
    assert result["ticket"] == label
    return label


def refused(w: World, label: str, board: str = T1, queue: str = "A") -> str:
    return w.no("offline", source=board, ticket=label, queue=queue, age_ms=0)


def test_a_block_of_each_queue_until_midnight() -> None:
    w = world()
    assert lease(w, T1, "A", "B", "A") == [("A", 700, 719), ("B", 700, 719)]
    event = w.events[-1]
    assert isinstance(event, Leased)
    assert (event.day, event.until_ms) == (w.hall.day, at("00:00", TUESDAY))


def test_what_is_enough_is_not_leased_again() -> None:
    w = world()
    lease(w)
    assert lease(w) == []


def test_two_boards_never_have_the_same_number() -> None:
    w = world()
    assert lease(w, T1) == [("A", 700, 719)]
    assert lease(w, T2) == [("A", 720, 739)]


def test_more_than_half_used_brings_another_block() -> None:
    w = world()
    lease(w)
    for number in range(700, 710):
        offline(w, number)
    assert lease(w) == []
    offline(w, 710)
    assert lease(w) == [("A", 720, 739)]
    assert lease(w) == []
    assert [b.first for b in in_force(w.hall, T1, "A", w.now)] == [700, 720]
    offline(w, 720)  # so the board is through with the first block
    assert [b.first for b in in_force(w.hall, T1, "A", w.now)] == [720]
    offline(w, 711)  # a paper that comes late is taken all the same
    assert [b.first for b in in_force(w.hall, T1, "A", w.now)] == [720]


def test_a_gap_is_on_paper_or_lost_and_is_not_counted_on() -> None:
    w = world()
    lease(w)
    offline(w, 715)
    assert lease(w) == [("A", 720, 739)]


@pytest.mark.parametrize(
    ("changes", "queue"), [({"lease_size": 0}, "A"), ({}, "C"), ({}, "Z")], ids=str
)
def test_nothing_is_leased_where_boards_give_nothing(changes: dict[str, Any], queue: str) -> None:
    w = World(replace(site(), **changes))
    assert lease(w, T1, queue) == []  # no blocks; walk-in closed; unknown


def test_nothing_is_leased_after_hours_or_on_a_day_without_service() -> None:
    w = world(hours=OFFICE)
    w.now = at("15:00")
    assert lease(w) == []
    w.now = at("10:00", SUNDAY)
    assert lease(w) == []
    w.now = at("04:00", TUESDAY)
    w = world(hours=OFFICE)
    w.now = at("04:00", TUESDAY)
    assert lease(w) == [("A", 700, 719)]


def test_only_a_ticket_board_of_the_hall_gets_numbers() -> None:
    w = world()
    assert w.no("lease", board="ticket-09", queues=("A",)) == r.UNKNOWN_BOARD
    assert w.no("lease", board="counter-01", queues=("A",)) == r.NOT_ALLOWED


def test_a_number_is_handed_in_once_by_the_board_it_was_leased_to() -> None:
    w = world()
    lease(w, T1)
    lease(w, T2)
    offline(w, 700)
    assert refused(w, "A700") == r.DUPLICATE
    assert refused(w, "A701", T2) == r.NOT_LEASED
    assert refused(w, "A740") == r.NOT_LEASED
    assert refused(w, "A701", queue="B") == r.NOT_LEASED
    assert refused(w, "B701") == r.NOT_LEASED
    assert refused(w, "A0701") == r.NOT_LEASED
    assert refused(w, "A" + "9" * 5_000) == r.NOT_LEASED
    assert refused(w, "") == r.NOT_LEASED


def test_a_wrong_class_is_named() -> None:
    w = world()
    lease(w)
    answer = w.ask("offline", source=T1, ticket="A700", queue="A", age_ms=0, cls="vip")
    assert answer.why == r.BAD_PAYLOAD
    assert "class" in str(answer.result["text"])


def test_it_joins_the_line_at_its_true_time() -> None:
    w = world()
    lease(w)
    w.wait(600)
    first = w.take()
    w.wait(600)
    second = w.take()
    w.wait(600)
    label = offline(w, 700, age_ms=900_000, cls="")
    ticket = w.hall.tickets[label]
    assert (ticket.state, ticket.origin) == ("waiting", OFFLINE)
    assert ticket.issued_ms == ticket.arrived_ms == w.now - 900_000
    order = [w.press("next")["ticket"] for _ in range(3)]
    assert order == [first, label, second]
    assert w.take() == "A003"  # online numbering goes on


def test_a_priority_number_stands_in_its_lane() -> None:
    w = world()
    lease(w)
    w.take()
    label = offline(w, 700, cls="elderly")
    assert w.press("next")["ticket"] == label


def test_it_is_never_older_than_its_lease() -> None:
    w = world()
    w.take()
    w.wait(60)
    lease(w)
    granted_ms = w.now
    w.wait(60)
    label = offline(w, 700, age_ms=86_400_000)
    assert w.hall.tickets[label].arrived_ms == granted_ms


def test_one_boards_numbers_keep_their_order_whatever_it_says() -> None:
    w = world()
    lease(w)
    w.wait(3_600)
    labels = [
        offline(w, 700, age_ms=600_000),
        offline(w, 701, age_ms=900_000),  # its clock says that it came before the one before
        offline(w, 702, age_ms=None),  # a restart lost count
        offline(w, 703, age_ms=60_000),
    ]
    arrived = [w.hall.tickets[label].arrived_ms for label in labels]
    ago = [w.now - ms for ms in arrived]
    assert ago == [600_000, 600_000, 600_000, 60_000]
    assert [w.press("next")["ticket"] for _ in range(4)] == labels


def test_without_any_age_it_came_now_and_so_did_who_followed() -> None:
    w = world()
    lease(w)
    w.wait(3_600)
    labels = [offline(w, 700, age_ms=None), offline(w, 701, age_ms=600_000)]
    assert {w.hall.tickets[label].arrived_ms for label in labels} == {w.now}
    assert [w.press("next")["ticket"] for _ in range(2)] == labels


def test_one_that_was_missed_and_came_back_does_not_hold_up_the_next() -> None:
    w = world()
    lease(w)
    w.wait(3_600)
    offline(w, 700, age_ms=600_000)
    w.press("next")
    w.press("no_show")
    w.wait(60)
    assert w.hall.tickets[offline(w, 701, age_ms=120_000)].arrived_ms == w.now - 120_000


def test_it_is_a_ticket_like_any_other_then() -> None:
    w = world()
    lease(w)
    label = offline(w, 700)
    w.press("next")
    w.press("start")
    w.press("done")
    assert w.state(label) == "done"
    w.press("undo")
    w.press("park")
    w.ok("check_in", ticket=label)
    w.ok("cancel", ticket=label)
    assert refused(w, label) == r.DUPLICATE


def test_an_older_days_number_is_recorded_as_expired() -> None:
    w = world()
    lease(w)
    w.now = at("09:00", TUESDAY)
    decision = w.ask("offline", source=T1, ticket="A700", queue="A", age_ms=None)
    assert decision.result == {"ticket": "A700", "queue": "A", "expired": True}
    event = decision.events[-1]
    assert isinstance(event, Issued)
    assert (event.state, event.day) == ("expired", "2026-11-23")
    assert "A700" not in w.hall.tickets
    assert refused(w, "A700") == r.DUPLICATE


def test_a_week_later_a_board_is_still_heard_then_no_more() -> None:
    w = world()
    lease(w)
    w.now = at("09:00", "2026-11-30")
    w.ok("tick")
    offline(w, 700)
    w.now = at("09:00", "2026-12-01")
    w.ok("tick")
    assert refused(w, "A701") == r.NOT_LEASED


@pytest.mark.parametrize(
    "said", [{"day": "2026-11-23", "age_ms": None}, {"age_ms": 9 * 86_400_000}], ids=str
)
def test_a_paper_of_a_forgotten_lease_does_not_take_todays_number(said: dict[str, Any]) -> None:
    w = world(lease_last=719)
    lease(w)
    w.now = at("09:00", "2026-12-02")
    assert lease(w) == [("A", 700, 719)]
    w.wait(60)
    old = {"source": T1, "ticket": "A700", "queue": "A", **said}
    assert w.no("offline", **old) == r.NOT_LEASED
    offline(w, 700, age_ms=1_000, day="2026-12-02")
    assert w.state("A700") == "waiting"


def test_the_day_of_its_lease_is_believed_whatever_the_age() -> None:
    w = world()
    lease(w)
    assert w.state(offline(w, 700, age_ms=10**12, day="2026-11-23")) == "waiting"
    assert w.no("offline", source=T1, ticket="A701", queue="A", day="2026-11-24") == r.NOT_LEASED


def test_the_range_goes_round_over_the_days() -> None:
    w = world(lease_last=759)
    blocks = []
    for day in DAYS[:3]:
        w.now = at("09:00", day)
        blocks += lease(w, T1)
    assert blocks == [("A", 700, 719), ("A", 720, 739), ("A", 740, 759)]


def test_when_all_was_leased_lately_the_oldest_of_another_board_is_taken_and_told() -> None:
    w = world(lease_last=759)
    for day in DAYS[:3]:
        w.now = at("09:00", day)
        lease(w, T1)
    w.now = at("09:00", DAYS[3])
    assert w.ok("lease", board=T1, queues=("A",)) == {"missing": ["A"]}
    assert w.ok("lease", board=T2, queues=("A",)) == {"reused": ["A"]}
    event = w.events[-1]
    assert isinstance(event, Leased)
    assert (event.first, event.last) == (700, 719)
    # Both may be on paper: each is known by its board, and they are of different days.
    offline(w, 700, board=T2)
    assert w.ok("offline", source=T1, ticket="A700", queue="A", age_ms=0)["expired"] is True
    assert w.state("A700") == "waiting"


def test_never_the_same_number_twice_on_a_day() -> None:
    w = world(lease_last=719)
    lease(w, T1)
    assert w.ok("lease", board=T2, queues=("A",)) == {"missing": ["A"]}


def test_a_lost_boards_numbers_stay_unused_that_day() -> None:
    w = world(lease_last=719)
    lease(w, T1)
    w.ok("board_retire", board=T1)
    assert w.ok("lease", board=T2, queues=("A",)) == {"missing": ["A"]}
    w.now = at("09:00", TUESDAY)
    assert w.ok("lease", board=T2, queues=("A",)) == {"reused": ["A"]}


def test_a_board_that_is_added_again_gets_new_numbers() -> None:
    w = world()
    lease(w, T1)
    w.wait(60)
    w.ok("board_retire", board=T1)
    w.ok("board_add", board=T1, role="ticket")
    assert in_force(w.hall, T1, "A", w.now) == []
    assert lease(w, T1) == [("A", 720, 739)]
    offline(w, 705)  # of its former life: on paper all the same


def test_a_label_in_use_is_not_leased() -> None:
    w = world(lease_last=739)
    lease(w)
    offline(w, 700)
    w.now = at("09:00", TUESDAY)
    assert lease(w) == [("A", 720, 739)]
    w.now = at("09:00", DAYS[2])
    assert w.ok("lease", board=T2, queues=("A",)) == {"reused": ["A"]}
    event = w.events[-1]
    assert isinstance(event, Leased)
    assert (event.first, event.last) == (701, 720)  # A700 still waits
    assert lease(w, T1) == []


def test_the_longest_stretch_when_no_block_is_whole() -> None:
    w = world(lease_last=730)
    lease(w, T1)
    assert lease(w, T2) == [("A", 720, 730)]


def test_numbers_of_a_queue_closed_with_expiry_are_recorded_as_expired() -> None:
    w = world()
    lease(w)
    w.ok("queue_close", queue="A", how="serve")
    offline(w, 700)  # its visitor sat here before the queue was closed
    assert w.state("A700") == "waiting"
    assert lease(w, T2) == []
    w.ok("queue_close", queue="A", how="expire")
    offline(w, 701)
    assert w.state("A701") == "expired"


def test_numbers_of_a_queue_that_is_gone_are_recorded() -> None:
    w = world()
    lease(w, T1, "B")
    small = w.hall.site
    w.ok(
        "site_load",
        site=replace(
            small,
            queues=(small.queues[0], small.queues[2]),
            services=tuple(s for s in small.services if s.queue != "B"),
            counters=tuple(replace(c, queues=("A",)) for c in small.counters),
        ),
    )
    result = w.ok("offline", source=T1, ticket="B700", queue="B", age_ms=0)
    assert result["expired"] is True
    assert "B700" not in w.hall.tickets


def test_settings_may_not_give_what_a_board_may_print() -> None:
    w = world()
    lease(w)
    small = w.hall.site
    a = replace(small.queues[0], last_number=710, lease_first=711)
    changed = replace(small, queues=(a, *small.queues[1:]))
    decision = w.ask("site_load", site=changed)
    assert decision.why == r.WRONG_STATE
    assert "ticket-01 may print 700-719" in str(decision.result["text"])
    w.now = at("09:00", TUESDAY)
    w.ok("site_load", site=changed)


def test_a_set_back_clock_does_not_upset_the_order() -> None:
    w = world()
    lease(w)
    w.wait(-600)
    label = offline(w, 700, age_ms=0)
    assert w.hall.tickets[label].arrived_ms == w.now + 600_000  # when it was leased
