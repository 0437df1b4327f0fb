"""The chime sounds for each call and recall once, and never for what was called before."""

import json

from firmware.wire import topics
from gateway.gpio.signs import PAUSE_MS, PULSE_MS
from tests.gpio.stand import Scene, line


def test_a_call_is_one_pulse_and_a_recall_another() -> None:
    hall = Scene()
    hall.open()
    hall.line(("A001", 3, 1))
    hall.turn(3_000)
    assert hall.pulses("chime") == [PULSE_MS]
    hall.line(("A001", 3, 2))
    hall.line(("A001", 3, 2))  # the line changed for another reason
    hall.turn(3_000)
    assert hall.pulses("chime") == [PULSE_MS, PULSE_MS]


def test_what_was_called_before_we_came_is_silent() -> None:
    hall = Scene()
    hall.open(("A002", 1, 1), ("A001", 3, 2))
    hall.turn(3_000)
    assert hall.pulses("chime") == []
    hall.line(("B001", 2, 1), ("A002", 1, 1), ("A001", 3, 2))
    hall.turn(3_000)
    assert hall.pulses("chime") == [PULSE_MS]


def test_what_was_called_while_the_broker_was_away_is_silent() -> None:
    hall = Scene()
    hall.open(("A001", 3, 1))
    hall.desk.broker(False)
    hall.turn(1_000)
    hall.open(("A002", 3, 1), ("A001", 3, 1))
    hall.turn(2_000)
    assert hall.pulses("chime") == []


def test_a_gateway_that_starts_again_rings_for_nothing_it_rang_for_before() -> None:
    hall = Scene()
    hall.open()
    hall.line(("A001", 3, 1))
    hall.turn(3_000)
    hall.state("lost")
    hall.epoch, hall.rev = 8, 0
    hall.state()
    hall.line(("A002", 3, 1), ("A001", 3, 1))  # A002: committed, and killed before it was said
    hall.turn(3_000)
    assert hall.pulses("chime") == [PULSE_MS, PULSE_MS]


def test_a_call_taken_back_and_made_again_sounds_again() -> None:
    hall = Scene()
    hall.open()
    for calls in ([("A001", 3, 1)], [], [("A001", 3, 1)]):
        hall.line(*calls)
        hall.turn(2_000)
    assert hall.pulses("chime") == [PULSE_MS, PULSE_MS]


def test_a_burst_is_three_pulses_with_pauses_and_then_it_is_quiet() -> None:
    hall = Scene()
    hall.open()
    hall.line(*[(f"A{n:03}", n, 1) for n in range(1, 11)])
    hall.turn(10_000)
    chime = hall.spans("chime")
    assert [for_ms for on, for_ms in chime if on] == [PULSE_MS] * 3
    assert [for_ms for on, for_ms in chime[1:] if not on] == [PAUSE_MS, PAUSE_MS, -1]


def test_calls_that_come_one_after_another_are_kept_waiting_but_not_for_ever() -> None:
    hall = Scene()
    hall.open()
    for n in range(1, 30):
        hall.line(("A001", 3, n))
        hall.turn(100)
    hall.turn(10_000)
    # 2.9 s of calls: those under way and at most three after them.
    assert 3 <= len(hall.pulses("chime")) <= 6


def test_an_older_line_is_passed_over() -> None:
    hall = Scene()
    hall.open()
    hall.line(("A001", 3, 1))
    hall.turn(2_000)
    hall.hear(topics.hall_part("line"), line(7, 1))
    hall.line(("A001", 3, 1))
    hall.turn(2_000)
    assert len(hall.pulses("chime")) == 1


def test_nonsense_changes_nothing() -> None:
    hall = Scene()
    hall.open(("A001", 3, 1))
    good = line(7, 99, ("A001", 3, 1), ("A002", 3, 1))
    for wrong in (
        {**good, "calls": None},
        {**good, "calls": [3]},
        {**good, "calls": [{"ticket": 5, "counter": 1, "times": 1}]},
        {**good, "notices": "help"},
        {**good, "epoch": "7"},
        {name: value for name, value in good.items() if name != "rev"},
    ):
        hall.hear(topics.hall_part("line"), wrong)
    for payload in (b"", b"[]", b"{", b"\xff", json.dumps(good).encode() + b" " * 70_000):
        for topic in (topics.hall_part("line"), topics.GW_STATE, topics.GW_BEAT):
            hall.desk.heard(topic, payload, hall.now_ms)
    hall.turn(2_000)
    assert hall.pulses("chime") == []
    assert hall.pins.now["status"]
