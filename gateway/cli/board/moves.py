"""`loket board replace | rename`: a board takes over another id, by itself and with no cable."""

import argparse
from typing import TYPE_CHECKING, Any

from firmware.wire import words
from gateway.cli.asking import settings_of_hall
from gateway.cli.board.said import fail, not_registered
from gateway.cli.language import language, said
from gateway.cli.update import watch
from gateway.cli.workshop import workshop

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers


def add_to(commands: "SubParsers") -> None:
    """Add this file's sub-commands; they set `run`."""
    replace = commands.add_parser("replace", help="let a spare take over a dead board's place")
    replace.add_argument("id", metavar="DEAD", help="the board that is replaced")
    how = replace.add_mutually_exclusive_group()
    how.add_argument("--with", dest="spare", metavar="SPARE", help="which (else one that is on)")
    how.add_argument("--port", metavar="PORT", help="no spare: flash the new board at this port")
    replace.add_argument("--kind", metavar="KIND", help="with --port: the new board's kind")
    replace.add_argument("--no-wait", action="store_true", help="do not watch it")
    replace.set_defaults(run=run_replace)
    rename = commands.add_parser("rename", help="give a board another id")
    rename.add_argument("id", metavar="OLD")
    rename.add_argument("to", metavar="NEW")
    rename.add_argument("--in-service", action="store_true", help="also in service hours")
    rename.add_argument("--no-wait", action="store_true", help="do not watch it")
    rename.set_defaults(run=run_rename)


def run_replace(args: argparse.Namespace) -> int:
    """Put a spare, or a board at a port, in a dead board's place. 0 once it is ready, else 1."""
    if args.port is not None:
        return _flash(args)
    if args.kind is not None:
        return fail(
            said(
                "--kind hanya bersama --port: cadangan sudah punya jenisnya",
                "--kind goes with --port: a spare has its kind already",
            )
        )
    return _ask(args, "replace", board=args.id, spare=args.spare)


def run_rename(args: argparse.Namespace) -> int:
    """Give a board another id. 0 once it is there under it, 3 if that waits, else 1."""
    return _ask(args, "rename", board=args.id, to=args.to, in_service=args.in_service)


def _flash(args: argparse.Namespace) -> int:
    # A board's new secret is what refuses the dead one: `flash` does the same.
    from gateway.cli import main
    from gateway.service.register_view import registered_boards

    if not any(board["id"] == args.id for board in registered_boards(settings_of_hall())):
        return fail(not_registered(args.id))
    more = [] if args.kind is None else ["--kind", args.kind]
    more += ["--no-wait"] if args.no_wait else []
    more += [] if args.lang is None else ["--lang", args.lang]
    return main(["board", "flash", args.id, "--port", args.port, *more])


def _ask(args: argparse.Namespace, name: str, **wish: Any) -> int:
    with workshop() as line:
        answer = line.ask(name, **wish)
    if answer["st"] != words.ACCEPTED:
        return fail(str(answer.get(f"text_{language(args)}") or answer.get("why")))
    word = {"id": "menjadi", "en": "becomes"}[language(args)]
    print(f"{answer['board']} {word} {answer['to']}.")
    return 0 if args.no_wait else watch()
