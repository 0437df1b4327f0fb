"""`loket board ...`: everything about single boards, one file for related sub-commands.

A file has `add_to(commands)`, which adds its sub-commands and sets their default `run`.
"""

import argparse
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]
# Sub-command -> the file of this folder that has it, in the order of `loket board --help`.
COMMANDS = {
    "add": "register",
    "retire": "register",
    "flash": "flash",
    "label": "label",
    "replace": "moves",
    "rename": "moves",
    "log": "log",
    "list": "listing",
    "doctor": "doctor",
    "restart": "orders",
    "identify": "orders",
    "selftest": "orders",
    "config": "config",
}


def add_parser(subparsers: "SubParsers") -> None:
    """Add `board` with its own sub-commands."""
    board = subparsers.add_parser("board", help="add, find, flash, diagnose and retire boards")
    commands = board.add_subparsers(dest="board_command", required=True, metavar="COMMAND")
    for name in dict.fromkeys(COMMANDS.values()):
        importlib.import_module(f"gateway.cli.board.{name}").add_to(commands)
