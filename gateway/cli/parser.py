"""The command line's words: help in both languages, and what is said of one that does not fit."""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from gateway.cli.help_id import HELP_ID
from gateway.cli.language import LANGUAGES, said, speaks_english

_NEAR = 0.6  # `flsh` is near to `flash`, and `add` to nothing else
# argparse's own sentences, and ours. What is named like a choice may be near to one.
_SENTENCES = (
    (
        r"argument (?:COMMAND|PERINTAH): invalid choice: (?P<value>.+?)"
        r" \(choose from (?P<all>.*)\)",
        "tidak ada perintah {value}{near} Yang ada: {all}",
        "there is no command {value}{near} There are: {all}",
    ),
    (
        r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<all>.*)\)",
        "{name}: {value} tidak ada{near} Yang ada: {all}",
        "{name}: there is no {value}{near} There are: {all}",
    ),
    (
        r"the following arguments are required: (?P<name>.*)",
        "belum disebut: {name}",
        "not given: {name}",
    ),
    (
        r"argument (?P<name>.+?): expected (?:one|at least one) argument",
        "{name} perlu sebuah nilai di belakangnya",
        "{name} needs a value behind it",
    ),
    (
        r"argument (?P<name>.+?): not allowed with argument (?P<all>.*)",
        "{name} tidak dapat bersama {all}",
        "{name} does not go with {all}",
    ),
    (
        r"argument (?P<name>.+?): invalid int value: (?P<value>.*)",
        "{name}: {value} bukan bilangan bulat",
        "{name}: {value} is no whole number",
    ),
    (
        r"argument (?P<name>.+?): ignored explicit argument (?P<value>.*)",
        "{name} tidak memakai nilai, tetapi diberi {value}",
        "{name} takes no value, but was given {value}",
    ),
    (
        r"ambiguous option: (?P<name>.+?) could match (?P<all>.*)",
        "{name} dapat berarti {all}: tulis lengkap",
        "{name} may mean {all}: write it out",
    ),
    (
        r"argument (?P<name>.+?): (?P<value>.*) is no date like 2026-11-23",
        "{name}: {value} bukan tanggal seperti 2026-11-23",
        "{name}: {value} is no date like 2026-11-23",
    ),
)


class Parser(argparse.ArgumentParser):
    """A parser, also for sub-commands, that takes `--lang` and says in one line what is wrong."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **given})
        self.add_argument("--lang", choices=LANGUAGES, help="language (else that of LANG)")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse; but who met the word that nobody expects is who tells of it."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            word = left[0].partition("=")[0]
            if word.startswith("-"):
                near = _near(word, [name for a in self._actions for name in a.option_strings])
                text = said(f"tidak ada pilihan {word}{near}", f"there is no option {word}{near}")
            else:
                text = said(f"{word!r} berlebih di sini", f"{word!r} is one word too many here")
            self.error(text)
        return found, left

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, what was perhaps meant, and where help is; ends with 2."""
        if self._subparsers is not None and message.startswith("the following arguments"):
            self.print_help(sys.stderr)  # no command was given: these there are
            self.exit(2)
        see = said("Bantuan", "Help")
        self.exit(2, f"{self.prog}: {_told(message)}\n       {see}: `{self.prog} --help`\n")


class Formatter(argparse.HelpFormatter):
    """Help that begins with its language's word for usage."""

    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        word = said("pemakaian: ", "usage: ") if prefix is None else prefix
        super().add_usage(usage, actions, groups, word)


class RawFormatter(Formatter, argparse.RawDescriptionHelpFormatter):
    """The same, which leaves the lines of a description as they are."""


def put_into_language(parser: argparse.ArgumentParser) -> None:
    """Put the help of a parser and of its sub-commands into the language of this command."""
    if speaks_english():
        return
    parser.description, parser.epilog = _in_id(parser.description), _in_id(parser.epilog)
    for group in parser._action_groups:
        group.title = _in_id(group.title)
    for action in parser._actions:
        action.help = _in_id(action.help)
        if isinstance(action.metavar, str):
            action.metavar = _in_id(action.metavar)
        if isinstance(action, argparse._SubParsersAction):
            for line in action._choices_actions:
                line.help = _in_id(line.help)
            for command in action.choices.values():
                put_into_language(command)


def _in_id(text: str | None) -> str | None:
    if text is None:
        return None
    head, end, rest = text.partition("\n")
    return HELP_ID.get(head, head) + end + rest


def _told(message: str) -> str:
    for pattern, text_id, text_en in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            parts = {name: text or "" for name, text in found.groupdict().items()}
            choices = [word.strip("'") for word in parts.get("all", "").split(", ")]
            parts["near"] = _near(parts.get("value", "").strip("'\""), choices) or "."
            parts["all"] = ", ".join(choices)
            return said(text_id, text_en).format(**parts)
    return message


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, _NEAR)
    return said(f"; maksud Anda {near[0]}?", f"; did you mean {near[0]}?") if near else ""
