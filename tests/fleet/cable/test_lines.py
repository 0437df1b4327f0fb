"""What a board prints becomes lines for people, whatever else is on the line."""

from firmware.wire.frames import frame
from gateway.fleet.cable.lines import Lines, is_text


def test_bytes_become_lines_wherever_they_are_cut() -> None:
    said = "wifi: cannot join Balai\r\nantrean é\n\n>>> ".encode()
    for at in range(len(said)):
        lines = Lines()
        got = lines.cut(said[:at]) + lines.cut(said[at:])
        assert got == ["wifi: cannot join Balai", "antrean é"]
        assert lines.flush() == [">>>"]
        assert lines.flush() == []


def test_a_wired_boards_frames_are_left_out() -> None:
    lines = Lines()
    said = frame(1, 2, 3, 4, b"one\ntwo") + b"hello\n" + frame(1, 2, 3, 5, b"x\n")
    got = []
    for byte in said:
        got += lines.cut(bytes((byte,)))
    assert got == ["hello"]
    assert lines.cut(b"and more") == []
    assert lines.flush() == ["and more"]


def test_nothing_moves_the_cursor_and_noise_is_told_from_text() -> None:
    lines = Lines()
    (shown,) = lines.cut(b"a\x1b[2J\x07\tb\n")
    assert shown == "a\ufffd[2J\ufffd    b"
    assert is_text(shown)
    (noise,) = lines.cut(bytes(range(128, 160)) + b"\n")
    assert not is_text(noise)


def test_a_line_without_end_is_shown_in_pieces() -> None:
    lines = Lines()
    got = lines.cut(b"x" * 1_000)
    assert [len(line) for line in got] == [400, 400]
    assert lines.flush() == ["x" * 200]
