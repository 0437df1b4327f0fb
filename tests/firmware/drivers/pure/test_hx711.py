from firmware.drivers.hx711 import Hx711


class Chip:
    """An HX711 that has `raws` to give, each ready after `busy_ms`."""

    def __init__(self, raws, busy_ms=0):
        self.raws = list(raws)
        self.busy_ms = busy_ms
        self.left_ms = busy_ms
        self.pulses = 0
        self.bits = []

    def data(self):
        return 1 if self.left_ms > 0 or not self.raws else 0

    def pulse(self):
        if self.pulses == 0:
            raw = self.raws.pop(0) & 0xFFFFFF
            self.bits = [raw >> (23 - i) & 1 for i in range(24)] + [1]
        bit = self.bits[self.pulses]
        self.pulses += 1
        if self.pulses == 25:
            self.pulses = 0
            self.left_ms = self.busy_ms
        return bit

    def wait_ms(self, ms):
        self.left_ms -= ms


def cell(raws, busy_ms=0):
    chip = Chip(raws, busy_ms)
    return Hx711(chip.data, chip.pulse, chip.wait_ms), chip


def test_a_conversion_is_read_with_its_sign():
    for raw in (0, 1, 42_000, 8_388_607, -1, -42_000, -8_388_608):
        hx711, chip = cell([raw])
        assert hx711.read_raw() == raw
        assert chip.pulses == 0, "25 pulses in all"


def test_it_waits_until_the_chip_is_ready():
    hx711, _chip = cell([7], busy_ms=400)
    assert hx711.read_raw() == 7


def test_a_chip_that_does_not_answer_is_no_zero():
    hx711, chip = cell([])
    assert hx711.read_raw() is None
    assert hx711.read_median() is None
    assert chip.pulses == 0


def test_one_spoilt_conversion_does_not_count():
    hx711, _chip = cell([100_000, 8_000_000, 100_010])
    assert hx711.read_median() == 100_010


def test_a_loose_wire_is_no_weight():
    for rail in (0x7FFFFF, -0x800000):
        hx711, _chip = cell([100_000, 100_010, rail])
        assert hx711.read_median() is None, rail


def test_a_stuck_cell_is_no_weight():
    for raw in (100_000, 0, -1):  # -1: the data wire is torn and pulled up, after it was low once
        hx711, chip = cell([raw] * 20)
        assert hx711.read_median() is None
        assert len(chip.raws) == 12, "eight conversions are enough to know"


def test_a_quiet_cell_is_looked_at_until_it_moves():
    hx711, chip = cell([100_000] * 7 + [100_001] * 5)
    assert hx711.read_median() == 100_000
    assert len(chip.raws) == 4
    hx711, chip = cell([100_000, 100_000, 100_001] * 4)
    assert hx711.read_median() == 100_000
    assert len(chip.raws) == 9, "three conversions are enough as a rule"
