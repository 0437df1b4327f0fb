"""Files that are no site file at all: unreadable, no text, no TOML."""

import os
from pathlib import Path

import pytest

from gateway.site import SiteError, load_site
from gateway.site.load import check_text
from gateway.site.problems import Problem
from gateway.toml.read import MAX_BYTES
from tests.site.cases import GOOD


def fault_of(path: Path) -> Problem:
    with pytest.raises(SiteError) as caught:
        load_site(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem


def test_no_file(tmp_path: Path) -> None:
    assert "No such file" in fault_of(tmp_path / "site.toml").found


def test_a_folder(tmp_path: Path) -> None:
    assert fault_of(tmp_path).found == "a folder"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "site.toml")
    assert fault_of(tmp_path / "site.toml").found == "no regular file"


def test_a_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    assert "no readable file" in fault_of(tmp_path / "x" / "site.toml").found


def test_a_large_file(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert fault_of(tmp_path / "site.toml").allowed == "at most 256 KiB"


def test_a_file_that_is_no_utf_8_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"[site]\nname = '\xe9'\n")
    problem = fault_of(tmp_path / "site.toml")
    assert problem.line == 2
    assert "0xe9" in problem.found
    assert "UTF-8" in problem.allowed


def test_an_editors_mark_and_line_ends_of_windows_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_site(file).id == "hall"
    file.write_bytes(file.read_bytes().replace(b'"Asia/Jakarta"', b'"WIB"'))
    assert fault_of(file).line == 4


SYNTAX = {
    "no equals sign": ("zone", 4, "without =", "key = value"),
    "key twice": ('id = "a"', 4, "there already", "once"),
    "text without an end": ('zone = "Asia', 4, "text that does not end", "between two"),
    "no value": ("zone =", 4, "cannot be read", "quotes"),
    "text without quotes": ("zone = Asia/Jakarta", 4, "cannot be read", "quotes"),
    "table twice": ("[site]", 4, "there already", "once"),
    "list without an end": ("closures = [2026-12-25\nx = 1", 5, "list", "["),
    "impossible date": ("closures = [2026-02-30]", 4, "no calendar", "2026-12-25"),
    "two on a line": ('zone = "A" sign_in = true', 4, "more after the value", "a line"),
    "no statement": ("= 1", 4, "neither key nor table", "key = value"),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_a_fault_of_the_form_has_its_line_and_plain_words(name: str) -> None:
    text, line, found, allowed = SYNTAX[name]
    with pytest.raises(SiteError) as caught:
        check_text(f'[site]\nid = "a"\nname = "a"\n{text}\n', "x.toml")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert found in problem.found
    assert allowed in problem.allowed


@pytest.mark.parametrize(
    "text",
    ["", "[" * 100_000, "a = " + "[" * 50_000, "a = " + "{a=" * 50_000, "a = " + "9" * 5_000,
     ".".join("a" * 2_000) + " = 1", "[[hours]]\n[[hours.service]]\nx=1", "\0", "site = nan"],
    ids=["empty", "headers", "lists", "tables", "digits", "dots", "lists for tables", "nul", "nan"],
)  # fmt: skip
def test_absurd_texts_are_refused_like_all_others(text: str) -> None:
    with pytest.raises(SiteError) as caught:
        check_text(text, "x.toml")
    assert str(caught.value)
