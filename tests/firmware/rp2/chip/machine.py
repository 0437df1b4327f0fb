# mypy: ignore-errors
# (runs inside MicroPython only)
"""A stand-in for the chip's `machine` module inside MicroPython: what hal/rp2.py uses of it.

`pins` keeps every pin by its number; what leaves the SPI bus is in `spi_words`.
"""

import asyncio

PWRON_RESET = 1
WDT_RESET = 3
pins = {}
spi_words = []
strips = []
fed = []
ended = []


class Pin:
    IN, OUT, PULL_UP, IRQ_FALLING, IRQ_RISING = 0, 1, 2, 4, 8

    def __init__(self, name, mode=None, pull=None, value=None):
        self.name = name
        self.mode = mode
        self.level = 1 if pull == Pin.PULL_UP else (value or 0)
        self.handler = None
        pins[name] = self

    def value(self, level=None):
        if level is not None:
            assert self.mode == Pin.OUT
            self.level = level
        return self.level

    def irq(self, handler, trigger):
        assert trigger == Pin.IRQ_FALLING | Pin.IRQ_RISING
        self.handler = handler

    def drive(self, level):
        """Change an input from outside, as a finger does."""
        self.level = level
        self.handler(self)


class SPI:
    def __init__(self, unit, baudrate, polarity, phase, sck, mosi):
        self.unit = unit

    def write(self, data):
        spi_words.append(bytes(data))


class UART:
    """A printer with paper at the other end."""

    def __init__(self, unit, baudrate, tx, rx):
        self.printed = b""
        self.answers = b""
        pins["uart"] = self

    def write(self, data):
        if data == b"\x10\x04\x04":
            self.answers += b"\x12"
        else:
            self.printed += data

    def any(self):
        return len(self.answers)

    def read(self):
        answers, self.answers = self.answers, b""
        return answers

    def txdone(self):
        return True


class ADC:
    def __init__(self, pin):
        pass

    def read_u16(self):
        return 37_236  # 1.875 V: half of 3.75 V


class PWM:
    def __init__(self, pin):
        pass


class WDT:
    def __init__(self, timeout):
        fed.append(timeout)

    def feed(self):
        fed.append("fed")


def bitstream(pin, encoding, timing, data):
    strips.append(bytes(data))


def reset_cause():
    return PWRON_RESET


def deepsleep(ms=None):
    ended.append(("sleep", ms))
    asyncio.current_task().cancel()


def reset():
    ended.append(("reset",))


def disable_irq():
    return 1


def enable_irq(state):
    assert state == 1
