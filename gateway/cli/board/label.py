"""`loket board label`: name, place and QR code for the cases of boards."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.asking import settings_of_hall
from gateway.cli.board.said import fail, not_registered
from gateway.cli.language import said, why_of_system

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers


def add_to(commands: "SubParsers") -> None:
    """Add `label`."""
    label = commands.add_parser("label", help="draw the label for a board's case, or for all")
    label.add_argument("id", nargs="?", metavar="ID", help="such as counter-03")
    label.add_argument("--all", action="store_true", help="every registered board, on A4 sheets")
    label.add_argument("--out", type=Path, metavar="FILE", help="write there: .svg, or .html")
    label.add_argument(
        "--console", default="", metavar="URL",
        help="address of the pages for phones: the code opens the board's page",
    )  # fmt: skip
    label.set_defaults(run=run_label)


def run_label(args: argparse.Namespace) -> int:
    """Print or write labels; 1 with the reason if there are none."""
    if bool(args.id) == args.all:
        return fail(
            said(
                "sebutkan papannya: ID atau --all, salah satu",
                "say which board: an ID or --all, one of them",
            )
        )
    if args.out is not None and args.out.suffix not in (".svg", ".html"):
        return fail(
            said(
                f"{args.out}: perlu berkas yang berakhir .svg atau .html",
                f"{args.out}: a file that ends in .svg or .html is needed",
            )
        )
    if args.console and not args.console.startswith(("http://", "https://")):
        return fail(
            said(
                f"--console {args.console}: perlu alamat yang dimulai dengan http:// atau https://",
                f"--console {args.console}: an address that begins with http:// or https://"
                " is needed",
            )
        )
    from gateway.fleet import label as labels
    from gateway.service.register_view import registered_boards
    from gateway.site import SiteError, load_site

    settings = settings_of_hall()
    try:
        site = load_site(settings.site)
    except SiteError as e:
        return fail(
            said(f"berkas site tidak dapat dipakai: {e}", f"the site file cannot be used: {e}")
        )
    named = {board.id: board.place for board in site.boards}
    places: dict[str, str] = {}
    for known in registered_boards(settings):
        board, counter = str(known["id"]), known["counter"]
        at = f"{site.counter_word} {counter}" if counter else ""
        places[board] = named.get(board) or at
    if args.id and args.id not in places:
        return fail(not_registered(args.id))
    if not places:
        return fail(
            said(
                "belum ada papan terdaftar: `loket board flash ID`",
                "no boards are registered yet: `loket board flash ID`",
            )
        )
    chosen = [
        labels.label_of(board, places[board], site.id, site.name, args.console)
        for board in ([args.id] if args.id else places)
    ]
    if args.out is None and args.id and sys.stdout.isatty():
        print(labels.text(chosen[0]), end="")
        return 0
    try:
        if args.out is not None and args.out.suffix == ".html":
            drawn = labels.sheets(chosen)
        else:
            drawn = labels.svg(chosen[0]) if args.id else labels.sheet(chosen)
    except ValueError as error:
        return fail(
            said(
                f"{error}: tulis ke berkas yang berakhir .html",
                f"{error}: write them to a file that ends in .html",
            )
        )
    if args.out is None:
        print(drawn, end="")
        return 0
    try:
        args.out.write_text(drawn, encoding="utf-8")
    except OSError as error:
        return fail(
            said(
                f"{args.out} tidak dapat ditulis: {why_of_system(error)}",
                f"{args.out} cannot be written: {why_of_system(error)}",
            )
        )
    return 0
