"""`loket order EVENT field=value …`: whatever a console may ask of the hall, from the command line.

The same events over the same road (docs/contract.md), in a running hall or a stopped one; for
instance `loket order queue_close queue=A how=carry` or `loket order hold agency=imigrasi`.
"""

import argparse
import json
import sys
from typing import TYPE_CHECKING

import orjson

from firmware.wire import words
from firmware.wire.codec import BadPayload
from firmware.wire.events import CONSOLE_EVENTS, read_console_event
from gateway.cli.asking import ask_hall
from gateway.cli.parser import RawFormatter

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

# These make or withdraw a secret as well: `loket board` does both.
_NOT_HERE = ("board_add", "board_secret", "board_retire")


def add_parser(subparsers: "SubParsers") -> None:
    """Add `order`, which sets `run`."""
    parser = subparsers.add_parser(
        "order",
        help="ask the hall for what a console may ask",
        formatter_class=RawFormatter,
        epilog="events and their fields, optional ones in brackets:\n" + _list(),
    )
    parser.add_argument("event", metavar="EVENT", help="such as queue_close, hold or settings")
    parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="lists with commas")
    parser.add_argument("--by", default="", metavar="PERSON", help="who asks, for the journal")
    parser.add_argument("--json", action="store_true", help="print the receipt as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, and print the answer; 0 if accepted, else 1 with the reason."""
    if args.event not in CONSOLE_EVENTS or args.event in _NOT_HERE:
        known = ", ".join(name for name in CONSOLE_EVENTS if name not in _NOT_HERE)
        return _fail(f"there is no order {args.event!r}; there are: {known}")
    try:
        wish = _wish(args.event, args.fields)
        read_console_event({**wish, "by": args.by})
    except BadPayload as error:
        return _fail(f"{args.event}: {error}")
    _, receipt = ask_hall({**wish, "by": args.by})
    receipt = {name: value for name, value in receipt.items() if name not in ("key", "honoured")}
    if args.json:
        print(json.dumps(receipt))
    elif receipt["st"] == words.ACCEPTED:
        print(_told(receipt) or "accepted")
    if receipt["st"] == words.ACCEPTED:
        return 0
    text = receipt.get("text") or receipt.get("detail")
    return _fail(f"{receipt.get('why', receipt['st'])}{f': {text}' if text else ''}")


def _wish(event: str, given: list[str]) -> dict[str, object]:
    kinds = {field[0]: field[1] for field in CONSOLE_EVENTS[event]}
    wish: dict[str, object] = {"ev": event}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals or name not in kinds:
            allowed = ", ".join(f"{known}=…" for known in kinds) or "no fields"
            raise BadPayload(name, f"found {pair!r}, allowed {allowed}")
        wish[name] = _value(name, kinds[name], text)
    return wish


def _value(name: str, kind: object, text: str) -> object:
    if kind == "strs":
        return text.split(",")
    if kind in ("int", "int_or_null", "number", "bool", "dict"):
        try:
            return orjson.loads(text)
        except ValueError as error:
            raise BadPayload(name, f"found {text!r}, {_FORMS[str(kind)]} is needed") from error
    return text


_FORMS = {
    "int": "a whole number",
    "int_or_null": "a whole number or null",
    "number": "a number",
    "bool": "true or false",
    "dict": 'JSON like {"site": {"capacity": 80}}',
}


def _told(receipt: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in receipt.items() if name != "st")


def _list() -> str:
    lines = []
    for event, fields in CONSOLE_EVENTS.items():
        if event not in _NOT_HERE:
            names = [name if needed else f"[{name}]" for name, _, needed, *_ in fields]
            lines.append(f"  {event:<12} {' '.join(names)}")
    return "\n".join(lines)


def _fail(text: str) -> int:
    print(f"loket: {text}", file=sys.stderr)
    return 1
