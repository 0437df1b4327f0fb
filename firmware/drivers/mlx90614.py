"""Temperature without touching: the MLX90614 infrared thermometer on an SMBus (I2C, 100 kHz).

Read word, error code, error flag and scale: MLX90614 family data sheet (Melexis), sections
"SMBus communication" and "RAM".
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ADDRESS = const(0x5A)
_OBJECT = const(0x07)  # RAM: object temperature 1, in steps of 0.02 K
_LEAST = const(0x27AD)  # -70 degrees, the least that the chip measures
_MOST = const(0x7FFF)  # 382; the bit above is the error flag
_TIMES = const(3)
_BETWEEN_MS = const(20)


def crc8(data: bytes) -> int:
    """Give the packet error code of the System Management Bus: x8 + x2 + x + 1, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


class Mlx90614:
    """A Thermometer port. `i2c` needs `readfrom_mem(address, register, n)`, which ends the
    register's number with a repeated start, as machine.I2C does; `wait_ms(n)` waits;
    `offset_c` is added to what is measured.
    """

    part = "mlx90614"

    def __init__(
        self, i2c: "Any", wait_ms: "Callable[[int], object]", offset_c: float = 0.0
    ) -> None:
        self._i2c = i2c
        self._wait_ms = wait_ms
        self._offset_c = offset_c

    def read_c(self) -> "float | None":
        """Give the object's temperature, the median of three readings (40 ms), or None if one
        of them is none: no answer, a wrong check byte, an error flag, out of range."""
        raws = []
        for i in range(_TIMES):
            if i:
                self._wait_ms(_BETWEEN_MS)
            raw = self._read()
            if raw is None:
                raw = self._read()  # once more: a spark on a long cable spoils a reading
            if raw is None:
                return None
            raws.append(raw)
        return sorted(raws)[_TIMES // 2] * 0.02 - 273.15 + self._offset_c

    def _read(self) -> "int | None":
        try:
            low, high, check = self._i2c.readfrom_mem(_ADDRESS, _OBJECT, 3)
        except OSError:
            return None
        if crc8(bytes((_ADDRESS << 1, _OBJECT, _ADDRESS << 1 | 1, low, high))) != check:
            return None
        raw = high << 8 | low
        return raw if _LEAST <= raw <= _MOST else None
