"""flash() on a board that is real 32-bit MicroPython with a LittleFS flash, over a pty."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from gateway.fleet.flash.flash import flash
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.recognise import look_at
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import FlashError
from tests.fleet.flash.bench import WISH, Bench
from tests.fleet.flash.test_interpreter import RP2040, drive, uf2
from tests.support.tools import ROOT, wait_for


def test_a_blank_board_gets_firmware_settings_and_what_starts_it(bench: Bench) -> None:
    done = bench.flash()
    assert (done.board, done.chip, done.skipped, done.new_secret) == (
        "counter-03", "virtual", 0, True,
    )  # fmt: skip
    assert bench.hall.enrolled == [("counter-03", "counter", 3)]
    files = bench.files()
    assert files.keys() >= {"main.py", "boot.json", "settings.json", "a/manifest"}
    assert "a/firmware/roles/counter.mpy" in files
    assert json.loads(files["boot.json"])["slot"] == "a"
    assert not [name for name in files if name.endswith(".part")]
    settings = json.loads(files["settings.json"])
    assert settings["secret"] == bench.hall.secrets["counter-03"]
    assert settings["wifi"] == [{"ssid": "Gerai", "password": "rahasia sekali"}]
    assert done.written == len(files)
    assert sum(see["see"] == "led" for see in bench.board.world.seen) > 20  # it blinked meanwhile
    assert bench.steps == [
        "port", "recognise", "register", "files", "settings", "restart",
    ]  # fmt: skip


def test_an_unchanged_board_is_only_looked_at(bench: Bench) -> None:
    first = bench.flash()
    before = bench.files()
    again = bench.flash()
    # boot.json is the board's own, once it is there
    assert (again.written, again.skipped, again.new_secret) == (0, first.written - 1, False)
    assert bench.files() == before
    assert len(bench.hall.enrolled) == 1


def test_only_what_differs_is_written_and_what_does_not_belong_goes(bench: Bench) -> None:
    first = bench.flash()
    wanted = bench.files()
    bench.board.power_cut()
    bench.board.put(
        {
            "a/firmware/roles/selftest.mpy": b"torn",
            "a/firmware/core/gone.mpy": b"of an older version",
            "a/old/deeper/file.mpy": b"x" * 9_000,
            "a/manifest.part": b"left behind",
            "outbox.jsonl": b"a fact that waits\n",
        }
    )
    bench.board.power_on()
    again = bench.flash()
    assert again.written == 2  # the file, and main.py, which was away meanwhile
    assert again.skipped == first.written - 3
    assert bench.files() == {**wanted, "outbox.jsonl": b"a fact that waits\n"}


def test_another_wifi_changes_the_settings_only(bench: Bench) -> None:
    bench.flash()
    secret = bench.settings()["secret"]
    done = bench.flash(replace(WISH, wifi=(("Baru", "kata sandi"), ("Gerai", "rahasia sekali"))))
    assert (done.written, done.new_secret) == (1, False)
    settings = bench.settings()
    assert settings["secret"] == secret
    assert [entry["ssid"] for entry in settings["wifi"]] == ["Baru", "Gerai"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kept", [(), (("Lama", "yang sudah dibuang"),)])
def test_a_board_that_was_moved_over_the_air_is_not_sent_back(
    bench: Bench, kept: tuple[tuple[str, str], ...]
) -> None:
    bench.flash()
    settings = json.loads(bench.files()["settings.json"])
    settings.update(wifi=[{"ssid": "Baru", "password": "kata sandi"}], link=4)
    bench.board.power_cut()
    bench.board.put({"settings.json": json.dumps(settings).encode()})
    bench.board.power_on()
    bench.flash(replace(WISH, wifi=kept, wifi_named=False))
    assert bench.settings()["wifi"] == [{"ssid": "Baru", "password": "kata sandi"}]
    bench.flash(WISH)
    assert bench.settings()["wifi"] == [{"ssid": "Gerai", "password": "rahasia sekali"}]


def test_a_secret_that_the_hall_does_not_honour_is_replaced(bench: Bench) -> None:
    bench.flash()
    old = bench.hall.secrets["counter-03"]
    bench.hall.secrets["counter-03"] = "another board's"
    assert bench.flash().new_secret
    assert bench.settings()["secret"] == bench.hall.secrets["counter-03"] != old


def test_a_board_of_another_id_does_not_keep_its_secret(bench: Bench) -> None:
    bench.flash()
    assert bench.flash(replace(WISH, board="counter-04")).new_secret
    assert bench.settings()["id"] == "counter-04"
    assert bench.hall.secrets["counter-03"] != bench.hall.secrets["counter-04"]


def test_the_slot_that_runs_is_the_one_that_is_written(bench: Bench) -> None:
    bench.board.power_cut()
    trial = {"kind": "firmware", "to": "a", "tries": 2}
    bench.board.put({"boot.json": json.dumps({"slot": "b", "now": {"trial": trial}}).encode()})
    bench.board.power_on()
    bench.flash()
    files = bench.files()
    assert "b/manifest" in files
    assert "a/manifest" not in files
    assert json.loads(files["boot.json"]) == {"slot": "b", "now": {}}


def test_the_interpreter_is_written_first_where_asked(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040))
    folder = tmp_path / "media"
    folder.mkdir()

    def bootloader() -> None:
        wait_for(lambda: bench.board.in_bootloader)
        there = drive(folder / "RPI-RP2")
        wait_for((there / "mp.uf2").exists)
        bench.board.power_on()
        bench.board.plug()

    rom = threading.Thread(target=bootloader)
    rom.start()
    done = bench.flash(replace(WISH, interpreter=file, drive=folder))
    rom.join()
    assert done.written
    assert bench.steps[:3] == ["port", "interpreter", "recognise"]


def test_another_program_at_the_port_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.fleet.flash.cable._OPEN_WITHIN_S", 0.3)
    for exclusive in (True, False):
        code = (
            f"import serial,sys; s=serial.Serial({bench.board.port!r},exclusive={exclusive});"
            " print('has it',flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            other.stdout.readline()
            error = bench.fails("taken")
            assert str(other.pid) in error.text_en
            other.communicate()
    bench.flash()


def test_two_flashes_at_one_port_do_not_meet(bench: Bench) -> None:
    code = (
        "import sys; from pathlib import Path; from gateway.config import Paths\n"
        "from gateway.ports import claim\n"
        f"with claim(Paths(Path({str(bench.paths.home)!r})), {bench.board.port!r}):\n"
        "    print('has it', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        error = bench.fails("claimed")
        assert str(other.pid) in error.text_id
        other.communicate()
    bench.flash()


def test_what_is_refused_goes_on_as_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.board.power_cut()
    bench.board.put({"main.py": b"print('I am', 'another')\n"})
    bench.board.power_on()
    wait_for(lambda: b"I am another" in bench.board.said)
    bench.board.said.clear()
    monkeypatch.setattr("gateway.fleet.flash.recognise.LEAST_VIRTUAL", (9, 0))
    error = bench.fails("too_old")
    assert "1.2" in error.text_id
    assert "9.0" in error.text_id
    assert "--interpreter" in error.next_id
    assert not bench.hall.enrolled
    wait_for(lambda: b"I am another" in bench.board.said)
    assert bench.files().keys() == {"main.py"}


def test_stopped_in_the_middle_it_can_be_run_again(bench: Bench) -> None:
    bench.at["files"] = bench.stop
    assert bench.fails("stopped").next_id
    bench.stop.clear()
    bench.at.clear()
    bench.flash()


def test_another_boards_hello_under_the_same_id_is_not_this_ones(bench: Bench) -> None:
    bench.hall.lives = [None, 8]
    bench.on["hello"] = lambda: bench.hall.secrets.update({"counter-03": "another's"})
    assert "once more" in bench.fails("overtaken", replace(WISH, settle_s=20)).next_en


def test_nobody_named_a_board_that_serves_under_another_id(bench: Bench) -> None:
    bench.flash()
    other = replace(WISH, board="counter-04", leave_others=True)
    assert "counter-03" in bench.fails("other_board", other).text_id
    assert bench.settings()["id"] == "counter-03"
    bench.hall.secrets.clear()  # not one of the hall's any more
    bench.flash(other)
    assert bench.settings()["id"] == "counter-04"


def test_what_is_no_serial_port_is_said_to_be_none(bench: Bench) -> None:
    with pytest.raises(FlashError) as caught:
        Repl("/dev/null", bool)
    assert caught.value.code == "not_serial"


def test_it_waits_for_a_life_that_is_new(bench: Bench) -> None:
    bench.hall.lives = [7, 7, None, 8]
    done = bench.flash(replace(WISH, settle_s=20))
    assert done.ready
    assert bench.hall.shown == ["counter-03"]
    assert bench.steps[-1] == "hello"


def test_what_the_board_said_is_told_when_it_does_not_come(bench: Bench) -> None:
    error = bench.fails("not_ready", replace(WISH, settle_s=1.5))
    assert "counter-03" in error.text_id
    assert "doctor" in error.next_id


def test_what_it_says_after_its_port_came_back_is_heard_too(bench: Bench) -> None:
    over = threading.Event()

    def say() -> None:
        while not over.wait(0.05):
            bench.board.inject(b"wifi: cannot join Gerai status -3\r\n")

    def replug() -> None:
        bench.board.unplug()
        bench.board.plug()

    bench.on["hello"] = replug
    speaker = threading.Thread(target=say)
    bench.on["restart"] = speaker.start
    error = bench.fails("not_ready", replace(WISH, settle_s=2))
    over.set()
    speaker.join()
    assert "cannot join Gerai status -3" in error.text_id


def test_a_board_that_comes_back_under_another_name_is_found_there(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.board.hang()
    port = UsbPort(bench.board.port, serial_number="e661")
    link = tmp_path / "ttyACM1"
    link.symlink_to(bench.board.port)
    now = UsbPort(str(link), serial_number="e661")
    monkeypatch.setattr("gateway.fleet.flash.ports.find_ports", lambda: [now])

    def replug() -> None:
        bench.board.unplug()
        bench.board.reset()
        bench.board.plug()

    bench.on["reset"] = replug
    done = flash(WISH, port, bench.paths, bench.hall, bench.report, bench.stop.is_set)
    assert done.device == str(link)


def test_facts_name_the_interpreter_and_the_files(bench: Bench) -> None:
    bench.board.power_cut()
    bench.board.put({"a b/c'd.txt": b"1", "settings.json": b"{torn"})
    bench.board.power_on()
    line = Repl(bench.board.port, lambda: False)
    try:
        assert line.enter(5)
        board = look_at(line)
    finally:
        line.close()
    assert (board.chip, board.mpy, board.unique_id) == ("virtual", 6, bench.board.unique_id)
    assert board.files["/a b/c'd.txt"][0] == 1
    assert board.files["/a b"] == (-1, "")
    assert board.settings == {}
    assert board.flash_bytes >= board.free_bytes > 0


def test_a_port_is_let_go_of_whatever_happens(bench: Bench) -> None:
    bench.flash()
    bench.fails("bad_kind", replace(WISH, kind="nonsense"))

    def is_free() -> bool:
        try:
            with serial.Serial(bench.board.port, exclusive=True) as port:
                return os.isatty(port.fileno())
        except serial.SerialException:
            return False

    # A process that is just being started holds what we hold, until it is another program.
    wait_for(is_free, what="the port to be free")
