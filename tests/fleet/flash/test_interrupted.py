"""What happens to a flash on its way: cable, power, noise, a board that hangs, a full flash."""

import json
import threading
from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from gateway.fleet.flash import blink, onboard, recognise, repl
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import FlashError
from tests.fleet.flash.bench import WISH, Bench
from tests.support.tools import wait_for


@pytest.mark.parametrize("after_bytes", [1, 500, 2_500, 9_000, 40_000])
def test_unplugged_at_any_byte_it_is_run_again(bench: Bench, after_bytes: int) -> None:
    bench.board.after(after_bytes, bench.board.unplug)
    error = bench.fails("gone", replace(WISH, reset_s=0))
    assert bench.board.port in error.text_id
    bench.board.plug()
    done = bench.flash()
    files = bench.files()
    assert done.written + done.skipped == len(files)
    assert json.loads(files["settings.json"])["secret"] == bench.hall.secrets["counter-03"]


def test_power_cut_while_writing_leaves_a_board_that_waits_to_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repl, "_READ_S", 0.5)
    bench.flash()
    bench.board.power_cut()
    bench.board.put({"a/firmware/core/board.mpy": b"torn", "a/firmware/main.mpy": b"torn"})
    bench.board.power_on()
    bench.at["files"] = threading.Event()

    def cut() -> None:
        bench.at["files"].wait()
        bench.board.power_cut()

    cutter = threading.Thread(target=cut)
    cutter.start()
    bench.fails("garbage")
    cutter.join()
    assert "main.py" not in bench.files()
    bench.flash()
    assert "main.py" in bench.files()


def test_unplugged_before_the_last_file_it_does_not_start(bench: Bench) -> None:
    bench.on["settings"] = bench.board.unplug
    bench.fails("gone")
    files = bench.files()
    assert "a/manifest" in files
    assert "main.py" not in files
    bench.on.clear()
    bench.board.plug()
    assert bench.flash().written <= 3  # the rest is there


def test_a_board_that_restarts_in_the_middle_is_written_all_the_same(bench: Bench) -> None:
    bench.on["files"] = bench.board.reset
    bench.flash()
    assert bench.flash().written == 0


def test_garbage_on_the_line_does_no_harm(bench: Bench) -> None:
    bench.at["files"] = threading.Event()

    def noise() -> None:
        bench.at["files"].wait()
        for _ in range(20):
            bench.board.inject(b"\x00\xff~ half a li\r\n@@ \x1b[0m")

    maker = threading.Thread(target=noise)
    maker.start()
    bench.flash()
    maker.join()
    assert bench.flash().written == 0


def test_a_line_that_only_babbles_is_told(bench: Bench) -> None:
    bench.board.babbles = True
    error = bench.fails("garbage", replace(WISH, reset_s=0.5))
    assert "hub" in error.next_id


def test_a_board_that_hangs_is_asked_to_be_reset_and_then_goes_on(bench: Bench) -> None:
    bench.board.hang()
    bench.flash()
    assert bench.steps[:3] == ["port", "reset", "recognise"]


def test_a_board_that_hangs_may_be_plugged_in_anew(bench: Bench) -> None:
    def replug() -> None:
        bench.board.unplug()
        bench.board.reset()
        bench.board.plug()

    bench.board.hang()
    bench.on["reset"] = replug
    bench.flash()


def test_a_board_that_hangs_for_good_is_told(bench: Bench) -> None:
    bench.board.hang()
    del bench.on["reset"]
    error = bench.fails("hangs", replace(WISH, reset_s=0))
    assert "RESET" in error.next_id
    assert "--interpreter" in error.next_en


def test_a_program_that_loops_is_stopped(bench: Bench) -> None:
    bench.board.power_cut()
    bench.board.put({"main.py": b"while True: pass\n"})
    bench.board.power_on()
    bench.flash()
    assert bench.files()["main.py"] != b"while True: pass\n"


def test_a_full_flash_says_how_much_is_missing_after_the_spare_slot_went(bench: Bench) -> None:
    bench.flash()
    bench.board.power_cut()
    bench.board.put({"b/firmware/main.mpy": bytes(20_000)})
    bench.board.fill(12 * 4_096)
    bench.board.put({"a/firmware/core/board.mpy": b""})
    bench.board.power_on()
    assert bench.flash().written  # the spare slot's room was enough
    assert not [name for name in bench.files() if name.startswith("b/")]


def test_a_flash_full_of_other_things_is_told_and_left_alone(bench: Bench) -> None:
    bench.board.power_cut()
    bench.board.put({"photo.jpg": b"1"})
    bench.board.fill(40_000)
    bench.board.power_on()
    error = bench.fails("full")
    assert "KB" in error.text_id
    assert "--erase" in error.next_en
    assert bench.files()["photo.jpg"] == b"1"
    bench.flash(replace(WISH, erase=True))
    assert "photo.jpg" not in bench.files()


def test_interrupted_at_random_bytes_it_always_ends_whole(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repl, "_READ_S", 0.5)
    board, chance = bench.board, Random(5)
    bench.flash()
    whole = bench.files()

    def cut() -> None:
        board.power_cut()
        board.power_on()

    ways = (board.unplug, cut, board.reset, bench.stop.set)
    for number in range(12):
        if number % 2:
            board.power_cut()
            board.put({"a/firmware/main.mpy": b"torn", "a/manifest": b"torn"})
            board.power_on()
        else:
            bench.erase()
        board.after(chance.randrange(20_000 if number % 2 else 120_000), ways[number % 4])
        with suppress(FlashError):
            bench.flash(replace(WISH, reset_s=0))
        board.after(1 << 30, board.plug)  # never
        board.plug()
        bench.stop.clear()
        bench.flash()
        files = bench.files()
        assert files.items() >= {**whole, "settings.json": files["settings.json"]}.items(), number
    assert bench.flash().written == 0


def test_what_a_board_cannot_do_is_told_and_no_riddle(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognise, "FACTS", "raise OSError(5)")
    assert "OSError" in bench.fails("board_error").text_id
    monkeypatch.setattr(recognise, "FACTS", 'print(\'@@[{"platform":"linux"}]@@\')')
    error = bench.fails("fault")
    assert "KeyError" in error.text_en
    assert "KeyError" in error.text_id
    wait_for(lambda: b">>> " in bench.board.said, what="the board to go on with its own")


def test_a_board_whose_blinking_nobody_ends_starts_anew(bench: Bench) -> None:
    # The session of who was asked which board it is broke off: nobody tells it to stop.
    port = Repl(bench.board.port, bool)
    assert port.enter(3)
    port.start(onboard.blink(0.5))
    port.close()
    wait_for(lambda: bench.board.resets == 1, what="the board to start anew")


def test_a_board_blinks_for_as_long_as_somebody_thinks(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blink, "_ROUND_S", 0.3)
    with blink.blinking(bench.paths, UsbPort(bench.board.port)):
        wait_for(lambda: sum(see["see"] == "led" for see in bench.board.world.seen) > 12)
    assert bench.board.resets == 0


def test_what_was_interrupted_is_started_again_at_once(bench: Bench) -> None:
    port = Repl(bench.board.port, bool)
    assert port.enter(3)
    for _ in range(4):
        seen = len(bench.board.world.seen)
        port.start(onboard.blink(30))
        wait_for(lambda: len(bench.board.world.seen) > seen, 1.5, "the board to blink")  # noqa: B023
        port.interrupt()
    port.close()
