"""What is seen of a flash: bars on a terminal, plain lines without one, in one language."""

import io

import pytest

from gateway.cli.board.flash_screen import Screen
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
