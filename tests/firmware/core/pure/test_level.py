from firmware.core.level import CLEAR_PCT, LOW_PCT, REPORT_STEP_PCT, Reporter, is_low, level_pct


def test_a_level_lies_between_empty_and_full_whichever_is_larger():
    assert level_pct(42_000, 42_000, 355_000) == 0
    assert level_pct(355_000, 42_000, 355_000) == 100
    assert level_pct(198_500, 42_000, 355_000) == 50
    assert level_pct(180, 200, 40) == 13, "a distance shrinks when it fills"
    assert level_pct(0, 42_000, 355_000) == 0
    assert level_pct(999_999, 42_000, 355_000) == 100


def test_the_alert_is_set_low_and_cleared_well_above():
    low = False
    told = []
    for pct in (40, LOW_PCT + 1, LOW_PCT, LOW_PCT + 5, CLEAR_PCT - 1, CLEAR_PCT, LOW_PCT + 1):
        low = is_low(pct, low)
        told.append(low)
    assert told == [False, False, True, True, True, False, False], told


def test_a_reading_is_due_after_its_interval_or_a_large_change():
    reporter = Reporter(300)
    assert reporter.is_due(50, 0)
    reporter.sent(50, 0)
    assert not reporter.is_due(50, 299_999)
    assert reporter.is_due(50, 300_000)
    assert not reporter.is_due(50 - REPORT_STEP_PCT + 1, 1_000)
    assert reporter.is_due(50 - REPORT_STEP_PCT, 1_000)
    assert reporter.is_due(50 + REPORT_STEP_PCT, 1_000)
    reporter.skip(1_000)
    assert reporter.due_ms == 301_000
