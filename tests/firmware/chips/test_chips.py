"""What each chip does in its own way: starts and their causes, sleep, the radio, sound."""

from pathlib import Path

from tests.firmware.chips.boards import play


def test_a_pico_tells_its_own_resets_from_the_watchdogs(tmp_path: Path) -> None:
    told = play(tmp_path, "counter_led", "causes")
    assert told["said"] == ["power_on", "soft", "watchdog", "sleep", "power_on"]
    # At most 71 minutes; a radio left on would end it.
    assert told["ended"] == [["reset"], ["sleep", 4_294_000]]
    assert told["radio"] == ["off"]


def test_an_esp32_tells_why_it_started_and_what_it_kept(tmp_path: Path) -> None:
    told = play(tmp_path, "refill_distance", "causes")
    assert told["said"] == [
        *("power_on", "hard", "watchdog", "sleep", "soft", "hard"),
        "doses",
        *(False, False, True, True),
    ]


def test_a_lever_wakes_the_board_but_not_while_it_is_held(tmp_path: Path) -> None:
    told = play(tmp_path, "refill_distance", "lever")
    armed = ["ext0", [27], False]
    is_open, held, stuck, with_touch, bad = told["wakes"]
    assert is_open == [armed]
    assert held == [armed]
    # Held for nine looks, open for two, a bounce, then five in a row, and the last at arming.
    assert told["looks"] == 18
    assert stuck == []
    assert with_touch == [armed, ["ext1", [33], True]]
    assert bad == []
    assert told["ended"] == 5


def test_a_radio_that_refuses_is_tried_again_with_pauses_that_grow(tmp_path: Path) -> None:
    told = play(tmp_path, "counter_esp32", "radio")
    assert told["asked"] == 9  # seven refused, one heard, and the one of the next board
    assert told["polls"] == 6 * 60  # 15 s each; the one that raised had its answer at once
    first, *pauses = told["pauses"]
    assert 0 <= first < 2_000
    assert len(pauses) == 7
    for pause, most in zip(pauses, (1, 2, 4, 8, 16, 32, 60), strict=True):
        assert most * 500 <= pause <= most * 1_000
    assert told["rssi"] == -61
    assert told["gone"] is None  # it went while it was asked
    assert told["idle"]
    assert told["alone"] == []  # after a watchdog it comes alone, so at once


def test_a_new_sound_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    told = play(tmp_path, "gate_check", "sounds")
    assert told["tone"] == [0, 32_767, 32_767, 0]
