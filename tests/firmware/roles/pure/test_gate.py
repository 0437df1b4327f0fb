from boards.virtual.glass import frame
from firmware.core.ticks import NEVER
from firmware.roles.gate import APART_MS, SHOWN_MS, Gate
from firmware.wire import topics
from tests.firmware.fakes import (
    EPOCH,
    Bench,
    FakeBuzzer,
    FakeDigits,
    FakeHardware,
    FakeHost,
    FakeMatrix,
    FakeThermometer,
)
from tests.firmware.pure.expect import raises

FAULT = topics.UP_ALERT + "/sensor_fault"
KEYS = ("mask", "no_mask")


class Readings(FakeThermometer):
    """Gives what a test says, one after the other."""

    def __init__(self, *readings):
        self.readings = list(readings)

    def read_c(self):
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


def made(*readings, matrix=FakeMatrix, signals=True):
    host = FakeHost()
    hw = FakeHardware(host.store, KEYS, KEYS + ("light",), matrix)
    hw.thermometer = Readings(*(readings or (36.5,)))
    if signals:
        hw.buzzer = FakeBuzzer()
        hw.digits = FakeDigits()
    bench = Bench(Gate, hw, host)
    bench.connect()
    bench.receipt(bench.events()[0])  # the hello
    face(bench, 1)
    bench.host.take(FAULT)
    return bench


def face(bench, rev, is_open=True):
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": rev, "open": is_open}, True)


def screened(bench, key="mask"):
    """Press, and give the orders sent once three readings are made."""
    bench.press(key)
    bench.pass_ms(2 * APART_MS - 200)
    return bench.events()


def looks(bench):
    return bench.hw.lamps["light"].shows, bench.hw.digits.text


def live(bench, ms):
    for _ in range(ms // 500):
        bench.beat()
        bench.pass_ms(500)


def test_a_press_measures_and_sends_one_order():
    bench = made(36.9, 36.4, 36.54)
    bench.press("no_mask")
    assert bench.events() == [], "no order before the third reading"
    assert bench.hw.lamps["no_mask"].shows == "blink"
    bench.pass_ms(2 * APART_MS - 200)
    (order,) = bench.events()
    assert (order["ev"], order["mask"]) == ("screen", False)
    assert abs(order["temp_c"] - 36.5) < 0.001, "the median, in tenths"
    assert looks(bench) == ("off", "")


def test_who_may_pass_gets_green_one_tone_and_his_temperature():
    bench = made()
    (order,) = screened(bench)
    assert order["mask"] is True
    bench.receipt(order, **{"pass": True})
    assert looks(bench) == ("green", "36.5")
    assert bench.glass() == frame("36.5")
    assert bench.hw.buzzer.played == [(120,)]
    assert bench.hw.lamps["mask"].shows == "off"
    live(bench, SHOWN_MS - 500)
    assert looks(bench) == ("green", "36.5")
    live(bench, 500)
    assert looks(bench) == ("off", "")
    assert bench.glass() == frame("")
    assert bench.role.due_ms == NEVER


def test_who_may_not_gets_red_and_three_tones():
    bench = made(38.2)
    bench.receipt(screened(bench)[0], **{"pass": False})
    assert looks(bench) == ("red", "38.2")
    assert bench.glass() == frame("TUNGGU")
    assert bench.hw.buzzer.played == [(120,) * 5]


def test_what_is_no_forehead_is_measured_again_and_not_sent():
    for temp_c in (24.0, 29.9, 45.1):
        bench = made(temp_c)
        assert screened(bench) == []
        assert bench.glass() == frame("ULANGI")
        assert looks(bench) == ("off", "--")
        assert bench.hw.lamps["mask"].shows == "off"
        bench.hw.thermometer.readings = [36.0]
        assert len(screened(bench)) == 1, "at once, without waiting"


def test_a_silent_sensor_is_an_alert_and_the_guard_is_told():
    bench = made(None)
    assert screened(bench) == []
    (alert,) = bench.host.take(FAULT)
    assert (alert["code"], alert["part"]) == ("sensor_fault", "mlx90614")
    assert bench.glass() == frame("PERIKSA SENSOR")
    assert screened(bench) == []
    assert bench.host.take(FAULT) == [], "once"
    bench.hw.thermometer.readings = [None, 36.2, 36.6]
    (order,) = screened(bench)
    assert abs(order["temp_c"] - 36.6) < 0.001, "of two the higher"
    assert bench.host.take(FAULT) == [None]


def test_a_press_during_another_is_a_flash():
    bench = made()
    bench.press("mask")
    bench.press("no_mask")
    assert bench.hw.lamps["no_mask"].flashes == 1
    bench.pass_ms(1_000)
    assert bench.events()[0]["mask"] is True
    bench.press("mask")
    assert bench.hw.lamps["mask"].flashes == 1, "the order is still in flight"


def test_an_order_without_answer_failed_and_a_late_answer_still_counts():
    bench = made()
    (order,) = screened(bench)
    live(bench, 5_500)
    assert bench.glass() == frame("GAGAL")
    assert looks(bench) == ("off", "--")
    bench.receipt(order, **{"pass": True})
    assert looks(bench) == ("green", "36.5")


def test_a_late_answer_does_not_disturb_the_next_visitor():
    bench = made()
    (order,) = screened(bench)
    live(bench, 5_500)
    bench.press("mask")
    bench.receipt(order, **{"pass": True})
    assert looks(bench) == ("off", "")
    assert bench.hw.lamps["mask"].shows == "blink"


def test_a_refusal_is_shown_in_words():
    bench = made()
    bench.receipt(screened(bench)[0], "refused", why="not_allowed")
    assert bench.glass() == frame("DITOLAK")
    assert looks(bench) == ("off", "--")
    assert len(screened(bench)) == 1


def test_a_receipt_without_pass_is_bad_and_no_light():
    bench = made()
    bench.receipt(screened(bench)[0])
    assert bench.board.bad == 1
    assert looks(bench) == ("off", "")
    assert len(screened(bench)) == 1, "and the next visitor is measured"


def test_without_a_gateway_there_is_no_light_and_an_order_fails():
    bench = made()
    bench.receipt(screened(bench)[0], **{"pass": True})
    bench.board.link_is_down(bench.at_ms)
    assert looks(bench) == ("off", "--")
    bench.pass_ms(SHOWN_MS)
    assert bench.glass() == frame("TIDAK TERHUBUNG", dot=True)
    assert looks(bench) == ("off", "--")
    screened(bench)
    bench.pass_ms(5_000)
    assert bench.glass() == frame("GAGAL", dot=True)


def test_a_closed_hall_says_so():
    bench = made()
    face(bench, 2, False)
    assert bench.glass() == frame("TUTUP")
    before = bench.board.bad
    bench.hear(topics.DN_FACE, {"epoch": EPOCH, "rev": 3, "open": "yes"})
    assert bench.board.bad == before + 1
    assert bench.glass() == frame("TUTUP")


def test_signals_are_not_needed_and_thermometer_and_keys_are():
    bench = made(matrix=None, signals=False)
    bench.receipt(screened(bench)[0], **{"pass": True})
    assert bench.hw.lamps["light"].shows == "green"
    hw = FakeHardware(bench.host.store, KEYS)
    assert "parts.thermometer" in str(raises(ValueError, Gate, bench.board, hw))
    hw = FakeHardware(bench.host.store, ("mask",))
    hw.thermometer = FakeThermometer()
    assert "no_mask" in str(raises(ValueError, Gate, bench.board, hw))


def test_the_answer_about_one_visitor_is_not_shown_to_the_next_one():
    bench = made(36.5, 36.5, 36.5, 29.0, 29.0, 29.0)
    (order,) = screened(bench)
    live(bench, 5_000)  # nobody answers
    bench.press("no_mask")
    bench.pass_ms(2 * APART_MS)
    assert bench.role.display.sign.text == "ULANGI"
    bench.receipt(order, **{"pass": True})
    assert looks(bench) == ("off", "--")
    assert bench.role.display.sign.text == "ULANGI"
