"""What boards say besides their presses: lives, wills, health, readings, alerts, garbage."""

import json
from dataclasses import replace
from typing import Any

import pytest

from firmware.wire import codec, topics
from gateway.bus import Message
from gateway.domain.hall import Board
from gateway.domain.site import MAX_BOARDS, MAX_NAME_CHARS
from gateway.facility import Readings
from gateway.facility.readings import AWAY, FRESH, NONE, STALE, status
from gateway.service.listening import Listening
from gateway.service.out import Out
from gateway.service.parts import Parts
from tests.service.conftest import Desk


class Ear:
    """A Listening over the desk's writer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.readings = Readings()
        self.listening = Listening(desk.writer, self.readings)

    def hear(self, topic: str, payload: Any, retained: bool = False) -> None:
        """Let one message arrive below the prefix."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        message = Message(topics.PREFIX + topic, data, retained)
        self.listening.take(message, self.desk.mono_ms, self.desk.utc_ms)

    def parts(self) -> Parts:
        """Give what makes the hall's parts of what was heard."""
        writer, heard = self.desk.writer, self.listening.refusals
        return Parts(
            writer.epoch, writer.faces, writer.presence, self.readings, False, False, heard
        )

    def state(self, board: str) -> str:
        """Give the state in which a board is held to be."""
        return self.desk.writer.presence.of(board).state


@pytest.fixture
def ear(desk: Desk) -> Ear:
    desk.add("dispenser-01", "dispenser")
    return Ear(desk)


def test_a_board_comes_up_and_gets_its_topics_once(ear: Ear) -> None:
    ear.hear("counter-01/up/state", {"s": "init", "boot": 5})
    assert ear.listening.take_ready() == []
    ear.hear("counter-01/up/state", {"s": "ready", "boot": 5})
    assert ear.listening.take_ready() == ["counter-01"]
    assert ear.listening.take_ready() == []
    assert ear.state("counter-01") == "ready"
    assert ear.desk.writer.lives.current("counter-01") == 5


def test_a_will_of_another_life_is_ignored_and_the_truth_said_again(ear: Ear) -> None:
    ear.hear("counter-01/up/state", {"s": "init", "boot": 5})
    ear.hear("counter-01/up/state", {"s": "ready", "boot": 5})
    ear.hear("counter-01/up/state", {"s": "lost", "boot": 4})
    assert ear.state("counter-01") == "ready"
    (out,) = ear.listening.take_out()
    assert out == Out("loket/1/counter-01/up/state", b'{"s":"ready","boot":5}', retain=True)
    # Our own correction comes back to us and means nothing new.
    ear.hear("counter-01/up/state", {"s": "ready", "boot": 5})
    assert ear.listening.take_out() == []


def test_the_will_of_the_current_life_counts(ear: Ear) -> None:
    ear.hear("counter-01/up/state", {"s": "init", "boot": 5})
    ear.hear("counter-01/up/state", {"s": "lost", "boot": 5})
    assert ear.state("counter-01") == "lost"


def test_after_our_own_start_the_retained_state_names_the_life(ear: Ear) -> None:
    ear.hear("counter-01/up/state", {"s": "ready", "boot": 8}, retained=True)
    assert ear.desk.writer.lives.current("counter-01") == 8
    assert ear.desk.press("counter-01", 1, "next", boot=7)["st"] == "late"


def test_a_retained_event_is_not_obeyed(ear: Ear) -> None:
    event = {"boot": 1, "seq": 1, "t_ms": 5, "ev": "take", "queue": "A"}
    ear.hear("ticket-01/up/event", event, retained=True)
    ear.desk.commit()
    assert not ear.desk.writer.hall.tickets
    assert ear.desk.bad("ticket-01") == {"retained_event": 1}
    (out,) = ear.listening.take_out()
    assert out == Out("loket/1/ticket-01/up/event", b"", retain=True)


@pytest.mark.parametrize(
    ("leaf", "payload"),
    [
        ("up/state", {"s": "happy", "boot": 1}),
        ("up/state", {"s": "init", "boot": -1}),
        ("up/state", b"\x00"),
        ("up/about", {"caps": "printer"}),
        ("up/about", {"caps": ["x"] * 17}),
        ("up/about", {"fw": "x" * 65}),
        ("up/health", {"boot": 1}),
        ("up/health", {"boot": 1, "t_ms": 1, "rssi_dbm": 40}),
        ("up/face", {"epoch": 1, "rev": "2", "t_ms": 3}),
        ("up/reading/soap", {"boot": 1, "t_ms": 1, "level_pct": 40}),
        ("up/reading/soap", {"boot": 1, "t_ms": 1, "every_s": 30, "level_pct": 140}),
        ("up/reading/soap", {"boot": 1, "t_ms": 1, "every_s": 30, "level_pct": True}),
        ("up/reading/SOAP", {"boot": 1, "t_ms": 1, "every_s": 30}),
        ("up/reading", {"boot": 1, "t_ms": 1, "every_s": 30}),
        ("up/alert/low", b"\x00"),
        ("up/alert/a b", {"code": "a b"}),
        ("up/health", b"x" * 600),
    ],
)
def test_garbage_is_counted_with_its_sender_and_changes_nothing(
    ear: Ear, leaf: str, payload: Any
) -> None:
    ear.hear(f"dispenser-01/{leaf}", payload)
    assert ear.desk.bad("dispenser-01") == {"bad_payload": 1}
    assert not ear.readings.of("dispenser-01")
    assert not ear.desk.writer.presence.of("dispenser-01").alerts


def test_an_order_that_a_board_did_not_obey_is_counted(ear: Ear) -> None:
    ear.hear("counter-01/up/ack", {"id": "k", "st": "ok"})
    assert not ear.desk.bad("counter-01")
    error = {"id": "k", "st": "error", "code": "unknown_command", "detail": "self_test"}
    ear.hear("counter-01/up/ack", error)
    assert ear.desk.bad("counter-01") == {"order_refused": 1}
    ear.hear("counter-01/up/ack", {"id": "k", "st": "perhaps"})
    assert ear.desk.bad("counter-01") == {"order_refused": 1, "bad_payload": 1}


def test_topics_that_nobody_knows_are_counted(ear: Ear) -> None:
    ear.hear("counter-01/up/secret-door", {"a": 1})
    ear.hear("counter-01/up/state/of-mind", {"s": "ready", "boot": 1})
    ear.hear("stranger/up/state", {"s": "ready", "boot": 1})
    assert ear.desk.bad("counter-01") == {"unknown_topic": 2}
    assert ear.state("counter-01") == "never"
    assert ear.desk.bad("stranger") == {"unknown_board": 1}


def test_readings_are_kept_with_their_age_and_grow_stale(ear: Ear) -> None:
    reading = {"boot": 1, "t_ms": 9, "every_s": 30, "level_pct": 41.5, "battery_mv": 3700}
    ear.hear("dispenser-01/up/reading/sanitizer", reading)
    kept = ear.readings.of("dispenser-01")["sanitizer"]
    assert (kept.level_pct, kept.battery_mv, kept.at_ms) == (41.5, 3700, ear.desk.utc_ms)
    assert status(kept, "sleeping", ear.desk.utc_ms + 90_000) == FRESH
    assert status(kept, "sleeping", ear.desk.utc_ms + 90_001) == STALE
    assert status(kept, "lost", ear.desk.utc_ms) == AWAY
    assert status(None, "ready", ear.desk.utc_ms) == NONE


def test_a_reading_that_the_broker_had_kept_is_of_unknown_age(ear: Ear) -> None:
    reading = {"boot": 1, "t_ms": 9, "every_s": 30, "level_pct": 41.5}
    ear.hear("dispenser-01/up/reading/sanitizer", reading, retained=True)
    kept = ear.readings.of("dispenser-01")["sanitizer"]
    assert status(kept, "sleeping", ear.desk.utc_ms) == STALE


def test_a_reading_that_is_given_again_keeps_its_age(ear: Ear) -> None:
    # After a reconnect of our own the broker gives what it has kept.
    reading = {"boot": 1, "t_ms": 9, "every_s": 30, "level_pct": 41.5}
    ear.hear("dispenser-01/up/reading/sanitizer", reading)
    ear.hear("dispenser-01/up/reading/sanitizer", reading, retained=True)
    assert ear.readings.of("dispenser-01")["sanitizer"].at_ms == ear.desk.utc_ms
    ear.hear("dispenser-01/up/reading/sanitizer", {**reading, "t_ms": 10}, retained=True)
    assert ear.readings.of("dispenser-01")["sanitizer"].at_ms is None


def test_a_reading_that_is_no_reading_says_nothing_about_the_boards_clock(ear: Ear) -> None:
    ear.hear("dispenser-01/up/reading/soap", {"boot": 1, "t_ms": 9_000_000, "every_s": 0})
    ear.hear("dispenser-01/up/reading/soap", {"boot": 1, "t_ms": 9, "every_s": 30})
    assert ear.desk.bad("dispenser-01") == {"bad_payload": 1}
    touch = {"boot": 1, "seq": 1, "t_ms": 100_000, "ev": "touch", "n": 1}
    assert ear.desk.send("dispenser-01", touch)["why"] == "bad_payload"  # 100 s ahead of that


def test_alerts_are_raised_and_cleared(ear: Ear) -> None:
    ear.hear("dispenser-01/up/alert/level_low", {"code": "level_low", "since_ms": 5})
    assert ear.desk.writer.presence.of("dispenser-01").alerts == {"level_low": ""}
    ear.hear("dispenser-01/up/alert/level_low", b"")
    assert not ear.desk.writer.presence.of("dispenser-01").alerts


def test_an_alert_may_name_the_part_at_fault(ear: Ear) -> None:
    alerts = ear.desk.writer.presence.of("dispenser-01").alerts
    alert = {"code": "sensor_fault", "since_ms": 5, "boot": 1, "part": "vl53l0x"}
    ear.hear("dispenser-01/up/alert/sensor_fault", alert)
    assert alerts == {"sensor_fault": "vl53l0x"}
    ear.hear("dispenser-01/up/alert/key_stuck", {**alert, "part": "x" * 33})
    ear.hear("dispenser-01/up/alert/key_stuck", {**alert, "part": 7})
    assert alerts == {"sensor_fault": "vl53l0x"}
    assert ear.desk.bad("dispenser-01") == {"bad_payload": 2}


def test_all_boards_alerts_are_told_the_most_urgent_first(ear: Ear) -> None:
    writer = ear.desk.writer
    parts = ear.parts()
    for board, code, part in (
        ("dispenser-01", "battery_low", ""), ("dispenser-01", "sensor_fault", "vl53l0x"),
        ("dispenser-01", "smoke", ""), ("dispenser-01", "level_low", ""),
        ("ticket-01", "cover_open", ""),
    ):  # fmt: skip
        ear.hear(f"{board}/up/alert/{code}", {"code": code, **({"part": part} if part else {})})
    shown = parts.facilities(writer.hall, ear.listening.place, ear.desk.utc_ms)
    assert [tuple(alert.values()) for alert in shown["alerts"]] == [  # type: ignore[attr-defined]
        ("ticket-01", "Pintu utama", "cover_open", ""),
        ("dispenser-01", "Pintu utama", "sensor_fault", "vl53l0x"),
        ("dispenser-01", "Pintu utama", "level_low", ""),
        ("dispenser-01", "Pintu utama", "battery_low", ""),
        ("dispenser-01", "Pintu utama", "smoke", ""),
    ]
    sensors: Any = shown["sensors"]
    raised = ["sensor_fault", "level_low", "battery_low"]
    assert [sensor["alerts"] for sensor in sensors] == [raised]
    for code in ("cover_open", "smoke"):
        ear.hear(f"ticket-01/up/alert/{code}", b"")
    shown = parts.facilities(writer.hall, ear.listening.place, ear.desk.utc_ms)
    assert len(shown["alerts"]) == 4  # type: ignore[arg-type]


def test_a_dispenser_tells_how_many_doses_it_gave(ear: Ear) -> None:
    reading = {"boot": 1, "t_ms": 9, "every_s": 30, "level_pct": 41.5, "doses": 812}
    ear.hear("dispenser-01/up/reading/sanitizer", reading)
    assert ear.readings.of("dispenser-01")["sanitizer"].doses == 812
    ear.hear("dispenser-01/up/reading/sanitizer", {**reading, "doses": -1})
    assert ear.desk.bad("dispenser-01") == {"bad_payload": 1}
    assert ear.readings.of("dispenser-01")["sanitizer"].doses == 812


def test_a_board_cannot_fill_our_memory_with_sensors_or_alerts(ear: Ear) -> None:
    for n in range(40):
        ear.hear(f"dispenser-01/up/reading/s{n}", {"boot": 1, "t_ms": 9, "every_s": 30})
        ear.hear(f"dispenser-01/up/alert/a{n}", {"code": f"a{n}"})
    assert len(ear.readings.of("dispenser-01")) == 16
    assert len(ear.desk.writer.presence.of("dispenser-01").alerts) == 16
    assert ear.desk.bad("dispenser-01")["bad_payload"] == 48


def test_each_role_is_told_its_settings_in_few_enough_bytes(ear: Ear) -> None:
    def config(board: str) -> dict[str, Any]:
        out = ear.listening.config(board)
        assert out is not None
        assert out.retain
        told: dict[str, Any] = json.loads(out.payload)
        return told

    ear.desk.add("rating-01", "rating", 1)
    ear.desk.add("panel-01", "panel")
    counter, ticket = config("counter-01"), config("ticket-01")
    assert (counter["counter"], counter["queues"]) == (1, ["A"])
    assert counter["next_lock_ms"] == 1_500
    assert counter["labels"]["nobody_waiting"] == "KOSONG"
    assert "names" not in counter
    assert ticket["queues"][0] == "A"
    assert ticket["names"]["A"] == "Kependudukan"
    assert ticket["head"] == "Mal Pelayanan Publik Contoh"
    assert (ticket["foot"], ticket["url"]) == ("Silakan menunggu panggilan.", "")
    assert (ticket["word"], ticket["utc_offset_min"]) == ("loket", 420)
    assert "nobody_waiting" not in ticket["labels"]
    assert config("dispenser-01").keys() == {"rev", "every_s"}
    assert config("dispenser-01")["every_s"] == 30
    assert config("rating-01")["labels"]["thanks"] == "TERIMA KASIH"
    assert (config("panel-01")["word"], config("panel-01")["utc_offset_min"]) == ("loket", 420)
    assert ear.listening.config("stranger") is None


def test_a_ticket_board_is_told_what_stands_on_paper(ear: Ear) -> None:
    url = "https://antrean.example/t/{ticket}"
    site = replace(
        ear.desk.writer.hall.site, visitor_url=url, ticket_head="MPP", ticket_foot="Terima kasih."
    )
    assert ear.desk.writer.load_site(site, ear.desk.utc_ms) is None
    out = ear.listening.config("ticket-01")
    assert out is not None
    told = json.loads(out.payload)
    assert (told["url"], told["head"], told["foot"]) == (url, "MPP", "Terima kasih.")


def test_an_alert_that_is_cleared_when_its_board_retires_is_no_fault(ear: Ear) -> None:
    ear.hear("stranger/up/alert/paper_out", b"")
    assert not ear.desk.bad("stranger")


def test_retiring_clears_every_retained_topic_of_the_board(ear: Ear) -> None:
    ear.hear("dispenser-01/up/reading/soap", {"boot": 1, "t_ms": 9, "every_s": 30})
    ear.hear("dispenser-01/up/alert/level_low", {"code": "level_low", "since_ms": 5})
    cleared = {out.topic for out in ear.listening.clear_retained("dispenser-01")}
    assert {"loket/1/dispenser-01/" + leaf for leaf in topics.RETAINED_OF_BOARD} <= cleared
    assert "loket/1/dispenser-01/up/reading/soap" in cleared
    assert "loket/1/dispenser-01/up/alert/level_low" in cleared


def test_what_was_kept_of_a_board_retired_in_our_absence_is_cleared(ear: Ear) -> None:
    ear.hear("ghost/up/state", {"s": "lost", "boot": 4}, retained=True)
    ear.hear("ghost/up/reading/soap", {"boot": 4, "t_ms": 1, "every_s": 9}, retained=True)
    cleared = {out.topic for out in ear.listening.take_out() if out.retain and not out.payload}
    assert {f"loket/1/ghost/{leaf}" for leaf in topics.RETAINED_OF_BOARD} <= cleared
    assert "loket/1/ghost/up/reading/soap" in cleared
    assert not ear.desk.bad("ghost")


def test_topics_as_long_as_the_broker_allows_fill_no_memory(ear: Ear) -> None:
    ear.hear("counter-01/up/" + "x/" * 30_000, {"a": 1})
    assert ear.desk.bad("counter-01") == {"unknown_topic": 1}
    assert all(len(topic) < 1_000 for topic in ear.listening._split)


def rows(ear: Ear) -> dict[str, Any]:
    """Give what the hall's part says of each board."""
    listening = ear.listening
    part: Any = ear.parts().boards(ear.desk.writer.hall, listening.place, ear.desk.utc_ms)
    return {row["board"]: row for row in part["boards"]}


def test_settings_wanted_and_applied_are_told_side_by_side(ear: Ear) -> None:
    row = rows(ear)["counter-01"]
    assert (row["settings_wanted"], row["settings_applied"]) == (None, None)
    out = ear.listening.config("counter-01")
    assert out is not None
    rev = json.loads(out.payload)["rev"]
    ear.hear("counter-01/up/about", {"settings_rev": 7, "minor": 3, "hw": "counter_led"})
    row = rows(ear)["counter-01"]
    assert (row["settings_wanted"], row["settings_applied"]) == (rev, 7)
    assert (row["minor"], row["hw"]) == (3, "counter_led")


def test_what_a_doctor_needs_is_told_of_each_board(ear: Ear) -> None:
    for boot in (5, 6, 5):
        ear.hear("counter-01/up/state", {"s": "init", "boot": boot})
        ear.hear("counter-01/up/state", {"s": "ready", "boot": boot})
    ear.hear("counter-01/up/health", {"boot": 5, "t_ms": 9, "reset": "watchdog", "dropped": 2,
                                      "flash_failures": 1})  # fmt: skip
    ear.hear("counter-01/up/health", {"boot": 5, "t_ms": 900_000})
    ear.hear("counter-01/up/alert/paper_out", {"code": "paper_out", "since_ms": 5})
    row = rows(ear)["counter-01"]
    told = {name: row[name] for name in ("boots", "readies", "twins", "ahead", "alerts")}
    assert told == {"boots": 2, "readies": 3, "twins": 1, "ahead": 1, "alerts": {"paper_out": ""}}
    assert "hw" not in row  # nothing was said: nothing is told


def test_who_came_and_who_was_refused_is_told_with_the_boards(ear: Ear) -> None:
    listening, now_ms = ear.listening, ear.desk.utc_ms
    listening.broker_said("counter-01", "came", "192.168.1.7", now_ms)
    listening.broker_said("console", "came", "127.0.0.1", now_ms)
    listening.broker_said("192.168.1.9", "refused", "", now_ms)
    listening.broker_said("", "tls", "unknown ca", now_ms)
    listening.broker_said("counter-02", "denied", "loket/1/gw/state", now_ms)
    part: Any = ear.parts().boards(ear.desk.writer.hall, listening.place, now_ms)
    assert part["refused"] == [{"who": "192.168.1.9", "n": 1, "last_ms": now_ms}]
    assert part["disbelieved"]["n"] == 1
    assert rows(ear)["counter-01"]["addresses"] == ["192.168.1.7"]
    assert rows(ear)["counter-02"]["bad"] == {"denied": 1}


def test_a_hundred_boards_with_much_to_say_fit_with_all_of_it(ear: Ear) -> None:
    part = crowd(ear, 100, place="Lantai 2, dekat pintu timur", hw="counter_led_wired")
    assert len(codec.encode(part, codec.MAX_HALL_BYTES)) < codec.MAX_HALL_BYTES
    assert all("hw" in row and "alerts" in row for row in part["boards"])


def test_what_does_not_fit_is_left_out_and_the_rest_is_told(ear: Ear) -> None:
    part = crowd(ear, MAX_BOARDS, place="W" * MAX_NAME_CHARS, hw="h" * 64)
    assert len(codec.encode(part, codec.MAX_HALL_BYTES)) < codec.MAX_HALL_BYTES
    assert len(part["boards"]) == MAX_BOARDS
    assert not any("hw" in row for row in part["boards"])
    assert all(row["state"] == "never" and row["fw"] for row in part["boards"])


def crowd(ear: Ear, many: int, place: str, hw: str) -> Any:
    """Give the part of a hall with so many boards, each with something to say in every field."""
    hall, now_ms = ear.desk.writer.hall, ear.desk.utc_ms
    for n in range(many - len(hall.boards)):
        board = f"dispenser-of-a-long-name-{n:03}"
        hall.boards[board] = Board(board, "dispenser")
    for board in hall.boards:
        status = ear.desk.writer.presence.of(board)
        status.seen_ms, status.firmware, status.hardware = now_ms, "1.10.12+2026-11-21", hw
        status.caps, status.reset_cause, status.minor = ("printer", "scale"), "power_on", 1
        status.rssi_dbm, status.free_bytes, status.reconnects = -70, 100_000, 1_000
        status.settings_rev = status.settings_wanted = 4_000_000_000
        status.dropped = status.flash_failures = 1_000
        status.alerts.update(printer_silent="", sensor_fault="vl53l0x")
        status.bad.update(bad_payload=1_000, denied=1_000)
        for lately in (status.boots, status.readies, status.twins, status.ahead):
            lately.add(now_ms)
        status.came_from("192.168.100.100", now_ms)
    return ear.parts().boards(hall, lambda _: place, now_ms)
