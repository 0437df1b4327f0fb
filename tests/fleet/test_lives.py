"""Lateness without a clock on the board, and lives (rules 4 and 5)."""

from gateway.fleet.lives import AHEAD, LATE, ON_TIME, Lives


def _order(lives: Lives, t_ms: int, arrival_ms: int, boot: int = 1) -> str:
    return lives.judge("c-1", boot, t_ms, arrival_ms, perishes=True)


def test_the_first_message_of_a_boot_is_on_time_whatever_its_clock() -> None:
    assert _order(Lives(), 123, 10**9) == ON_TIME


def test_an_order_is_late_above_three_seconds_over_the_least_delay() -> None:
    lives = Lives()
    assert _order(lives, 0, 500) == ON_TIME
    assert _order(lives, 10_000, 13_500) == ON_TIME  # exactly 3 s above the baseline of 500
    assert _order(lives, 20_000, 23_501) == LATE


def test_a_fact_is_never_late() -> None:
    lives = Lives()
    _order(lives, 0, 0)
    assert lives.judge("c-1", 1, 1_000, 99_000, perishes=False) == ON_TIME


def test_facts_of_an_outage_arrive_together_and_none_is_ahead_of_its_time() -> None:
    # Neither after a restart of the board (another boot) nor after one of ours (no baseline).
    lives = Lives()
    for boot in (1, 2, 3, 4, 5, 6):
        for t_ms in (1_000, 500_000, 90_000_000):
            assert lives.judge("c-1", boot, t_ms, 10**9, waited=True) == ON_TIME
    assert _order(lives, 90_000_000, 10**9) == ON_TIME
    assert _order(lives, 90_001_000, 10**9 + 4_500) == LATE


def test_a_fact_further_ahead_than_any_clock_is_no_fact() -> None:
    lives = Lives()
    _order(lives, 100_000, 100_000)
    assert lives.judge("c-1", 1, 160_001, 100_000, waited=True) == AHEAD


def test_a_quicker_message_lowers_the_baseline() -> None:
    lives = Lives()
    _order(lives, 0, 5_000)
    assert _order(lives, 1_000, 3_000) == ON_TIME
    assert _order(lives, 2_000, 7_001) == LATE


def test_the_baseline_forgets_after_ten_minutes() -> None:
    lives = Lives()
    _order(lives, 0, 0)
    # A board whose clock runs slow by 4 s in 20 minutes is not late for ever.
    for minute in range(1, 21):
        assert _order(lives, minute * 59_800, minute * 60_000) == ON_TIME


def test_a_clock_more_than_a_minute_ahead_is_no_clock_and_does_not_count() -> None:
    lives = Lives()
    _order(lives, 100_000, 100_000)
    assert _order(lives, 160_000, 100_000) == ON_TIME  # exactly 60 s ahead: now the baseline
    lives = Lives()
    _order(lives, 100_000, 100_000)
    assert _order(lives, 160_001, 100_000) == AHEAD
    assert _order(lives, 101_000, 101_000) == ON_TIME  # the baseline is still the old one


def test_orders_from_another_life_are_late_and_facts_are_not() -> None:
    lives = Lives()
    lives.begin("c-1", 7)
    assert _order(lives, 0, 0, boot=6) == LATE
    assert lives.judge("c-1", 6, 0, 0, perishes=False) == ON_TIME
    assert _order(lives, 0, 0, boot=7) == ON_TIME
    lives.begin("c-1", 8)
    assert _order(lives, 1, 1, boot=7) == LATE


def test_a_board_that_draws_boots_without_end_fills_no_memory() -> None:
    lives = Lives()
    for boot in range(1_000):
        lives.judge("c-1", boot, 0, 0, perishes=False)
    assert len(lives._baselines["c-1"]) <= 4


def test_a_retired_board_is_forgotten() -> None:
    lives = Lives()
    lives.begin("c-1", 7)
    lives.forget("c-1")
    assert lives.current("c-1") is None
    assert _order(lives, 0, 0, boot=6) == ON_TIME


def test_how_long_a_fact_waited_is_known_in_the_life_that_the_board_spoke_of_lately() -> None:
    lives = Lives()
    assert lives.waited_ms("c-1", 1, 1_000, 90_000) == 0
    _order(lives, 80_000, 90_000)
    assert lives.waited_ms("c-1", 1, 1_000, 90_000) == 79_000
    assert lives.waited_ms("c-1", 1, 80_500, 90_400) == 0
    assert lives.waited_ms("c-1", 2, 1_000, 90_000) == 0
