"""A virtual board on a USB cable: the real mpremote works on it as on a real board."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import serial

from boards.virtual.glass import px
from boards.virtual.usb import UsbBoard
from firmware.wire import topics
from tests.boards.scripted import Broker, ScriptedGateway
from tests.support.tools import ROOT, wait_for
from tests.support.usb import PROMPT, firmware_files, mpremote, settings_file, wait_said

HANGS = b"import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass\n"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[UsbBoard]:
    """A blank board, started and plugged in."""
    with UsbBoard(tmp_path / "usb") as board:
        wait_said(board, PROMPT)
        yield board


def answer(board: UsbBoard, *args: str) -> str:
    """Give what mpremote prints; it must succeed."""
    done = mpremote(board, *args)
    assert done.returncode == 0, done
    return done.stdout.strip()


def test_a_blank_board_answers_and_says_what_it_is(board: UsbBoard) -> None:
    assert answer(board, "exec", "print(1 + 1)") == "2"
    identity = "import machine, sys; print(machine.unique_id().hex(), sys.platform)"
    assert answer(board, "exec", identity) == f"{board.unique_id} linux"
    memory = "import gc; gc.collect(); print(gc.mem_free() + gc.mem_alloc())"
    assert 170_000 < int(answer(board, "exec", memory)) < 192 * 1024


def test_an_error_comes_back_as_from_a_real_board(board: UsbBoard) -> None:
    done = mpremote(board, "exec", "1/0")
    assert done.returncode == 1
    where = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n'
    assert done.stdout.replace("\r", "") == where + "ZeroDivisionError: divide by zero\n"


def test_files_and_folders_are_copied_listed_summed_and_removed(
    board: UsbBoard, tmp_path: Path
) -> None:
    source = ROOT / "docs" / "gpio.md"
    answer(board, "cp", str(source), ":gpio.md")
    assert "gpio.md" in answer(board, "ls")
    assert len(answer(board, "sha256sum", ":gpio.md").splitlines()[-1]) == 64
    answer(board, "cp", ":gpio.md", str(tmp_path / "back.md"))
    assert (tmp_path / "back.md").read_bytes() == source.read_bytes()
    answer(board, "rm", ":gpio.md")
    folder = tmp_path / "update"
    shutil.copytree(ROOT / "firmware" / "update", folder, ignore=shutil.ignore_patterns("__*"))
    answer(board, "cp", "-r", str(folder), ":")
    board.power_cut()
    names = {f"update/{path.name}" for path in folder.iterdir()}
    assert set(board.files()) == names


def test_a_mounted_folder_of_the_host_can_be_imported_from(board: UsbBoard, tmp_path: Path) -> None:
    # With a Ctrl-C in it, which must arrive as the byte that it is.
    (tmp_path / "far.py").write_bytes(b"NAME = 'a\x03b'\n")
    printed = answer(board, "mount", str(tmp_path), "exec", "import far; print(repr(far.NAME))")
    assert "'a\\x03b'" in printed.splitlines()


def test_main_py_runs_at_start_and_ctrl_c_gives_the_prompt(board: UsbBoard) -> None:
    board.power_cut()
    board.put({"main.py": b"import time\nprint('up')\nwhile True: time.sleep(1)\n"})
    board.power_on()
    wait_said(board, b"up\n")
    with serial.Serial(board.port, exclusive=True) as port:
        port.write(b"\x03")
        wait_said(board, b"KeyboardInterrupt: \r\n")
        port.write(b"1 + 1\r")
        wait_said(board, b"\r\n2\n" + PROMPT)
        port.write(b"for i in range(2):\r print(i)\r\r")
        wait_said(board, b"0\n1\n" + PROMPT)
        port.write(b"\x04")
        wait_said(board, b"up\n")


def test_a_soft_reset_forgets_and_leaves_main_py_out_in_raw_mode(board: UsbBoard) -> None:
    board.power_cut()
    board.put({"main.py": b"print('up')\n"})
    board.power_on()
    wait_said(board, b"up\n")
    pid = board.pid
    assert (
        answer(board, "exec", "x = 1", "soft-reset", "exec", "print('x' in globals())") == "False"
    )
    assert b"up\n" not in board.said
    assert (board.pid, board.resets) == (pid, 0)


def test_a_reset_starts_main_py_and_another_process(board: UsbBoard) -> None:
    board.power_cut()
    board.put({"main.py": b"print('up')\n"})
    board.power_on()
    wait_said(board, b"up\n" + b"MicroPython")
    pid = board.pid
    answer(board, "reset")
    wait_said(board, b"up\n" + b"MicroPython")
    assert board.resets == 1
    assert board.pid != pid


def test_the_lamp_on_the_board_is_seen_and_a_watchdog_bites(board: UsbBoard) -> None:
    answer(board, "exec", "from machine import Pin; Pin('LED', Pin.OUT).on()")
    board.world.wait("led", on=True)
    mpremote(
        board, "exec", "--no-follow", "import machine; machine.WDT(timeout=900)\nwhile 1: pass"
    )
    wait_for(lambda: board.resets == 1, what="the watchdog")
    assert answer(board, "exec", "import machine; print(machine.reset_cause())") == "3"


def test_a_board_in_its_bootloader_has_no_port_until_it_gets_power_again(board: UsbBoard) -> None:
    answer(board, "bootloader")
    wait_for(lambda: board.in_bootloader and not os.path.lexists(board.port))
    assert not board.runs
    board.power_on()
    board.plug()
    assert answer(board, "exec", "print(1)") == "1"


def test_the_port_of_a_picos_kind_goes_and_comes_with_its_chip(board: UsbBoard) -> None:
    board.replugs = True
    answer(board, "reset")
    wait_for(lambda: not os.path.lexists(board.port), what="the port to go")
    wait_for(lambda: os.path.lexists(board.port), what="the port to come back")
    assert answer(board, "exec", "print(1)") == "1"
    board.power_cut()
    assert not os.path.lexists(board.port)


def test_a_board_that_sleeps_wakes_by_itself_and_can_be_cut(board: UsbBoard) -> None:
    sleep = """import os, sys
world = open(int(os.getenv("LOKET_WORLD").split(",")[1]), "w")
world.write('{"see":"sleep","for_s":%s}\\n')
sys.exit(10)"""
    mpremote(board, "exec", "--no-follow", sleep % 0.1)
    wait_for(lambda: board.resets == 1, what="it to wake")
    mpremote(board, "exec", "--no-follow", sleep % 600)
    board.world.wait("sleep", for_s=600)
    board.power_cut()  # and does not wait for the end of the sleep
    assert not board.runs


def test_an_unplugged_board_goes_on_and_is_found_at_the_same_port(board: UsbBoard) -> None:
    mpremote(board, "exec", "--no-follow", "n = 0\nwhile True:\n n += 1")
    with serial.Serial(board.port, timeout=5) as port:
        board.unplug()
        assert not os.path.lexists(board.port)
        with pytest.raises(serial.SerialException):
            port.read()
    board.plug()
    assert int(answer(board, "resume", "exec", "print(n)")) > 0


def test_a_power_cut_leaves_what_was_written(board: UsbBoard) -> None:
    # Beside the write that is under way.
    answer(board, "exec", "f = open('kept', 'w'); f.write('yes'); f.close()")
    mpremote(board, "exec", "--no-follow", "while True:\n open('torn', 'w').write('x' * 9000)")
    board.power_cut()
    assert board.files()["kept"] == b"yes"
    board.power_on()
    assert answer(board, "exec", "print(open('kept').read())") == "yes"


def test_a_full_flash_says_so(board: UsbBoard) -> None:
    board.power_cut()
    board.fill(3 * 4_096)
    board.power_on()
    done = mpremote(board, "cp", str(ROOT / "docs" / "contract.md"), ":big")
    assert done.returncode != 0
    assert "No space left on device" in done.stderr


def test_a_hanging_board_hears_no_ctrl_c_until_it_is_reset(board: UsbBoard) -> None:
    board.power_cut()
    board.put({"main.py": HANGS})
    board.power_on()
    with serial.Serial(board.port, timeout=0.3) as port:
        port.write(b"\r\x03\r\x03")
        assert port.read(1) == b""
    board.power_cut()
    board.put({"main.py": b""})
    board.power_on()
    wait_said(board, PROMPT)
    board.hang()
    with serial.Serial(board.port, timeout=0.3) as port:
        port.write(b"\r\x03\r\x03")
        assert port.read(1) == b""
    board.reset()
    assert answer(board, "exec", "print(1)") == "1"


def test_garbage_comes_all_the_time(board: UsbBoard) -> None:
    board.babbles = True
    board.inject(b"")
    with serial.Serial(board.port, timeout=5) as port:
        assert len(set(port.read(1_000))) > 100


def test_a_cable_pulled_midway_ends_the_tool_and_not_the_board(board: UsbBoard) -> None:
    board.after(3_000, board.unplug)
    done = mpremote(board, "cp", str(ROOT / "docs" / "contract.md"), ":big", timeout_s=30)
    assert done.returncode != 0
    board.plug()
    assert answer(board, "exec", "print(1)") == "1"


def test_the_second_tool_on_a_port_is_refused(board: UsbBoard) -> None:
    with serial.Serial(board.port, exclusive=True):
        done = mpremote(board, "exec", "1")
    assert done.returncode != 0
    assert "in use" in done.stdout + done.stderr


def test_the_firmware_runs_on_it_and_ctrl_c_stops_it(board: UsbBoard, broker: Broker) -> None:
    board.power_cut()
    board.put({**firmware_files("counter"), **settings_file("board-01", "counter", broker.port)})
    board.said.clear()
    with closing(ScriptedGateway(broker.port, "board-01")) as gateway:
        gateway.config()
        gateway.face("--", "idle", "off")
        board.power_on()
        gateway.event("hello")
        board.world.wait("matrix", px=px("--"))
        gateway.wait(topics.UP_HEALTH)
        board.world.press("next")
        gateway.event("next")
        assert board.world.look()["state"] == "ready"
        assert board.said == b""  # what it shows goes another way than what it prints
        answer(board, "resume", "exec", "pass")
        assert b"KeyboardInterrupt" in board.said
        answer(board, "reset")
        gateway.event("hello")
