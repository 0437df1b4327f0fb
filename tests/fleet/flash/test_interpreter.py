"""Writing MicroPython: files are checked, drives are found, programs are told from each other."""

import os
import struct
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from boards.catalog import load_kind
from gateway.fleet.flash import interpreter
from gateway.fleet.flash.interpreter import check_bin, check_uf2, find_drives, write
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.texts import FlashError
from gateway.fleet.flash.wish import FlashWish

PICO_W = load_kind("counter_led")
ESP32 = load_kind("counter_esp32")
RP2040, RP2350 = 0xE48BFF56, 0xE48BFF59
WISH = FlashWish("counter-03", "counter_led", "192.0.2.1", 1, reset_s=0.2)


def uf2(family: int, blocks: int = 3) -> bytes:
    made = b""
    for number in range(blocks):
        head = (0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * number, 256, number, blocks)
        made += struct.pack("<8I", *head, family) + bytes(476) + struct.pack("<I", 0x0AB16F30)
    return made


def esp_image(chip: int = 0) -> bytes:
    return bytes([0xE9, 4, 2, 0x20]) + bytes(8) + chip.to_bytes(2, "little") + bytes(500)


def drive(folder: Path, board_id: str = "RPI-RP2") -> Path:
    folder.mkdir(parents=True)
    (folder / "INFO_UF2.TXT").write_text(
        f"UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: {board_id}\r\n"
    )
    return folder


def refused(check: object, *args: object) -> FlashError:
    with pytest.raises(FlashError) as caught:
        check(*args)  # type: ignore[operator]
    assert caught.value.code == "bad_file"
    assert "micropython.org" in caught.value.next_id
    return caught.value


def test_a_uf2_for_the_chip_is_taken() -> None:
    check_uf2(Path("RPI_PICO_W.uf2"), uf2(RP2040), PICO_W)
    # Of an RP2350 the first block may be of the absolute family: a fault of the chip's needs it.
    both = uf2(0xE48BFF57, 1) + uf2(RP2350, 2)
    other = replace(PICO_W, chip=replace(PICO_W.chip, name="pico_2_w"))
    check_uf2(Path("RPI_PICO2_W.uf2"), both, other)


@pytest.mark.parametrize(
    "data", [b"", b"x" * 511, b"x" * 512, uf2(RP2040)[:-512] + b"x" * 512, uf2(RP2040)[:-1]]
)
def test_what_is_no_uf2_is_refused(data: bytes) -> None:
    error = refused(check_uf2, Path("file.uf2"), data, PICO_W)
    assert "UF2" in error.text_id


def test_a_uf2_for_another_chip_is_refused_with_the_chip_it_has_to_be_for() -> None:
    error = refused(check_uf2, Path("file.uf2"), uf2(RP2350), PICO_W)
    assert "Raspberry Pi Pico W" in error.text_en


def test_an_image_for_another_esp32_is_refused() -> None:
    check_bin(Path("ESP32.bin"), esp_image(), ESP32)
    assert "another chip" in refused(check_bin, Path("C3.bin"), esp_image(5), ESP32).text_en
    assert "no image" in refused(check_bin, Path("x.bin"), uf2(RP2040), ESP32).text_en
    refused(check_bin, Path("x.bin"), b"\xe9", ESP32)


def test_a_drive_is_known_by_its_board_id_wherever_it_is_mounted(tmp_path: Path) -> None:
    direct = drive(tmp_path / "media" / "RPI-RP2")
    below = drive(tmp_path / "run" / "teknisi" / "RPI-RP2")
    drive(tmp_path / "media" / "RP2350", "RP2350")
    (tmp_path / "media" / "stick").mkdir()
    roots = (tmp_path / "media", tmp_path / "run", tmp_path / "nowhere")
    assert find_drives("RPI-RP2", roots) == [direct, below]
    assert find_drives("RP2350", roots) == [tmp_path / "media" / "RP2350"]


class Told:
    """What was reported; `on` is called at a step."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []
        self.asked = threading.Event()

    def __call__(self, step: str, done: int, of: int) -> None:
        self.steps.append((step, done, of))
        if step == "bootsel":
            self.asked.set()


def test_a_uf2_is_copied_and_the_board_awaited(tmp_path: Path) -> None:
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040, 300))
    there = drive(tmp_path / "drive")
    port = tmp_path / "ttyACM0"
    told = Told()
    coming = threading.Timer(0.3, port.touch)
    coming.start()
    wish = replace(WISH, interpreter=file, drive=there)
    assert write(wish, UsbPort(str(port)), PICO_W, told, lambda: False).device == str(port)
    coming.join()
    assert (there / "mp.uf2").read_bytes() == file.read_bytes()
    size = file.stat().st_size
    assert told.steps[0] == ("interpreter", 0, size)
    assert told.steps[-1] == ("interpreter", size, size)


def test_without_a_drive_the_button_is_asked_for_and_then_told(tmp_path: Path) -> None:
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040))
    told = Told()
    wish = replace(WISH, interpreter=file, drive=tmp_path / "drive")
    port = UsbPort(str(tmp_path / "ttyACM0"))
    with pytest.raises(FlashError) as caught:
        write(wish, port, PICO_W, told, lambda: False)
    assert caught.value.code == "no_drive"
    assert "BOOTSEL" in caught.value.next_id
    assert told.asked.is_set()


def test_the_button_may_be_pressed_late(tmp_path: Path) -> None:
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040))
    port = tmp_path / "ttyACM0"
    told = Told()

    def press() -> None:
        told.asked.wait()
        drive(tmp_path / "drive")
        port.touch()

    presser = threading.Thread(target=press)
    presser.start()
    wish = replace(WISH, interpreter=file, drive=tmp_path / "drive", reset_s=10)
    write(wish, UsbPort(str(port)), PICO_W, told, lambda: False)
    presser.join()
    assert (tmp_path / "drive" / "mp.uf2").exists()


def test_a_module_that_has_only_a_drive_gets_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040))
    seen: list[list[UsbPort]] = [[], [], [UsbPort("/dev/ttyACM4", serial_number="e661")]]
    monkeypatch.setattr(interpreter, "find_ports", lambda: seen.pop(0))
    wish = replace(WISH, interpreter=file, drive=drive(tmp_path / "drive"))
    found = write(wish, UsbPort(""), PICO_W, Told(), lambda: False)
    assert found.device == "/dev/ttyACM4"


def test_a_board_that_does_not_come_back_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "BACK_WITHIN_S", 0.1)
    file = tmp_path / "mp.uf2"
    file.write_bytes(uf2(RP2040))
    wish = replace(WISH, interpreter=file, drive=drive(tmp_path / "drive"))
    with pytest.raises(FlashError) as caught:
        write(wish, UsbPort(str(tmp_path / "gone")), PICO_W, Told(), lambda: False)
    assert caught.value.code == "not_back"


def fake_esptool(folder: Path, body: str) -> None:
    (folder / "esptool.py").write_text(
        "import sys\nif sys.argv[1:] == ['version']:\n    print('esptool v5')\n    sys.exit(0)\n"
        + body
    )


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder whose modules `python -m` finds."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def esp_wish(tmp_path: Path) -> tuple[FlashWish, UsbPort]:
    file = tmp_path / "ESP32_GENERIC.bin"
    file.write_bytes(esp_image())
    port = tmp_path / "ttyUSB0"
    port.touch()
    return replace(WISH, interpreter=file), UsbPort(str(port))


def test_esptool_is_run_as_a_program_and_its_progress_shown(tmp_path: Path, programs: Path) -> None:
    wish, port = esp_wish(tmp_path)
    fake_esptool(
        programs,
        f"open({str(tmp_path / 'words')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        "print('Writing at 0x00001000... (40 %)', flush=True)\n"
        "print('Writing at 0x00001200... (100 %)', flush=True)\n",
    )
    told = Told()
    write(wish, port, ESP32, told, lambda: False)
    words = (tmp_path / "words").read_text()
    assert words.startswith(f"--chip esp32 --port {port.device} ")
    assert words.endswith(f"write_flash 0x1000 {wish.interpreter}")
    size = wish.interpreter.stat().st_size if wish.interpreter else 0
    assert told.steps[-1] == ("interpreter", size, size)


def test_an_esptool_that_fails_is_told_with_its_last_line(tmp_path: Path, programs: Path) -> None:
    wish, port = esp_wish(tmp_path)
    fake_esptool(
        programs, "print('Connecting....')\nprint('No serial data received.')\nsys.exit(2)"
    )
    with pytest.raises(FlashError) as caught:
        write(wish, port, ESP32, Told(), lambda: False)
    assert caught.value.code == "esptool_failed"
    assert "No serial data received." in caught.value.text_id
    assert "BOOT" in caught.value.next_en


def test_without_esptool_the_line_that_gets_it_is_said(tmp_path: Path, programs: Path) -> None:
    wish, port = esp_wish(tmp_path)
    (programs / "esptool.py").write_text("raise ImportError\n")
    with pytest.raises(FlashError) as caught:
        write(wish, port, ESP32, Told(), lambda: False)
    assert caught.value.code == "no_esptool"
    assert f"{sys.executable} -m pip install esptool" in caught.value.next_id


def test_stopped_while_esptool_writes(tmp_path: Path, programs: Path) -> None:
    wish, port = esp_wish(tmp_path)
    fake_esptool(programs, "print('Writing', flush=True)\nimport time\ntime.sleep(60)\n")
    with pytest.raises(FlashError) as caught:
        write(wish, port, ESP32, Told(), lambda: True)
    assert caught.value.code == "stopped"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    wish = replace(WISH, interpreter=tmp_path / "no.uf2")
    with pytest.raises(FlashError) as caught:
        write(wish, UsbPort("/dev/null"), PICO_W, Told(), lambda: False)
    assert str(tmp_path / "no.uf2") in caught.value.text_en
    assert os.strerror(2) in caught.value.text_en
