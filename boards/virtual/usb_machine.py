# mypy: ignore-errors
# (runs inside MicroPython only)
"""What a board's `machine` and `micropython` have and a process has not; see usb_repl.py."""

import binascii
import os
import sys
import termios

import ffi
import machine as _machine
import micropython as _micropython

RESET_STATUS = 11  # as in boards/virtual/process.py
BOOTLOADER_STATUS = 12
_ISIG = 1
_libc = ffi.open("libc.so.6")
_exit = _libc.func("v", "_exit", "i")
_alarm = _libc.func("I", "alarm", "I")

PWRON_RESET = 1
WDT_RESET = 3
mem32 = _machine.mem32
idle = _machine.idle


def end(status):
    """End the process at once; nobody can catch that."""
    _exit(status)


def interrupts(on):
    """Whether Ctrl-C on the terminal interrupts what runs, or is a byte like another."""
    state = termios.tcgetattr(0)
    state[3] = state[3] | _ISIG if on else state[3] & ~_ISIG
    termios.tcsetattr(0, termios.TCSANOW, state)


# `machine`, as far as technicians' tools ask for it.


def unique_id():
    return binascii.unhexlify(os.getenv("LOKET_USB_ID") or "0000000000000000")


def reset():
    _exit(RESET_STATUS)


def soft_reset():
    raise SystemExit


def bootloader(timeout_ms=0):
    _exit(BOOTLOADER_STATUS)


def reset_cause():
    return WDT_RESET if os.getenv("LOKET_USB_CAUSE") == "watchdog" else PWRON_RESET


def freq(hz=None):
    return 125_000_000


class Pin:
    """A pin that nobody sees, but for the lamp on the board: that one tells the world."""

    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2

    def __init__(self, name, mode=0, pull=None, value=0):
        self._name = name
        self._value = 0
        if mode == self.OUT:
            self.value(value)

    def init(self, mode=0, pull=None, value=None):
        if value is not None:
            self.value(value)

    def value(self, value=None):
        if value is None:
            return self._value
        value = 1 if value else 0
        if value != self._value and self._name == "LED" and world_out:
            world_out.write('{"see":"led","on":%s}\n' % ("true" if value else "false"))
        self._value = value
        return None

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(1 - self._value)


class WDT:
    """Starts the board anew if nobody feeds it, after whole seconds."""

    def __init__(self, id=0, timeout=5_000):
        self._s = (timeout + 999) // 1_000
        self.feed()

    def feed(self):
        _alarm(self._s)


class _Micropython:
    def __getattr__(self, name):
        return getattr(_micropython, name)

    def kbd_intr(self, byte):
        interrupts(byte == 3)


_world = os.getenv("LOKET_WORLD")
world_out = open(int(_world.split(",")[1]), "w") if _world else None  # noqa: SIM115
sys.modules["machine"] = sys.modules[__name__]
sys.modules["micropython"] = _Micropython()
