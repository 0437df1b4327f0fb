"""Frames: whole, stuffed, told from everything else that a line may carry."""

from firmware.wire import frames

ALL = bytes(range(256))
FORBIDDEN = (0x03, 0x11, 0x13)


def cut(data):
    """Give (bodies, texts) of a whole stream."""
    texts: "list[bytes]" = []
    cutter = frames.Cutter()
    cutter.text = texts.append
    bodies = cutter.cut(data)
    cutter.flush()
    return bodies, texts


def test_a_frame_comes_back_whole():
    for payload in (b"", b"x", b'{"ev":"next"}', ALL, b"\x7e\x10" * 128, b"\x10" * 320):
        whole = frames.frame(3, 0x7E10, 0x11, 0x03, payload)
        assert cut(whole) == ([b"\x03\x7e\x10\x11\x03" + payload], []), payload


def test_a_frame_holds_no_flag_and_no_byte_that_a_terminal_acts_on():
    for tag in (0x0303, 0x1113, 0x7E10):
        inner = frames.frame(3, tag, 0x11, 0x13, ALL)[1:-1]
        assert frames.FLAG not in inner
        for byte in FORBIDDEN:
            assert byte not in inner, byte


def test_it_comes_byte_by_byte_and_many_at_once():
    stream = b"".join(frames.frame(3, 1, n, 0, ALL[n : n + 5]) for n in range(20))
    cutter = frames.Cutter()
    one_by_one = []
    for n in range(len(stream)):
        one_by_one.extend(cutter.cut(stream[n : n + 1]))
    assert one_by_one == cut(stream)[0]
    assert [body[5:] for body in one_by_one] == [ALL[n : n + 5] for n in range(20)]


def test_what_stands_between_frames_is_handed_out():
    one = frames.frame(3, 1, 0, 0, b"one")
    two = frames.frame(3, 1, 1, 0, b"two")
    bodies, texts = cut(b"MicroPython v1.25\r\n" + one + b"link: no answer\n" + two + b"half a li")
    assert [body[5:] for body in bodies] == [b"one", b"two"]
    assert texts == [b"MicroPython v1.25\r\n", b"link: no answer\n", b"half a li"], texts


def test_a_bit_that_flips_makes_it_no_frame():
    whole = frames.frame(3, 1, 2, 3, b"take")
    for at in range(1, len(whole) - 1):
        for bit in range(8):
            bad = bytearray(whole)
            bad[at] ^= 1 << bit
            assert cut(bytes(bad))[0] == [], (at, bit)


def test_cut_off_at_any_byte_it_spoils_nothing_after_it():
    first = frames.frame(3, 1, 2, 3, b"\x7e first \x10")
    second = frames.frame(3, 1, 3, 3, b"second")
    for at in range(1, len(first) - 1):
        assert [body[5:] for body in cut(first[:at] + second)[0]] == [b"second"], at


def test_one_flag_between_two_frames_is_enough():
    one = frames.frame(3, 1, 0, 0, b"one")
    two = frames.frame(3, 1, 1, 0, b"two")
    assert len(cut(one + two[1:])[0]) == 2


def test_nothing_without_end_is_kept():
    cutter = frames.Cutter()
    handed = []
    cutter.text = lambda piece: handed.append(len(piece))
    for _ in range(100):
        assert cutter.cut(b"x" * 100) == []
    assert max(handed) <= frames.MAX_STUFFED_BYTES + 100
    assert sum(handed) >= 9_000
    # A frame just after the noise is still seen.
    assert len(cutter.cut(bytes(frames.frame(3, 1, 0, 0, b"here")))) == 1


def test_too_short_too_long_and_ill_stuffed_are_none():
    too_long = bytes(frames.frame(3, 1, 0, 0, b"x" * 321))
    for piece in (b"", b"x", b"\x10", b"\x10\x10", b"abc\x10", too_long[1:-1], b"\x00" * 9):
        assert frames.unframe(piece, 0, len(piece)) is None, piece
