"""`loket board add | retire`: who belongs to a hall.

The register is kept in a running hall or a stopped one, both through the one writer: over the
broker when a gateway is running, else by being the writer for a moment. The secret is made here and
never leaves but on the screen; the gateway and the broker get its hash.
"""

import argparse
import json
from typing import TYPE_CHECKING

from firmware.wire import topics, words
from gateway.cli.asking import ask_hall
from gateway.cli.board.said import fail, honoured, no_id, refused
from gateway.cli.language import said

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers


def add_to(commands: "SubParsers") -> None:
    """Add this file's sub-commands; they set `run`."""
    add = commands.add_parser("add", help="register a board and make its secret")
    add.add_argument("id", metavar="ID", help="such as counter-03: a-z, 0-9, - and _")
    add.add_argument("--role", required=True, choices=words.ROLES, help="what it is for")
    add.add_argument("--counter", type=int, metavar="N", help="the counter it is mounted at")
    add.add_argument("--spare", action="store_true", help="at no counter: it waits to replace one")
    add.add_argument("--json", action="store_true", help="print id, secret, host and port as JSON")
    add.set_defaults(run=run_add)
    retire = commands.add_parser("retire", help="withdraw a board's secret and clear its topics")
    retire.add_argument("id", metavar="ID")
    retire.set_defaults(run=run_retire)


def run_add(args: argparse.Namespace) -> int:
    """Register a board; on return the broker honours its secret. 0, or 1 with the reason."""
    if not topics.is_board_id(args.id):
        return fail(said(*no_id(args.id)))
    if args.spare and args.counter is not None:
        return fail(
            said(
                "cadangan tidak punya loket: jangan beri --counter",
                "a spare is at no counter: leave --counter out",
            )
        )
    if args.role == "counter" and args.counter is None and not args.spare:
        return fail(
            said(
                "papan loket perlu --counter N, loket tempatnya dipasang, atau --spare",
                "a counter board needs --counter N, the counter it is mounted at, or --spare",
            )
        )
    from gateway.fleet.secrets import hash_secret, new_secret
    from gateway.fleet.update_keys import key_of

    secret = new_secret()
    wish: dict[str, object] = {
        "ev": "board_add",
        "board": args.id,
        "role": args.role,
        "secret_hash": hash_secret(secret),
        "update_key": key_of(secret),
    }
    if args.spare:
        wish["spare"] = True
    if args.counter is not None:
        wish["counter"] = args.counter
    settings, receipt = ask_hall(wish)
    if receipt["st"] != words.ACCEPTED:
        return refused(receipt, args.id, args.counter)
    from gateway.fleet.address import address

    host, port = address(settings)
    made = {"id": args.id, "secret": secret, "host": host, "port": port}
    if args.json:
        print(json.dumps(made))
    else:
        print(
            said(
                f"{args.id} terdaftar. Rahasianya ditampilkan sekali ini saja:",
                f"{args.id} is registered. Its secret is shown this once:",
            )
        )
        print(f"  {said('rahasia', 'secret')} {secret}\n  broker {host}:{port}")
    return honoured(receipt)


def run_retire(args: argparse.Namespace) -> int:
    """Retire a board; on return the broker refuses it. 0, or 1 with the reason."""
    _, receipt = ask_hall({"ev": "board_retire", "board": args.id})
    if receipt["st"] != words.ACCEPTED:
        return refused(receipt, args.id, None)
    print(
        said(
            f"{args.id} dipensiunkan: rahasianya dihapus dan topiknya dikosongkan.",
            f"{args.id} is retired: its secret is deleted and its topics are cleared.",
        )
    )
    return honoured(receipt)
