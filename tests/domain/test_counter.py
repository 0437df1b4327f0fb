"""What an officer does at a counter, one act at a time."""

import pytest

from gateway.domain import reasons as r
from gateway.domain.ticket_events import Called, Ended
from tests.domain.world import World


@pytest.fixture
def w() -> World:
    return World()


def test_next_calls_in_order_of_arrival(w: World) -> None:
    labels = [w.take() for _ in range(3)]
    assert labels == ["A001", "A002", "A003"]
    assert w.press("next", has="") == {"ticket": "A001", "done": None}
    assert w.state("A001") == "called"
    assert w.in_hand() == "A001"


def test_next_ends_a_served_ticket_as_done(w: World) -> None:
    w.take()
    w.take()
    w.press("next")
    w.press("start")
    assert w.state("A001") == "serving"
    result = w.press("next", has="A001")
    assert result == {"ticket": "A002", "done": {"ticket": "A001", "how": "done"}}
    assert (w.state("A001"), w.state("A002")) == ("done", "called")


@pytest.mark.parametrize(
    ("age_s", "how", "state"),
    [(0, "no_show", "no_show"), (59.999, "no_show", "no_show"), (60, "implied", "done")],
)
def test_next_ends_a_called_ticket_by_the_age_of_its_call(
    w: World, age_s: float, how: str, state: str
) -> None:
    w.take()
    w.press("next")
    w.wait(age_s)
    result = w.press("next")
    assert result["done"] == {"ticket": "A001", "how": how}
    assert w.state("A001") == state
    assert w.hall.tickets["A001"].how == how


def test_a_recall_does_not_make_a_call_younger(w: World) -> None:
    w.take()
    w.press("next")
    w.wait(50)
    assert w.press("recall") == {"ticket": "A001", "times": 2}
    w.wait(50)
    assert w.press("next")["done"] == {"ticket": "A001", "how": "implied"}


def test_next_with_a_ticket_in_hand_and_nobody_waiting_ends_it(w: World) -> None:
    w.take()
    w.press("next")
    w.press("start")
    result = w.press("next")
    done = {"ticket": "A001", "how": "done"}
    assert result == {"ticket": None, "done": done, "why": r.NOBODY_WAITING}
    assert w.in_hand() == ""
    assert w.refused("next") == r.NOBODY_WAITING


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("pause", {"source": "counter-01"}, r.PAUSED),
        ("close", {"counter": 1}, r.CLOSED),
        ("break_start", {}, r.ON_BREAK),
        ("break_start", {"counter": 1}, r.ON_BREAK),
    ],
)
def test_what_stops_calling_does_not_cut_the_ticket_in_hand(
    w: World, name: str, fields: dict[str, object], why: str
) -> None:
    w.take()
    w.take()
    w.press("next")
    w.press("start")
    w.ok(name, **fields)
    assert w.state("A001") == "serving"
    result = w.press("next")
    assert result == {"ticket": None, "done": {"ticket": "A001", "how": "done"}, "why": why}
    assert w.refused("next") == why
    assert w.state("A002") == "waiting"


def test_next_of_one_queue_only(w: World) -> None:
    w.take("A")
    w.take("B")
    assert w.press("next", counter=2, queue="B")["ticket"] == "B001"
    assert w.press("next", counter=2, queue="B")["why"] == r.NOBODY_WAITING


def test_an_unknown_queue_refuses_the_whole_press(w: World) -> None:
    w.take()
    w.press("next")
    assert w.refused("next", queue="B") == r.UNKNOWN_QUEUE
    assert w.in_hand() == "A001"


def test_done_keeps_the_services_rendered(w: World) -> None:
    w.take()
    w.press("next")
    assert w.press("done", services=["ktp", "kk"]) == {"ticket": "A001"}
    event = w.events[-1]
    assert isinstance(event, Ended)
    assert (event.how, event.services) == ("done", ("ktp", "kk"))


def test_no_show_and_reinstate_at_another_counter(w: World) -> None:
    w.take()
    w.press("next")
    w.press("no_show")
    assert w.state("A001") == "no_show"
    assert w.press("reinstate", counter=2, ticket="A001") == {"ticket": "A001"}
    assert w.in_hand(2) == "A001"
    event = w.events[-1]
    assert isinstance(event, Called)
    assert (event.rule, event.act) == ("reinstated", "reinstate")


@pytest.mark.parametrize("end", ["no_show", "done", "park", "cancel"])
def test_any_ticket_ended_today_can_be_reinstated(w: World, end: str) -> None:
    w.take()
    if end == "cancel":
        w.ok("cancel", ticket="A001", reason="pulang")
    else:
        w.press("next")
        w.press(end)
    w.wait(3_600)
    w.press("reinstate", ticket="A001")
    ticket = w.hall.tickets["A001"]
    assert (ticket.state, ticket.times, ticket.how, ticket.ended_ms) == ("called", 1, "", 0)


def test_park_and_come_back_to_the_front(w: World) -> None:
    for _ in range(3):
        w.take()
    w.press("next")
    w.press("park")
    assert w.state("A001") == "parked"
    w.press("next")
    w.wait(600)
    w.ok("check_in", ticket="A001")
    assert w.state("A001") == "waiting"
    assert w.press("next")["ticket"] == "A001"
    assert w.press("next")["ticket"] == "A003"


def test_two_resumed_tickets_keep_the_order_of_their_coming_back(w: World) -> None:
    for _ in range(3):
        w.take()
    for _ in range(2):
        w.press("next")
        w.press("park")
    w.ok("check_in", ticket="A002")
    w.ok("check_in", ticket="A001")
    order = [w.press("next")["ticket"] for _ in range(3)]
    assert order == ["A002", "A001", "A003"]


def test_a_late_visitor_gets_the_old_place_back(w: World) -> None:
    for _ in range(3):
        w.take()
    w.press("next")
    w.press("no_show")
    w.ok("check_in", ticket="A001")
    assert w.press("next")["ticket"] == "A001"


def test_transfer_keeps_arrival_and_visit(w: World) -> None:
    w.take("A")
    w.wait(60)
    w.take("B")
    w.press("next")
    w.press("start")
    visit = w.hall.tickets["A001"].visit
    assert w.press("transfer", queue="B") == {"ticket": "A001"}
    ticket = w.hall.tickets["A001"]
    assert (ticket.state, ticket.queue, ticket.visit) == ("waiting", "B", visit)
    assert w.in_hand() == ""
    assert w.press("next", counter=2)["ticket"] == "A001"  # arrived before B001


def test_call_a_named_ticket(w: World) -> None:
    w.take()
    w.take()
    assert w.ok("call", counter=3, ticket="A002", by="budi") == {"ticket": "A002"}
    event = w.events[-1]
    assert isinstance(event, Called)
    assert (event.rule, event.act, event.by) == ("named", "call", "budi")
    assert w.press("next")["ticket"] == "A001"


def test_claim_credits_a_boards_presses(w: World) -> None:
    w.take()
    w.press("next")
    assert w.events[-1].by == ""
    w.ok("claim", counter=1, by="sari")
    w.press("start")
    assert w.events[-1].by == "sari"
    w.ok("claim", counter=1, by="budi")  # the next shift takes over
    w.press("done")
    assert w.events[-1].by == "budi"
    w.ok("release", counter=1, by="budi")
    w.press("pause")
    assert w.events[-1].by == ""


def test_a_console_acts_in_its_own_name(w: World) -> None:
    w.take()
    w.ok("claim", counter=1, by="sari")
    w.ok("next", source="console", counter=1, by="budi")
    assert w.events[-1].by == "budi"


def test_a_board_acts_at_its_own_counter_whatever_it_says(w: World) -> None:
    w.take()
    w.press("next", counter=1, queue="A")
    assert w.ok("done", source="counter-01")["ticket"] == "A001"
    w.take()
    decision = w.ask("next", source="counter-01", counter=2)
    assert decision.why is None
    assert w.in_hand(1) == "A002"
    assert w.in_hand(2) == ""


def test_help_is_shown_until_the_counter_goes_on(w: World) -> None:
    w.press("help")
    w.press("help")
    assert w.hall.counters[1].help_ms == w.now
    w.take()
    w.press("next")
    assert w.hall.counters[1].help_ms == 0


def test_a_closed_counter_opens_unpaused(w: World) -> None:
    w.press("pause")
    w.ok("close", counter=1)
    assert w.refused("resume") == r.WRONG_STATE
    w.ok("open", counter=1)
    assert w.refused("next") == r.NOBODY_WAITING
