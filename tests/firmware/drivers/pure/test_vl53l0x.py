import binascii

from firmware.drivers import vl53l0x
from firmware.drivers.vl53l0x import Vl53l0x

STOP = 0x3C  # each chip has a stop variable of its own
GOOD_SPADS = b"\xff\xff\xe7\xff\xff\x0f"


class Chip:
    """A VL53L0X as far as ST's API can see it: registers in pages, and what starts in them.

    `ranges` holds (device range status, millimetres) in turn, the last for ever; `slow_ms` is
    how long anything takes that is waited for.
    """

    def __init__(self, *ranges):
        self.ranges = list(ranges) or [(11, 250)]
        self.slow_ms = 33
        self.there = True
        self.model = 0xEE
        self.spads = 0x80 | 5  # five of the aperture kind
        self.writes = 0
        self.waited_ms = 0
        self.power_up()

    def power_up(self):
        self.page = 0
        self.left_ms = 0
        self.calibrated = []
        self.pages = {(0, 0xC0): self.model, (1, 0x91): STOP, (0, 0x84): 0x11, (0, 0x83): 0x00}
        self.pages[(0, 0x89)] = 0x10
        for i, byte in enumerate(GOOD_SPADS):
            self.pages[(0, 0xB0 + i)] = byte

    def get(self, register, page=0):
        return self.pages.get((page, register), 0)

    def wait_ms(self, ms):
        self.waited_ms += ms
        self.left_ms -= ms

    def writeto_mem(self, address, register, data):
        self.check(address)
        self.writes += 1
        for i, byte in enumerate(bytes(data)):
            if register == 0xFF:
                self.page = byte
                return
            self.pages[(self.page, register + i)] = byte
        if (self.page, register) == (0, 0x00) and data[0] & 1:
            self.start(data[0])
        elif (self.page, register) == (0, 0x0B):
            self.pages[(0, 0x13)] = 0
        elif (self.page, register, data[0]) == (7, 0x83, 0):
            assert self.get(0x94, 7) == 0x6B, "SPADs are what it was asked for"
            assert self.get(0x83, 6) & 0x04
            self.left_ms = self.slow_ms

    def start(self, how):
        assert self.get(0x13) == 0, "the interrupt before was not cleared"
        self.left_ms = self.slow_ms
        sequence = self.get(0x01)
        if sequence == 0xE8:
            assert how == 1
            assert self.calibrated == [(0x01, 0x41), (0x02, 0x01)], self.calibrated
            assert self.get(0x91, 1) == STOP
            status, mm = self.ranges.pop(0) if len(self.ranges) > 1 else self.ranges[0]
            self.pages[(0, 0x14)] = status << 3 | 1
            self.pages[(0, 0x1E)] = mm >> 8
            self.pages[(0, 0x1F)] = mm & 0xFF
        else:
            self.calibrated.append((sequence, how))

    def readfrom_mem(self, address, register, count):
        self.check(address)
        if (self.page, register) == (0, 0x13):
            return b"\x44" if self.left_ms <= 0 else b"\x40"
        if (self.page, register) == (7, 0x83):
            return b"\x10" if self.left_ms <= 0 else b"\x00"
        if (self.page, register) == (7, 0x92):
            return bytes((self.spads,))
        return bytes([self.get(register + i, self.page) for i in range(count)])

    def check(self, address):
        assert address == 0x29
        if not self.there:
            raise OSError(5)


def sensor(*ranges):
    chip = Chip(*ranges)
    return Vl53l0x(chip, chip.wait_ms), chip


def test_a_distance_is_measured():
    tof, chip = sensor((11, 250), (11, 1_234), (11, 0))
    assert tof.read_mm() == 250
    assert tof.read_mm() == 1_234
    assert tof.read_mm() == 0
    assert chip.page == 0, "the page is put back"


def test_it_is_started_as_the_api_does_it():
    tof, chip = sensor()
    tof.read_mm()
    assert chip.get(0x89) == 0x11, "2.8 V"
    assert chip.get(0x88) == 0
    assert (chip.get(0x4F, 1), chip.get(0x4E, 1), chip.get(0xB6)) == (0, 0x2C, 0xB4)
    assert (chip.get(0x0A), chip.get(0x84)) == (0x04, 0x01)
    assert (chip.get(0x44) << 8 | chip.get(0x45)) == 32, "0.25 million counts, 7 bits of fraction"
    assert binascii.crc32(vl53l0x._TUNING) == 0x3C8D20A1, "DefaultTuningSettings of 02/11/2015"
    assert len(vl53l0x._TUNING) == 2 * 80


def chosen(chip):
    return bytes([chip.get(0xB0 + i) for i in range(6)])


def test_the_reference_spads_are_the_first_good_ones_of_their_kind():
    tof, chip = sensor()
    tof.read_mm()
    assert chosen(chip) == b"\x00\xf0\x01\x00\x00\x00", chosen(chip)
    tof, chip = sensor()
    chip.spads = 3
    tof.read_mm()
    assert chosen(chip) == b"\x07\x00\x00\x00\x00\x00", chosen(chip)
    tof, chip = sensor()
    chip.spads = 0x80 | 7
    tof.read_mm()
    assert chosen(chip) == b"\x00\xf0\x07\x00\x00\x00", chosen(chip)


def test_more_spads_than_are_good_is_a_fault():
    tof, chip = sensor()
    chip.spads = 0x80 | 31
    assert tof.read_mm() is None
    chip.spads = 0x80 | 30
    assert tof.read_mm() == 250


def macro_us(period_register):
    return 2_304 * 1.655 * 2 * (period_register + 1) / 1_000


def mclks(high, low):
    return (low << high) + 1


def test_a_measurement_may_take_33_ms():
    # VL53L0X_set_measurement_timing_budget_micro_seconds for the steps DSS, pre and final range.
    tof, chip = sensor()
    tof.read_mm()
    pre_us = macro_us(chip.get(0x50))
    pre_mclks = mclks(chip.get(0x51), chip.get(0x52))
    dss_us = (chip.get(0x46) + 1) * pre_us
    final_mclks = mclks(chip.get(0x71), chip.get(0x72)) - pre_mclks
    budget_us = 1_320 + 960 + 2 * (dss_us + 690) + pre_mclks * pre_us + 660
    budget_us += final_mclks * macro_us(chip.get(0x70)) + 550
    assert 33_000 < budget_us < 34_000, budget_us


def test_the_start_is_made_once():
    tof, chip = sensor()
    tof.read_mm()
    writes = chip.writes
    waited_ms = chip.waited_ms
    tof.read_mm()
    assert chip.writes - writes == 9, chip.writes - writes
    assert chip.waited_ms - waited_ms == 33


def test_no_target_is_no_distance():
    for status, mm in ((11, 8_190), (11, 2_001), (4, 1_500), (0, 20), (2, 300), (6, 60)):
        tof, chip = sensor((status, mm), (11, 2_000))
        assert tof.read_mm() is None, (status, mm)
        writes = chip.writes
        assert tof.read_mm() == 2_000
        assert chip.writes - writes == 9, "nothing to start anew"


def test_a_chip_that_is_never_ready_is_given_up():
    tof, chip = sensor()
    chip.slow_ms = 10_000
    assert tof.read_mm() is None
    assert chip.waited_ms <= 200, chip.waited_ms
    chip.slow_ms = 33
    chip.power_up()
    assert tof.read_mm() == 250
    chip.slow_ms = 10_000
    chip.waited_ms = 0
    assert tof.read_mm() is None
    assert chip.waited_ms <= 200, chip.waited_ms


def test_a_chip_that_does_not_answer_is_found_again():
    tof, chip = sensor()
    chip.there = False
    assert tof.read_mm() is None
    chip.there = True
    assert tof.read_mm() == 250
    chip.there = False
    assert tof.read_mm() is None
    chip.power_up()  # it was without power, and is to be started anew
    chip.there = True
    assert tof.read_mm() == 250


def test_every_moment_is_a_moment_to_fall_silent():
    whole = sensor()
    whole[0].read_mm()
    for last in range(whole[1].writes):
        tof, chip = sensor()
        seen = chip.check

        def check(address, chip=chip, last=last, seen=seen):
            if chip.writes >= last:
                raise OSError(110)
            seen(address)

        chip.check = check
        assert tof.read_mm() is None
        chip.check = seen
        chip.power_up()
        assert tof.read_mm() == 250, last


def test_another_chip_is_left_alone():
    tof, chip = sensor()
    chip.model = 0xEA  # a VL53L1X
    chip.power_up()
    assert tof.read_mm() is None
    assert chip.writes == 0


def test_the_median_counts():
    tof, _chip = sensor((11, 250), (11, 40), (11, 252))
    assert tof.read_median() == 250
    tof, _chip = sensor((11, 250), (4, 0), (11, 252))
    assert tof.read_median() is None
