# mypy: ignore-errors
# (runs inside MicroPython only)
"""What hangs on a board: the parts of its settings, as the tests of their drivers know them;
only those that a board has take memory."""

import machine

AT_HAND_RAW = 15_483  # 36.51 degrees
HALF_MM = 115


class Devices:
    """Plugs in all parts but those that `missing` names by their section."""

    def __init__(self, parts, missing=()):
        self.digits = None
        level = parts.get("level", {})
        if "level" in missing:
            pass
        elif level.get("driver") == "vl53l0x":
            from tests.firmware.drivers.pure.test_vl53l0x import Chip as Vl53l0xChip

            chip = Vl53l0xChip((11, HALF_MM))
            chip.slow_ms = 0
            machine.i2c_parts[level["i2c"]][0x29] = chip
        elif level:
            self._plug_cell(level)
        if "thermometer" in parts and "thermometer" not in missing:
            from tests.firmware.drivers.pure.test_mlx90614 import Bus as Mlx90614Chip
            from tests.firmware.drivers.pure.test_mlx90614 import word

            unit = parts["thermometer"]["i2c"]
            machine.i2c_parts[unit][0x5A] = Mlx90614Chip(word(AT_HAND_RAW))
        if "digits" in parts and "digits" not in missing:
            from tests.firmware.drivers.pure.test_tm1637 import Chip as Tm1637Chip

            self.digits = Tm1637Chip()
            machine.wire(parts["digits"]["clock"]).on_set = self.digits.clock
            data = machine.wire(parts["digits"]["data"])
            data.on_set = self.digits.data
            data.source = self.digits.dio
        machine.UART.there = "printer" not in missing
        machine.ADC.dead = "battery" in missing

    def _plug_cell(self, level):
        from tests.firmware.drivers.pure.test_hx711 import Chip as Hx711Chip

        middle = (level["empty"] + level["full"]) // 2
        chip = Hx711Chip([middle + i % 7 for i in range(60)])
        clock = machine.wire(level["clock"])
        bit = [1]

        def moved(high):
            if high:
                bit[0] = chip.pulse()

        clock.on_set = moved
        machine.wire(level["data"]).source = lambda: bit[0] if clock.level else chip.data()
