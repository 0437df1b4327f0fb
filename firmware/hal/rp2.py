"""The backend of boards on a Raspberry Pi Pico, Pico W, Pico 2 or Pico 2 W.

Registers: RP2040 data sheet 4.7.6, RP2350 data sheet 12.9.7 (watchdog). What machine.reset_cause,
deepsleep and SPI do on this chip: MicroPython's ports/rp2.
"""

import sys
import time

import machine
from machine import ADC, Pin, Timer

from firmware.hal.real import Real
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LONGEST_S = const(4_294)  # the sleeping chip counts 32 bits of microseconds
_ADC_BITS = const(16)
_ADC_MV = const(3_300)
# A register of the watchdog that only loss of power clears, and what is left there on purpose.
_SCRATCH_RP2040 = const(0x4005800C)
_SCRATCH_RP2350 = const(0x400D800C)
_RESET = const(0x10CE0001)
_SLEPT = const(0x10CE0002)


class Power:
    """The Power port."""

    def __init__(self, sleeps: bool) -> None:
        self.sleeps = sleeps
        self._scratch = (
            _SCRATCH_RP2350 if "RP2350" in sys.implementation._machine else _SCRATCH_RP2040
        )
        # The watchdog is also what the chip resets itself with: only a note tells the two apart.
        note = machine.mem32[self._scratch]
        machine.mem32[self._scratch] = 0
        self._cause = "power_on"
        if machine.reset_cause() == machine.WDT_RESET:
            self._cause = {_RESET: "soft", _SLEPT: "sleep"}.get(note, "watchdog")

    def sleep(self, for_s: int) -> None:
        """Sleep deeply for `for_s`, at most 71 minutes, then start anew; does not return."""
        self._asleep(min(for_s, _LONGEST_S) * 1_000)

    def off(self) -> None:
        """Sleep until the power comes back."""
        while True:
            self._asleep(_LONGEST_S * 1_000)

    def _asleep(self, for_ms: int) -> None:
        try:
            import network

            # The radio has a supply of its own, and would end the sleep with what it hears.
            network.WLAN(network.STA_IF).deinit()
        except ImportError:
            pass  # a Pico without radio
        machine.mem32[self._scratch] = _SLEPT
        machine.deepsleep(for_ms)

    def reset(self) -> None:
        """Start anew at once; does not return."""
        machine.mem32[self._scratch] = _RESET
        machine.reset()

    def reset_cause(self) -> str:
        """Give power_on (also after the pin RUN or a brown-out: the chip's port of MicroPython
        does not tell these), watchdog, sleep or soft."""
        return self._cause

    def time_s(self) -> int:
        """Give the seconds since the start: the chip's clock begins anew after a deep sleep."""
        return time.time()

    def woken_by_key(self) -> bool:
        """Give False: the chip's port of MicroPython cannot wake it by a pin."""
        return False

    def recall(self) -> bytes:
        """Give nothing: the chip keeps no memory over a deep sleep."""
        return b""

    def remember(self, data: bytes) -> None:
        """Keep nothing."""


class Status:
    """The LED on the module: lit while the board is ready."""

    def __init__(self) -> None:
        self._led = Pin("LED", Pin.OUT, value=0)

    def show(self, s: str) -> None:
        """Show a state of the board's life."""
        self._led.value(1 if s == "ready" else 0)


class Rp2(Real):
    """All ports of a board, made from its settings."""

    def __init__(self, settings: "dict[str, Any]") -> None:
        power = Power(settings["parts"].get("power", {}).get("sleeps", False))
        Real.__init__(self, settings, power, Status())

    def listen(self, pin: Pin, interrupt: "Callable[[object], None]") -> None:
        """Call `interrupt` at both edges of a pin, at once: a soft interrupt would see the pin
        as it is when the loop next lets it."""
        pin.irq(interrupt, Pin.IRQ_FALLING | Pin.IRQ_RISING, hard=True)

    def start_scan(self, scan: "Callable[[object], None]") -> None:
        """Call `scan` every SCAN_MS, at once: a soft timer waits for the collector, and a quarter
        of the rows would flash at each collection."""
        from firmware.drivers.hub12 import SCAN_MS

        self._timer = Timer(-1, mode=Timer.PERIODIC, period=SCAN_MS, callback=scan, hard=True)

    def adc_mv(self, pin: int) -> "Callable[[], int]":
        """Give what measures the millivolts at a pin."""
        adc = ADC(Pin(pin))
        return lambda: adc.read_u16() * _ADC_MV >> _ADC_BITS
