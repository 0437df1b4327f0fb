"""The command line `loket`: one file per command, none of which is loaded before it is asked for.

A file has `add_parser(subparsers)`, which sets the default `run` to a function that takes the
parsed words and gives the exit status.
"""

import errno
import importlib
import os
import sys
from pathlib import Path

from gateway.cli.board import COMMANDS as BOARD_COMMANDS
from gateway.cli.language import said, speak, take_language, why_of_system
from gateway.cli.parser import Parser, put_into_language
from gateway.config import ConfigError, Settings

# name of the file and the command -> its line in `loket --help`
COMMANDS = {
    "run": "open the hall and keep it running until Ctrl-C",
    "board": "add, find, flash, diagnose and retire boards",
    "person": "set and take away passwords for the console",
    "update": "bring firmware, networks and secrets to the boards, in stages",
    "boards": "check, wire and buy the kinds of boards",
    "release": "make, check and keep releases of the firmware",
    "site": "look at site files",
    "clock": "show whether the machine's clock is believed, or accept it",
    "order": "ask the hall for what a console may ask: close a queue, hold an agency, ...",
    "why": "tell why a number was called when it was, and what passed it",
    "journal": "check the journal and its snapshot, or make a new one",
}

# Of these the system does not say which file.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


def main(words: list[str] | None = None) -> int:
    """Do what the command line says and give its exit status."""
    lang, words = take_language(sys.argv[1:] if words is None else words)
    speak(lang)
    parser = _parser(words)
    put_into_language(parser)
    args = parser.parse_args(words)
    args.lang = lang
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except ConfigError as error:
        print(f"loket: {said(error.text_id, str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads has seen enough, as `head` does. What is left goes nowhere, also at our end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None and error.errno not in _DISK:
            raise
        text = _unusable(error) if error.filename is not None else _disk(error)
        print(f"loket: {text}", file=sys.stderr)
        return 1
    except _journal_error() as error:
        print(f"loket: {said(f'jurnal tidak dapat dipakai: {error}', str(error))}", file=sys.stderr)
        return 1
    return status


def _journal_error() -> type[Exception]:
    # Loaded only once something has gone wrong.
    from gateway.journal import JournalError

    return JournalError


def _disk(error: OSError) -> str:
    why, home = why_of_system(error), Settings.from_env().paths.home
    return said(
        f"tidak dapat ditulis: {why}. Ruang layanan ada di {home}: sediakan ruang, lalu ulangi.",
        f"it cannot be written: {why}. The hall is in {home}: make room, then try again.",
    )


def _parser(words: list[str]) -> Parser:
    parser = Parser(
        prog="loket", description="Counters, tickets and sensors of a public-service hall."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked_for = next((word for word in words if not word.startswith("-")), None)
    for name, help_line in COMMANDS.items():
        if name == asked_for:
            importlib.import_module(f"gateway.cli.{name}").add_parser(commands)
        else:
            commands.add_parser(name, help=help_line)
    if asked_for in BOARD_COMMANDS:
        # In haste `board` is left out.
        parser.error(
            said(
                f"tidak ada perintah {asked_for!r}; maksud Anda `loket board {asked_for}`?",
                f"there is no command {asked_for!r}; did you mean `loket board {asked_for}`?",
            )
        )
    return parser


def _unusable(error: OSError) -> str:
    file = Path(os.fsdecode(error.filename))
    text = (
        said(f"{file} tidak dapat dipakai", f"{file} cannot be used") + f": {why_of_system(error)}"
    )
    if not isinstance(error, PermissionError):
        return text
    # A hall belongs to the user who opens it, and nobody else reads its secrets.
    there = next((folder for folder in (file, *file.parents) if os.path.lexists(folder)), file)
    try:
        owner = there.owner()
    except (OSError, KeyError):
        return text
    return text + said(
        f". Jalankan sebagai pemiliknya: `sudo -u {owner} loket ...`",
        f". Run it as its owner: `sudo -u {owner} loket ...`",
    )
