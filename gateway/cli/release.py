"""`loket release build | list | add | check | trust | key`: firmware releases of this hall."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.language import language, said
from gateway.config import Settings

if TYPE_CHECKING:
    from gateway.fleet.release import ReleaseError

    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_WORDS = {
    "id": {
        "built": "rilis {version}, nomor {number}, sudah ada: {files} berkas",
        "none": "Belum ada rilis: `loket release build` atau `loket release add BERKAS`.",
        "head": ("versi", "nomor", "ditandatangani"),
        "added": "rilis {version}, nomor {number}, disimpan (ditandatangani {signed_by})",
        "whole": "{name} utuh: rilis {version}, nomor {number}, {files} berkas, ditandatangani"
        " {signed_by}, untuk MicroPython {micropython} atau lebih baru",
        "trusted": "{name} dipercaya: rilis yang ditandatangani {who} diterima mulai sekarang.",
        "fingerprint": "sidik",
    },
    "en": {
        "built": "release {version}, number {number}, is here: {files} files",
        "none": "No releases are here yet: `loket release build` or `loket release add FILE`.",
        "head": ("version", "number", "signed by"),
        "added": "release {version}, number {number}, is kept (signed by {signed_by})",
        "whole": "{name} is whole: release {version}, number {number}, {files} files, signed by"
        " {signed_by}, for MicroPython {micropython} or newer",
        "trusted": "{name} is trusted: releases signed with {who} are taken from now on.",
        "fingerprint": "fingerprint",
    },
}


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

    try:
        made = Releases(_settings().paths).build_own(args.version, args.number)
    except ReleaseError as error:
        return _refused(args, error)
    _say(args, "built", version=made.version, number=made.number, files=len(made.files))
    if args.out is not None:
        print(made.pack(args.out))
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print the releases of this hall, the newest first."""
    from gateway.fleet.release import Releases

    known = Releases(_settings().paths).all()
    if args.json:
        print(json.dumps([one.to_json() for one in known]))
    elif not known:
        _say(args, "none")
    else:
        lang = language(args)
        version, number, signed = _WORDS[lang]["head"]
        print(f"{version:<31} {number:>6} {signed}")
        for one in known:
            why = one.why_id if lang == "id" else one.why_en
            signed_by = _signer(one.signed_by)
            print(f"{one.version:<31} {one.number:>6} {signed_by if one.ok else why}")
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Check a release and keep it. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, Releases

    try:
        added = Releases(_settings().paths).add(args.file)
    except ReleaseError as error:
        return _refused(args, error)
    _say(
        args,
        "added",
        version=added.version,
        number=added.number,
        signed_by=_signer(added.signed_by),
    )
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Tell whether a release could be used. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, open_release, trusted_keys

    try:
        release = open_release(args.file, trusted_keys(_settings().paths))
    except ReleaseError as error:
        return _refused(args, error)
    _say(
        args, "whole", name=args.file.name, version=release.version, number=release.number,
        files=len(release.files), signed_by=_signer(release.signed_by),
        micropython=release.min_micropython,
    )  # fmt: skip
    return 0


def run_trust(args: argparse.Namespace) -> int:
    """Trust a public key. 0, or 1 with the reason."""
    from gateway.fleet.release import ReleaseError, trust_key

    try:
        found = trust_key(_settings().paths, args.file)
    except ReleaseError as error:
        return _refused(args, error)
    _say(args, "trusted", name=args.file.stem, who=found)
    return 0


def run_key(args: argparse.Namespace) -> int:
    """Print the public key; its fingerprint goes beside it, so that it can be redirected."""
    from gateway.fleet.release import fingerprint, own_key

    public = own_key(_settings().paths).public_hex
    print(public)
    print(f"{_WORDS[language(args)]['fingerprint']} {fingerprint(public)}", file=sys.stderr)
    return 0


def _settings() -> Settings:
    settings = Settings.from_env()
    settings.paths.make()
    return settings


def _say(args: argparse.Namespace, word: str, **fields: object) -> None:
    print(str(_WORDS[language(args)][word]).format(**fields))


def _signer(name: str) -> str:
    from gateway.fleet.release.keys import OWN

    return said("ruang layanan ini", "this hall") if name == OWN else name


def _refused(args: argparse.Namespace, error: "ReleaseError") -> int:
    text = error.text_id if language(args) == "id" else error.text_en
    print(f"loket: {text}", file=sys.stderr)
    return 1
