import gc

from firmware.core.sign import (
    BLINK_FOR_MS,
    BLINK_HALF_MS,
    ROWS,
    SCROLL_HOLD_MS,
    SCROLL_STEP_MS,
    Sign,
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
    text_columns = 6 * 6
    span = text_columns + 3 * 6
    for step in range(1, span + 1):
        now_ms = sign.due_ms
        assert now_ms == SCROLL_HOLD_MS + step * SCROLL_STEP_MS, (step, now_ms)
        seen = columns(picture(sign.render(now_ms)))
        assert seen[:31] == before[1:], "one column to the left, no more"
        if step == text_columns:
            assert seen[:18] == ["........"] * 18, "a gap between end and beginning"
            assert seen[18:] == start[:14], "and its beginning anew"
        before = seen
    assert seen == start, "it comes round"
    assert sign.due_ms == now_ms + SCROLL_HOLD_MS + SCROLL_STEP_MS, "and holds again"


def test_a_frame_that_comes_late_is_the_one_of_its_time():
    for height in (8, 16):
        steady, late = Sign(32, height), Sign(32, height)
        for sign in (steady, late):
            sign.show("ANTREAN 42", 0)
            sign.render(0)
        end_ms = SCROLL_HOLD_MS + 37 * SCROLL_STEP_MS
        while steady.due_ms <= end_ms:
            frame = steady.render(steady.due_ms)
        assert late.render(end_ms) == frame, height


def test_a_second_takes_25_frames_and_they_take_no_memory():
    # What a frame of 8 x 32 costs is 28 turns of the inner loop, and nothing of the heap but
    # the shape of the next glyph, once in six frames.
    for width, height, most_bytes in ((32, 8, 300), (96, 16, 1_200)):
        sign = Sign(width, height)
        sign.show("KEPENDUDUKAN TUTUP PUKUL 15:00", 0)
        sign.render(0)
        sign.render(sign.due_ms)
        end_ms = sign.due_ms + 1_000
        frames = 0
        gc.collect()
        gc.disable()
        before = used_bytes()
        while sign.due_ms < end_ms:
            if sign.render(sign.due_ms) is not None:
                frames += 1
        used = used_bytes() - before
        gc.enable()
        assert frames == 25, frames
        assert used <= most_bytes, (height, used)


def used_bytes():
    return gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0


def test_a_call_blinks_twice_a_second_for_ten_seconds():
    sign = Sign(32)
    sign.show("A001", 5_000, BLINK_FOR_MS)
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
    sign.show("A001", 0, BLINK_FOR_MS)
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
    sign.show("A001", 0, BLINK_FOR_MS)
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
    assert sign.reading_ms("X" * 500) == SCROLL_HOLD_MS + (240 * 6 - 32) * SCROLL_STEP_MS


def test_sixteen_rows_show_large_characters_or_two_small_lines():
    sign = Sign(96, 16)
    assert sign.fits("A012 > 3")
    assert not sign.fits("A012 > 13")
    assert sign.reading_ms("A012 > 3") == sign.reading_ms("A012 > 13\nX") == 0
    sign.show("A012 > 3", 0)
    sign.dot(True, 0)
    lines = rows_of(sign.render(0), 96)
    assert "#" not in lines[0]
    assert lines[15] == "." * 95 + "#", "the last row is only for the dot"
    assert lines[1][1:95].count("#") >= 8
    sign.show("A012\n> 3", 0)
    sign.dot(False, 0)
    lines = rows_of(sign.render(0), 96)
    for first, text in ((0, "A012"), (8, "> 3")):
        small = Sign(96)
        small.show(text, 0)
        assert lines[first : first + 8] == rows_of(small.render(0), 96), text


def test_on_sixteen_rows_a_long_text_scrolls_by_two_columns():
    sign = Sign(32, 16)
    sign.show("A012 > 3", 0)
    before = rows_of(sign.render(0), 32)
    start = before
    steps = 0
    while True:
        seen = rows_of(sign.render(sign.due_ms), 32)
        steps += 1
        for y in range(16):
            assert seen[y][:30] == before[y][2:], (steps, y)
        before = seen
        if seen == start:
            break
    assert steps == (8 + 2) * 12 // 2, steps


def rows_of(frame, width):
    stride = width // 8
    rows = []
    for at in range(0, len(frame), stride):
        bits = int.from_bytes(bytes(frame[at : at + stride]), "big")
        rows.append("".join(["#" if bits >> (width - 1 - x) & 1 else "." for x in range(width)]))
    return rows
