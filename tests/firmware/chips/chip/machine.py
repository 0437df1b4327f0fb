# mypy: ignore-errors
# (runs inside MicroPython only)
"""A stand-in for the `machine` module of a Pico or an ESP32 (`CHIP` of the environment: rp2 or
esp32): what firmware/hal uses of it, as strict as the chip.

`wires` has what hangs on each pin, by its number. What leaves the chip is noted: `spi_words`,
`strips`, `fed`, `timers`, `ended`; what hangs on I2C is in `i2c_parts` (unit -> address -> part).
Interrupts of the hard kind run with the heap locked, as they do on the chip.
"""

import asyncio
import os

import micropython

RP2 = os.getenv("CHIP") == "rp2"

PWRON_RESET = 1
WDT_RESET = 3
if not RP2:
    HARD_RESET, DEEPSLEEP_RESET, SOFT_RESET = 2, 4, 5
    EXT0_WAKE, EXT1_WAKE, TIMER_WAKE = 2, 3, 4

wires = {}
spi_words = []
strips = []
fed = []
ended = []
timers = []
tones = {}
uarts = {}
i2c_parts = {0: {}, 1: {}}
why = {"reset": PWRON_RESET, "wake": 0}
rtc = {"memory": b""}
_locked = False


def _begin_note():
    # A note takes memory, which the interrupt that makes it may not.
    if _locked:
        micropython.heap_unlock()


def _end_note():
    if _locked:
        micropython.heap_lock()


def _interrupt(handler, argument):
    global _locked
    micropython.heap_lock()
    _locked = True
    try:
        handler(argument)
    finally:
        _locked = False
        micropython.heap_unlock()


class Wire:
    """What a pin does (`use`) and its level; `source()` is who else drives it."""

    def __init__(self):
        self.use = ""
        self.mode = None
        self.pull = None
        self.level = 0
        self.source = None
        self.on_set = None
        self.handler = None
        self.hard = False

    def read(self):
        if self.use == "pin" and self.mode == Pin.OUT:
            return self.level
        if self.use == "pin" and self.mode == Pin.OPEN_DRAIN and not self.level:
            return 0
        if self.source:
            return self.source()
        return 0 if self.pull == Pin.PULL_DOWN else 1

    def drive(self, level):
        """Change it from outside, as a finger does."""
        before = self.read()
        self.source = lambda: level
        if self.handler and self.read() != before:
            if self.hard:
                _interrupt(self.handler, None)
            else:
                self.handler(None)


def wire(number):
    if number not in wires:
        wires[number] = Wire()
    return wires[number]


class Pin:
    IN, OUT, OPEN_DRAIN = (0, 1, 2) if RP2 else (1, 3, 7)
    PULL_UP, PULL_DOWN = (1, 2) if RP2 else (2, 1)
    IRQ_FALLING, IRQ_RISING = (4, 8) if RP2 else (2, 1)

    def __init__(self, name, mode=None, pull=None, *, value=None):
        if name == "LED":
            assert RP2
        elif RP2:
            assert 0 <= name < 29
        else:
            assert 0 <= name < 40 and not 6 <= name <= 11
        self.name = name
        self.wire = wire(name)
        if mode is None:
            return
        assert mode in (Pin.IN, Pin.OUT, Pin.OPEN_DRAIN)
        assert RP2 or mode == Pin.IN or name < 34, "pin can only be input"
        assert value is None or mode != Pin.IN
        self.wire.use = "pin"
        self.wire.mode = mode
        self.wire.pull = pull
        if value is not None:
            self._set(value)

    def value(self, level=None):
        if level is None:
            return self.wire.read()
        assert self.wire.use == "pin" and self.wire.mode != Pin.IN, self.name
        self._set(level)

    def _set(self, level):
        self.wire.level = 1 if level else 0
        if self.wire.on_set:
            self.wire.on_set(self.wire.level)

    def irq(self, handler, trigger, **kind):
        assert trigger == Pin.IRQ_FALLING | Pin.IRQ_RISING
        self.wire.handler = handler
        self.wire.hard = kind.pop("hard", False)
        assert not kind
        assert RP2 or not self.wire.hard, "an ESP32 has no hard interrupts of pins"


def _take(use, *pins):
    for pin in pins:
        pin.wire.use = use


class SPI:
    def __init__(self, unit, *, baudrate, polarity, phase, sck, mosi):
        assert unit in ((0, 1) if RP2 else (1, 2))
        assert 1_000_000 <= baudrate <= 10_000_000 and (polarity, phase) == (0, 0)
        # As the chip does: a pin to read with is taken even if nobody names one.
        _take("spi", sck, mosi, Pin(({0: 16, 1: 8} if RP2 else {1: 12, 2: 19})[unit]))

    def write(self, data):
        _begin_note()
        spi_words.append(bytes(data))
        _end_note()


class UART:
    """A printer with paper at the other end, if `there`."""

    there = True

    def __init__(self, unit, *, baudrate, tx, rx, rxbuf=256, txbuf=256):
        assert unit in ((0, 1) if RP2 else (1, 2))
        _take("uart", tx, rx)
        self.baud = baudrate
        self.printed = b""
        self.answers = b""
        uarts[unit] = self

    def write(self, data):
        data = bytes(data)
        if UART.there and data[:2] == b"\x10\x04":
            self.answers += b"\x12"
        elif UART.there:
            self.printed += data
            if self.printed[-3:] == b"\x1dr\x01":
                self.answers += b"\x00"
        return len(data)

    def any(self):
        return len(self.answers)

    def read(self):
        answers, self.answers = self.answers, b""
        return answers or None

    def txdone(self):
        return True


class I2C:
    def __init__(self, unit, *, scl, sda, freq, timeout):
        assert freq <= 100_000 and timeout <= 100_000
        assert scl.wire.use == "" and sda.wire.use == "", "the bus is made twice"
        _take("i2c", scl, sda)
        self._parts = i2c_parts[unit]

    def _part(self, address):
        if address not in self._parts:
            raise OSError(19 if RP2 else 116)  # ENODEV, or ETIMEDOUT
        return self._parts[address]

    def readfrom_mem(self, address, register, count):
        return self._part(address).readfrom_mem(address, register, count)

    def writeto_mem(self, address, register, data):
        self._part(address).writeto_mem(address, register, data)


class ADC:
    """1.875 V at every pin, unless `dead`."""

    ATTN_11DB = 3
    dead = False

    def __init__(self, pin, *, atten=None):
        assert pin.name in ((26, 27, 28) if RP2 else (32, 33, 34, 35, 36, 39))
        assert RP2 == (atten is None) and atten in (None, ADC.ATTN_11DB)
        _take("adc", pin)

    def read_u16(self):
        assert RP2
        return 0 if ADC.dead else 37_236

    def read_uv(self):
        assert not RP2
        return 0 if ADC.dead else 1_875_000


class PWM:
    def __init__(self, pin, *, freq, duty_u16):
        assert 100 <= freq <= 100_000
        _take("pwm", pin)
        self._duties = tones[pin.name] = [duty_u16]
        self._pin = pin

    def duty_u16(self, duty):
        assert 0 <= duty <= 65_535 and self._pin.wire.use == "pwm"
        _begin_note()
        self._duties.append(duty)
        _end_note()


class Timer:
    PERIODIC = 1

    def __init__(self, unit, *, mode, period, callback, hard=False):
        assert unit == (-1 if RP2 else 0) and mode == Timer.PERIODIC
        assert hard == RP2
        self.period_ms = period
        self._callback = callback
        timers.append(self)

    def fire(self):
        if RP2:
            _interrupt(self._callback, self)
        else:
            self._callback(self)


class WDT:
    def __init__(self, *, timeout):
        fed.append(timeout)

    def feed(self):
        fed.append("fed")


class RTC:
    def memory(self, *data):
        assert not RP2
        if not data:
            return rtc["memory"]
        assert len(data[0]) <= 2_048
        rtc["memory"] = bytes(data[0])


class _Memory:
    def __init__(self):
        self.words = {}

    def __getitem__(self, address):
        return self.words.get(address, 0)

    def __setitem__(self, address, word):
        self.words[address] = word


if RP2:
    mem32 = _Memory()
else:

    def wake_reason():
        return why["wake"]


def bitstream(pin, encoding, timing, data):
    assert pin.wire.use == "pin" and pin.wire.mode == Pin.OUT and encoding == 0
    strips.append(bytes(data))


def reset_cause():
    return why["reset"]


def _end(*how):
    ended.append(how)
    raise asyncio.CancelledError  # nothing after it happens


def deepsleep(ms=None):
    assert ms is None or not RP2 or ms < 1 << 32
    _end("sleep", ms)


def reset():
    _end("reset")


def disable_irq():
    return 1


def enable_irq(state):
    assert state == 1
