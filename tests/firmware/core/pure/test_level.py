import json

from firmware.core.level import (
    CALIBRATION_FILE,
    CLEAR_PCT,
    CONFIRM_MS,
    LOW_PCT,
    REPORT_DOSES,
    REPORT_STEP_PCT,
    Gauge,
    Reporter,
    is_battery_low,
    is_low,
    level_pct,
)
from firmware.core.ticks import NEVER
from tests.firmware.fakes import FakeLevel, MemoryStore


def gauge(store=None, pct=None):
    level = FakeLevel()
    return level, Gauge(level, store or MemoryStore(), pct)


def test_a_level_lies_between_empty_and_full_whichever_is_larger():
    assert level_pct(42_000, 42_000, 355_000) == 0
    assert level_pct(355_000, 42_000, 355_000) == 100
    assert level_pct(198_500, 42_000, 355_000) == 50
    assert level_pct(180, 200, 40) == 13, "a distance shrinks when it fills"
    assert level_pct(0, 42_000, 355_000) == 0
    assert level_pct(360_000, 42_000, 355_000) == 100


def test_what_lies_far_beyond_the_ends_is_nonsense():
    assert level_pct(361, 200, 40) is None, "the lid is open"
    assert level_pct(360, 200, 40) == 0
    assert level_pct(999_999, 42_000, 355_000) is None
    assert level_pct(-300_000, 42_000, 355_000) is None


def test_the_alert_is_set_low_and_cleared_well_above():
    low = False
    told = []
    for pct in (40, LOW_PCT + 1, LOW_PCT, LOW_PCT + 5, CLEAR_PCT - 1, CLEAR_PCT, LOW_PCT + 1):
        low = is_low(pct, low)
        told.append(low)
    assert told == [False, False, True, True, True, False, False], told


def test_a_battery_is_low_until_it_is_another_one():
    low = False
    told = []
    for mv in (3_501, 3_500, 3_600, 3_649, 3_650, 3_501):
        low = is_battery_low(mv, 3_500, low)
        told.append(low)
    assert told == [False, True, True, True, False, False], told


def test_the_first_reading_and_a_rise_are_believed_at_once():
    level, it = gauge()
    it.look(0)
    assert (it.pct, it.fault, it.again_ms) == (80, None, NEVER)
    level.pct = 75
    it.look(1)
    assert it.pct == 75
    level.pct = 100
    it.look(2)
    assert (it.pct, it.again_ms) == (100, NEVER)


def test_a_hand_in_the_way_is_no_empty_bottle():
    level, it = gauge(pct=80)
    level.pct = 5
    it.look(1_000)
    assert (it.pct, it.again_ms) == (80, 1_000 + CONFIRM_MS)
    it.look(2_000)
    assert it.pct == 80, "too early to be sure"
    level.pct = 79
    it.look(1_000 + CONFIRM_MS)
    assert (it.pct, it.again_ms) == (79, NEVER)


def test_a_fall_that_holds_is_believed():
    level, it = gauge(pct=80)
    level.pct = 5
    it.look(0)
    it.look(CONFIRM_MS)
    assert (it.pct, it.fault, it.again_ms) == (5, None, NEVER)


def test_a_single_echo_is_outvoted():
    level, it = gauge(pct=50)
    level.pct = 51
    for echo in (100, 0, None):
        level.next_pcts = [echo]
        it.look(0)
        if echo is not None:
            assert (it.pct, it.again_ms) == (51, NEVER), echo
    assert it.again_ms == CONFIRM_MS, "silence is asked again later"


def test_silence_that_holds_is_a_fault_with_the_parts_name():
    level, it = gauge()
    level.pct = None
    it.look(0)
    assert it.fault is None
    it.look(CONFIRM_MS)
    known: "list[object]" = [it.pct, it.fault, it.again_ms]
    assert known == [None, "vl53l0x", NEVER]
    it.look(CONFIRM_MS + 1)
    known = [it.fault, it.again_ms]
    assert known == ["vl53l0x", NEVER], "known: nothing is in doubt"
    level.pct = 20
    it.look(CONFIRM_MS + 2)
    assert (it.pct, it.fault) == (20, None)


def test_a_calibration_is_kept_and_measured_with():
    store = MemoryStore()
    level, it = gauge(store)
    level.pct = 25  # 160 mm
    assert it.calibrate("empty") == ("", "160.0")
    it.look(0)
    assert it.pct == 0
    level.pct = 100
    again = Gauge(level, store)
    again.look(0)
    assert again.pct == 100
    assert json.loads(store.files[CALIBRATION_FILE]) == {"empty": 160, "full": 40}


def test_one_reading_of_a_calibration_may_be_wrong():
    level, it = gauge()
    level.pct = 25
    level.next_pcts = [25, 90]
    assert it.calibrate("empty") == ("", "160.0")


def test_a_calibration_that_cannot_be_says_why():
    store = MemoryStore()
    level, it = gauge(store)
    level.pct = 95
    code, detail = it.calibrate("empty")
    assert code == "too_close"
    assert detail == "empty 48.0, full 40: is it empty? else first the other", detail
    level.next_pcts = [25, None]
    assert it.calibrate("empty") == ("no_answer", "vl53l0x does not answer")
    assert store.writes == []
    store.broken = True
    level.pct = 25
    assert it.calibrate("empty")[0] == "flash"
    it.look(0)
    assert it.pct == 25, "nothing has changed"


def test_a_damaged_calibration_is_told_and_the_boards_own_used():
    for kept in (b"{", b"[]", b'{"empty":1}', b'{"empty":5,"full":5}', b'{"empty":"a","full":1}'):
        store = MemoryStore()
        store.files[CALIBRATION_FILE] = kept
        level, it = gauge(store)
        it.look(0)
        assert (it.pct, it.fault) == (80, CALIBRATION_FILE), kept
        level.pct = 100
        assert it.calibrate("full")[0] == ""
        it.look(1)
        assert it.fault is None


def test_a_reading_is_due_after_its_interval_or_a_large_change_or_some_doses():
    reporter = Reporter(300)
    assert reporter.is_due(50, 7, 0)
    reporter.sent(50, 7, 0)
    assert not reporter.is_due(50, 7, 299_999)
    assert reporter.is_due(50, 7, 300_000)
    assert not reporter.is_due(50 - REPORT_STEP_PCT + 1, 7, 1_000)
    assert reporter.is_due(50 - REPORT_STEP_PCT, 7, 1_000)
    assert reporter.is_due(50 + REPORT_STEP_PCT, 7, 1_000)
    assert not reporter.is_due(50, 7 + REPORT_DOSES - 1, 1_000)
    assert reporter.is_due(50, 7 + REPORT_DOSES, 1_000)
    assert reporter.is_due(None, 7, 1_000)
    reporter.sent(None, 7, 1_000)
    assert not reporter.is_due(None, 7, 300_999)
    assert reporter.is_due(None, 7, 301_000)
    assert reporter.is_due(50, 7, 2_000)
