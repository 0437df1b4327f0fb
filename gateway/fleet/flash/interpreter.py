"""Writes MicroPython itself to a module, from a file given: UF2 by its drive, .bin by esptool.

UF2: Microsoft, "USB Flashing Format (UF2)": blocks of 512 bytes; families: its uf2families.json.
ESP32: "esptool documentation", Firmware Image Format; MicroPython's image for it begins at 0x1000.
"""

import os
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

from boards.catalog import Kind
from gateway.fleet.flash.onboard import BOOTLOADER
from gateway.fleet.flash.ports import UsbPort, find_ports, same_board
from gateway.fleet.flash.recognise import ENDINGS, ESP32, RP2, chip_of
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import FlashError, flash_error
from gateway.fleet.flash.wish import FlashWish, Report, Stopping

INFO = "INFO_UF2.TXT"
_BLOCK_BYTES = 512
_HEAD = struct.Struct("<8I")
_MAGIC = (0x0A324655, 0x9E5D5157)
_MAGIC_END = 0x0AB16F30
_HAS_FAMILY = 0x2000
# The Board-ID of the drive -> the family of the blocks that it takes.
_FAMILIES = {"RPI-RP2": 0xE48BFF56, "RP2350": 0xE48BFF59}
_DRIVES = {"pico": "RPI-RP2", "pico_w": "RPI-RP2", "pico_2": "RP2350", "pico_2_w": "RP2350"}
_ESP_MAGIC = 0xE9
_ESP_AT = "0x1000"
_ESP_CHIP_AT = 12  # in the image's head: 16 bits, 0 for the ESP32
_DRIVE_ROOTS = (Path("/media"), Path("/run/media"), Path("/mnt"))
_INSTALL = f"{sys.executable} -m pip install esptool"
_DRIVE_WITHIN_S = 10.0
BACK_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.2
_WRITTEN = re.compile(r"(\d+)(?:\.\d+)? ?%")


def write(
    wish: FlashWish, port: UsbPort, kind: Kind, report: Report, stopping: Stopping
) -> UsbPort:
    """Write the wished interpreter to the board and give the port at which it is back."""
    file, chip = wish.interpreter, chip_of(kind)
    if file is None:
        return port
    try:
        data = file.read_bytes()
    except OSError as error:
        why = error.strerror or "?"
        why_id = "berkas itu tidak ada" if isinstance(error, FileNotFoundError) else why
        raise _bad(file, kind, why_id, why) from error
    report("interpreter", 0, len(data))
    if chip == ESP32:
        check_bin(file, data, kind)
        _run_esptool(file, port, report, stopping, len(data))
    elif chip == RP2:
        check_uf2(file, data, kind)
        before = {found.device for found in find_ports()}
        drive = _drive(wish, port, kind, report, stopping)
        _copy(file, data, drive, report)
        return _back(port, before, stopping)
    else:
        raise flash_error("no_firmware_for", chip=kind.chip.title)
    return _back(port, {port.device}, stopping)


def check_uf2(file: Path, data: bytes, kind: Kind) -> None:
    """Raise FlashError unless every block is whole and the file is for the kind's chip."""
    if not data or len(data) % _BLOCK_BYTES:
        raise _bad(file, kind, "ini bukan berkas UF2 yang utuh", "it is no whole UF2 file")
    families = set()
    for at in range(0, len(data), _BLOCK_BYTES):
        first, second, flags, _, size, _, _, family = _HEAD.unpack_from(data, at)
        (end,) = struct.unpack_from("<I", data, at + _BLOCK_BYTES - 4)
        if (first, second) != _MAGIC or end != _MAGIC_END or size > _BLOCK_BYTES - 36:
            block = at // _BLOCK_BYTES
            raise _bad(
                file, kind, f"blok {block} bukan blok UF2", f"block {block} is no block of UF2"
            )
        families.add(family if flags & _HAS_FAMILY else 0)
    if _FAMILIES[_DRIVES[kind.chip.name]] not in families:
        title = kind.chip.title
        raise _bad(file, kind, f"ini bukan untuk {title}", f"it is not for a {title}")


def check_bin(file: Path, data: bytes, kind: Kind) -> None:
    """Raise FlashError unless this is an image for an ESP32."""
    if len(data) <= _ESP_CHIP_AT + 2 or data[0] != _ESP_MAGIC:
        raise _bad(file, kind, "ini bukan image ESP32", "it is no image for an ESP32")
    if int.from_bytes(data[_ESP_CHIP_AT : _ESP_CHIP_AT + 2], "little"):
        raise _bad(
            file, kind, "ini untuk ESP32 jenis lain", "it is for another chip of the ESP32 family"
        )


def find_drives(board_id: str, roots: tuple[Path, ...] = _DRIVE_ROOTS) -> list[Path]:
    """Give the folders at which drives of boards with this Board-ID are mounted."""
    found = []
    for root in roots:
        # /mnt itself, /media/NAME, /media/USER/NAME
        for pattern in (INFO, f"*/{INFO}", f"*/*/{INFO}"):
            try:
                found += [info.parent for info in root.glob(pattern) if is_drive(info, board_id)]
            except OSError:
                continue  # it was pulled out, or is not ours to look at
    return sorted(set(found))


def is_drive(info: Path, board_id: str) -> bool:
    """Tell whether an INFO_UF2.TXT is of a board with this Board-ID."""
    try:
        lines = info.read_text(errors="replace").splitlines()
    except OSError:
        return False
    return any(line.partition(":")[2].strip() == board_id for line in lines if "Board-ID" in line)


def _drive(wish: FlashWish, port: UsbPort, kind: Kind, report: Report, stopping: Stopping) -> Path:
    board_id = _DRIVES[kind.chip.name]
    roots = (wish.drive,) if wish.drive else _DRIVE_ROOTS
    if not find_drives(board_id, roots):
        if port.device and Path(port.device).exists():
            _to_bootloader(port, stopping)
            if drives := _wait_for(board_id, roots, _DRIVE_WITHIN_S, stopping):
                return _only(drives)
        report("bootsel", 0, 0)
    drives = _wait_for(board_id, roots, wish.reset_s, stopping)
    if not drives:
        raise flash_error("no_drive", drives=board_id)
    return _only(drives)


def _only(drives: list[Path]) -> Path:
    if len(drives) > 1:
        raise flash_error("several_drives", drives=", ".join(map(str, drives)))
    return drives[0]


def _wait_for(
    board_id: str, roots: tuple[Path, ...], within_s: float, stopping: Stopping
) -> list[Path]:
    deadline = time.monotonic() + within_s
    while True:
        drives = find_drives(board_id, roots)
        if drives or time.monotonic() > deadline:
            return drives
        _pause(stopping)


def _to_bootloader(port: UsbPort, stopping: Stopping) -> None:
    # Only a board that runs MicroPython can be told; any other is told by its button.
    try:
        repl = Repl(port.device, stopping)
    except FlashError as error:
        if error.code == "gone":
            return
        raise
    try:
        if repl.enter(2.0):
            repl.leave(BOOTLOADER)
    except FlashError as error:
        if error.code != "gone":
            raise
    finally:
        repl.close()


def _copy(file: Path, data: bytes, drive: Path, report: Report) -> None:
    try:
        with open(drive / file.name, "wb") as out:
            for at in range(0, len(data), 65_536):
                out.write(data[at : at + 65_536])
                out.flush()
                report("interpreter", min(len(data), at + 65_536), len(data))
            try:
                os.fsync(out.fileno())
            except OSError:
                if drive.joinpath(INFO).exists():
                    raise
                # The board has it all and is gone with its drive already.
    except OSError as error:
        raise flash_error("drive_failed", file=file, drive=drive, why=error) from error


def _run_esptool(file: Path, port: UsbPort, report: Report, stopping: Stopping, size: int) -> None:
    words = [sys.executable, "-m", "esptool"]
    there = subprocess.run([*words, "version"], capture_output=True, check=False)
    if there.returncode:
        raise flash_error("no_esptool", install=_INSTALL)
    # One image for all sizes of flash: what is there stands in its head.
    words += ["--chip", "esp32", "--port", port.device, "--baud", "460800"]
    words += ["write_flash", _ESP_AT, str(file)]
    said = ""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None  # it was asked for
        while piece := os.read(process.stdout.fileno(), 4_096):
            said = (said + piece.decode(errors="replace"))[-2_000:]
            if shares := _WRITTEN.findall(said):
                report("interpreter", size * min(100, int(shares[-1])) // 100, size)
            if stopping():
                process.terminate()
                raise flash_error("stopped")
    if process.returncode:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise flash_error("esptool_failed", why=lines[-1] if lines else process.returncode)


def _back(port: UsbPort, before: set[str], stopping: Stopping) -> UsbPort:
    """Give the port at which the board is after its restart: its own, or one that is new."""
    deadline = time.monotonic() + BACK_WITHIN_S
    while time.monotonic() < deadline:
        now = same_board(port)
        if now is not None:
            return now
        # In its bootloader it has no port, and MicroPython may give it another number.
        fresh = [found for found in find_ports() if found.device not in before]
        if len(fresh) == 1:
            return fresh[0]
        _pause(stopping)
    raise flash_error("not_back", within_s=int(BACK_WITHIN_S))


def _pause(stopping: Stopping) -> None:
    if stopping():
        raise flash_error("stopped")
    time.sleep(_LOOK_EVERY_S)


def _bad(file: Path, kind: Kind, why_id: str, why_en: str) -> FlashError:
    return flash_error(
        "bad_file", file=file, why_id=why_id, why_en=why_en,
        chip=f"{kind.chip.title} ({ENDINGS[chip_of(kind) or RP2]})",
    )  # fmt: skip
