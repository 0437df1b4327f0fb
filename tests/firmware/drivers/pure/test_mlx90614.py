from firmware.drivers.mlx90614 import Mlx90614, crc8


class Bus:
    """An SMBus on which the chip gives `answers` in turn, the last for ever; None: no answer."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.reads = 0
        self.waited_ms = 0

    def readfrom_mem(self, address, register, count):
        assert (address, register, count) == (0x5A, 0x07, 3)
        self.reads += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise OSError(5)
        return answer

    def wait_ms(self, ms):
        self.waited_ms += ms


def word(raw):
    """Give the three bytes of a raw temperature as the chip sends them."""
    body = bytes((raw & 0xFF, raw >> 8))
    return body + bytes((crc8(b"\xb4\x07\xb5" + body),))


def read(*answers):
    bus = Bus(*answers)
    return Mlx90614(bus, bus.wait_ms).read_c()


def test_the_check_byte_is_that_of_the_data_sheet():
    # Its example of a read: address 0x5A, command 0x07, 0xD2 0x3A (28.01 degrees), PEC 0x30.
    assert crc8(b"\xb4\x07\xb5\xd2\x3a") == 0x30
    # The polynomial's own check value.
    assert crc8(b"123456789") == 0xF4


def test_a_temperature_is_given_in_degrees():
    got = read(b"\xd2\x3a\x30")
    assert got is not None
    assert abs(got - 28.01) < 0.001, got
    got = read(word(15_483))
    assert got is not None
    assert abs(got - 36.51) < 0.001, got


def test_an_offset_is_added():
    bus = Bus(word(15_483))
    got = Mlx90614(bus, bus.wait_ms, 0.8).read_c()
    assert got is not None
    assert abs(got - 37.31) < 0.001, got


def test_the_median_of_three_counts():
    got = read(word(15_483), word(19_000), word(15_480))
    assert got is not None
    assert abs(got - 36.51) < 0.001, got


def test_a_reading_takes_little_time():
    bus = Bus(word(15_483))
    Mlx90614(bus, bus.wait_ms).read_c()
    assert (bus.reads, bus.waited_ms) == (3, 40)


def test_no_answer_is_no_temperature():
    assert read(None) is None


def test_one_spoilt_reading_is_read_again_and_two_are_none():
    good = word(15_483)
    spoilt = bytes((good[0] ^ 0x10, good[1], good[2]))
    assert read(good, spoilt, good) is not None
    assert read(good, None, good) is not None
    assert read(good, spoilt, spoilt, good) is None
    assert read(good, spoilt, None, good) is None


def test_every_flipped_bit_is_noticed():
    good = word(15_483)
    for bit in range(24):
        spoilt = bytearray(good)
        spoilt[bit // 8] ^= 1 << bit % 8
        assert read(spoilt) is None, bit


def test_an_error_flag_and_nonsense_are_no_temperature():
    assert read(word(0x8000 | 15_483)) is None
    assert read(word(0xFFFF)) is None
    assert read(word(0)) is None
    assert read(b"\xff\xff\xff") is None, "a bus that is stuck high"
    assert read(b"\0\0\0") is None, "a bus that is stuck low"
    assert read(word(0x27AC)) is None
    assert read(word(0x27AD)) is not None
    assert read(word(0x7FFF)) is not None
