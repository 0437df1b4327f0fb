"""The parts of real boards, each made from its entry in the settings, with the driver it needs.

Only the drivers of the parts that a board has are loaded. Pins are the chip's own numbers.
"""

import asyncio
import time

import machine
from machine import I2C, PWM, SPI, UART, Pin

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import Clock, OnTime

    Part = dict[str, Any]

_MAX7219_HZ = const(8_000_000)
_HUB12_HZ = const(4_000_000)
_OE_HZ = const(40_000)
_I2C_HZ = const(100_000)  # the most of an SMBus, whose thermometer may share the wires
_I2C_US = const(50_000)
_DUTY_HALF = const(32_767)
_TONE_HZ = const(2_700)  # where small piezo discs are loudest
_BATTERY_LOOKS = const(16)
_LEAST_MV = const(1_000)  # no board runs on less: a wire of the divider is off

_buses: "dict[int, I2C]" = {}


def light(part: "Part") -> "Callable[[str], object]":
    """Give what puts off, on or a colour on a lamp at once, and make it dark."""
    driver = part.get("driver", "led")
    if driver == "ws2812":
        from firmware.drivers.ws2812 import TIMING_NS, Ws2812

        wire = Pin(part["pin"], Pin.OUT, value=0)
        return Ws2812(lambda data: machine.bitstream(wire, 0, TIMING_NS, data), part["leds"]).light
    dark = 1 if driver == "relay" else 0  # relay modules close at a low level
    pin = Pin(part["pin"], Pin.OUT, value=dark)
    return lambda show: pin.value(dark if show == "off" else 1 - dark)


def matrix(part: "Part") -> "Any":
    """Give the Matrix port, and what must be called every `SCAN_MS` of drivers/hub12 (or None).

    To be made before all other parts: an SPI unit also takes the pin on which it would read,
    though nothing is read here, and whatever is made later takes that pin back.
    """
    hub12 = part["driver"] == "hub12"
    spi = SPI(
        part["spi"],
        baudrate=_HUB12_HZ if hub12 else _MAX7219_HZ,
        polarity=0,
        phase=0,
        sck=Pin(part["sck"]),
        mosi=Pin(part["mosi"]),
    )
    if not hub12:
        from firmware.drivers.max7219 import Max7219

        return Max7219(spi, Pin(part["cs"], Pin.OUT, value=1).value, part["width"]), None
    from firmware.drivers.hub12 import Hub12

    lit = PWM(Pin(part["oe"]), freq=_OE_HZ, duty_u16=0).duty_u16
    latch, a, b = [Pin(part[name], Pin.OUT, value=0).value for name in ("latch", "a", "b")]
    panels = Hub12(spi, latch, a, b, lit, part["panels"])
    return panels, panels.scan


def digits(part: "Part") -> "Any":
    """Give the Digits port."""
    from firmware.drivers.tm1637 import Tm1637

    clock = Pin(part["clock"], Pin.OUT, value=1)
    data = Pin(part["data"], Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)
    return Tm1637(clock.value, data.value, data.value, part["digits"])


def printer(part: "Part", clock: "Clock") -> "Any":
    """Give the Printer port; its `watch` is to be run."""
    from firmware.hal.printer import Printer

    uart = UART(part["uart"], baudrate=part["baud"], tx=Pin(part["tx"]), rx=Pin(part["rx"]))
    return Printer(uart, clock, asyncio.sleep_ms, part.get("paper_mm", 58))


def thermometer(part: "Part") -> "Any":
    """Give the Thermometer port."""
    from firmware.drivers.mlx90614 import Mlx90614

    return Mlx90614(_bus(part), time.sleep_ms, part.get("offset_c", 0))


def _bus(part: "Part") -> I2C:
    # One for all parts on the same wires.
    unit = part["i2c"]
    if unit not in _buses:
        _buses[unit] = I2C(
            unit, scl=Pin(part["scl"]), sda=Pin(part["sda"]), freq=_I2C_HZ, timeout=_I2C_US
        )
    return _buses[unit]


class Level:
    """The Level port: a load cell, or a distance. Neither notices a change by itself."""

    on_change: "OnTime | None" = None

    def __init__(self, part: "Part") -> None:
        self.sensor: str = part["sensor"]
        self.part: str = part["driver"]
        if self.part == "vl53l0x":
            from firmware.drivers.vl53l0x import Vl53l0x

            self.empty: float = part["empty_mm"]
            self.full: float = part["full_mm"]
            self.read_raw: "Callable[[], int | None]" = Vl53l0x(
                _bus(part), time.sleep_ms
            ).read_median
            return
        from firmware.drivers.hx711 import Hx711

        self.empty = part["empty"]
        self.full = part["full"]
        # The pull-up: without the chip the wire is high, which is "not ready".
        data = Pin(part["data"], Pin.IN, Pin.PULL_UP).value
        clock = Pin(part["clock"], Pin.OUT, value=0).value

        def pulse() -> int:
            irq_state = machine.disable_irq()  # drawn out by an interrupt it would be its bedtime
            clock(1)
            bit = data()
            clock(0)
            machine.enable_irq(irq_state)
            return bit

        self.read_raw = Hx711(data, pulse, time.sleep_ms).read_median


class Battery:
    """The Battery port: a cell behind a divider; `pin_mv()` measures at the pin."""

    def __init__(self, part: "Part", pin_mv: "Callable[[], int]") -> None:
        self.low_mv: int = part.get("low_mv", 3_300)
        self._divider: float = part["divider"]
        self._pin_mv = pin_mv

    def read_mv(self) -> "int | None":
        """Give the cell's voltage, the mean of some looks, or None if there is none."""
        mv = 0
        for _ in range(_BATTERY_LOOKS):
            mv += self._pin_mv()
        mv = int(mv * self._divider / _BATTERY_LOOKS)
        return mv if mv >= _LEAST_MV else None


class Buzzer:
    """The Buzzer port: a passive piezo disc."""

    def __init__(self, part: "Part") -> None:
        self._pwm = PWM(Pin(part["pin"]), freq=part.get("hz", _TONE_HZ), duty_u16=0)
        self._plays = 0
        self._task: "Any" = None  # lest it be collected

    def play(self, steps: "tuple[int, ...]") -> None:
        """Sound, rest, sound, ... for so many milliseconds each, in place of what still plays."""
        self._plays += 1
        self._task = asyncio.create_task(self._play(steps, self._plays))

    async def _play(self, steps: "tuple[int, ...]", play: int) -> None:
        duty = _DUTY_HALF
        for ms in steps:
            self._pwm.duty_u16(duty)
            duty = _DUTY_HALF - duty
            await asyncio.sleep_ms(ms)
            if play != self._plays:
                return  # another one sounds
        self._pwm.duty_u16(0)
