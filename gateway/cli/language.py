"""In which language a technician is spoken to."""

import argparse
import os


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--lang id|en`; see `language`."""
    parser.add_argument("--lang", choices=("id", "en"), help="language (else that of LANG)")


def language(args: argparse.Namespace) -> str:
    """Give id or en: the one chosen, else English where the environment speaks it."""
    if args.lang is not None:
        return str(args.lang)
    env = os.environ
    spoken = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "en" if spoken.startswith("en") else "id"
