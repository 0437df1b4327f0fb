from firmware.core.sign import (
    BLINK_FOR_MS,
    BLINK_HALF_MS,
    ROWS,
    SCROLL_HOLD_MS,
    SCROLL_STEP_MS,
    Sign,
    text_rows,
)
from firmware.core.ticks import NEVER

A001 = """
.....###...###...###....#.......
....#...#.#...#.#...#..##.......
....#...#.#..##.#..##...#.......
....#...#.#.#.#.#.#.#...#.......
....#####.##..#.##..#...#.......
....#...#.#...#.#...#...#.......
....#...#..###...###...###......
................................
"""


def picture(frame, width=32):
    stride = width // 8
    lines = []
    for row in range(ROWS):
        bits = int.from_bytes(bytes(frame[row * stride : (row + 1) * stride]), "big")
        line = ""
        for column in range(width):
            line += "#" if bits >> (width - 1 - column) & 1 else "."
        lines.append(line)
    return "\n".join(lines)


def shown(text, width=32):
    sign = Sign(width)
    sign.show(text, 0)
    return picture(sign.render(0), width)


def columns(text_picture):
    return ["".join([line[i] for line in text_picture.split("\n")]) for i in range(32)]


def test_a_ticket_stands_centred_with_a_pixel_of_air():
    assert shown("A001") == A001.strip("\n"), "\n" + shown("A001")


def test_zero_is_not_the_letter_o():
    assert shown("0") != shown("O")


def test_every_digit_and_letter_has_a_shape_of_its_own():
    seen: "dict[str, str]" = {}
    for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!#%&()+,-./:;=?_":
        shape = shown(char)
        assert shape not in seen, char + " looks like " + seen[shape]
        assert "#" in shape, char
        seen[shape] = char


def test_small_letters_are_capitals_and_unknown_signs_are_questions():
    assert shown("loket") == shown("LOKET")
    assert shown("\xe9") == shown("?")
    assert shown("\u4e2d") == shown("?")
    assert shown("~") == shown("?")


def test_five_characters_stand_and_six_scroll():
    five = Sign(32)
    five.show("A0012", 0)
    five.render(0)
    assert five.due_ms == NEVER
    six = Sign(32)
    six.show("A00123", 0)
    six.render(0)
    assert six.due_ms == SCROLL_HOLD_MS + SCROLL_STEP_MS


def test_a_long_text_scrolls_by_columns_and_comes_round():
    sign = Sign(32)
    sign.show("KOSONG", 0)
    start = before = columns(picture(sign.render(0)))
    assert start[0] == "#######.", "it begins at the left edge with its first column"
    text_columns = text_rows("KOSONG")[1]
    span = text_columns + 16
    for step in range(1, span + 1):
        now_ms = sign.due_ms
        assert now_ms == SCROLL_HOLD_MS + step * SCROLL_STEP_MS, (step, now_ms)
        seen = columns(picture(sign.render(now_ms)))
        assert seen[:31] == before[1:], "one column to the left, no more"
        if step == text_columns:
            assert seen[:16] == ["........"] * 16, "a gap between end and beginning"
        before = seen
    assert seen == start, "it comes round"
    assert sign.due_ms == now_ms + SCROLL_HOLD_MS + SCROLL_STEP_MS, "and holds again"


def test_a_call_blinks_twice_a_second_for_ten_seconds():
    sign = Sign(32)
    sign.show("A001", 5_000, True)
    lit = picture(sign.render(5_000))
    assert "#" in lit, "a call begins lit"
    changes = []
    while sign.due_ms != NEVER:
        now_ms = sign.due_ms
        frame = sign.render(now_ms)
        if frame is not None:
            changes.append((now_ms - 5_000, "#" in picture(frame)))
    assert changes[0] == (BLINK_HALF_MS, False)
    assert changes[1] == (2 * BLINK_HALF_MS, True)
    assert len(changes) == 40, "twenty blinks, each dark and lit again"
    assert changes[-1] == (BLINK_FOR_MS, True), changes[-1]
    assert picture(frame) == lit


def test_the_same_text_shown_again_without_blink_stands_still():
    sign = Sign(32)
    sign.show("A001", 0, True)
    sign.render(0)
    sign.render(BLINK_HALF_MS)
    sign.show("A001", 300)
    assert "#" in picture(sign.render(300))
    assert sign.due_ms == NEVER


def test_a_frame_that_is_on_glass_is_not_given_again():
    sign = Sign(32)
    sign.show("A001", 0)
    assert sign.render(0) is not None
    assert sign.render(10) is None
    sign.show("A001", 20)
    assert sign.render(20) is None
    sign.show("A002", 30)
    assert sign.render(30) is not None


def test_the_dot_is_bottom_right_also_while_the_text_is_dark():
    sign = Sign(32)
    sign.show("A001", 0, True)
    sign.dot(True, 0)
    assert picture(sign.render(0)) == A001.strip("\n")[:-1] + "#"
    dark = picture(sign.render(BLINK_HALF_MS))
    assert dark.count("#") == 1
    assert dark[-1] == "#"
    sign.dot(False, 300)
    assert picture(sign.render(300)).count("#") == 0


def test_a_wider_matrix_shows_more_at_once():
    sign = Sign(64)
    sign.show("KOSONG", 0)
    frame = sign.render(0) or b""
    assert len(frame) == 64
    assert sign.due_ms == NEVER
    lines = picture(frame, 64).split("\n")
    left = min([line.find("#") for line in lines if "#" in line])
    right = min([64 - line.rfind("#") - 1 for line in lines if "#" in line])
    assert 0 <= right - left <= 1, (left, right)


def test_no_text_is_dark_and_a_very_long_one_is_cut():
    assert "#" not in shown("")
    sign = Sign(32)
    sign.show("X" * 500, 0)
    sign.render(0)
    _rows, width = text_rows("X" * 500)
    assert width == 64 * 6 - 1
