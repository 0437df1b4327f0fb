"""Business days: they open by the site's own date, carry who is unfinished, and forget nobody."""

from gateway.domain import reasons as r
from gateway.domain.hall_events import DayOpened
from tests.domain.world import MONDAY, TUESDAY, World, at, small_site


def opened(w: World) -> list[str]:
    return [event.day for event in w.events if isinstance(event, DayOpened)]


def test_the_day_is_the_sites_own_date() -> None:
    w = World(now=at("23:59"))
    assert w.hall.day == MONDAY
    w.now = at("00:00", TUESDAY) - 1
    w.ok("tick")
    assert w.hall.day == MONDAY
    w.now += 1
    w.ok("tick")
    assert w.hall.day == TUESDAY
    assert opened(w) == [MONDAY, TUESDAY]


def test_an_accepted_command_opens_a_due_day_first() -> None:
    w = World()
    w.take()
    w.now = at("09:00", TUESDAY)
    decision = w.ask("take", source="ticket-01", queue="B")
    assert [event.kind for event in decision.events] == ["day_opened", "ticket_issued"]
    assert w.hall.tickets["B001"].day == TUESDAY


def test_a_refused_command_changes_nothing_even_then() -> None:
    w = World()
    w.now = at("09:00", TUESDAY)
    assert w.refused("next") == r.NOBODY_WAITING
    assert w.hall.day == MONDAY


def test_rules_are_the_new_days_before_it_is_opened() -> None:
    w = World()
    for _ in range(2):
        w.take(service="ktp")
    w.now = at("09:00", TUESDAY)
    assert w.take(service="ktp") == "A003"  # yesterday's quota is over, its labels are in use


def test_unfinished_tickets_are_carried_to_the_front() -> None:
    w = World()
    for cls in ("", "", "elderly"):
        w.take(cls=cls)
    w.take("B")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    event = w.events[-1]
    assert isinstance(event, DayOpened)
    assert event.carried == ("A001", "A002", "A003", "B001")
    w.take(cls="elderly")
    w.take()
    order = [w.press("next")["ticket"] for _ in range(5)]
    assert order == ["A003", "A001", "A002", "A005", "A004"]


def test_the_numbering_starts_anew_and_skips_labels_in_use() -> None:
    w = World()
    for _ in range(3):
        w.take()
    for _ in range(2):
        w.press("next")
        w.press("done")
    w.now = at("09:00", TUESDAY)
    assert [w.take() for _ in range(3)] == ["A001", "A002", "A004"]
    assert w.hall.lines["A"].issued == 3


def test_a_carried_label_stays_taken_after_it_is_served() -> None:
    w = World()
    w.take()
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    w.press("next")
    w.press("done")
    assert w.take() == "A002"


def test_finished_tickets_leave_memory() -> None:
    w = World()
    for _ in range(4):
        w.take()
    w.press("next")
    w.press("done")
    w.press("next")
    w.press("no_show")
    w.ok("cancel", ticket="A003")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert list(w.hall.tickets) == ["A004"]
    assert w.refused("reinstate", ticket="A001") == r.UNKNOWN_TICKET


def test_what_is_in_hand_or_parked_stays_so_over_midnight() -> None:
    w = World()
    for _ in range(4):
        w.take()
    w.press("next")
    w.press("start")
    w.press("next", counter=2)
    w.press("park", counter=2)
    w.take(has_printer=True)
    w.now = at("00:00", TUESDAY)
    w.ok("site_load", site=w.hall.site)
    states = [w.state(f"A00{n}") for n in range(1, 6)]
    assert states == ["serving", "parked", "waiting", "waiting", "reserved"]
    w.ok("paper", source="ticket-01", ticket="A005", ok=True)
    w.take()
    order = [w.press("next")["ticket"] for _ in range(4)]
    assert order == ["A003", "A004", "A005", "A006"]


def test_undo_does_not_reach_into_yesterday() -> None:
    w = World(now=at("23:59", seconds=50))
    w.take()
    w.press("next")
    w.wait(20)
    w.ok("tick")
    assert w.refused("undo") == r.WRONG_STATE


def test_yesterdays_claims_end_unless_somebody_is_being_served() -> None:
    w = World()
    w.take()
    w.press("next")
    for counter in (1, 2):
        w.ok("claim", counter=counter, by="sari")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert [w.hall.counters[n].by for n in (1, 2)] == ["sari", ""]


def test_closings_pauses_and_breaks_by_hand_outlast_the_night() -> None:
    w = World()
    w.ok("close", counter=1)
    w.press("pause", counter=2)
    w.ok("break_start", reason="Rapat")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert not w.hall.counters[1].open
    assert w.hall.counters[2].paused
    assert w.hall.break_by_hand == "Rapat"


def test_people_inside_and_touches_start_from_nothing() -> None:
    w = World()
    w.ok("count", source="hall-01", count_in=5, count_out=1)
    w.ok("touch", source="ticket-01", n=7)
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert (w.hall.inside, w.hall.touches) == (0, {})


def test_no_day_before_the_known_one() -> None:
    w = World(now=at("09:00", TUESDAY))
    w.take()
    w.now = at("09:00", MONDAY)  # the clock was wrong, or is wrong now
    w.ok("tick")
    assert w.hall.day == TUESDAY
    assert w.take() == "A002"
    assert w.press("next")["ticket"] == "A001"


def test_a_clock_that_runs_back_does_not_reorder_the_line() -> None:
    w = World()
    w.take()
    w.wait(-3_600)
    w.take()
    w.wait(7_200)
    w.take()
    assert [w.press("next")["ticket"] for _ in range(3)] == ["A001", "A002", "A003"]


def test_a_carried_service_does_not_use_todays_quota() -> None:
    w = World()
    w.take(service="ktp")
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert w.hall.quota_used == {}
    w.ok("cancel", ticket="A001")
    assert w.hall.quota_used == {}


def test_summer_time_elsewhere() -> None:
    zone = "Europe/Berlin"  # on 2027-03-28 the clocks go from 02:00 to 03:00
    w = World(small_site(zone=zone), now=at("23:59", "2027-03-27", zone=zone))
    w.now = at("00:00", "2027-03-28", zone=zone)
    w.ok("tick")
    assert w.hall.day == "2027-03-28"
    assert w.hall.day_ends_ms - w.now == 23 * 3_600_000


def test_what_is_due_at_midnight_is_the_next_ticks() -> None:
    w = World(now=at("23:59"))
    label = w.take(has_printer=True)
    w.wait(120)
    assert [event.kind for event in w.ask("tick").events] == ["day_opened"]
    assert [event.kind for event in w.ask("tick").events] == ["ticket_voided"]
    assert w.state(label) == "void"
