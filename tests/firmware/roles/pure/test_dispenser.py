from firmware.core.level import CALIBRATION_FILE, CONFIRM_MS
from firmware.roles.dispenser import (
    CONNECTED_WITHIN_MS,
    EVERY_S,
    GREETED_WITHIN_MS,
    LOOK_MS,
    STAY_MS,
    Dispenser,
)
from firmware.wire import topics
from tests.firmware.fakes import BOOT, Bench, FakeBattery, FakeHardware, FakeHost, FakeLevel

READING = topics.UP_READING + "/sanitizer"
LOW = topics.UP_ALERT + "/level_low"
FAULT = topics.UP_ALERT + "/sensor_fault"
BATTERY = topics.UP_ALERT + "/battery_low"


def made(sleeps=False, pct=80, before=None, keys=(), by_key=False):
    """A dispenser; `before` is the bench of its life before the sleep."""
    host = FakeHost(before.host.store if before else None)
    hw = FakeHardware(host.store, keys, matrix=None)
    hw.level = FakeLevel()
    hw.level.pct = pct
    hw.battery = FakeBattery()
    hw.power.sleeps = sleeps
    hw.power.by_key = by_key
    if before:
        hw.power.kept = before.hw.power.kept
        hw.power.clock_s = before.hw.power.clock_s
    return Bench(Dispenser, hw, host)


def live(bench, ms):
    """Let time pass with a gateway that beats."""
    for _ in range(ms // 1_000):
        bench.beat()
        bench.pass_ms(1_000)


def measure(bench, pct):
    """Let the level change, the sensor notice it, and whoever doubts it be convinced."""
    bench.hw.level.pct = pct
    bench.hw.level.on_change(bench.at_ms)
    live(bench, CONFIRM_MS)


def order(bench, name, arg):
    """Give the answer to an order."""
    cmd = {"id": "o%d" % bench.at_ms, "name": name, "arg": arg, "ttl_ms": 5_000}
    bench.hear(topics.DN_CMD, cmd)
    (ack,) = bench.host.take(topics.UP_ACK)
    return ack


def slept(bench):
    """Let the gateway answer a battery board, which then sleeps."""
    bench.connect()
    bench.receipt(bench.events()[0])
    bench.pass_ms(0)
    assert bench.host.rested_s == EVERY_S, bench.host.rested_s
    return bench


def test_it_reports_as_soon_as_it_is_connected():
    bench = made()
    bench.connect()
    (reading,) = bench.host.take(READING)
    assert reading == {
        "level_pct": 80,
        "battery_mv": 3_900,
        "every_s": EVERY_S,
        "boot": BOOT,
        "t_ms": 0,
    }, reading
    assert bench.host.take(LOW) == [None]
    assert bench.host.take(FAULT) == [None]
    assert bench.host.take(BATTERY) == [None]


def test_it_reports_at_its_interval():
    bench = made()
    bench.hear(topics.DN_CONFIG, {"rev": 1, "every_s": 30})
    bench.connect()
    bench.host.take(READING)
    live(bench, 29_000)
    assert bench.host.take(READING) == []
    live(bench, 1_000)
    (reading,) = bench.host.take(READING)
    assert reading["every_s"] == 30


def test_a_new_interval_is_told_at_once():
    bench = made()
    bench.connect()
    bench.host.take(READING)
    bench.hear(topics.DN_CONFIG, {"rev": 1, "every_s": 30})
    bench.pass_ms(0)
    (reading,) = bench.host.take(READING)
    assert reading["every_s"] == 30
    bench.hear(topics.DN_CONFIG, {"rev": 2, "every_s": 30})
    bench.pass_ms(0)
    assert bench.host.take(READING) == []


def test_without_a_connection_it_waits_in_peace():
    bench = made()
    bench.hear(topics.DN_CONFIG, {"rev": 1, "every_s": 30})
    bench.hw.level.on_change(0)
    bench.pass_ms(60_000)
    assert bench.host.take(READING) == []


def test_a_large_change_is_reported_at_once_and_a_small_one_is_not():
    bench = made()
    bench.connect()
    bench.host.take(READING)
    for pct, reports in ((78, 0), (74, 1), (100, 1)):
        bench.hw.level.pct = pct
        bench.hw.level.on_change(bench.at_ms)
        bench.pass_ms(0)
        assert len(bench.host.take(READING)) == reports, pct


def test_a_sensor_that_notices_nothing_is_looked_at_now_and_then():
    bench = made()
    bench.connect()
    bench.host.take(READING)
    bench.hw.level.pct = 70
    live(bench, LOOK_MS - 1_000)
    assert bench.host.take(READING) == []
    live(bench, 1_000)
    assert bench.host.take(READING)[0]["level_pct"] == 70


def test_a_hand_in_front_of_the_sensor_is_not_told():
    bench = made()
    bench.connect()
    bench.host.take(READING)
    bench.hw.level.pct = 3
    bench.hw.level.on_change(0)
    live(bench, 2_000)
    bench.hw.level.pct = 80
    live(bench, LOOK_MS)
    assert bench.host.take(READING) == []
    assert bench.host.take(LOW) == [None], "only what was told at the connection"


def test_a_low_level_is_alerted_once_and_cleared_by_the_refill():
    bench = made()
    bench.connect()
    bench.host.take(LOW)
    told = []
    for pct in (15, 10, 5, 22, 100):
        measure(bench, pct)
        told += bench.host.take(LOW)
    assert len(told) == 2, told
    assert told[0]["code"] == "level_low"
    assert told[1] is None


def test_a_sensor_that_does_not_answer_is_an_alert_with_its_name_and_no_level():
    bench = made(pct=None)
    bench.connect()
    live(bench, CONFIRM_MS)
    (reading,) = bench.host.take(READING)
    assert "level_pct" not in reading, reading
    fault = bench.host.take(FAULT)[-1]
    assert (fault["code"], fault["part"]) == ("sensor_fault", "vl53l0x")
    bench.hw.level.pct = 50
    live(bench, LOOK_MS)
    assert bench.host.take(FAULT) == [None]
    live(bench, EVERY_S * 1_000)
    assert len(bench.host.take(READING)) == 2, "when it was well again, and in its time"


def test_a_battery_board_sleeps_once_the_gateway_has_answered():
    bench = made(sleeps=True)
    bench.hear(topics.DN_CONFIG, {"rev": 1, "every_s": 30})
    bench.connect()
    (hello,) = bench.events()
    bench.pass_ms(100)
    assert bench.host.rested_s is None
    assert len(bench.host.take(READING)) == 1
    bench.receipt(hello)
    bench.pass_ms(0)
    assert bench.host.rested_s == 30


def test_a_battery_board_does_not_wait_for_ever():
    bench = made(sleeps=True)
    bench.connect()
    bench.pass_ms(GREETED_WITHIN_MS - 1)
    assert bench.host.rested_s is None
    bench.pass_ms(1)
    assert bench.host.rested_s == EVERY_S
    lonely = made(sleeps=True)
    lonely.pass_ms(CONNECTED_WITHIN_MS)
    assert lonely.host.rested_s == EVERY_S
    assert lonely.host.take(READING) == []


def test_a_battery_board_in_doubt_looks_again_before_it_sleeps():
    bench = made(sleeps=True, pct=20, before=slept(made(sleeps=True)))
    bench.connect()
    bench.receipt(bench.events()[0])
    bench.pass_ms(CONFIRM_MS - 1)
    assert bench.host.rested_s is None
    assert bench.host.take(READING) == []
    bench.pass_ms(1)
    assert bench.host.take(READING)[0]["level_pct"] == 20
    assert bench.host.rested_s == EVERY_S


def test_a_board_on_the_mains_never_sleeps():
    bench = made()
    bench.connect()
    bench.receipt(bench.events()[0])
    live(bench, 60_000)
    assert bench.host.rested_s is None


def test_alerts_outlive_sleep():
    bench = made(sleeps=True, pct=10)
    slept(bench)
    assert [alert and alert["code"] for alert in bench.host.take(LOW)][-1] == "level_low"
    awake = slept(made(sleeps=True, pct=20, before=bench))
    assert awake.host.take(LOW)[-1]["code"] == "level_low", "20 % does not clear it"
    refilled = slept(made(sleeps=True, pct=90, before=awake))
    assert refilled.host.take(LOW)[-1] is None
    assert len(bench.host.store.writes) == 2, "flash is written on changes only"


def test_a_fault_that_outlives_sleep_is_not_doubted_each_time():
    bench = made(sleeps=True, pct=None)
    bench.connect()
    bench.receipt(bench.events()[0])
    bench.pass_ms(CONFIRM_MS)
    assert bench.host.rested_s == EVERY_S
    awake = slept(made(sleeps=True, pct=None, before=bench))
    assert [alert["part"] for alert in awake.host.take(FAULT)] == ["vl53l0x"]


def test_a_weak_battery_is_an_alert_until_it_is_another_one():
    bench = made()
    bench.hear(topics.DN_CONFIG, {"rev": 1, "every_s": 30})
    bench.hw.battery.mv = 3_400
    bench.connect()
    assert bench.host.take(BATTERY)[-1]["code"] == "battery_low"
    bench.hw.battery.mv = 3_500
    live(bench, 30_000)
    assert bench.host.take(BATTERY) == [], "it has only recovered"
    bench.hw.battery.mv = 4_100
    live(bench, 30_000)
    assert bench.host.take(BATTERY) == [None]
    bench.hw.battery.mv = None
    live(bench, 30_000)
    assert "battery_mv" not in bench.host.take(READING)[-1]


def test_doses_are_counted_and_told_with_the_level():
    bench = made(keys=("dose",))
    bench.connect()
    assert bench.host.take(READING)[0]["doses"] == 0
    for _ in range(9):
        bench.press("dose")
    assert bench.host.take(READING) == []
    bench.press("dose")
    (reading,) = bench.host.take(READING)
    assert reading["doses"] == 10, "ten are told at once"
    bench.press("dose")
    live(bench, EVERY_S * 1_000)
    assert bench.host.take(READING)[-1]["doses"] == 11


def test_the_count_outlives_a_power_cut():
    bench = made(keys=("dose",))
    bench.connect()
    for _ in range(10):
        bench.press("dose")
    again = made(keys=("dose",), before=bench)
    again.hw.power.kept = b""
    again.connect()
    assert again.host.take(READING)[0]["doses"] == 10


def test_a_dose_that_wakes_the_board_is_counted_and_the_sleep_goes_on():
    before = slept(made(sleeps=True, keys=("dose",)))
    writes = len(before.host.store.writes)
    for n, clock_s in ((1, 1_100), (2, 1_294)):
        woken = made(sleeps=True, keys=("dose",), before=before, by_key=True)
        woken.hw.power.clock_s = clock_s
        woken.pass_ms(0)
        assert woken.hw.power.slept_s == [1_000 + EVERY_S - clock_s], n
        assert woken.host.sent == [], "it does not connect"
        before = woken
    assert len(before.host.store.writes) == writes, "and costs no flash"
    before.hw.power.clock_s = 1_300
    timed = made(sleeps=True, keys=("dose",), before=before)
    timed.connect()
    assert timed.host.take(READING)[0]["doses"] == 2
    assert timed.hw.power.slept_s == []


def test_a_dose_at_the_time_of_a_report_reports():
    for due_in_s in (4, 0, -100):
        before = slept(made(sleeps=True, keys=("dose",)))
        before.hw.power.clock_s = 1_000 + EVERY_S - due_in_s
        woken = made(sleeps=True, keys=("dose",), before=before, by_key=True)
        woken.pass_ms(0)
        assert woken.hw.power.slept_s == []
        woken.connect()
        assert woken.host.take(READING)[0]["doses"] == 1


def test_a_clock_that_was_set_back_is_no_reason_to_sleep_for_ever():
    before = slept(made(sleeps=True, keys=("dose",)))
    before.hw.power.clock_s = 0
    woken = made(sleeps=True, keys=("dose",), before=before, by_key=True)
    woken.pass_ms(0)
    assert woken.hw.power.slept_s == [EVERY_S]


def test_a_dose_while_it_falls_asleep_is_not_lost():
    before = slept(made(sleeps=True, keys=("dose",)))
    before.press("dose")
    awake = made(sleeps=True, keys=("dose",), before=before)
    awake.connect()
    assert awake.host.take(READING)[0]["doses"] == 1


def test_an_end_is_calibrated_by_an_order():
    bench = made(pct=25)
    bench.connect()
    bench.host.take(READING)
    ack = order(bench, "calibrate", {"point": "empty"})
    assert (ack["st"], ack["detail"]) == ("ok", "160.0"), ack
    bench.pass_ms(0)
    assert bench.host.take(READING)[0]["level_pct"] == 0
    again = made(pct=25, before=bench)
    again.connect()
    assert again.host.take(READING)[0]["level_pct"] == 0


def test_a_repeated_calibration_gets_its_first_answer():
    bench = made(pct=25)
    bench.connect()
    first = order(bench, "calibrate", {"point": "empty"})
    bench.hw.level.pct = 10
    assert order(bench, "calibrate", {"point": "empty"}) == first
    assert bench.host.store.writes.count(CALIBRATION_FILE) == 1


def test_a_calibration_that_cannot_be_is_answered_with_the_reason():
    bench = made(pct=95)
    bench.connect()
    for n, (arg, code, part) in enumerate(
        (
            ({}, "bad_payload", "point"),
            ({"point": "half"}, "bad_payload", "empty or full"),
            ({"point": "empty"}, "too_close", "full 40"),
            ([], "bad_payload", "object"),
        )
    ):
        bench.pass_ms(n + 1)
        ack = order(bench, "calibrate", arg)
        assert (ack["st"], ack["code"]) == ("error", code), ack
        assert part in ack["detail"], ack
    bench.pass_ms(9)
    assert order(bench, "dance", {})["code"] == "unknown_command"


def test_an_order_keeps_a_battery_board_awake_for_a_while():
    for name, arg in (("identify", {}), ("calibrate", {"point": "full"})):
        bench = made(sleeps=True, pct=100)
        bench.connect()
        (hello,) = bench.events()
        assert order(bench, name, arg)["st"] == "ok", name
        bench.receipt(hello)
        live(bench, STAY_MS - 1_000)
        assert bench.host.rested_s is None
        live(bench, 1_000)
        assert bench.host.rested_s == EVERY_S


def test_without_its_sensor_a_dispenser_still_counts_doses_and_minds_its_battery():
    bench = made(keys=("dose",))
    bench.hw.level.pct = None
    bench.hw.battery.mv = 3_300
    bench.connect()
    live(bench, CONFIRM_MS + 1_000)
    assert bench.host.take(FAULT)[-1]["part"] == "vl53l0x"
    bench.press("dose")
    live(bench, EVERY_S * 1_000)
    reading = bench.host.take(READING)[-1]
    assert (reading["doses"], reading["battery_mv"], "level_pct" in reading) == (1, 3_300, False)
    assert bench.host.take(BATTERY)[-1]["code"] == "battery_low"
