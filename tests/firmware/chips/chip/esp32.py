# mypy: ignore-errors
# (runs inside MicroPython only)
"""A stand-in for the `esp32` module: what may end a deep sleep, in `wakes`."""

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
_RTC_PINS = (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 39)
wakes = []


def _note(how, pins, level):
    for pin in pins:
        if pin.name not in _RTC_PINS:
            raise ValueError("invalid pin")
    wakes.append((how, [pin.name for pin in pins], level))


def wake_on_ext0(pin, level):
    _note("ext0", [pin], level)


def wake_on_ext1(pins, level):
    _note("ext1", pins, level)
