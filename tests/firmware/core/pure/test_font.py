from firmware.core.big_font import BIG_HEIGHT, BIG_WIDTH, glyph_rows
from firmware.core.font import GLYPH_HEIGHT, GLYPH_WIDTH, glyph

DIGITS = b"0123456789"
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOOK_ALIKES = (b"O0", b"B8", b"S5", b"I1", b"Z2", b"G6", b"Q0", b"D0", b"L1", b"T7", b"g9")

BIG_2 = """
..######..
.########.
###....###
##......##
........##
.......###
......###.
.....###..
....###...
...###....
..##......
.###......
##########
##########
"""


def distance(draw, one, other):
    """Give how many pixels differ between two characters."""
    differ = 0
    for row, other_row in zip(draw(one), draw(other)):
        bits = row ^ other_row
        while bits:
            differ += bits & 1
            bits >>= 1
    return differ


def test_digits_are_unmistakable():
    for draw, least in ((glyph, 6), (glyph_rows, 18)):
        for one in DIGITS:
            for other in DIGITS:
                if one < other:
                    got = distance(draw, one, other)
                    assert got >= least, (chr(one), chr(other), got)


def test_letters_that_look_like_digits_differ_by_three_pixels():
    for draw, least in ((glyph, 3), (glyph_rows, 8)):
        for pair in LOOK_ALIKES:
            got = distance(draw, pair[0], pair[1])
            assert got >= least, (pair, got)


def test_no_two_characters_differ_by_less_than_three_pixels():
    codes = DIGITS + LETTERS
    for draw, least in ((glyph, 3), (glyph_rows, 8)):
        for one in codes:
            for other in codes:
                if one < other:
                    got = distance(draw, one, other)
                    assert got >= least, (chr(one), chr(other), got)


def test_all_fit_their_box_and_fill_its_height():
    for code in range(0x20, 0x60):
        for rows, width, height in (
            (glyph(code), GLYPH_WIDTH, GLYPH_HEIGHT),
            (glyph_rows(code), BIG_WIDTH, BIG_HEIGHT),
        ):
            assert len(rows) == height
            assert max(rows) < 1 << width
            if code in DIGITS + LETTERS:
                assert rows[0]
                assert rows[-1]


def lines(code):
    """Give a large character as lines."""
    drawn = ""
    for row in glyph_rows(code):
        for bit in range(BIG_WIDTH - 1, -1, -1):
            drawn += "#" if row >> bit & 1 else "."
        drawn += "\n"
    return drawn


def test_slopes_of_large_characters_are_smooth():
    assert lines(0x32) == BIG_2[1:], lines(0x32)


def test_strokes_of_large_characters_are_two_pixels():
    for code in (0x2D, 0x45, 0x48, 0x54):  # what has no slopes: - E H T
        for row in glyph_rows(code):
            run = 0
            for bit in range(BIG_WIDTH + 1):
                if row >> bit & 1:
                    run += 1
                else:
                    assert run != 1, chr(code)
                    run = 0


def test_large_characters_have_the_same_codes():
    assert glyph_rows(0x61) == glyph_rows(0x41), "small letters are capitals"
    assert glyph_rows(0xE9) == glyph_rows(0x3F), "unknown ones are questions"
    assert glyph_rows(0x20) == [0] * BIG_HEIGHT
    for code in b"-/:":
        assert max(glyph_rows(code))
