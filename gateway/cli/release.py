"""`loket release build | list | add | check | trust | key`: firmware releases of this hall."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.config import Settings

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: "SubParsers") -> None:
    """Add `release` with its own sub-commands; they set `run`."""
    release = subparsers.add_parser("release", help="make, check and keep releases of the firmware")
    commands = release.add_subparsers(dest="release_command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make a release of this installation's firmware")
    build.add_argument("--version", metavar="V", help="its name (default: made from the sources)")
    build.add_argument("--number", type=int, metavar="N", help="its rank (default: the next one)")
    build.add_argument("--out", type=Path, metavar="FOLDER", help="write it there as a zip, too")
    build.set_defaults(run=run_build)
    ls = commands.add_parser("list", help="show the releases of this hall")
    ls.add_argument("--json", action="store_true", help="print them as JSON")
    ls.set_defaults(run=run_list)
    for name, what, run in (
        ("add", "check a release and keep it for updates", run_add),
        ("check", "tell whether a release could be used, and why not", run_check),
        ("trust", "take releases signed with this key from now on", run_trust),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("file", type=Path, metavar="KEY.pub" if name == "trust" else "FILE")
        one.set_defaults(run=run)
    key = commands.add_parser("key", help="print this hall's own public key, for other halls")
    key.set_defaults(run=run_key)


def run_build(args: argparse.Namespace) -> int:
    """Make a release and keep it. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, Releases

    settings = _settings()
    try:
        made = Releases(settings.paths).build_own(args.version, args.number)
        print(f"release {made.version}, number {made.number}, is here: {len(made.files)} files")
        if args.out is not None:
            print(made.pack(args.out))
    except ReleaseError as error:
        return _refused(error)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print the releases of this hall, the newest first."""
    from gateway.fleet.release import Releases

    known = Releases(_settings().paths).all()
    if args.json:
        print(json.dumps([one.to_json() for one in known]))
    elif not known:
        print("No releases are here yet: `loket release build` or `loket release add FILE`.")
    else:
        print(f"{'version':<31} {'number':>6} signed by")
        for one in known:
            print(f"{one.version:<31} {one.number:>6} {one.signed_by if one.ok else one.why_en}")
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Check a release and keep it. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, Releases

    try:
        added = Releases(_settings().paths).add(args.file)
    except ReleaseError as error:
        return _refused(error)
    print(f"release {added.version}, number {added.number}, is kept (signed by {added.signed_by})")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Tell whether a release could be used. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, open_release, trusted_keys

    try:
        release = open_release(args.file, trusted_keys(_settings().paths))
    except ReleaseError as error:
        return _refused(error)
    print(
        f"{args.file.name} is whole: release {release.version}, number {release.number},"
        f" {len(release.files)} files, signed by {release.signed_by},"
        f" for MicroPython {release.min_micropython} or newer"
    )
    return 0


def run_trust(args: argparse.Namespace) -> int:
    """Trust a public key. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, trust_key

    try:
        found = trust_key(_settings().paths, args.file)
    except ReleaseError as error:
        return _refused(error)
    print(f"{args.file.stem} is trusted: releases signed with {found} are taken from now on.")
    return 0


def run_key(_args: argparse.Namespace) -> int:
    """Print the public key; its fingerprint goes beside it, so that it can be redirected."""
    from gateway.fleet.release import fingerprint, own_key

    public = own_key(_settings().paths).public_hex
    print(public)
    print(f"fingerprint {fingerprint(public)}", file=sys.stderr)
    return 0


def _settings() -> Settings:
    settings = Settings.from_env()
    settings.paths.make()
    return settings


def _refused(error: Exception) -> int:
    print(f"loket: {error}", file=sys.stderr)
    print(f"       {getattr(error, 'text_id', '')}", file=sys.stderr)
    return 1
