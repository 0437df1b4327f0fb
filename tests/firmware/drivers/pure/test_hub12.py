import gc
import sys

from firmware.drivers.hub12 import SCAN_MS, Hub12
from tests.firmware.pure.expect import collect


class Panels:
    """A chain of P10 panels, bit by bit: what is shifted, latched, addressed and lit.

    Each panel is one shift register of 128 bits. From its input on the right, a bit passes the
    groups of eight columns from right to left, and in each group the four rows of the address
    from the top down. `light` is, for each pixel, the time it was lit.
    """

    def __init__(self, panels):
        self.width = 32 * panels
        self.shifted = [1] * (128 * panels)  # [0] is the bit that came last
        self.held = list(self.shifted)
        self.row_a = self.row_b = 0
        self.latched = 0
        self.duty = 65_535  # a floating input: whatever the registers hold is lit
        self.light = [0] * (16 * self.width)
        self.calls = 0
        self.bytes = 0

    def write(self, data):
        assert len(data) * 8 == len(self.shifted)
        self.calls += 1
        self.bytes += len(data)
        bits = []
        for byte in bytes(data):
            for i in range(7, -1, -1):
                bits.append(byte >> i & 1)
        bits.reverse()
        self.shifted = bits

    def latch(self, level):
        self.calls += 1
        if level and not self.latched:
            assert self.duty == 0, "the rows would show another quarter for a moment"
            self.held = list(self.shifted)
        self.latched = level

    def a(self, level):
        self.calls += 1
        assert self.duty == 0
        self.row_a = level

    def b(self, level):
        self.calls += 1
        assert self.duty == 0
        self.row_b = level

    def oe(self, duty):
        self.calls += 1
        assert 0 <= duty <= 65_535
        self.duty = duty

    def pass_time(self):
        """Let one scan's time pass."""
        for i, bit in enumerate(self.held):
            if not bit:
                group, place = i // 32, i % 32
                x = self.width - 1 - (group * 8 + place % 8)
                y = 4 * (place // 8) + 2 * self.row_b + self.row_a
                self.light[y * self.width + x] += self.duty


def chain(panels=1):
    glass = Panels(panels)
    return Hub12(glass, glass.latch, glass.a, glass.b, glass.oe, panels), glass


def seen(matrix, glass):
    """Give how long each pixel is lit in four scans."""
    collect()
    for i in range(len(glass.light)):
        glass.light[i] = 0
    for _ in range(4):
        matrix.scan()
        glass.pass_time()
    return glass.light


def noise(length, seed):
    frame = bytearray(length)
    for i in range(length):
        seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        frame[i] = seed >> 16 & 0xFF
    return frame


def pixels(frame, duty):
    """Give how long each pixel of a frame is to be lit."""
    light = [0] * (8 * len(frame))
    for i in range(len(light)):
        if frame[i // 8] >> (7 - i % 8) & 1:
            light[i] = duty
    return light


def lit(light):
    return [i for i, duty in enumerate(light) if duty]


def test_it_is_dark_until_it_is_scanned():
    _matrix, glass = chain()
    glass.pass_time()
    assert not lit(glass.light)


def test_each_pixel_lights_in_its_place_and_no_other():
    for panels in (1, 2):
        matrix, glass = chain(panels)
        assert (matrix.width, matrix.height) == (32 * panels, 16)
        frame = bytearray(64 * panels)
        for i in range(0, 512 * panels, 7):
            frame[i // 8] = 0x80 >> i % 8
            matrix.show(frame)
            frame[i // 8] = 0
            assert lit(seen(matrix, glass)) == [i], (panels, i)


def test_the_panels_show_exactly_the_frame_each_pixel_equally_long():
    for panels in (1, 2, 3, 4):
        matrix, glass = chain(panels)
        frame = noise(64 * panels, panels)
        matrix.show(frame)
        matrix.brightness(15)
        assert seen(matrix, glass) == pixels(frame, 65_535)


def test_a_frame_may_change_between_any_two_scans():
    matrix, glass = chain()
    matrix.brightness(15)
    for start in range(4):
        matrix.show(noise(64, start))
        matrix.scan()
        frame = noise(64, 100 + start)
        matrix.show(frame)
        assert seen(matrix, glass) == pixels(frame, 65_535)


def test_brightness_is_the_time_lit():
    matrix, glass = chain()
    matrix.show(bytearray(b"\xff" * 64))
    for level, duty in ((0, 4_095), (7, 32_767), (15, 65_535), (99, 65_535), (-1, 4_095)):
        matrix.brightness(level)
        assert set(seen(matrix, glass)) == {duty}, level


def test_it_can_be_left_dark():
    matrix, glass = chain()
    matrix.show(bytearray(b"\xff" * 64))
    matrix.scan()
    matrix.dark()
    glass.pass_time()
    assert not lit(glass.light)


def test_a_scan_is_little_work():
    matrix, glass = chain(4)
    glass.calls = glass.bytes = 0
    matrix.scan()
    assert (glass.calls, glass.bytes) == (7, 64)
    assert 1_000 / SCAN_MS / 4 >= 100, "pictures a second"


class Nothing:
    def write(self, data):
        pass

    def set(self, level):
        pass


def test_a_scan_takes_no_memory():
    if sys.implementation.name != "micropython":
        return
    none = Nothing()
    matrix = Hub12(none, none.set, none.set, none.set, none.set, 4)
    matrix.scan()
    mem_alloc = gc.mem_alloc  # type: ignore[attr-defined]
    gc.collect()
    gc.disable()
    before = mem_alloc()
    for _ in range(100):
        matrix.scan()
    took = mem_alloc() - before
    gc.enable()
    assert took < 100, took  # the loop itself; a scan that takes a word takes 1,600
