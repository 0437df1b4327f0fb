"""`loket boards check | wiring | parts`: the kinds of boards, from their board.toml.

A kind is a name of the catalogue (`counter_led`), or the path of a board.toml of one's own or of
its folder.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from boards.catalog import CatalogError, Kind, kinds, load_file, load_kind

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_KIND = "a kind, such as counter_led, or the path of a board.toml or its folder"


def add_parser(subparsers: "SubParsers") -> None:
    """Add `boards` with its own sub-commands; they set `run`."""
    boards = subparsers.add_parser("boards", help="check, wire and buy the kinds of boards")
    commands = boards.add_subparsers(dest="boards_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="list every fault, or what a board draws and gives")
    check.add_argument("kinds", nargs="*", metavar="KIND", help=f"{_KIND}; without: all kinds")
    check.set_defaults(run=run_check)
    wiring = commands.add_parser("wiring", help="draw the wiring (SVG, A4)")
    wiring.add_argument("kind", metavar="KIND", help=_KIND)
    wiring.add_argument("--out", type=Path, metavar="FILE", help="write there, not to the screen")
    wiring.set_defaults(run=run_wiring)
    parts = commands.add_parser("parts", help="list what to buy, with rough prices")
    parts.add_argument("kind", metavar="KIND", help=_KIND)
    parts.add_argument("--json", action="store_true", help="print the list as JSON")
    parts.set_defaults(run=run_parts)


def run_check(args: argparse.Namespace) -> int:
    """Print the faults of all kinds named, or what they are; 1 if any has a fault."""
    status = 0
    for name in args.kinds or kinds():
        try:
            kind = _load(name)
        except CatalogError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        for warning in kind.warnings:
            print(f"{kind.file}:{warning.line}: warning: {warning}", file=sys.stderr)
        print(_told(kind))
    return status


def run_wiring(args: argparse.Namespace) -> int:
    """Print or write the drawing."""
    from boards.drawing import draw

    try:
        svg = draw(_load(args.kind))
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    if args.out is None:
        print(svg, end="")
        return 0
    try:
        args.out.write_text(svg, encoding="utf-8")
    except OSError as error:
        print(f"loket: {args.out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def run_parts(args: argparse.Namespace) -> int:
    """Print the parts list."""
    from boards.shopping import parts_json, parts_table

    try:
        kind = _load(args.kind)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    print(parts_json(kind) if args.json else parts_table(kind), end="\n" if args.json else "")
    return 0


def _load(name: str) -> Kind:
    path = Path(name)
    if "/" not in name and not name.endswith(".toml") and name not in (".", ".."):
        return load_kind(name)
    return load_file(path / "board.toml" if path.is_dir() else path)


def _told(kind: Kind) -> str:
    has = kind.budget
    rails = [f"3.3 V {has.v3_ma:.0f} of {has.v3_limit_ma} mA"]
    if has.v5_limit_ma:
        rails.append(f"5 V {has.v5_ma:.0f} of {has.v5_limit_ma} mA")
    rails.append(f"pins {has.pins_ma:.0f} of {has.pins_limit_ma:.0f} mA")
    rails.append(f"all {has.all_ma:.0f} of {has.all_limit_ma} mA")
    if has.battery_days is not None:
        rails.append(f"{has.asleep_ma:.2f} mA asleep, battery {has.battery_days:.0f} days")
    return f"{kind.kind}: {kind.role} on {kind.chip.name}; {', '.join(rails)}"
