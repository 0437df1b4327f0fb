from firmware.roles.dispenser import CONNECTED_WITHIN_MS, EVERY_S, GREETED_WITHIN_MS, Dispenser
from firmware.wire import topics
from tests.firmware.fakes import BOOT, Bench, FakeBattery, FakeHardware, FakeHost, FakeLevel

READING = topics.UP_READING + "/sanitizer"
LOW = topics.UP_ALERT + "/level_low"
FAULT = topics.UP_ALERT + "/sensor_fault"


def made(sleeps=False, pct=80, store=None):
    host = FakeHost(store)
    hw = FakeHardware(host.store, matrix=None)
    hw.level = FakeLevel()
    hw.level.pct = pct
    hw.battery = FakeBattery()
    hw.power.sleeps = sleeps
    return Bench(Dispenser, hw, host)


def live(bench, ms):
    """Let time pass with a gateway that beats."""
    for _ in range(ms // 1_000):
        bench.beat()
        bench.pass_ms(1_000)


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


def test_a_low_level_is_alerted_once_and_cleared_by_the_refill():
    bench = made()
    bench.connect()
    bench.host.take(LOW)
    told = []
    for pct in (15, 10, 5, 22, 100):
        bench.hw.level.pct = pct
        bench.hw.level.on_change(bench.at_ms)
        bench.pass_ms(10)
        told += bench.host.take(LOW)
    assert len(told) == 2, told
    assert told[0]["code"] == "level_low"
    assert told[1] is None


def test_a_sensor_that_does_not_answer_is_an_alert_and_no_reading():
    bench = made(pct=None)
    bench.connect()
    assert bench.host.take(READING) == []
    assert bench.host.take(FAULT)[-1]["code"] == "sensor_fault"
    bench.hw.level.pct = 50
    live(bench, EVERY_S * 1_000)
    assert len(bench.host.take(READING)) == 1
    assert bench.host.take(FAULT) == [None]


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


def test_a_board_on_the_mains_never_sleeps():
    bench = made()
    bench.connect()
    bench.receipt(bench.events()[0])
    live(bench, 60_000)
    assert bench.host.rested_s is None


def test_the_alert_outlives_sleep():
    bench = made(sleeps=True, pct=10)
    bench.connect()
    assert [alert and alert["code"] for alert in bench.host.take(LOW)][-1] == "level_low"
    awake = made(sleeps=True, pct=20, store=bench.host.store)
    awake.connect()
    assert awake.host.take(LOW)[-1]["code"] == "level_low", "20 % does not clear it"
    refilled = made(sleeps=True, pct=90, store=bench.host.store)
    refilled.connect()
    assert refilled.host.take(LOW)[-1] is None
    assert len(bench.host.store.writes) == 2, "flash is written on changes only"
