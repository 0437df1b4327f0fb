"""What is seen of a flash: bars on a terminal, plain lines without one, in one language."""

import io
import re

import pytest

from gateway.cli.board.flash_screen import Screen, _line
from gateway.cli.language import language_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("chosen", "env", "spoken"),
    [
        (None, {}, "id"),
        (None, {"LANG": "id_ID.UTF-8"}, "id"),
        (None, {"LANG": "C.UTF-8"}, "id"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8", "LC_ALL": "id_ID.UTF-8"}, "id"),
        ("id", {"LANG": "en_GB.UTF-8"}, "id"),
    ],
)
def test_indonesian_unless_english_is_spoken(
    chosen: str | None, env: dict[str, str], spoken: str
) -> None:
    assert language_of(chosen, env) == spoken


def test_without_a_terminal_a_step_is_a_line() -> None:
    out = io.StringIO()
    screen = Screen(["c-1", "c-2"], "id", out)
    for done in range(0, 101, 10):
        screen.report("c-1", "files", done, 100)
    screen.report("c-2", "reset", 0, 0)
    screen.end("c-1", "c-1 siap.")
    lines = out.getvalue().splitlines()
    assert lines[0] == "c-1: menulis firmware"
    assert lines[1].startswith("c-2: Papan tidak menjawab. Tekan RESET")
    assert lines[2:] == ["c-1 siap."]


def test_on_a_terminal_each_board_has_its_bar() -> None:
    out = Terminal()
    screen = Screen(["c-1", "c-2"], "en", out)
    screen.report("c-1", "files", 50, 100)
    screen.report("c-2", "files", 100, 100)
    said = out.getvalue()
    assert "c-1: writing the firmware  [############............]  50 %" in said
    assert "c-2: writing the firmware  [########################] 100 %" in said
    assert said.count("\x1b[1A") == 1  # one line stood there, and was drawn anew
    screen.end("c-1", "c-1 is ready.")
    assert "\x1b[2A" in out.getvalue()


def test_on_a_narrow_terminal_the_bar_gives_way_and_the_figure_stays() -> None:
    words = "counter-03: menulis firmware"
    assert _line(words, 1, 2, 79) == f"{words}  [{'#' * 12}{'.' * 12}]  50 %"
    assert _line(words, 1, 2, 45) == f"{words}  [###....]  50 %"
    assert _line(words, 1, 2, 39) == f"{words}  50 %"
    assert _line(words, 2, 2, 19) == "counter-03: m 100 %"
    assert _line(words, 0, 0, 19) == words[:19]


def shown(text: str, columns: int) -> list[str]:
    """Give what stands on a terminal of so many columns after this was written to it."""
    lines, row, column, at = [""], 0, 0, 0
    while at < len(text):
        if found := re.match(r"\x1b\[(\d*)([AJK])", text[at:]):
            at += len(found[0])
            if found[2] == "A":
                row = max(0, row - int(found[1]))
            else:
                lines[row] = ""
            if found[2] == "J":
                del lines[row + 1 :]
            continue
        char = text[at]
        at += 1
        if char == "\r":
            column = 0
            continue
        if char == "\n" or column == columns:
            row, column = row + 1, 0
            if row == len(lines):
                lines.append("")
        if char != "\n":
            lines[row] = lines[row][:column].ljust(column) + char + lines[row][column + 1 :]
            column += 1
    return lines


def test_long_words_do_not_flood_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = Terminal()
    screen = Screen(["counter-01", "counter-02", "counter-03"], "id", out)
    for done in range(101):
        screen.report("counter-01", "files", done, 100)
        screen.report("counter-03", "reset", 0, 0)
        if done == 50:
            screen.end("counter-02", "counter-02: " + "sangat panjang " * 20)
    screen.end("counter-01", "counter-01 siap.")
    screen.end("counter-03", "counter-03 siap.")
    stands = shown(out.getvalue(), 80)
    assert sum("counter-01" in line for line in stands) == 1
    assert sum("counter-02" in line for line in stands) == 1
    assert sum("counter-03" in line for line in stands) == 1
    assert " ".join(stands).split().count("panjang") == 20  # nothing of why it failed is cut off


def test_who_reads_may_leave_and_the_board_is_written_all_the_same() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    screen = Screen(["c-1"], "en", Gone())
    screen.report("c-1", "files", 1, 2)
    screen.end("c-1", "c-1 is ready.")
