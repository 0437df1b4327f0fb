"""Which board hangs at a port, and whether a kind's firmware can run on it."""

import json
from binascii import a2b_base64
from dataclasses import dataclass, field
from typing import Any

from boards.catalog import Kind
from boards.chips import CHIPS
from gateway.fleet.flash.onboard import FACTS
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import flash_error

VIRTUAL = "virtual"
ESP32 = "esp32"
RP2 = "rp2"
# sys.platform -> the backend of the firmware.
_BACKENDS = {"rp2": RP2, "esp32": ESP32, "linux": VIRTUAL}
# What sys.implementation._machine begins with -> the chip of the catalogue; longer ones first.
_MODULES = (
    ("Raspberry Pi Pico 2 W", "pico_2_w"),
    ("Raspberry Pi Pico 2", "pico_2"),
    ("Raspberry Pi Pico W", "pico_w"),
    ("Raspberry Pi Pico", "pico"),
)
# Virtual boards run what set-up provides; a release says what real ones need.
LEAST_VIRTUAL = (1, 24)
ENDINGS = {RP2: ".uf2", ESP32: ".bin", VIRTUAL: ""}


@dataclass(frozen=True, slots=True)
class Board:
    """What a board says of itself. `files`: path -> (bytes, sha256 in hex), folders (-1, "").

    `chip` is rp2, esp32 or virtual; `module` a chip of the catalogue, or "" for one not in it.
    """

    chip: str
    module: str
    machine: str
    version: tuple[int, ...]
    mpy: int
    unique_id: str
    block_bytes: int
    flash_bytes: int
    free_bytes: int
    files: dict[str, tuple[int, str]]
    boot: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)  # holds secrets

    @property
    def micropython(self) -> str:
        """The version in words, such as 1.26.1."""
        return ".".join(map(str, self.version))

    @property
    def name(self) -> str:
        """What a person calls the module."""
        return CHIPS[self.module].title if self.module else self.machine or self.chip


def look_at(repl: Repl) -> Board:
    """Give the board behind a raw REPL; FlashError if there is no firmware for its chip."""
    *files, told = repl.ask(FACTS, within_s=60)
    platform = str(told["platform"])
    if platform not in _BACKENDS:
        raise flash_error("no_firmware_for", chip=told["machine"] or platform)
    block_bytes = int(told["block"])
    return Board(
        chip=_BACKENDS[platform],
        module=_module(platform, str(told["machine"])),
        machine=str(told["machine"]),
        version=tuple(int(part) for part in told["version"]),
        mpy=int(told["mpy"]),
        unique_id=str(told["unique_id"]),
        block_bytes=block_bytes,
        flash_bytes=block_bytes * int(told["blocks"]),
        free_bytes=block_bytes * int(told["free"]),
        files={str(path): (int(size), str(sha)) for path, size, sha in files},
        boot=_object(told["boot"]),
        settings=_object(told["settings"]),
    )


def judge_chip(board: Board, kind: Kind) -> None:
    """Raise FlashError if the kind is built on another chip; a virtual board is any of them."""
    if board.chip == VIRTUAL:
        return
    wanted = kind.chip.name
    if board.module == wanted:
        return
    # A module that the catalogue does not know may be a twin of the one that it does.
    if not board.module and board.chip == chip_of(kind) != ESP32:
        return
    raise flash_error("wrong_chip", has=board.name, kind=kind.kind, needs=kind.chip.title)


def judge_interpreter(board: Board, mpy: int, least: tuple[int, ...]) -> None:
    """Raise FlashError if the MicroPython is older than `least`, or reads other .mpy than `mpy`."""
    if board.chip == VIRTUAL:
        least = LEAST_VIRTUAL
    words = {"chip": board.name, "ending": ENDINGS[board.chip]}
    needs = ".".join(map(str, least))
    if board.version < least:
        raise flash_error("too_old", has=board.micropython, needs=needs, **words)
    if board.mpy != mpy:
        raise flash_error(
            "wrong_mpy", has=board.micropython, mpy=board.mpy, needs=mpy, least=needs, **words
        )


def chip_of(kind: Kind) -> str:
    """Give the backend of a kind's chip: rp2, esp32, or "" for one that runs no firmware."""
    name = kind.chip.name
    return RP2 if name.startswith("pico") else ESP32 if name == "esp32" else ""


def _module(platform: str, machine: str) -> str:
    if platform == "esp32":
        # Others are named ESP32S3, ESP32C3 and so on.
        return "esp32" if machine.endswith("ESP32") else ""
    return next((chip for begin, chip in _MODULES if machine.startswith(begin)), "")


def _object(text: str | None) -> dict[str, Any]:
    # A file that is torn is as good as none: it is written anew.
    if text is None:
        return {}
    try:
        found = json.loads(a2b_base64(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
