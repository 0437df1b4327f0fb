from boards.virtual.glass import frame
from firmware.drivers.max7219 import Max7219


class Wires:
    """An SPI bus and a load line: `words` are what was shifted in when the line rose."""

    def __init__(self):
        self.words = []
        self._shifted = None

    def write(self, data):
        assert self._shifted is not None, "written while not selected"
        self._shifted += bytes(data)

    def select(self, level):
        if level:
            self.words.append(self._shifted)
            self._shifted = None
        else:
            self._shifted = b""


def chain(width=32):
    wires = Wires()
    return Max7219(wires, wires.select, width), wires


def test_it_is_dark_and_out_of_test_mode_before_it_is_switched_on():
    _matrix, wires = chain()
    assert wires.words == [
        b"\x0f\x00" * 4,
        b"\x0c\x00" * 4,
        b"\x09\x00" * 4,
        b"\x0b\x07" * 4,
        b"\x0a\x04" * 4,
        b"\x01\x00" * 4,
        b"\x02\x00" * 4,
        b"\x03\x00" * 4,
        b"\x04\x00" * 4,
        b"\x05\x00" * 4,
        b"\x06\x00" * 4,
        b"\x07\x00" * 4,
        b"\x08\x00" * 4,
        b"\x0c\x01" * 4,
    ], wires.words


def test_a_frame_goes_out_row_by_row_the_leftmost_module_first():
    matrix, wires = chain()
    wires.words.clear()
    matrix.show(bytearray(range(32)))
    assert wires.words == [
        bytes((row + 1, 4 * row, row + 1, 4 * row + 1, row + 1, 4 * row + 2, row + 1, 4 * row + 3))
        for row in range(8)
    ], wires.words


def test_a_ticket_as_the_modules_get_it():
    matrix, wires = chain()
    wires.words.clear()
    matrix.show(bytearray(frame("A001")))
    assert wires.words[0] == b"\x01\x07\x01\x1c\x01\x70\x01\x80", wires.words[0]
    sent = [word[i] for word in wires.words for i in (1, 3, 5, 7)]
    assert bytes(sent) == frame("A001")


def test_brightness_goes_to_every_module():
    matrix, wires = chain(16)
    wires.words.clear()
    matrix.brightness(15)
    assert wires.words == [b"\x0a\x0f" * 2]


def test_brightness_beyond_its_ends_is_the_nearest():
    matrix, wires = chain(8)
    wires.words.clear()
    for level in (0, 16, 100, -1):
        matrix.brightness(level)
    assert wires.words == [b"\x0a\x00", b"\x0a\x0f", b"\x0a\x0f", b"\x0a\x00"], wires.words


def test_a_frame_is_eight_words_whatever_was_there():
    matrix, wires = chain(128)
    assert (matrix.width, matrix.height) == (128, 8)
    wires.words.clear()
    matrix.show(bytearray(128))
    matrix.show(bytearray(128))
    assert len(wires.words) == 16
    assert {len(word) for word in wires.words} == {32}
