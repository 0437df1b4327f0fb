"""Blinka's board without hardware: its pins keep what is put there, and read what a test says."""

import importlib
from typing import Any

import pytest

from gateway.gpio.wiring import MatrixWiring, OutputWiring, Wiring

FORCED = {"BLINKA_FORCECHIP": "OS_AGNOSTIC", "BLINKA_FORCEBOARD": "OS_AGNOSTIC_BOARD"}
# Of the few pins that this board has; the numbers mean nothing but for us.
WIRING = Wiring(
    chime=OutputWiring(4),
    status=OutputWiring(3),
    stop=2,
    stop_lamp=OutputWiring(0),
    matrix=MatrixWiring(0, 6, 32),
)


class Board:
    """What was written to the pins (number, level) and to SPI, and the levels that pins read."""

    def __init__(self) -> None:
        self.written: list[tuple[int, int]] = []
        self.spi: list[bytes] = []
        self.levels: dict[int, bool] = {}
        self.reads = 0
        self.modes: dict[int, tuple[int, int | None]] = {}
        self.broken: dict[int, Exception] = {}  # pins that cannot be had, or fail
        self.spi_broken: Exception | None = None

    def level(self, number: int) -> int:
        """Give what was last written to a pin."""
        return next(level for pin, level in reversed(self.written) if pin == number)

    def rises(self, number: int) -> int:
        """Give how often a pin went up."""
        levels = [level for pin, level in self.written if pin == number]
        return sum(1 for before, level in zip([0, *levels], levels, strict=False) if level > before)


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    """Give Blinka's OS-agnostic board, watched."""
    for name, value in FORCED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BLINKA_SKIP_DEPENDENCY_CHECK", "1")
    folder = "adafruit_blinka.microcontroller.generic_agnostic_board"
    pin, spi = (importlib.import_module(f"{folder}.{name}") for name in ("pin", "spi"))

    seen = Board()

    def init(self: Any, mode: int = 1, pull: int | None = None) -> None:
        if self.id in seen.broken:
            raise seen.broken[self.id]
        self._mode = mode
        seen.modes[self.id] = (mode, pull)

    def write(self: Any, value: int) -> None:
        if self.id in seen.broken:
            raise seen.broken[self.id]
        seen.written.append((self.id, value))

    def read(self: Any) -> bool:
        if self.id in seen.broken:
            raise seen.broken[self.id]
        seen.reads += 1
        return seen.levels.get(self.id, True)

    def spi_write(self: Any, data: bytearray, start: int = 0, end: int | None = None) -> None:
        if seen.spi_broken is not None:
            raise seen.spi_broken
        seen.spi.append(bytes(data))

    monkeypatch.setattr(pin.Pin, "init", init)
    monkeypatch.setattr(pin.Pin, "write", write)
    monkeypatch.setattr(pin.Pin, "read", read)
    monkeypatch.setattr(spi.SPI, "write", spi_write)
    return seen
