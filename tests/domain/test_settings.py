"""Settings, boards and people: put in force whole or not at all, and kept in the journal."""

import json
from dataclasses import fields, replace

import pytest

from gateway.domain import reasons as r
from gateway.domain.hall import Hall
from gateway.domain.people import MAY, ROLES
from gateway.domain.site import Agency, Break, Counter, Policy, Queue, Site, SiteBoard, SpecialDays
from gateway.domain.site_json import BadSite, site_from_dict, site_to_dict
from tests.domain.world import ALWAYS, OFFICE, TUESDAY, World, at, small_site

RICH = small_site(
    OFFICE,
    Policy("ageing", priority_weight=1.5),
    breaks=(Break("Senam", "site", (0, 5), 600, 10),),
    closures=("2026-12-25",),
    boards=(SiteBoard("t1", "ticket", "ticket_button", None, ("A", "B"), "Pintu"),),
    mask_needed=True,
    special_days=(SpecialDays("Ramadan", "site", "2027-02-08", "2027-03-09", OFFICE, False),),
)


def test_a_site_survives_json() -> None:
    assert site_from_dict(json.loads(json.dumps(site_to_dict(RICH)))) == RICH


def test_the_test_site_fills_every_list() -> None:
    for field in fields(Site):
        assert getattr(RICH, field.name) != (), field.name


def test_an_older_and_a_newer_version_read_each_others_sites() -> None:
    data = site_to_dict(RICH)
    del data["mask_needed"]
    data["invented_later"] = {"a": 1}
    assert site_from_dict(data) == replace(RICH, mask_needed=False)


@pytest.mark.parametrize(
    "data", [{}, {"id": "x"}, {**site_to_dict(RICH), "queues": [{"prefix": "A"}]}]
)
def test_a_damaged_site_is_named(data: dict[str, object]) -> None:
    with pytest.raises(BadSite, match="stored site cannot be read"):
        site_from_dict(data)


def test_the_same_settings_again_make_no_event() -> None:
    w = World()
    assert w.ask("site_load", site=small_site()).events == ()


def test_new_settings_keep_the_state() -> None:
    w = World()
    for _ in range(3):
        w.take()
    w.press("next")
    w.ok("close", counter=3)
    site = small_site(presence_s=5, counter_word="gerai")
    more = replace(
        site,
        queues=(*site.queues, Queue("D", "Pajak", "imi", Policy(), ALWAYS)),
        counters=(*site.counters[:2], Counter(4, ("D",)), site.counters[2]),
    )
    w.ok("site_load", site=more)
    assert w.in_hand() == "A001"
    assert not w.hall.counters[3].open
    assert w.take("D") == "D001"
    assert w.take("A") == "A004"
    w.wait(6)
    assert w.press("next")["done"]["how"] == "implied"


@pytest.mark.parametrize("state", ["waiting", "reserved", "parked", "called"])
def test_a_queue_with_unfinished_tickets_cannot_be_removed(state: str) -> None:
    w = World()
    w.take(has_printer=state == "reserved")
    if state in ("parked", "called"):
        w.press("next")
    if state == "parked":
        w.press("park")
    site = small_site()
    without_a = replace(
        site,
        queues=site.queues[1:],
        counters=tuple(replace(c, queues=("B",)) for c in site.counters),
        services=site.services[2:3],
        presence_s=7,
    )
    decision = w.ask("site_load", site=without_a)
    assert decision.why == r.WRONG_STATE
    text = decision.result["text"]
    assert text == (
        "queue A cannot be removed while 1 unfinished tickets are in it:"
        " serve, transfer or cancel them first"
    )
    assert w.hall.site == site  # nothing of it is in force


def test_an_emptied_queue_can_be_removed_and_its_tickets_stay_ended() -> None:
    w = World()
    w.take("B")
    w.press("next", counter=2)
    w.press("done", counter=2)
    site = small_site()
    without_b = replace(
        site,
        queues=(site.queues[0], site.queues[2]),
        counters=(site.counters[0], replace(site.counters[1], queues=("A",)), site.counters[2]),
    )
    w.ok("site_load", site=without_b)
    assert w.no("take", queue="B") == r.UNKNOWN_QUEUE
    assert w.refused("undo", counter=2) == r.WRONG_STATE
    assert w.refused("reinstate", counter=2, ticket="B001") == r.WRONG_STATE


def test_a_counter_with_a_ticket_in_hand_cannot_be_removed() -> None:
    w = World()
    w.take()
    w.press("next")
    site = small_site()
    decision = w.ask("site_load", site=replace(site, counters=site.counters[1:]))
    assert decision.why == r.WRONG_STATE
    assert "counter 1" in str(decision.result["text"])
    assert "A001" in str(decision.result["text"])
    w.press("done")
    w.ok("site_load", site=replace(site, counters=site.counters[1:]))
    assert w.refused("next") == r.UNKNOWN_COUNTER  # its board is still there


def test_hours_of_new_settings_hold_at_once() -> None:
    w = World(now=at("06:00"))
    w.take()
    w.ok("site_load", site=small_site(OFFICE))
    assert w.refused("next") == r.CLOSED


def test_a_new_zone_moves_the_end_of_the_day() -> None:
    w = World(small_site(zone="Asia/Jakarta"), now=at("22:30"))
    w.ok("site_load", site=small_site(zone="Asia/Jayapura"))  # there it is past midnight
    w.ok("tick")
    assert w.hall.day == TUESDAY
    w.ok("site_load", site=small_site(zone="Asia/Jakarta"))  # and here it is still Monday
    w.ok("tick")
    assert w.hall.day == TUESDAY


def test_boards_come_and_go() -> None:
    w = World()
    w.ok("board_add", board="counter-01b", role="counter", counter=1)
    w.take()
    w.ok("next", source="counter-01b")
    w.ok("done", source="counter-01")
    w.ok("board_retire", board="counter-01b")
    assert w.no("next", source="counter-01b") == r.UNKNOWN_BOARD
    assert w.hall.boards["ticket-01"].counter is None


def test_an_empty_hall_refuses_and_opens_no_day() -> None:
    w = World()
    w.hall, w.shadow = Hall(), Hall()
    w.ok("tick")
    assert w.hall.day == ""
    assert w.no("take", queue="A") == r.UNKNOWN_QUEUE
    assert w.no("next", counter=1) == r.UNKNOWN_COUNTER
    assert w.no("next", source="counter-01") == r.UNKNOWN_BOARD


class TestPeople:
    """At a site with sign-in a console says who sits there, and their role decides."""

    @pytest.fixture
    def w(self) -> World:
        w = World(small_site(sign_in=True))
        w.take()
        return w

    def test_who_may_what(self, w: World) -> None:
        asked: list[tuple[str, dict[str, object]]] = [
            ("take", {"queue": "A"}),
            ("next", {"counter": 1}),
            ("break_start", {}),
            ("board_add", {"board": "x", "role": "ticket"}),
            ("correct", {"inside": 3}),
        ]
        allowed = {
            "sari": ["next"],
            "budi": ["take", "next", "break_start", "board_add", "correct"],
            "tono": ["take", "correct"],
            "wati": ["correct"],
            "eko": ["board_add"],
            "": [],
            "maling": [],
        }
        for by, names in allowed.items():
            for name, given in asked:
                decision = w.ask(name, source="console", by=by, **given)
                refused = decision.why == r.NOT_ALLOWED
                assert refused == (name not in names), (by, name, decision.why)

    def test_boards_command_line_and_gateway_are_not_asked(self, w: World) -> None:
        w.press("next")
        w.ok("done", source="cli", counter=1)
        w.ok("break_start", source="")

    def test_the_gateways_own_keys_begin_and_end_breaks_and_nothing_else(self) -> None:
        for sign_in in (True, False):
            w = World(small_site(sign_in=sign_in))
            w.ok("break_start", source="gpio", by="key:all_stop", reason="x")
            w.ok("break_end", source="gpio", by="key:all_stop")
            for name in sorted(MAY["supervisor"] - {"break_start", "break_end"}):
                assert w.no(name, source="gpio", by="budi", counter=1) == r.NOT_ALLOWED

    def test_a_site_without_sign_in_asks_nobody(self) -> None:
        w = World()
        w.ok("break_start", source="console", by="siapa saja")

    def test_every_role_is_known_and_the_supervisor_may_what_others_may(self) -> None:
        assert set(MAY) == set(ROLES)
        for role in ROLES:
            assert MAY[role] <= MAY["supervisor"], role


def test_a_service_may_belong_to_another_agency_than_its_queue() -> None:
    site = small_site()
    agencies = (*site.agencies[:2], Agency("far", "BPJS", True))
    w = World(replace(site, agencies=agencies))
    assert w.take("A", service="jkn") == "A001"
