"""Distance by the time of flight of light: the VL53L0X on I2C.

Its data sheet (ST, DocID029104) names only the identification registers (section 3.2); how to
start the chip and what its registers hold is published as source in ST's API (STSW-IMG005) and
told in its manual (UM2039). Done here, by the names of that API: DataInit, StaticInit (the
reference SPADs as ST measured them, the default tuning, 33 ms a measurement),
PerformRefCalibration, PerformSingleRangingMeasurement.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ADDRESS = const(0x29)
_MODEL_ID = const(0xC0)
_MODEL = const(0xEE)
_START = const(0x00)
_SEQUENCE = const(0x01)
_CLEAR = const(0x0B)
_INTERRUPT = const(0x13)
_RESULT = const(0x14)
_SPADS = const(0xB0)
_SPAD_BYTES = const(6)
_FIRST_APERTURE = const(12)  # SPADs from here on sit behind a smaller hole
_VALID = const(11)  # device range status: a range was measured
_MOST_MM = const(
    2_000
)  # data sheet, section 5: it sees nothing beyond; with no target it says 8,190
_POLLS = const(200)  # of 1 ms; a measurement takes 33

# Register, value; register, value; ...
_BEGIN = b"\x88\x00\x80\x01\xff\x01\x00\x00"  # then 0x91 is read or written, then:
_END = b"\x00\x01\xff\x00\x80\x00"
_ASK_SPADS = b"\x80\x01\xff\x01\x00\x00\xff\x06"
_ASK_SPADS_2 = b"\xff\x07\x81\x01\x80\x01\x94\x6b\x83\x00"
_SPADS_READ = b"\x81\x00\xff\x06"
_SPADS_READ_2 = b"\xff\x01" + _END
_SPAD_SETUP = b"\xff\x01\x4f\x00\x4e\x2c\xff\x00\xb6\xb4"
_TUNING = (
    b"\xff\x01\x00\x00\xff\x00\x09\x00\x10\x00\x11\x00\x24\x01\x25\xff\x75\x00"
    b"\xff\x01\x4e\x2c\x48\x00\x30\x20"
    b"\xff\x00\x30\x09\x54\x00\x31\x04\x32\x03\x40\x83\x46\x25\x60\x00\x27\x00\x50\x06"
    b"\x51\x00\x52\x96\x56\x08\x57\x30\x61\x00\x62\x00\x64\x00\x65\x00\x66\xa0"
    b"\xff\x01\x22\x32\x47\x14\x49\xff\x4a\x00"
    b"\xff\x00\x7a\x0a\x7b\x00\x78\x21"
    b"\xff\x01\x23\x34\x42\x00\x44\xff\x45\x26\x46\x05\x40\x40\x0e\x06\x20\x1a\x43\x40"
    b"\xff\x00\x34\x03\x35\x44"
    b"\xff\x01\x31\x04\x4b\x09\x4c\x05\x4d\x04"
    b"\xff\x00\x44\x00\x45\x20\x47\x08\x48\x28\x67\x00\x70\x04\x71\x01\x72\xfe\x76\x00\x77\x00"
    b"\xff\x01\x0d\x01\xff\x00\x80\x01\x01\xf8\xff\x01\x8e\x01\x00\x01\xff\x00\x80\x00"
)
# A pulse on the interrupt wire when a range is there. Then the last steps of StaticInit: without
# the steps MSRC and TCC the final range may take 593 macro periods (0x94 << 2, and 1), so that
# a measurement takes as long as before, 33 ms.
_STEPS = b"\x0a\x04\x0b\x01\x71\x02\x72\x94"
_ALL_STEPS = const(0xE8)


class Vl53l0x:
    """One sensor at its address after power-up. `i2c` needs `writeto_mem(address, register,
    bytes)` and `readfrom_mem(address, register, n)`; `wait_ms(n)` waits.

    The first reading starts the chip (0.1 s more), as does the one after a fault: the chip may
    have been without power.
    """

    def __init__(self, i2c: "Any", wait_ms: "Callable[[int], object]") -> None:
        self._i2c = i2c
        self._wait_ms = wait_ms
        self._started = False
        self._stop = 0

    def read_mm(self) -> "int | None":
        """Give the distance in millimetres, 0 to 2,000, or None: no chip, no answer in time,
        or nothing near enough to measure."""
        try:
            if not self._started:
                self._begin()
                self._started = True
            return self._measure()
        except OSError:
            self._started = False
            return None

    def read_median(self, times: int = 3) -> "int | None":
        """Give the median of some distances, or None if one of them is none: a hand passes."""
        found = []
        for _ in range(times):
            mm = self.read_mm()
            if mm is None:
                return None
            found.append(mm)
        return sorted(found)[times // 2]

    def _measure(self) -> "int | None":
        self._write(_BEGIN[2:])
        self._set(0x91, self._stop)
        self._write(_END)
        self._set(_START, 1)
        self._until_ready()
        result = self._i2c.readfrom_mem(_ADDRESS, _RESULT, 12)
        self._set(_CLEAR, 1)
        mm = result[10] << 8 | result[11]
        if result[0] >> 3 & 0x0F != _VALID or mm > _MOST_MM:
            return None
        return mm

    def _begin(self) -> None:
        if self._get(_MODEL_ID) != _MODEL:
            raise OSError("another chip")
        # DataInit. The wires are at 2.8 V or more, not at 1.8.
        self._set(0x89, self._get(0x89) | 0x01)
        self._write(_BEGIN)
        self._stop = self._get(0x91)
        self._write(_END)
        # StaticInit. What is left out of DataInit is written again by the tuning.
        self._choose_spads()
        self._write(_TUNING)
        self._set(0x84, self._get(0x84) & ~0x10)
        self._write(_STEPS)
        # PerformRefCalibration: of the supply, then of the phase.
        for step, how in ((0x01, 0x41), (0x02, 0x01)):
            self._set(_SEQUENCE, step)
            self._set(_START, how)
            self._until_ready()
            self._set(_CLEAR, 1)
            self._set(_START, 0)
        self._set(_SEQUENCE, _ALL_STEPS)

    def _choose_spads(self) -> None:
        # How many of the reference SPADs ST found best, and of which kind.
        self._write(_ASK_SPADS)
        self._set(0x83, self._get(0x83) | 0x04)
        self._write(_ASK_SPADS_2)
        for _ in range(_POLLS):
            if self._get(0x83):
                break
            self._wait_ms(1)
        else:
            raise OSError("no reference SPADs in time")
        self._set(0x83, 1)
        found = self._get(0x92)
        self._write(_SPADS_READ)
        self._set(0x83, self._get(0x83) & ~0x04)
        self._write(_SPADS_READ_2)
        count = found & 0x7F
        # Of the good ones, the first `count` of that kind.
        good = self._i2c.readfrom_mem(_ADDRESS, _SPADS, _SPAD_BYTES)
        chosen = bytearray(_SPAD_BYTES)
        for i in range(_FIRST_APERTURE if found & 0x80 else 0, 8 * _SPAD_BYTES):
            if count and good[i >> 3] >> (i & 7) & 1:
                chosen[i >> 3] |= 1 << (i & 7)
                count -= 1
        if count:
            raise OSError("too few good SPADs")
        self._write(_SPAD_SETUP)
        self._i2c.writeto_mem(_ADDRESS, _SPADS, chosen)

    def _until_ready(self) -> None:
        for _ in range(_POLLS):
            if self._get(_INTERRUPT) & 0x07:
                return
            self._wait_ms(1)
        raise OSError("no range in time")

    def _get(self, register: int) -> int:
        return self._i2c.readfrom_mem(_ADDRESS, register, 1)[0]

    def _set(self, register: int, value: int) -> None:
        self._i2c.writeto_mem(_ADDRESS, register, bytes((value & 0xFF,)))

    def _write(self, pairs: bytes) -> None:
        for i in range(0, len(pairs), 2):
            self._i2c.writeto_mem(_ADDRESS, pairs[i], pairs[i + 1 : i + 2])
