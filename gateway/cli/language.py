"""In which language a technician is spoken to."""

import argparse
import os


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--lang id|en`; see `language`."""
    parser.add_argument("--lang", choices=("id", "en"), help="language (else that of LANG)")


def language(args: argparse.Namespace) -> str:
    """Give id or en: the one chosen with `--lang`, else that of the environment."""
    return language_of(args.lang, dict(os.environ))


def language_of(chosen: str | None, env: dict[str, str]) -> str:
    """Give id or en: the one chosen, else English where the environment speaks it."""
    if chosen is not None:
        return chosen
    said = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "en" if said.startswith("en") else "id"
