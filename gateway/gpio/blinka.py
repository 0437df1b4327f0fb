"""The pins themselves, through Adafruit Blinka. Missing hardware is no error: it is told once.

Each part is opened by itself. One that cannot be opened, or fails later, is left out, told in one
line with the way out, and tried again once a minute; nothing else waits for it. What Blinka finds
missing in this machine's software stays so until the next start.
"""

import errno
import importlib
import logging
import os
from abc import ABC, abstractmethod
from typing import Any

from firmware.drivers.max7219 import ROWS, Max7219
from gateway.gpio.wiring import MatrixWiring, OutputWiring, Wiring

_log = logging.getLogger(__name__)

RETRY_MS = 60_000
_SPI_BAUD = 1_000_000
_CHIME = "chime"
_STATUS = "status lamp"
_STOP_LAMP = "lamp of the all-stop key"
# The chip select that the kernel drives with each transfer, by SPI unit (spidev0.0, spidev1.0).
# It is what a MAX7219 wants, and no pin that a program may have.
_KERNELS_CS = {0: 8, 1: 18}
# What Blinka and its backends raise for missing hardware and software.
_TROUBLES = (OSError, RuntimeError, ImportError, ValueError, AttributeError)


class _Missing(Exception):
    """What is not there, and the way out of it, in a sentence."""


class BlinkaPins:
    """The pins of a wiring; see desk.Pins."""

    def __init__(self, wiring: Wiring) -> None:
        """Open nothing yet: `mend` does."""
        blinka = _Blinka()
        self._outputs = {
            name: _Output(f"{name} (GPIO {output.pin})", blinka, output)
            for name, output in (
                (_CHIME, wiring.chime),
                (_STATUS, wiring.status),
                (_STOP_LAMP, wiring.stop_lamp),
            )
            if output is not None
        }
        self._stop = None
        if wiring.stop is not None:
            name = f"all-stop key (GPIO {wiring.stop})"
            self._stop = _Key(name, blinka, wiring.stop, wiring.stop_active_low)
        self._matrix = None if wiring.matrix is None else _Matrix(blinka, wiring.matrix)
        parts = (*self._outputs.values(), self._stop, self._matrix)
        self._parts: list[_Part] = [part for part in parts if part is not None]
        self._try_ms: int | None = None

    @property
    def matrix(self) -> "_Matrix | None":
        """The matrix, None if none is wired; one that cannot be reached takes all the same."""
        return self._matrix

    def mend(self, now_ms: int) -> None:
        """Open what is not open, once a minute."""
        if self._try_ms is not None and now_ms < self._try_ms:
            return
        self._try_ms = now_ms + RETRY_MS
        for part in self._parts:
            part.mend()

    def chime(self, on: bool) -> None:
        """Close or open the chime's relay."""
        self._put(_CHIME, on)

    def status(self, lit: bool) -> None:
        """Light or darken the status lamp."""
        self._put(_STATUS, lit)

    def stop_lamp(self, lit: bool) -> None:
        """Light or darken the lamp of the all-stop key."""
        self._put(_STOP_LAMP, lit)

    def stop_down(self) -> bool:
        """Tell whether the all-stop key is down; one that is not there is not."""
        return self._stop is not None and self._stop.down()

    def close(self) -> None:
        """Make everything dark and let go of it."""
        for name in self._outputs:
            self._put(name, False)
        if self._matrix is not None:
            self._matrix.show(bytearray(ROWS * self._matrix.width // 8))
        for part in self._parts:
            part.release()

    def _put(self, name: str, on: bool) -> None:
        output = self._outputs.get(name)
        if output is not None:
            output.put(on)


class _Part(ABC):
    """Something at the pins that is open, or is told of once and tried again."""

    def __init__(self, name: str, blinka: "_Blinka") -> None:
        self._name = name
        self._blinka = blinka
        self._pins: list[Any] = []  # what is open, the one that is used first
        self._works = False
        self._said = ""

    @abstractmethod
    def _open(self) -> None:
        """Open it, and note each pin in `_pins` as soon as it is open."""

    def mend(self) -> None:
        """Open it if it is not open."""
        if self._works:
            return
        try:
            self._open()
        except _Missing as missing:
            self.release()
            self._say(str(missing))
        except _TROUBLES as error:
            self._fail(error)
        else:
            self._works = True
            if self._said:
                _log.info("%s: is there", self._name)
            self._said = ""

    def release(self) -> None:
        """Let go of it."""
        self._works = False
        pins, self._pins = self._pins, []
        for pin in pins:
            try:
                pin.deinit()
            except _TROUBLES as error:
                _log.warning("%s: cannot be let go (%s)", self._name, _text(error))

    def _fail(self, error: Exception) -> None:
        self.release()
        self._say(_way_out(error))

    def _say(self, text: str) -> None:
        # Each change once, not each of the many attempts.
        if text != self._said:
            self._said = text
            _log.warning("%s: %s", self._name, text)


class _Output(_Part):
    def __init__(self, name: str, blinka: "_Blinka", wiring: OutputWiring) -> None:
        super().__init__(name, blinka)
        self._wiring = wiring
        self._on = False

    def _open(self) -> None:
        self._pins = [self._blinka.digital(self._wiring.pin)]
        # Blinka makes it low for some microseconds first: too short for a relay.
        self._pins[0].switch_to_output(self._wiring.active_low)
        self._on = False

    def put(self, on: bool) -> None:
        if not self._works or on is self._on:
            return
        try:
            self._pins[0].value = on is not self._wiring.active_low
            self._on = on
        except _TROUBLES as error:
            self._fail(error)


class _Key(_Part):
    def __init__(self, name: str, blinka: "_Blinka", number: int, active_low: bool) -> None:
        super().__init__(name, blinka)
        self._number = number
        self._active_low = active_low

    def _open(self) -> None:
        pull = self._blinka.module("digitalio").Pull
        self._pins = [self._blinka.digital(self._number)]
        self._pins[0].switch_to_input(pull.UP if self._active_low else pull.DOWN)

    def down(self) -> bool:
        if not self._works:
            return False
        try:
            return bool(self._pins[0].value) is not self._active_low
        except _TROUBLES as error:
            self._fail(error)
            return False


class _Matrix(_Part):
    """A Matrix port that takes frames at any time: one that comes back shows the last."""

    def __init__(self, blinka: "_Blinka", wiring: MatrixWiring) -> None:
        super().__init__(f"matrix (SPI {wiring.spi}, CS GPIO {wiring.cs})", blinka)
        self.width = wiring.width
        self.height = ROWS
        self._wiring = wiring
        self._frame = bytearray(ROWS * wiring.width // 8)
        self._spi: Any = None  # once open it stays so: Blinka never closes its file
        self._driver: Max7219 | None = None

    def _open(self) -> None:
        wiring = self._wiring
        if wiring.cs != _KERNELS_CS.get(wiring.spi):
            self._pins = [self._blinka.digital(wiring.cs)]
            self._pins[0].switch_to_output(True)
        if self._spi is None:
            self._spi = self._blinka.spi(wiring.spi)
        self._driver = Max7219(self._spi, self._select, wiring.width)
        self._driver.show(self._frame)

    def _select(self, level: int) -> None:
        for pin in self._pins:  # none if it is the kernel's, which drives it by itself
            pin.value = bool(level)

    def show(self, frame: bytearray) -> None:
        """Put a frame on the glass."""
        self._frame = bytearray(frame)
        if self._works and self._driver is not None:
            try:
                self._driver.show(frame)
            except _TROUBLES as error:
                self._fail(error)


class _Blinka:
    """Blinka's modules, imported when first needed: each machine has its own, or none."""

    def __init__(self) -> None:
        self._broken = ""

    def module(self, name: str) -> Any:
        """Give a module of Blinka; _Missing if it cannot work on this machine."""
        if not self._broken:
            # Blinka would ask on a terminal whether it may install packages.
            os.environ.setdefault("BLINKA_SKIP_DEPENDENCY_CHECK", "1")
            try:
                return importlib.import_module(name)
            except _TROUBLES as error:
                self._broken = (
                    f"Blinka cannot use this machine's pins ({_text(error)}): on a Raspberry Pi"
                    " give `make setup` again, elsewhere leave --gpio / LOKET_GPIO out"
                )
        raise _Missing(self._broken)

    def digital(self, number: int) -> Any:
        """Give GPIO `number` as a DigitalInOut."""
        pin = getattr(self.module("microcontroller.pin"), f"D{number}", None)
        if pin is None:
            raise _Missing(
                "this machine has no such pin: on a computer without pins leave"
                " --gpio / LOKET_GPIO out"
            )
        return self.module("digitalio").DigitalInOut(pin)

    def spi(self, unit: int) -> Any:
        """Give an SPI unit of the chip, for writing only."""
        ports = getattr(self.module("microcontroller.pin"), "spiPorts", ())
        for number, clock, mosi, _ in ports:
            if number == unit:
                spi = self.module("busio").SPI(clock, MOSI=mosi)
                if not spi.try_lock():
                    raise _Missing("Blinka's own lock of it is taken")
                spi.configure(baudrate=_SPI_BAUD)
                return spi
        raise _Missing("this machine has no such SPI: leave --gpio / LOKET_GPIO out")


def _way_out(error: Exception) -> str:
    text = _text(error)
    if isinstance(error, PermissionError):
        return (
            f"no permission ({text}): add this user to the groups gpio and spi"
            " (`sudo usermod -aG gpio,spi USER`) and start the machine anew"
        )
    if isinstance(error, OSError) and error.errno == errno.EBUSY:
        return (
            "the pin is used by another program or by the kernel (`gpioinfo` tells by whom):"
            " end that, or wire this to another pin"
        )
    if "spidev" in text:
        return (
            f"SPI is not enabled ({text}): put dtparam=spi=on into /boot/firmware/config.txt and"
            " start the machine anew"
        )
    if "controller" in text:
        return (
            f"this machine has no pins that can be reached ({text}): look for /dev/gpiochip*, or"
            " leave --gpio / LOKET_GPIO out"
        )
    return f"does not work ({text}): see docs/gpio.md"


def _text(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
