"""A real board process against a real broker: what a press, a face and a failure look like."""

import json
import os
import signal
from typing import Any

import pytest

from boards.catalog import load_kind
from boards.virtual.glass import picture, px
from boards.virtual.process import ASLEEP_STATUS, RESET_STATUS, BoardProcess
from firmware.wire import topics
from tests.boards.conftest import MakeStage, Stage
from tests.boards.scripted import KIND, Broker, ScriptedGateway
from tests.support.tools import wait_for


def called(gateway: ScriptedGateway, ticket: str = "A012") -> None:
    """Let `next` call a ticket: receipt, then face, as the gateway does."""

    def answer(event: dict[str, Any]) -> dict[str, Any] | None:
        if event["ev"] != "next":
            return {}
        gateway.receipt(event, ticket=ticket, done=None)
        gateway.face(ticket)
        return None

    gateway.answer = answer


def awake(role: str) -> dict[str, Any]:
    """Give the parts of a role's board, on the mains."""
    parts = load_kind(KIND[role]).settings_parts()
    parts["power"] = {"sleeps": False}
    return parts


def counter(stage: MakeStage, **config: object) -> tuple[Stage, BoardProcess]:
    """Give a counter board that shows "--" and is ready."""
    made = stage("counter")
    made.gateway.config(**{"next_lock_ms": 0, **config})
    made.gateway.face("--", "idle", "off")
    board = made.start()
    board.wait("matrix", px=px("--"))
    made.gateway.wait(topics.UP_HEALTH)
    return made, board


def test_a_board_introduces_itself_in_the_order_of_the_contract(stage: MakeStage) -> None:
    made = stage("counter")
    made.gateway.config()
    made.start()
    init = made.gateway.state("init")
    about = made.gateway.wait(topics.UP_ABOUT)  # with or without the settings that wait for it
    hello = made.gateway.event("hello")
    ready = made.gateway.state("ready")
    health = made.gateway.wait(topics.UP_HEALTH)
    assert (about["role"], about["hw"], about["caps"]) == ("counter", "counter_led", [])
    assert init["boot"] == hello["boot"] == ready["boot"] == health["boot"]
    assert health["reset"] == "power_on"
    # With room to spare once everything runs, though it runs from source.
    assert health["free_bytes"] > 128 * 1024 // 3


def test_a_press_travels_to_the_gateway_and_its_face_to_the_glass(stage: MakeStage) -> None:
    made, board = counter(stage)
    called(made.gateway)
    board.press("next")
    event = made.gateway.event("next")
    assert event["has"] == ""
    edge = board.wait("edge", key="next")
    lit = board.wait("matrix", px=px("A012"))
    assert (lit["t_us"] - edge["t_us"]) % (1 << 30) < 2_000_000
    shown = made.gateway.wait(topics.UP_FACE, lambda p: p["rev"] == 2)
    assert shown["epoch"] == 7
    assert shown["t_ms"] >= event["t_ms"]
    board.wait("matrix", px="0" * 64)  # it blinks
    look = board.look()
    assert look["lamps"]["status"] == "green"
    assert look["lamps"]["next"] == "off"


def test_the_lamp_of_a_key_tells_what_became_of_its_press(stage: MakeStage) -> None:
    made, board = counter(stage)
    made.gateway.answer = lambda event: None
    board.press("recall")
    board.wait("lamp", lamp="recall", show="blink")
    event = made.gateway.event("recall")
    board.press("next")
    board.wait("lamp", lamp="next", show="flash")  # one order at a time
    made.gateway.receipt(event, st="refused", why="no_ticket")
    board.wait("lamp", lamp="recall", show="off")
    board.wait("matrix", px=px("DITOLAK"))


def test_the_same_press_is_resent_until_its_receipt(stage: MakeStage) -> None:
    made, board = counter(stage)
    made.gateway.answer = lambda event: None
    board.press("recall")
    first = made.gateway.event("recall")
    assert made.gateway.event("recall") == first
    made.gateway.receipt(first)
    board.wait("lamp", lamp="recall", show="off")


def test_a_press_while_the_broker_is_away_arrives_when_it_is_back(
    stage: MakeStage, broker: Broker
) -> None:
    made, board = counter(stage)
    broker.kill()
    board.wait("state", s="lost")
    board.wait("matrix", px=px("TIDAK TERHUBUNG", dot=True))
    board.press("recall")
    board.wait("edge")
    broker.start()
    event = made.gateway.event("recall")
    assert event["ev"] == "recall"
    board.wait("lamp", lamp="recall", show="off")


def test_a_gateway_that_dies_is_said_on_the_matrix_and_comes_back(
    stage: MakeStage, broker: Broker
) -> None:
    made, board = counter(stage)
    made.gateway.face("A012")
    board.wait("matrix", px=px("A012"))
    made.gateway.vanish()
    board.wait("matrix", px=px("TIDAK TERHUBUNG", dot=True))
    assert board.look()["lamps"]["status"] == "off"
    again = ScriptedGateway(broker.port, made.gateway.board, epoch=8)
    again.face("A013")
    board.wait("matrix", px=px("A013"))
    again.wait(topics.UP_FACE, lambda p: p["epoch"] == 8)
    again.close()


def test_garbage_from_the_wire_is_counted_and_the_board_serves_on(stage: MakeStage) -> None:
    made, board = counter(stage)
    garbage = (b"\xff\x00", b"[]", b"{" * 500, b'{"epoch":7,"rev":"x"}', b'{"a":' + b"[" * 2_040)
    for data in garbage:
        for topic in (topics.DN_FACE, topics.DN_RECEIPT, topics.DN_CONFIG, topics.GW_BEAT):
            made.gateway.publish(topic, data)
    made.gateway.publish(topics.DN_FACE, b"x" * 100_000)  # thrown away, not a reason to leave
    called(made.gateway)
    board.press("next")
    board.wait("matrix", px=px("A012"))
    assert board.look()["free_bytes"] > 40_000


def test_a_retained_order_is_refused(stage: MakeStage) -> None:
    made = stage("counter")
    order = {"id": "old", "name": "identify", "arg": {}, "ttl_ms": 5_000}
    made.gateway.publish(topics.DN_CMD, order, retain=True)
    board = made.start()
    ack = made.gateway.wait(topics.UP_ACK)
    assert (ack["id"], ack["st"], ack["code"]) == ("old", "error", "retained")
    made.gateway.publish(topics.DN_CMD, b"", retain=True)
    made.gateway.publish(topics.DN_CMD, {**order, "id": "new"})
    assert made.gateway.wait(topics.UP_ACK) == {"id": "new", "st": "ok"}
    board.wait("matrix", px=px("board-01", dot=False))


def test_two_boots_are_two_lives(stage: MakeStage) -> None:
    made, board = counter(stage)
    board.kill()
    lost = made.gateway.state("lost")
    made.start()
    assert made.gateway.state("init")["boot"] != lost["boot"]


def test_a_number_is_taken_printed_and_confirmed(stage: MakeStage) -> None:
    made = stage("ticket")
    made.gateway.config(queues=["A", "B"])
    queues = [{"q": "A", "open": True, "waiting": 0}, {"q": "B", "open": True, "waiting": 2}]
    made.gateway.publish(topics.DN_FACE, {"epoch": 7, "rev": 1, "queues": queues}, retain=True)
    made.gateway.answer = lambda event: (
        {"ticket": "B007", "queue": "B", "ahead": 2, "wait_s": [60, 180]}
        if event["ev"] == "take"
        else {}
    )
    board = made.start()
    assert made.gateway.wait(topics.UP_ABOUT)["caps"] == ["printer"]
    board.wait("matrix", px=px("AMBIL"))
    assert board.look()["lamps"]["queue2"] == "on"
    board.press("priority")
    board.wait("matrix", px=px("PRIORITAS"))
    board.press("queue2")
    take = made.gateway.event("take")
    assert (take["queue"], take["class"]) == ("B", "priority")
    board.wait("matrix", px=px("B007"))
    paper = board.wait("paper")
    assert (paper["text"], paper["ticket"]) == ("B007", "B007")
    assert paper["lines"] == ["Prioritas", "2 di depan Anda", "kira-kira 1-3 menit"]
    fact = made.gateway.event("paper")
    assert (fact["ticket"], fact["ok"]) == ("B007", True)
    emptied = made.flash / "outbox.jsonl"
    wait_for(lambda: emptied.read_bytes() == b"", what="the receipt to empty the outbox")


def test_a_fact_survives_kill_and_restart(stage: MakeStage) -> None:
    made = stage("ticket")
    made.gateway.config(queues=["A"])
    queues = [{"q": "A", "open": True, "waiting": 0}]
    made.gateway.publish(topics.DN_FACE, {"epoch": 7, "rev": 1, "queues": queues}, retain=True)
    made.gateway.answer = lambda event: (
        {"ticket": "A001"} if event["ev"] == "take" else None if event["ev"] == "paper" else {}
    )
    board = made.start()
    board.wait("matrix", px=px("AMBIL"))
    board.press("queue1")
    first = made.gateway.event("paper")
    board.kill()
    made.gateway.answer = lambda event: {}
    made.start()
    assert made.gateway.event("paper") == first
    wait_for(
        lambda: (made.flash / "outbox.jsonl").read_bytes() == b"",
        what="the receipt to empty the outbox",
    )


def test_paper_that_ran_out_is_an_alert(stage: MakeStage) -> None:
    made = stage("ticket")
    board = made.start()
    made.gateway.state("ready")
    board.do("paper", ok=False)
    leaf = topics.UP_ALERT + "/paper_out"
    assert made.gateway.wait(leaf, lambda p: p is not None)["code"] == "paper_out"
    board.do("paper", ok=True)
    assert made.gateway.wait(leaf) is None


def test_a_dispenser_reports_sleeps_and_wakes(stage: MakeStage) -> None:
    made = stage("dispenser")
    made.gateway.config(every_s=30)
    board = made.start()
    board.do("level", pct=12)
    board.do("battery", mv=3_600)
    made.gateway.state("ready")
    # The settings may come a little after the first reading, which is then told again.
    reading = made.gateway.wait(topics.UP_READING + "/sanitizer", lambda p: p["every_s"] == 30)
    assert (reading["level_pct"], reading["battery_mv"]) == (12, 3_600)
    assert board.wait("sleep")["for_s"] == 30
    assert board.wait_end() == ASLEEP_STATUS
    made.gateway.wait(topics.UP_STATE, lambda p: p["s"] == "sleeping")
    woken = made.start()
    woken.do("level", pct=90)
    made.gateway.wait(topics.UP_READING + "/sanitizer", lambda p: p["level_pct"] == 90)
    assert made.gateway.wait(topics.UP_ALERT + "/level_low") is None
    woken.wait_end()


def test_a_dose_that_wakes_a_dispenser_is_counted_and_told_at_its_time(stage: MakeStage) -> None:
    parts = load_kind("refill_distance").settings_parts()
    made = stage("dispenser", parts=parts)
    made.gateway.config(every_s=600)
    board = made.start()
    made.gateway.wait(topics.UP_READING + "/soap", lambda p: p["every_s"] == 600)
    assert board.wait("sleep")["for_s"] == 600
    assert board.wait_end() == ASLEEP_STATUS
    made.gateway.state("sleeping")
    for _ in range(3):
        (made.flash / "woken").write_text("dose")
        woken = made.start()
        woken.wait("edge", key="dose")
        assert 590 < woken.wait("sleep")["for_s"] <= 600
        assert woken.wait_end() == ASLEEP_STATUS
        assert "state" not in [see["see"] for see in woken.seen], "it never connected"
    timed = made.start()
    reading = made.gateway.wait(topics.UP_READING + "/soap")
    assert reading["doses"] == 3
    timed.wait_end()
    cut = made.start()  # asleep, not cut: the count goes on ...
    cut.wait_end()
    (made.flash / "rtc").write_bytes(b"")
    made.start()  # ... and a power cut loses nothing that was told
    made.gateway.wait(topics.UP_READING + "/soap", lambda p: p["doses"] == 3)


def test_a_dispenser_is_calibrated_by_an_order(stage: MakeStage) -> None:
    made = stage("dispenser", parts=awake("dispenser"))
    board = made.start()
    made.gateway.wait(topics.UP_READING + "/sanitizer", lambda p: p["level_pct"] == 80)
    board.do("level", pct=75)
    board.look()
    order = {"id": "c1", "name": "calibrate", "arg": {"point": "full"}, "ttl_ms": 5_000}
    made.gateway.publish(topics.DN_CMD, order)
    assert made.gateway.wait(topics.UP_ACK) == {"id": "c1", "st": "ok", "detail": "276750.0"}
    made.gateway.wait(topics.UP_READING + "/sanitizer", lambda p: p["level_pct"] == 100)


def test_a_board_walks_through_its_parts_and_comes_back(stage: MakeStage) -> None:
    made = stage("rating")
    board = made.start()
    made.gateway.state("ready")
    order = {"id": "t1", "name": "self_test", "arg": {}, "ttl_ms": 5_000}
    made.gateway.publish(topics.DN_CMD, order)
    assert made.gateway.wait(topics.UP_ACK) == {"id": "t1", "st": "ok"}
    made.gateway.state("gone")
    assert board.wait_end() == RESET_STATUS
    board = made.start()
    made.gateway.state("init")
    keys = [f"score{n}" for n in (1, 2, 3, 4)]
    for key in keys:
        board.wait("lamp", lamp=key, show="on")
    for key in keys:
        board.wait("lamp", lamp=key, show="blink")
        board.press(key)
        board.wait("lamp", lamp=key, show="off")
    ack = made.gateway.wait(topics.UP_ACK)
    assert (ack["id"], ack["st"]) == ("t1", "ok"), ack
    assert ack["detail"].endswith(" ok")
    made.gateway.state("gone")
    assert board.wait_end() == RESET_STATUS
    made.start()
    assert made.gateway.wait(topics.UP_EVENT)["ev"] == "hello", "it served nobody meanwhile"
    made.gateway.state("ready")


def test_a_board_switched_off_says_that_it_goes(stage: MakeStage) -> None:
    made, board = counter(stage)
    board.do("off")
    made.gateway.state("gone")
    assert board.wait_end() == 0


def test_a_board_without_a_broker_can_be_switched_off_too(stage: MakeStage, broker: Broker) -> None:
    made = stage("counter")
    broker.kill()
    board = made.start()
    board.wait("matrix", px=px("...", dot=True))
    board.do("off")
    assert board.wait_end() == 0


def test_a_board_ends_with_whoever_started_it(stage: MakeStage) -> None:
    made, board = counter(stage)
    assert board.end() == 0
    made.gateway.state("lost")


def test_lines_that_make_no_sense_are_no_reason_to_stop(stage: MakeStage) -> None:
    _made, board = counter(stage)
    board.do("level", pct=3)  # it has no level
    board.do("press", key="none")
    board.do("press")
    board.do("dance")
    assert board.look()["state"] == "ready"


@pytest.mark.parametrize("role", sorted(KIND))
def test_every_role_runs_from_source_with_room_to_spare(stage: MakeStage, role: str) -> None:
    # Real boards run compiled files, which take less: tests/firmware/hour.
    made = stage(role, f"{role}-01")
    if role == "dispenser":
        settings = json.loads((made.flash / "settings.json").read_text())
        settings["parts"]["power"]["sleeps"] = False
        (made.flash / "settings.json").write_text(json.dumps(settings))
    board = made.start(heap_kb=128)
    made.gateway.wait(topics.UP_HEALTH)
    assert board.look()["free_bytes"] > 28 * 1024


def test_a_stopped_board_is_lost_and_comes_back(stage: MakeStage) -> None:
    made, board = counter(stage)
    os.kill(board.pid, signal.SIGSTOP)
    board_stopped = board.pid
    made.gateway.face("A015")
    os.kill(board_stopped, signal.SIGCONT)
    lit = board.wait("matrix", px=px("A015"))
    assert "#" in picture(lit["px"])
