"""Visits: one number for several services, several numbers of a visitor, at one counter only."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain import reasons as r
from gateway.domain.lines import FRONT, USUAL
from gateway.domain.site import Agency, Counter, Queue, Service
from gateway.domain.ticket_events import Called, Ended, Transferred
from tests.domain.world import OFFICE, TUESDAY, World, at, small_site


def waiting(w: World, queue: str) -> list[str]:
    """Give who stands in a line, first to last, normal ones before priority ones."""
    line = w.hall.lines[queue]
    return [place[3] for lane in (line.normal, line.priority) for place in lane.in_order()]


@pytest.fixture
def w() -> World:
    return World()


class TestRoute:
    """One number through several counters, in an order."""

    def test_it_joins_the_first_services_queue_and_goes_on_from_there(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        ticket = w.hall.tickets[label]
        assert (ticket.service, ticket.route, waiting(w, "A")) == ("ktp", ("paspor",), [label])
        w.press("next")
        assert w.press("done", services=["ktp"]) == {"ticket": label, "queue": "B"}
        assert (ticket.state, ticket.queue, ticket.service) == ("waiting", "B", "paspor")
        assert (ticket.route, ticket.behind) == ((), ("ktp",))
        event = w.events[-1]
        assert isinstance(event, Transferred)
        assert (event.act, event.services) == ("done", ("ktp",))
        w.press("next", counter=2)
        assert w.press("done", counter=2) == {"ticket": label}
        assert w.state(label) == "done"

    def test_the_first_service_may_be_named_apart(self, w: World) -> None:
        for services in (["kk", "paspor"], ["paspor"]):
            label = w.take(service="kk", services=services)
            assert w.hall.tickets[label].route == ("paspor",)

    def test_next_sends_it_on_and_calls_another(self, w: World) -> None:
        first, second = w.take(services=["ktp", "paspor"]), w.take()
        w.press("next")
        w.press("start")
        result = w.press("next")
        assert result == {
            "ticket": second, "done": {"ticket": first, "how": "done", "queue": "B"},
        }  # fmt: skip
        assert waiting(w, "B") == [first]

    def test_an_implied_end_goes_on_too_but_teaches_nothing(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.press("next")
        w.wait(61)
        assert w.press("next")["done"] == {"ticket": label, "how": "implied", "queue": "B"}
        assert w.hall.lines["A"].pace.recent == []

    def test_who_did_not_come_does_not_go_on(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.press("next")
        assert w.press("next")["done"] == {"ticket": label, "how": "no_show"}
        assert (w.state(label), w.hall.tickets[label].route) == ("no_show", ("paspor",))

    def test_a_reinstated_one_still_has_its_way_before_it(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.press("next")
        w.press("no_show")
        w.press("reinstate", ticket=label)
        assert w.press("done")["queue"] == "B"

    def test_in_the_same_queue_it_waits_at_the_front(self, w: World) -> None:
        label = w.take(services=["ktp", "kk"])
        w.take()
        w.press("next")
        assert w.press("done")["queue"] == "A"
        assert waiting(w, "A") == [label, "A002"]

    def test_next_may_call_the_same_number_again_and_undo_takes_back_both(self, w: World) -> None:
        label = w.take(services=["ktp", "kk"])
        w.take()
        w.press("next")
        w.press("start")
        assert w.press("next")["ticket"] == label
        assert (w.state(label), w.hall.tickets[label].service) == ("called", "kk")
        assert w.press("undo") == {"ticket": label, "undone": "next"}
        ticket = w.hall.tickets[label]
        assert (ticket.state, ticket.service, ticket.route) == ("serving", "ktp", ("kk",))
        assert waiting(w, "A") == ["A002"]

    @pytest.mark.parametrize(("arrival", "order"), [("original", "AB"), ("now", "BA")])
    def test_its_place_is_by_its_arrival_or_by_now_as_the_queue_says(
        self, arrival: str, order: str
    ) -> None:
        site = small_site()
        queues = tuple(replace(queue, transfer_arrival=arrival) for queue in site.queues)
        w = World(replace(site, queues=queues))
        label = w.take(services=["ktp", "paspor"])
        w.wait(60)
        w.take("B")
        w.press("next")
        w.wait(60)
        w.press("done")
        assert [name[0] for name in waiting(w, "B")] == list(order)
        assert w.hall.tickets[label].joined_ms == w.now

    def test_undo_of_done_brings_it_back_from_the_next_queue(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.press("next")
        w.press("done")
        assert w.press("undo") == {"ticket": label, "undone": "done"}
        assert (waiting(w, "B"), w.state(label)) == ([], "called")
        assert w.hall.quota_used == {"ktp": 1, "paspor": 1}

    def test_each_service_has_its_place_in_its_quota_until_it_cannot_be_used(
        self, w: World
    ) -> None:
        label = w.take("B", services=["paspor", "ktp"])
        w.take(service="ktp")
        assert w.no("take", queue="A", service="ktp") == r.QUOTA_REACHED
        assert w.no("take", queue="B", services=["paspor", "ktp"]) == r.QUOTA_REACHED
        w.press("next", counter=2, queue="B")
        w.press("done", counter=2)
        w.ok("cancel", ticket=label)
        assert w.hall.quota_used == {"paspor": 1, "ktp": 1}  # the rendered one stays used

    def test_a_service_whose_day_is_over_is_no_part_of_a_way(self) -> None:
        site = small_site(OFFICE)
        late = tuple(
            replace(q, hours=replace(OFFICE, tickets=((*q.hours.tickets[0],),) * 7))
            for q in site.queues
        )
        w = World(replace(site, queues=late), now=at("14:20"))
        w.take(services=["ktp", "paspor"])
        w.now = at("15:05")
        decision = w.ask("take", queue="A", services=["ktp", "paspor"])
        assert decision.why == r.CLOSED

    def test_settings_must_keep_the_services_on_somebodys_way(self, w: World) -> None:
        w.take(services=["ktp", "paspor"])
        site = w.hall.site
        gone = tuple(service for service in site.services if service.id != "paspor")
        decision = w.ask("site_load", site=replace(site, services=gone))
        assert decision.why == r.WRONG_STATE
        assert "service paspor cannot be removed" in str(decision.result["text"])

    def test_nobody_is_brought_back_onto_a_way_that_is_gone(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.press("next")
        w.press("no_show")
        site = w.hall.site
        gone = tuple(service for service in site.services if service.id != "paspor")
        w.ok("site_load", site=replace(site, services=gone))
        assert w.refused("reinstate", ticket=label) == r.WRONG_STATE
        assert w.refused("undo") == r.WRONG_STATE
        assert w.no("check_in", ticket=label) == r.WRONG_STATE

    def test_it_goes_on_the_next_day_as_well(self, w: World) -> None:
        label = w.take(services=["ktp", "paspor"])
        w.now = at("09:00", TUESDAY)
        w.press("next")
        w.press("done")
        assert (w.state(label), w.hall.tickets[label].queue) == ("waiting", "B")
        assert w.hall.quota_used == {}


class TestSeveralTickets:
    """Several numbers of one visitor."""

    @pytest.fixture
    def w(self) -> World:
        w = World()
        w.take()
        w.take("B", visit="A001")
        w.take("B")
        return w

    def test_while_one_is_at_a_counter_the_others_stand_aside(self, w: World) -> None:
        w.press("next")
        assert (w.state("B001"), w.hall.tickets["B001"].aside) == ("waiting", True)
        assert w.hall.lines["B"].waiting() == 1
        assert w.press("next", counter=2)["ticket"] == "B002"
        w.press("done")
        assert waiting(w, "B") == ["B001"]  # at its own place again

    @pytest.mark.parametrize(
        ("act", "fields"),
        [("done", {}), ("no_show", {}), ("park", {}), ("transfer", {"queue": "B"}), ("undo", {})],
    )
    def test_it_comes_back_to_its_own_place_however_the_other_leaves(
        self, w: World, act: str, fields: dict[str, Any]
    ) -> None:
        w.press("next")
        w.press(act, **fields)
        assert not w.hall.tickets["B001"].aside
        assert [label for label in waiting(w, "B") if label != "A001"] == ["B001", "B002"]

    def test_a_named_call_or_a_reinstatement_of_one_aside_is_busy(self, w: World) -> None:
        w.press("next")
        decision = w.ask("call", counter=2, ticket="B001")
        assert decision.why == r.BUSY
        assert decision.result == {"text": "A001 of the same visit is at counter 1"}
        w.ok("cancel", ticket="B001")
        assert w.refused("reinstate", counter=2, ticket="B001") == r.BUSY

    def test_a_number_taken_while_its_visitor_is_at_a_counter_stands_aside(self, w: World) -> None:
        w.press("next")
        label = w.take("B", visit="A001")
        assert w.hall.tickets[label].aside
        w.press("done")
        assert waiting(w, "B") == ["B001", "B002", label]

    def test_any_ticket_of_the_visit_names_it(self, w: World) -> None:
        assert w.take(visit="B001") == "A002"
        assert w.hall.visits == {"A001": ["A001", "B001", "A002"]}

    def test_next_calls_another_of_the_same_visit_if_it_is_its_turn(self, w: World) -> None:
        # Counter 2 has A001 in hand; B001 was there before B002 and is not passed by it.
        w.press("next", counter=2)
        result = w.press("next", counter=2)
        assert result["ticket"] == "B001"
        assert w.press("undo", counter=2)["ticket"] == "A001"
        assert w.hall.tickets["B001"].aside

    def test_nobody_else_waiting_next_still_finds_the_visitors_other_number(self) -> None:
        w = World()
        w.take()
        w.take(visit="A001")
        w.press("next")
        w.wait(61)
        assert w.press("next")["ticket"] == "A002"

    def test_an_end_is_not_undone_when_the_visitor_was_called_elsewhere_since(
        self, w: World
    ) -> None:
        w.press("next")
        w.press("done")
        assert w.press("next", counter=2)["ticket"] == "B001"
        assert w.refused("undo") == r.WRONG_STATE

    def test_cancelling_one_aside_leaves_nothing_behind(self, w: World) -> None:
        w.press("next")
        w.ok("cancel", ticket="B001")
        w.press("done")
        assert waiting(w, "B") == ["B002"]

    def test_a_late_visitor_checked_in_while_at_another_counter_stands_aside(
        self, w: World
    ) -> None:
        w.press("next")
        w.press("no_show")
        w.press("next", counter=2)
        w.ok("check_in", ticket="A001")
        assert w.hall.tickets["A001"].aside

    def test_a_visit_is_carried_with_what_is_left_of_it(self, w: World) -> None:
        w.take(visit="A001")
        w.press("next")
        w.press("done")
        w.now = at("09:00", TUESDAY)
        w.ok("tick")
        assert w.hall.visits == {"B001": ["B001", "A002"]}
        assert w.take() == "A001"  # a stranger, with a label that is free again
        w.press("next", counter=2, queue="B")
        assert w.hall.tickets["A002"].aside
        assert not w.hall.tickets["A001"].aside

    def test_one_in_hand_over_midnight_still_keeps_the_others_aside(self, w: World) -> None:
        w.press("next")
        w.now = at("09:00", TUESDAY)
        w.ok("tick")
        assert w.hall.tickets["B001"].aside
        w.press("done")
        ticket = w.hall.tickets["B001"]
        assert (ticket.aside, ticket.rank, waiting(w, "B")) == (False, FRONT, ["B001", "B002"])

    def test_they_are_not_counted_as_people_ahead(self, w: World) -> None:
        w.press("next")
        assert w.ok("take", queue="B")["ahead"] == 1


class TestTransfer:
    """Sent on by an officer."""

    def test_to_another_service_whose_quota_it_uses(self, w: World) -> None:
        label = w.take(service="ktp")
        w.press("next")
        w.press("transfer", queue="B", service="paspor")
        ticket = w.hall.tickets[label]
        assert (ticket.service, ticket.behind) == ("paspor", ("ktp",))
        assert w.hall.quota_used == {"ktp": 1, "paspor": 1}
        w.press("undo")
        assert (ticket.service, ticket.behind, ticket.state) == ("ktp", (), "called")
        assert {k: n for k, n in w.hall.quota_used.items() if n} == {"ktp": 1}

    def test_ahead_to_a_service_on_its_way(self, w: World) -> None:
        label = w.take(services=["ktp", "kk", "paspor"])
        w.press("next")
        w.press("transfer", queue="B", service="paspor")
        ticket = w.hall.tickets[label]
        assert (ticket.service, ticket.route) == ("paspor", ("kk",))
        assert w.hall.quota_used == {"ktp": 1, "kk": 1, "paspor": 1}

    def test_to_the_end_of_the_line_where_the_queue_says_so(self) -> None:
        site = small_site()
        queues = tuple(replace(queue, transfer_arrival="now") for queue in site.queues)
        w = World(replace(site, queues=queues))
        label = w.take()
        w.wait(1)
        w.take("B")
        w.press("next")
        w.press("transfer", queue="B")
        assert waiting(w, "B") == ["B001", label]
        assert w.hall.tickets[label].rank == USUAL


def booth_site() -> Any:
    """Give a site where counter 3 is a video booth for queue C, and KTP needs its visitor."""
    site = small_site(
        agencies=(Agency("duk", "Disdukcapil"), Agency("imi", "Imigrasi"), Agency("far", "BPJS")),
        counters=(Counter(1, ("A",)), Counter(2, ("A", "B")), Counter(3, ("C",), kind="video")),
    )
    services = (Service("ktp", "KTP", "duk", "A", in_person=True), *site.services[1:])
    return replace(site, services=services)


class TestVideo:
    """A booth with a screen: started by hand, never for who must be there in person."""

    def test_nothing_is_implied_at_a_booth(self) -> None:
        w = World(booth_site())
        w.take("C")
        w.press("next", counter=3)
        w.wait(600)
        assert w.press("next", counter=3)["done"] == {"ticket": "C001", "how": "no_show"}

    def test_what_was_started_there_is_done(self) -> None:
        w = World(booth_site())
        w.take("C")
        w.press("next", counter=3)
        w.press("start", counter=3)
        assert w.press("next", counter=3)["done"] == {"ticket": "C001", "how": "done"}

    def test_who_must_be_there_in_person_is_not_sent_or_called_there(self) -> None:
        w = World(booth_site())
        w.take(service="ktp")
        assert w.no("call", counter=3, ticket="A001") == r.WRONG_STATE
        w.press("next")
        assert w.refused("transfer", queue="C") == r.WRONG_STATE
        w.press("done")
        assert w.refused("reinstate", counter=3, ticket="A001") == r.WRONG_STATE

    def test_a_booth_is_not_given_a_line_where_somebody_waits_in_person(self) -> None:
        w = World(booth_site())
        w.take(service="ktp")
        counters = (*w.hall.site.counters[:2], Counter(3, ("A", "C"), kind="video"))
        decision = w.ask("site_load", site=replace(w.hall.site, counters=counters))
        assert decision.why == r.WRONG_STATE
        assert "a video booth cannot serve queue A" in str(decision.result["text"])

    def test_an_undo_does_not_put_anybody_back_into_such_a_line(self) -> None:
        w = World(booth_site())
        w.take(service="ktp")
        w.press("next")
        w.press("done")
        counters = (*w.hall.site.counters[:2], Counter(3, ("A", "C"), kind="video"))
        w.ok("site_load", site=replace(w.hall.site, counters=counters))
        assert w.refused("undo") == r.WRONG_STATE


def test_the_journal_has_one_event_for_the_end_and_one_for_the_call(w: World) -> None:
    w.take(services=["ktp", "kk"])
    w.press("next")
    w.press("start")
    w.press("next")
    kinds = [type(event) for event in w.events[-2:]]
    assert kinds == [Transferred, Called]
    w.press("start")
    w.press("next")
    assert isinstance(w.events[-1], Ended)


def test_several_queues_of_a_site_may_be_renamed_meanwhile(w: World) -> None:
    label = w.take(services=["ktp", "paspor"])
    site = w.hall.site
    moved = tuple(
        replace(service, queue="Z") if service.id == "paspor" else service
        for service in site.services
    )
    queue = Queue("Z", "Paspor", "imi", site.queues[1].policy, site.queues[1].hours)
    w.ok("site_load", site=replace(site, services=moved, queues=(*site.queues, queue)))
    w.press("next")
    assert w.press("done") == {"ticket": label, "queue": "Z"}
