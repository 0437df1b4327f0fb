"""`loket board restart | identify | selftest`: telling a connected board to do something.

Through the workshop, which waits for the board's own answer; where it does not run, through the
gateway, which knows only that it has sent the order.
"""

import argparse
from typing import TYPE_CHECKING

from firmware.wire import words
from gateway.cli.asking import ask_hall
from gateway.cli.board.said import fail, not_registered, refused
from gateway.cli.language import language, said
from gateway.cli.workshop import workshop
from gateway.config import ConfigError

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers

# Sub-command, the contract's word, help.
_TOLD = (
    ("restart", words.RESTART, "let a board start anew"),
    ("identify", words.IDENTIFY, "let a board show itself for a moment"),
    ("selftest", words.SELF_TEST, "let a board walk through its parts with whoever stands there"),
)
WORDS = {
    "id": {
        "done": "{board} melakukannya.",
        "sent": "{board} diminta melakukannya.",
    },
    "en": {
        "done": "{board} does it.",
        "sent": "{board} is told to do it.",
    },
}
# The board has 5 s, and the workshop waits 3 s longer.
_ANSWER_WITHIN_S = 14.0
_NOT_THERE = ("unknown_ask", "no_gateway")


def add_to(commands: "SubParsers") -> None:
    """Add this file's sub-commands; they set `run`."""
    for name, cmd, what in _TOLD:
        tell = commands.add_parser(name, help=what)
        tell.add_argument("id", metavar="ID")
        tell.set_defaults(run=run, cmd=cmd)


def run(args: argparse.Namespace) -> int:
    """Tell a connected board to do something by itself. 0, or 1 with the reason."""
    lang, away = language(args), ""
    try:
        with workshop() as line:
            answer = line.ask("cmd", _ANSWER_WITHIN_S, board=args.id, cmd=args.cmd)
    except ConfigError as error:
        answer = {"st": words.REFUSED, "why": _NOT_THERE[0]}
        away = said(error.text_id, str(error))
    if answer["st"] == words.ACCEPTED:
        print(WORDS[lang]["done"].format(board=args.id))
        return 0
    if answer.get("why") == words.UNKNOWN_BOARD:
        return fail(not_registered(args.id))
    if answer.get("why") not in _NOT_THERE:
        return fail(f"{args.id}: {answer.get(f'text_{lang}') or answer.get('why')}")
    _, receipt = ask_hall({"ev": "board_cmd", "board": args.id, "cmd": args.cmd})
    if receipt["st"] != words.ACCEPTED:
        if receipt.get("why") == words.WRONG_STATE and away:
            return fail(away)  # the hall is closed
        return refused(receipt, args.id, None)
    print(WORDS[lang]["sent"].format(board=args.id))
    return 0
