"""Help and errors of the command line itself: in both languages, and with the way on."""

import argparse
import importlib

import pytest

from gateway.cli import COMMANDS, main
from gateway.cli.help_id import HELP_ID
from gateway.cli.language import take_language
from gateway.cli.parser import Parser


def texts(parser: argparse.ArgumentParser) -> set[str]:
    """Give all that a parser and its sub-commands show in their help."""
    found = {parser.description, parser.epilog, *(group.title for group in parser._action_groups)}
    for action in parser._actions:
        found |= {action.help, action.metavar if isinstance(action.metavar, str) else None}
        if isinstance(action, argparse._SubParsersAction):
            found |= {line.help for line in action._choices_actions}
            for command in action.choices.values():
                found |= texts(command)
    return {text.partition("\n")[0] for text in found if text}


def test_every_text_of_help_is_there_in_indonesian() -> None:
    parser = Parser(description="Counters, tickets and sensors of a public-service hall.")
    commands = parser.add_subparsers()
    for name in COMMANDS:
        importlib.import_module(f"gateway.cli.{name}").add_parser(commands)
    assert texts(parser) | set(COMMANDS.values()) == set(HELP_ID)


def ended(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    out = capsys.readouterr()
    return end.value.code, out.out + out.err


@pytest.mark.parametrize(
    ("words", "status", "part"),
    [
        ("--help", 0, "mengisi, memeriksa"),
        ("board flash -h", 0, "misalnya counter-03"),
        ("board", 2, "yang disebut setelah perintah:\n  PERINTAH\n    add "),
        ("bord", 2, "loket: tidak ada perintah 'bord'; maksud Anda board? Yang ada: run, board,"),
        ("doctor x", 2, "tidak ada perintah 'doctor'; maksud Anda `loket board doctor`?"),
        ("board flsh c", 2, "loket board: tidak ada perintah 'flsh'; maksud Anda flash? Yang ada"),
        ("board zzz", 2, "tidak ada perintah 'zzz'. Yang ada: add, retire,"),
        ("board flash c --prot=x", 2, "loket board flash: tidak ada pilihan --prot; maksud Anda"
         " --port?\n       Bantuan: `loket board flash --help`\n"),
        ("board flash c d", 2, "'d' berlebih di sini"),
        ("board add c", 2, "belum disebut: --role"),
        ("board retire", 2, "belum disebut: ID"),
        ("update start", 2, "belum disebut: VERSI"),
        ("board add c --role countr", 2, "--role: 'countr' tidak ada; maksud Anda counter? Yang"),
        ("board add c --role counter --counter x", 2, "--counter: 'x' bukan bilangan bulat"),
        ("board flash c --port", 2, "--port perlu sebuah nilai di belakangnya"),
        ("board list --json=3", 2, "--json tidak memakai nilai, tetapi diberi '3'"),
        ("board log c --port x", 2, "--port tidak dapat bersama ID"),
        ("board flash c --k x", 2, "--k dapat berarti --kind, --keep: tulis lengkap"),
        ("why A001 --day x", 2, "--day: 'x' bukan tanggal seperti 2026-11-23"),
        ("board list --lang fr", 2, "--lang: 'fr' tidak ada. Yang ada: id, en"),
        ("board list --lang", 2, "--lang perlu sebuah nilai di belakangnya"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_indonesian(
    words: str, status: int, part: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    got, said = ended(capsys, *words.split())
    assert (got, part in said) == (status, True), said
    english = ("usage", "argument", "invalid", "expected", "Help", "option ", "show ")
    assert not any(word in said for word in english), said


def test_the_same_in_english(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    for words in (["--lang", "en", "board", "flsh"], ["board", "flsh", "--lang=en"]):
        said = ended(capsys, *words)[1]
        assert said.startswith("loket board: there is no command 'flsh'; did you mean flash? There")
        assert said.endswith("Help: `loket board --help`\n")
    assert "put firmware and settings" in ended(capsys, "board", "--help", "--lang", "en")[1]


@pytest.mark.parametrize(
    ("words", "lang", "left"),
    [
        ("board list", None, "board list"),
        ("--lang id board list", "id", "board list"),
        ("board --lang=en list --json", "en", "board list --json"),
        ("board list --lang", None, "board list --lang"),
        ("board list --lang de", None, "board list --lang de"),
        ("order take -- --lang en", None, "order take -- --lang en"),
    ],
)
def test_the_language_may_be_said_anywhere(words: str, lang: str | None, left: str) -> None:
    assert take_language(words.split()) == (lang, left.split())
