"""`loket person password | list | remove`: who may sign in on the technicians' pages."""

import argparse
import getpass
import json
import re
import sys
from typing import TYPE_CHECKING

from gateway.cli.language import said
from gateway.config import ConfigError

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_ID = re.compile(r"[a-z][a-z0-9._-]{0,31}")


def add_parser(subparsers: "SubParsers") -> None:
    """Add `person` with its sub-commands; they set `run`."""
    from gateway.domain.people import ROLES, TECHNICIAN

    person = subparsers.add_parser("person", help="set and take away passwords for the console")
    commands = person.add_subparsers(dest="person_command", required=True, metavar="COMMAND")
    password = commands.add_parser(
        "password",
        help="set a person's password",
        description="Set a person's password: asked for twice, or one line of standard input.",
    )
    password.add_argument("id", metavar="ID", help="as in [[people]] of the site file")
    password.add_argument("--role", choices=ROLES, default=TECHNICIAN, help="(default: technician)")
    password.set_defaults(run=run_password)
    ls = commands.add_parser("list", help="show who has a password")
    ls.add_argument("--json", action="store_true", help="print them as JSON")
    ls.set_defaults(run=run_list)
    remove = commands.add_parser("remove", help="take a person's password away")
    remove.add_argument("id", metavar="ID")
    remove.set_defaults(run=run_remove)


def run_password(args: argparse.Namespace) -> int:
    """Set a password; who was signed in with the former one is signed out."""
    from gateway.cli.asking import settings_of_hall
    from gateway.fleet.people import set_password

    if not _ID.fullmatch(args.id):
        raise ConfigError(
            f"{args.id!r} cannot be a person's id: a-z first, then a-z, 0-9, . - and _, at most 32",
            f"{args.id!r} tidak dapat menjadi id orang: a-z di depan, lalu a-z, 0-9, . - dan _,"
            " paling banyak 32",
        )
    settings = settings_of_hall()
    set_password(settings.paths, args.id, _ask(args.id), args.role)
    print(
        said(
            f"{args.id} dapat masuk sebagai {args.role}.", f"{args.id} can sign in as {args.role}."
        )
    )
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print who can sign in, and as what."""
    from gateway.cli.asking import settings_of_hall
    from gateway.fleet.people import people

    known = {name: about["role"] for name, about in people(settings_of_hall().paths).items()}
    if args.json:
        print(json.dumps([{"person": name, "role": role} for name, role in known.items()]))
    elif not known:
        print(
            said(
                "Belum ada yang dapat masuk: `loket person password ID`.",
                "Nobody can sign in yet: `loket person password ID`.",
            )
        )
    else:
        for name, role in known.items():
            print(f"{name:<32} {role}")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Take a password away; 1 if there was none."""
    from gateway.cli.asking import settings_of_hall
    from gateway.fleet.people import remove_person

    if not remove_person(settings_of_hall().paths, args.id):
        raise ConfigError(
            f"{args.id} has no password: `loket person list` shows who has",
            f"{args.id} tidak punya kata sandi: `loket person list` menunjukkan siapa yang punya",
        )
    print(
        said(
            f"{args.id} tidak dapat masuk lagi, dan sudah dikeluarkan.",
            f"{args.id} can sign in no more, and is signed out.",
        )
    )
    return 0


def _ask(person: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    question = said(f"Kata sandi baru {person}: ", f"New password of {person}: ")
    password = getpass.getpass(question)
    if getpass.getpass(said("Sekali lagi: ", "Once more: ")) != password:
        raise ConfigError(
            "the two passwords differ; nothing was changed",
            "kedua kata sandi berbeda; tidak ada yang diubah",
        )
    return password
