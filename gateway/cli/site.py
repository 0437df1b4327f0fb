"""`loket site check FILE`: every fault and doubt of a site file, without starting anything."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.site import SiteError, check_site

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: "SubParsers") -> None:
    """Add `site` with its own sub-commands; they set `run`."""
    site = subparsers.add_parser("site", help="look at site files")
    commands = site.add_subparsers(dest="site_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="list every error and warning of a site file")
    check.add_argument("file", type=Path, metavar="FILE", help="a site file, such as site.toml")
    site.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what `load_site` would say of `args.file`; give 0 for a usable file, else 1."""
    try:
        checked = check_site(args.file)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    for warning in checked.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    site = checked.site
    counts = ", ".join(
        f"{len(found)} {one if len(found) == 1 else many}"
        for found, one, many in (
            (site.agencies, "agency", "agencies"),
            (site.services, "service", "services"),
            (site.queues, "queue", "queues"),
            (site.counters, "counter", "counters"),
            (checked.warnings, "warning", "warnings"),
        )
    )
    print(f"{args.file} is usable: {site.name}, {counts}")
    return 0
