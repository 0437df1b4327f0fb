"""The all-stop key: held, it begins the site's break or ends it; touched, it does nothing."""

import logging

import pytest

from firmware.wire.events import read_console_event, read_console_key
from gateway.gpio.key import STUCK_MS
from gateway.gpio.order import BY, REASON
from tests.gpio.stand import Scene

FLASHES = [150, 150, 150]


def test_held_for_a_second_it_orders_a_break_and_once_only() -> None:
    hall = Scene()
    hall.open()
    hall.pins.down = True
    hall.turn(975)
    assert hall.sent == []
    hall.turn(50)
    (order,) = hall.sent
    assert read_console_event(order) == {
        "ev": "break_start", "by": BY, "age_ms": 0, "reason": REASON,
    }  # fmt: skip
    assert read_console_key(order) == "key1"
    hall.receipt(key="key1", st="accepted")
    hall.line(pause=REASON)
    hall.turn(3_600_000)
    assert len(hall.sent) == 1
    assert hall.pins.now["stop_lamp"]


def test_held_again_it_ends_whatever_break_of_the_site_is_on() -> None:
    hall = Scene()
    hall.open()
    hall.line(pause="Istirahat siang")
    hall.hold()
    (order,) = hall.sent
    assert (order["ev"], order["by"], "reason" in order) == ("break_end", BY, False)
    hall.receipt(key="key1", st="accepted")
    assert hall.pins.now["stop_lamp"]
    hall.line()
    hall.turn(100)
    assert not hall.pins.now["stop_lamp"]
    hall.hold()
    assert hall.sent[1]["key"] == "key2"


@pytest.mark.parametrize("down_ms", [25, 200, 950])
def test_a_touch_does_nothing(down_ms: int) -> None:
    hall = Scene()
    hall.open()
    for _ in range(50):
        hall.hold(down_ms)
    assert hall.sent == []


def test_a_contact_that_bounces_is_held() -> None:
    hall = Scene()
    hall.open()
    for _ in range(11):
        hall.pins.down = True
        hall.turn(75)
        hall.pins.down = False
        hall.turn(25)
    assert len(hall.sent) == 1


def test_a_key_that_is_down_from_the_start_counts_when_it_was_let_go() -> None:
    hall = Scene()
    hall.pins.down = True
    hall.open()
    hall.turn(10_000)
    assert hall.sent == []
    hall.pins.down = False
    hall.turn(100)
    hall.hold()
    assert len(hall.sent) == 1


def test_what_was_not_looked_at_is_not_held() -> None:
    hall = Scene()
    hall.open()
    hall.pins.down = True
    hall.turn(100)
    hall.now_ms += 5_000  # the program was held up; who knows what the key did meanwhile
    hall.turn(900)
    assert hall.sent == []


def test_a_stuck_key_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    hall = Scene()
    hall.open()
    with caplog.at_level(logging.WARNING):
        hall.hold(STUCK_MS * 3)
    assert [r.message for r in caplog.records if "stick" in r.message] == [
        "the all-stop key is down for 30 s: does it stick?"
    ]


def test_without_a_receipt_it_is_sent_again_with_its_age_and_given_up_after_5_s() -> None:
    hall = Scene()
    hall.open()
    hall.hold()
    hall.seen.clear()
    hall.turn(9_000)
    assert [order["age_ms"] for order in hall.sent] == [0, 1_000, 2_000, 3_000, 4_000]
    assert {order["key"] for order in hall.sent} == {"key1"}
    assert hall.pulses("stop_lamp") == FLASHES


def test_another_ones_receipt_settles_nothing() -> None:
    hall = Scene()
    hall.open()
    hall.hold()
    hall.receipt(key="key0", st="accepted")
    hall.receipt(key=None, st="refused", why="bad_payload")
    hall.turn(1_000)
    assert len(hall.sent) == 2


@pytest.mark.parametrize(
    "answer", [{"st": "refused", "why": "wrong_state"}, {"st": "late"}], ids=["refused", "late"]
)
def test_refused_or_late_the_lamp_flashes_three_times(
    answer: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    hall = Scene()
    hall.open()
    hall.hold()
    hall.receipt(key="key1", **answer)
    hall.turn(4_000)
    assert hall.pulses("stop_lamp") == FLASHES
    assert len(hall.sent) == 1
    assert f"break_start was refused: {answer.get('why', 'late')}" in caplog.text


def test_the_lamp_flashes_out_of_light_as_well() -> None:
    hall = Scene()
    hall.open()
    hall.line(pause="x")
    hall.turn(1_000)
    hall.hold()
    hall.receipt(key="key1", st="refused", why="wrong_state")
    hall.seen.clear()
    hall.turn(4_000)
    assert hall.spans("stop_lamp") == [(False, 150), *[(True, 150), (False, 150)] * 3, (True, -1)]


def test_while_the_gateway_is_away_nothing_is_ordered_and_no_break_is_shown() -> None:
    hall = Scene()
    hall.open()
    hall.line(pause="x")
    hall.turn(100)
    hall.state("lost")
    hall.turn(100)
    assert not hall.pins.now["stop_lamp"]
    hall.seen.clear()
    hall.hold()
    hall.turn(3_000)
    assert hall.sent == []
    assert hall.pulses("stop_lamp") == FLASHES


def test_an_order_goes_on_over_a_short_loss_of_the_gateway() -> None:
    hall = Scene()
    hall.open()
    hall.hold()
    hall.state("lost")
    hall.turn(2_000)
    hall.state()
    hall.receipt(key="key1", st="accepted")
    hall.seen.clear()
    hall.turn(5_000)
    assert len(hall.sent) == 3
    assert hall.pulses("stop_lamp") == []
