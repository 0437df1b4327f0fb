"""The backend of boards on an ESP32."""

import sys
import time

import esp32
import machine
from machine import ADC, RTC, Pin, Timer

from firmware.hal.real import Real
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# What machine.reset_cause gives, 1 to 5. It tells a brown-out as power-on or as watchdog, by the
# version of MicroPython; 0 is a crash of the chip's own software.
_CAUSES = ("hard", "power_on", "hard", "watchdog", "sleep", "soft")
_RELEASED_MS = const(50)
_RELEASE_LOOKS = const(300)
_LOOK_MS = const(10)


class Power:
    """The Power port. `buttons` are the keys that may wake the board: all that it has."""

    def __init__(self, sleeps: bool) -> None:
        self.sleeps = sleeps
        self.buttons: "dict[str, Any]" = {}

    def sleep(self, for_s: int) -> None:
        """Sleep deeply for `for_s` or until a key closes, then start anew; does not return."""
        self._arm()
        machine.deepsleep(for_s * 1_000)

    def off(self) -> None:
        """Sleep until the power comes back."""
        machine.deepsleep()

    def reset(self) -> None:
        """Start anew at once; does not return."""
        machine.reset()

    def reset_cause(self) -> str:
        """Give power_on, hard, watchdog, sleep or soft."""
        return _CAUSES[machine.reset_cause()]

    def time_s(self) -> int:
        """Give the seconds of the chip's clock, which goes on in deep sleep."""
        return time.time()

    def woken_by_key(self) -> bool:
        """Tell whether this start ended a deep sleep because a key's contact closed."""
        return machine.wake_reason() in (machine.EXT0_WAKE, machine.EXT1_WAKE)

    def recall(self) -> bytes:
        """Give what `remember` kept before a deep sleep or a reset; empty after a power cut."""
        return RTC().memory()

    def remember(self, data: bytes) -> None:
        """Keep at most 64 bytes, without wear."""
        RTC().memory(data)

    def _arm(self) -> None:
        # A lever that is still held, or bounces, would end the sleep at once and count twice; one
        # that is stuck would empty the battery, and does not wake.
        open_looks = 0
        for _ in range(_RELEASE_LOOKS):
            open_looks = 0 if self._held() else open_looks + 1
            if open_looks * _LOOK_MS >= _RELEASED_MS:
                break
            time.sleep_ms(_LOOK_MS)
        low: "list[Pin]" = []
        high: "list[Pin]" = []
        for key in self.buttons:
            button = self.buttons[key]
            if not button.is_down():
                (high if button.closed else low).append(button.pin)
        try:
            # One key to ground: of several the chip could only wait until all are closed.
            if low:
                esp32.wake_on_ext0(low[0], esp32.WAKEUP_ALL_LOW)
            if high:
                esp32.wake_on_ext1(high, esp32.WAKEUP_ANY_HIGH)
        except ValueError as why:
            print("power: a key's pin cannot wake the board:", why, file=sys.stderr)

    def _held(self) -> bool:
        return any(self.buttons[key].is_down() for key in self.buttons)


class Status:
    """A line on the console: the module has no LED of its own."""

    def show(self, s: str) -> None:
        """Show a state of the board's life."""
        print("board:", s, file=sys.stderr)


class Esp32(Real):
    """All ports of a board, made from its settings."""

    watchdog_sleeps = True  # deep sleep stops it

    def __init__(self, settings: "dict[str, Any]") -> None:
        power = Power(settings["parts"].get("power", {}).get("sleeps", False))
        Real.__init__(self, settings, power, Status())
        power.buttons = self.buttons

    def listen(self, pin: Pin, interrupt: "Callable[[object], None]") -> None:
        """Call `interrupt` at both edges of a pin, as soon as the interpreter lets it: the chip's
        port of MicroPython queues edges in their order."""
        pin.irq(interrupt, Pin.IRQ_FALLING | Pin.IRQ_RISING)

    def start_scan(self, scan: "Callable[[object], None]") -> None:
        """Call `scan` every SCAN_MS, as soon as the interpreter lets it: the chip's SPI is not
        for interrupts."""
        from firmware.drivers.hub12 import SCAN_MS

        self._timer = Timer(0, mode=Timer.PERIODIC, period=SCAN_MS, callback=scan)

    def adc_mv(self, pin: int) -> "Callable[[], int]":
        """Give what measures the millivolts at a pin, up to some 2,450, as calibrated by the
        maker of the chip."""
        adc = ADC(Pin(pin), atten=ADC.ATTN_11DB)
        return lambda: adc.read_uv() // 1_000
