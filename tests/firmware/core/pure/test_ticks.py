from firmware.core.ticks import PERIOD, Ticks


def test_time_goes_on_across_the_wrap_of_the_counter():
    ticks = Ticks(PERIOD - 10)
    assert ticks.extend(PERIOD - 4) == 6
    assert ticks.extend(5) == 15, "the counter wrapped after 10 ms"
    assert ticks.extend(5) == 15


def test_time_is_the_sum_of_many_wraps():
    ticks = Ticks(0)
    raw = 0
    step = PERIOD // 3
    for i in range(1, 31):
        raw = (raw + step) % PERIOD
        assert ticks.extend(raw) == i * step


def test_a_reading_from_just_before_does_not_turn_time_back():
    ticks = Ticks(100)
    assert ticks.extend(150) == 50
    assert ticks.extend(148) == 50
    assert ticks.extend(151) == 51
