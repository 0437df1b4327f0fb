from firmware.drivers.tm1637 import Tm1637, segments


class Chip:
    """A TM1637 that sees only the levels of its two wires.

    `messages` holds what came between each start and stop; the chip pulls data down from the
    fall of the eighth clock to that of the ninth, if it is `there`.
    """

    def __init__(self, there=True):
        self.there = there
        self.clk = 1
        self.host = 1  # what the board does to the data wire: 1 lets go
        self.pulls = 0
        self.bits: "list[int] | None" = None  # None: not between start and stop
        self.message = []
        self.messages = []
        self.memory = [0xAA] * 6  # after power-up: anything
        self.lit = True

    def dio(self):
        return 0 if self.pulls else self.host

    def clock(self, level):
        if level == self.clk:
            return
        self.clk = level
        if self.bits is None:
            return
        if level:
            self.bits.append(self.dio())  # the ninth is the answer
        elif len(self.bits) == 8:
            self.pulls = 1 if self.there else 0
        elif len(self.bits) == 9:
            self.pulls = 0
            self.message.append(sum([bit << i for i, bit in enumerate(self.bits[:8])]))
            self.bits = []

    def data(self, level):
        before = self.dio()
        self.host = level
        after = self.dio()
        if before == after or not self.clk:
            return
        if after:
            self.stop()
        else:
            assert self.bits is None, "data moved while the clock was high"
            self.bits = []
            self.message = []

    def stop(self):
        # The clock of the stop itself looked like a first bit.
        assert self.bits is not None
        assert len(self.bits) == 1, self.bits
        self.bits = None
        self.messages.append(bytes(self.message))
        if not self.there:
            return
        command = self.message[0]
        if command & 0xC0 == 0xC0:
            at = command & 0x0F
            for byte in self.message[1:]:
                self.memory[at] = byte
                at += 1
        elif command & 0xC0 == 0x80:
            self.lit = bool(command & 8)


def digits(length=4, there=True):
    chip = Chip(there)
    return Tm1637(chip.clock, chip.data, chip.dio, length), chip


def test_it_is_dark_from_the_start():
    tm1637, chip = digits()
    assert chip.messages == [b"\x40", b"\xc0\0\0\0\0", b"\x80"], chip.messages
    assert not chip.lit
    assert not tm1637.silent
    assert tm1637.length == 4


def test_a_temperature_is_sent_as_the_data_sheet_has_it():
    tm1637, chip = digits()
    chip.messages.clear()
    tm1637.show("36.5")
    assert chip.messages == [b"\x40", b"\xc0\x00\x4f\xfd\x6d", b"\x8c"], chip.messages
    assert chip.memory[:4] == [0x00, 0x4F, 0xFD, 0x6D]
    assert chip.lit
    tm1637.show("")
    assert not chip.lit


def test_six_digits_go_to_the_places_they_are_wired_to():
    tm1637, chip = digits(6)
    tm1637.show("123456")
    assert chip.memory == [0x4F, 0x5B, 0x06, 0x7D, 0x6D, 0x66], chip.memory


def test_brightness_keeps_the_text():
    tm1637, chip = digits()
    tm1637.show("A012")
    chip.messages.clear()
    tm1637.brightness(7)
    assert chip.messages == [b"\x40", b"\xc0\x77\x3f\x06\x5b", b"\x8f"], chip.messages
    tm1637.brightness(99)
    assert chip.messages[-1] == b"\x8f"
    tm1637.brightness(0)
    assert chip.messages[-1] == b"\x88"
    tm1637.show("")
    tm1637.brightness(3)
    assert not chip.lit, "brightness is not a switch"


def test_a_chip_that_does_not_answer_is_noted_and_found_again():
    tm1637, chip = digits(there=False)
    assert tm1637.silent
    chip.there = True
    tm1637.show("1")
    assert not tm1637.silent
    chip.there = False
    tm1637.show("2")
    assert tm1637.silent


def test_texts_stand_right_and_lose_their_end():
    assert segments("7", 4) == b"\0\0\0\x07"
    assert segments("12345", 4) == b"\x06\x5b\x4f\x66"
    assert segments("-5 a", 4) == b"\x40\x6d\x00\x77"
    assert segments("..", 4) == b"\0\0\x80\x80", "a point without a digit has a place of its own"
    assert segments("1.2.", 4) == b"\0\0\x86\xdb"
    assert segments("", 4) == b"\0\0\0\0"
    assert segments("\xe9", 1) == b"\0"


def test_every_digit_has_a_shape_of_its_own_and_every_letter_one():
    shapes = list(segments("0123456789", 10))
    assert len(set(shapes)) == 10
    for i, code in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        shape = segments(bytes((code,)).decode(), 1)[0]
        assert 0 < shape < 0x80
        alike = shape in shapes
        assert alike == (i in (18, 25)), "only S and Z look like digits, not %d" % i
