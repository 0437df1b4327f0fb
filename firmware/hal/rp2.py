"""The backend of boards on a Raspberry Pi Pico W or Pico 2 W.

Builds itself from the `parts` of the board's settings; pins are GP numbers.
"""

import asyncio
import time

import machine
from machine import ADC, PWM, SPI, UART, WDT, Pin

from firmware.hal.clock import Clock
from firmware.hal.lamps import Blinker, Lamp
from firmware.hal.store import FileStore
from firmware.hal.wifi import Wifi
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import OnEdge, OnTime

FLASH = "/"
CA_FILE = "ca.der"
_WATCHDOG_MS = const(8_000)  # the chip's limit is 8,388
_FEED_MS = const(2_000)
_SPI_HZ = const(8_000_000)
_ADC_FULL = const(65_535)
_ADC_MV = const(3_300)


class Power:
    """Sleep, restart and what led here."""

    def __init__(self, sleeps: bool) -> None:
        self.sleeps = sleeps

    def sleep(self, for_s: int) -> None:
        """Sleep deeply, then start anew; does not return."""
        machine.deepsleep(for_s * 1_000)

    def reset(self) -> None:
        """Start anew at once; does not return."""
        machine.reset()

    def off(self) -> None:
        """Sleep until the power comes back."""
        machine.deepsleep()

    def reset_cause(self) -> str:
        """Give power_on or watchdog: the chip tells no more apart (sleep ends as power_on)."""
        return "watchdog" if machine.reset_cause() == machine.WDT_RESET else "power_on"

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


class Button:
    """A contact to ground. The interrupt only wakes a task, which reads the pin: what a press
    does takes memory, and interrupts may not."""

    on_edge: "OnEdge | None" = None

    def __init__(self, pin: int, wake: "Callable[[], None]") -> None:
        self._pin = Pin(pin, Pin.IN, Pin.PULL_UP)
        self._down = False
        self._pin.irq(lambda _: wake(), Pin.IRQ_FALLING | Pin.IRQ_RISING)

    def look(self, key: str) -> None:
        """Tell of an edge since the last look, if there was one."""
        down = not self._pin.value()
        if down != self._down:
            self._down = down
            if self.on_edge:
                self.on_edge(key, down)


class Level:
    """A load cell; it cannot notice a change by itself."""

    on_change: "OnTime | None" = None

    def __init__(self, part: "dict[str, Any]") -> None:
        from firmware.drivers.hx711 import Hx711

        self.sensor = part["sensor"]
        self._empty = part["empty"]
        self._full = part["full"]
        self._data = Pin(part["data"], Pin.IN)
        self._clock = Pin(part["clock"], Pin.OUT, value=0)
        self._cell = Hx711(self._data.value, self._pulse, time.sleep_ms)

    def read_pct(self) -> "int | None":
        """Give the level, or None if the cell does not answer."""
        from firmware.core.level import level_pct

        raw = self._cell.read_median()
        return None if raw is None else level_pct(raw, self._empty, self._full)

    def _pulse(self) -> int:
        irq_state = machine.disable_irq()  # a pulse drawn out by an interrupt would be its bedtime
        self._clock.value(1)
        bit = self._data.value()
        self._clock.value(0)
        machine.enable_irq(irq_state)
        return bit


class Battery:
    """The cell behind a divider."""

    def __init__(self, part: "dict[str, Any]") -> None:
        self._adc = ADC(Pin(part["pin"]))
        self._divider = part["divider"]
        self.low_mv = part.get("low_mv", 3_300)

    def read_mv(self) -> "int | None":
        """Give the cell's voltage."""
        return int(self._adc.read_u16() * _ADC_MV * self._divider / _ADC_FULL)


class Buzzer:
    """A passive piezo buzzer."""

    def __init__(self, part: "dict[str, Any]") -> None:
        self._pwm = PWM(Pin(part["pin"]))
        self._task: "Any" = None

    def play(self, steps: "tuple[int, ...]") -> None:
        """Sound, rest, sound, ... for so many milliseconds each."""
        self._task = asyncio.create_task(self._play(steps))

    async def _play(self, steps: "tuple[int, ...]") -> None:
        self._pwm.freq(2_700)
        sounds = True
        for ms in steps:
            self._pwm.duty_u16(_ADC_FULL // 2 if sounds else 0)
            sounds = not sounds
            await asyncio.sleep_ms(ms)
        self._pwm.duty_u16(0)


class Rp2:
    """All ports of a board, made from its settings."""

    def __init__(self, settings: "dict[str, Any]") -> None:
        parts = settings["parts"]
        keys = parts.get("keys", {})
        self.clock = Clock()
        self.store = FileStore(FLASH)
        self.power = Power(parts.get("power", {}).get("sleeps", False))
        self.status = Status()
        self.network = Wifi(settings, self.store.read(CA_FILE))
        self.on_off: "Callable[[], None] | None" = None
        self._moved = asyncio.ThreadSafeFlag()
        self._blinker = Blinker()
        self.buttons = {key: Button(keys[key]["pin"], self._moved.set) for key in keys}
        self.lamps = {}
        for key in keys:
            if "lamp_pin" in keys[key]:
                self.lamps[key] = self._pin_lamp(keys[key]["lamp_pin"])
        for name in parts.get("lamps", {}):
            self.lamps[name] = self._strip_lamp(parts["lamps"][name])
        self.matrix = _matrix(parts["matrix"]) if "matrix" in parts else None
        self.printer = _printer(parts["printer"], self.clock) if "printer" in parts else None
        self.digits = None
        self.thermometer = None
        self.level = Level(parts["level"]) if "level" in parts else None
        self.battery = Battery(parts["battery"]) if "battery" in parts else None
        self.buzzer = Buzzer(parts["buzzer"]) if "buzzer" in parts else None

    async def run(self) -> None:
        """Serve buttons, lamps, printer and watchdog for ever."""
        tasks = [asyncio.create_task(self._blinker.run())]
        if self.printer:
            tasks.append(asyncio.create_task(self.printer.watch()))
        if not self.power.sleeps:  # it cannot be stopped, and would end every sleep after 8 s
            tasks.append(asyncio.create_task(self._feed(WDT(timeout=_WATCHDOG_MS))))
        while True:
            await self._moved.wait()
            for key in self.buttons:
                self.buttons[key].look(key)

    async def _feed(self, watchdog: WDT) -> None:
        # As long as the loop turns; a stuck board starts anew.
        while True:
            watchdog.feed()
            await asyncio.sleep_ms(_FEED_MS)

    def _pin_lamp(self, pin: int) -> Lamp:
        led = Pin(pin, Pin.OUT, value=0)
        return self._blinker.lamp(lambda show: led.value(0 if show == "off" else 1))

    def _strip_lamp(self, part: "dict[str, Any]") -> Lamp:
        from firmware.drivers.ws2812 import TIMING_NS, Ws2812

        pin = Pin(part["pin"], Pin.OUT, value=0)
        strip = Ws2812(lambda data: machine.bitstream(pin, 0, TIMING_NS, data), part["leds"])
        return self._blinker.lamp(strip.light)


def _matrix(part: "dict[str, Any]") -> "Any":
    from firmware.drivers.max7219 import Max7219

    spi = SPI(
        part["spi"], baudrate=_SPI_HZ, polarity=0, phase=0, sck=Pin(part["sck"]),
        mosi=Pin(part["mosi"]),
    )  # fmt: skip
    return Max7219(spi, Pin(part["cs"], Pin.OUT, value=1).value, part["width"])


def _printer(part: "dict[str, Any]", clock: Clock) -> "Any":
    from firmware.hal.printer import Printer

    uart = UART(part["uart"], baudrate=part["baud"], tx=Pin(part["tx"]), rx=Pin(part["rx"]))
    return Printer(uart, clock, asyncio.sleep_ms, part.get("paper_mm", 58))
