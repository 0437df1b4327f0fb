"""The status lamp: steady, slow, fast; and what makes it change."""

from tests.gpio.stand import Scene


def blinks(hall: Scene, for_ms: int = 6_000, beats: bool = True) -> set[int]:
    """Give the lengths of light and dark, in ms, within `for_ms` from now; empty if steady."""
    hall.seen.clear()
    hall.turn(for_ms, beats)
    return {for_ms for _, for_ms in hall.spans("status")[1:-1]}


def test_it_is_steady_while_the_hall_is_ready() -> None:
    hall = Scene()
    hall.open()
    hall.turn(60_000)
    assert (blinks(hall), hall.pins.now["status"]) == (set(), True)


def test_it_blinks_slowly_until_the_broker_the_gateway_and_its_line_are_there() -> None:
    hall = Scene()
    assert blinks(hall) == {1_000}
    hall.desk.broker(True)
    assert blinks(hall) == {1_000}
    hall.state()
    assert blinks(hall) == {1_000}
    hall.line()
    assert blinks(hall) == set()


def test_missed_beats_a_will_and_a_lost_broker_are_seen() -> None:
    hall = Scene()
    hall.open()
    hall.turn(5_900, beats=False)
    assert hall.pins.now["status"]
    assert blinks(hall, beats=False) == {1_000}
    hall.state()
    assert blinks(hall) == set()
    hall.state("lost")
    assert blinks(hall) == {1_000}
    hall.state()
    assert blinks(hall) == set()
    hall.desk.broker(False)
    assert blinks(hall) == {1_000}
    hall.desk.broker(True)
    assert blinks(hall) == {1_000}  # nothing of the former connection counts
    hall.state()
    hall.line()
    assert blinks(hall) == set()


def test_a_beat_or_a_line_of_another_run_of_the_gateway_is_none() -> None:
    hall = Scene()
    hall.open()
    hall.epoch = 8
    hall.turn(7_000)
    assert blinks(hall) == {1_000}
    hall.state()
    assert blinks(hall) == {1_000}  # its line is still the old run's
    hall.rev = 0
    hall.line()
    assert blinks(hall) == set()


def test_it_blinks_fast_while_somebody_asks_for_help() -> None:
    hall = Scene()
    hall.open()
    hall.line(helps=2)
    assert blinks(hall) == {150}
    hall.line()
    assert blinks(hall) == set()
