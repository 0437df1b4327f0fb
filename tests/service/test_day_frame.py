"""Settings, closings, holds and the door, over the wire: what consoles are told and boards show."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.site import Hours
from tests.domain.world import NEVER, week
from tests.service.conftest import Desk
from tests.service.test_service import Hall, hall

__all__ = ["hall"]  # the fixture


def ask(desk: Desk, ev: str, **fields: Any) -> Any:
    """Send a console's wish and give its receipt."""
    key = f"{ev} {desk.utc_ms}"
    desk.pass_ms(1)
    return desk.send("console", {"key": key, "ev": ev, "by": "budi", **fields})


def test_closing_a_queue_offers_the_choice_and_then_shows_it(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    offered = ask(desk, "queue_close", queue="A")
    assert (offered["st"], offered["why"], offered["waiting"]) == ("refused", "wrong_state", 1)
    assert "serve" in offered["text"]
    assert ask(desk, "queue_close", queue="A", how="carry")["st"] == "accepted"
    assert desk.press("ticket-01", 2, "take", queue="A")["why"] == "closed"
    assert desk.press("counter-01", 1, "next")["why"] == "closed"
    desk.restart()
    assert ask(desk, "queue_open")["st"] == "accepted"
    assert desk.press("counter-01", 2, "next")["ticket"] == "A001"


def test_a_held_agencys_counters_say_so(desk: Desk) -> None:
    ask(desk, "hold", agency="disdukcapil", reason="server pusat mati")
    (face,) = desk.faces("counter-01")
    assert (face["state"], face["text"], face["lamp"]) == ("paused", "TERTUNDA", "amber")
    assert ask(desk, "hold", agency="disdukcapil")["why"] == "wrong_state"
    ask(desk, "hold_end", agency="disdukcapil")
    assert desk.faces("counter-01")[0]["state"] == "idle"


def test_a_break_of_an_agency_tells_its_counters_when_service_resumes(desk: Desk) -> None:
    receipt = ask(desk, "break_start", agency="disdukcapil", for_min=10, reason="rapat")
    assert receipt["until_ms"] == desk.utc_ms + 600_000
    assert desk.faces("counter-01")[0]["text"] == "RAPAT S.D. 10:10"
    desk.pass_ms(600_000)
    desk.writer.tick(desk.utc_ms)
    desk.commit()
    assert desk.faces("counter-01")[0]["state"] == "idle"


def test_a_bad_change_of_settings_is_answered_with_all_that_is_wrong(desk: Desk) -> None:
    receipt = ask(desk, "settings", change={"site": {"undo_s": -1, "colour": "red"}})
    assert (receipt["st"], receipt["why"]) == ("refused", "bad_payload")
    assert receipt["text"].startswith("site.undo_s: found -1, allowed whole seconds from 0 to 300;")
    assert "site.colour: found an unknown key" in receipt["text"]


def test_settings_outlast_a_restart_and_end_with_another_site_file(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    file = desk.writer.hall.base
    assert ask(desk, "settings", change={"site": {"undo_s": 60}})["changed"] == 1
    desk.restart()
    assert desk.writer.load_site(file, desk.utc_ms) is None
    assert desk.writer.hall.site.undo_s == 60
    with caplog.at_level(logging.WARNING):
        assert desk.writer.load_site(replace(file, presence_s=30), desk.utc_ms) is None
    assert desk.writer.hall.site.undo_s == 30
    assert "the site file replaced 1 settings of run time" in caplog.text


def test_changed_settings_reach_pages_and_boards_at_once(hall: Hall) -> None:
    bus = hall.bus
    bus.connected_now = True
    hall.turn()
    change = {"counters": {"1": {"queues": ["B"]}}, "site": {"next_lock_ms": 700}}
    bus.hear("console/up/event", {"key": "1", "ev": "settings", "by": "", "change": change})
    assert hall.turn_until("console/dn/receipt")["st"] == "accepted"
    site = hall.kept("gw/hall/site")
    assert next(c for c in site["counters"] if c["counter"] == 1)["queues"] == ["B"]
    assert hall.kept("counter-01/dn/config")["next_lock_ms"] == 700


def test_the_light_at_the_door_is_red_while_the_hall_is_full(hall: Hall) -> None:
    desk, bus = hall.desk, hall.bus
    desk.add("hall-01", "hall")
    bus.connected_now = True
    hall.turn()
    assert hall.kept("hall-01/dn/face")["light"] == "green"
    change = {"site": {"capacity": 5}}
    bus.hear("console/up/event", {"key": "1", "ev": "settings", "by": "", "change": change})
    count = {"boot": 1, "seq": 1, "t_ms": desk.mono_ms, "ev": "count", "in": 5, "out": 0}
    bus.hear("hall-01/up/event", count)
    desk.pass_ms(1_000)
    hall.turn()
    desk.pass_ms(1_000)
    hall.turn()
    assert hall.kept("hall-01/dn/face")["light"] == "red"
    assert hall.kept("gw/hall/line")["full"] is True


def test_a_ticket_board_hears_that_its_hours_begin_and_end_though_nothing_happens(
    hall: Hall,
) -> None:
    desk, bus = hall.desk, hall.bus
    site = desk.writer.hall.site
    hours = Hours(tickets=week("10:05-10:10"), service=week("10:20-12:00"), early=NEVER)
    hall.new_site = replace(site, queues=tuple(replace(q, hours=hours) for q in site.queues))
    bus.connected_now = True

    def is_open() -> bool:
        queues = hall.kept("ticket-01/dn/face")["queues"]
        return any(queue["open"] for queue in queues)

    open_s = []
    for now_s in range(10, 700, 10):
        desk.pass_ms(10_000)
        hall.turn()
        if is_open():
            open_s.append(now_s)
    assert open_s == list(range(300, 600, 10))
