"""What a board said of itself, counted over the last ten minutes."""

from firmware.wire import words
from gateway.fleet.presence import NEVER, BoardStatus, Lately

NOW_MS = 1_795_230_000_000


def test_lately_is_ten_minutes_and_bounded() -> None:
    lately = Lately()
    for n in range(100):
        lately.add(NOW_MS + n)
    assert lately.count(NOW_MS + 100) == 32
    assert lately.count(NOW_MS + 600_000 + 90) == 9
    assert lately.count(NOW_MS - 1) == 0  # the clock was set back: nothing of it is lately


def test_a_start_counts_once_and_a_reconnect_is_none() -> None:
    status = BoardStatus()
    for boot in (1, 1, 2, 2, 3):
        status.began(boot, NOW_MS)
    assert (status.boots.count(NOW_MS), status.twins.count(NOW_MS)) == (3, 0)


def test_a_restart_that_was_meant_is_no_trouble() -> None:
    status = BoardStatus()
    for boot, before in enumerate((NEVER, words.GONE, words.SLEEPING, words.LOST)):
        status.state = before
        status.began(boot, NOW_MS)
        status.became_ready(NOW_MS)
        # Counted again: a connection that broke within the same life.
        status.state = words.LOST
        status.began(boot, NOW_MS)
        status.became_ready(NOW_MS)
    assert (status.boots.count(NOW_MS), status.readies.count(NOW_MS)) == (2, 6)


def test_a_life_that_comes_back_is_another_boards() -> None:
    status = BoardStatus()
    for boot in (1, 2, 1, 2, 1):
        status.began(boot, NOW_MS)
    assert (status.boots.count(NOW_MS), status.twins.count(NOW_MS)) == (2, 3)


def test_only_the_latest_addresses_are_kept() -> None:
    status = BoardStatus()
    for n in (1, 2, 3, 1, 4):
        status.came_from(f"192.168.1.{n}", NOW_MS + n)
    assert list(status.addresses) == ["192.168.1.3", "192.168.1.1", "192.168.1.4"]
