"""In which language a technician is spoken to."""

import argparse
import os

_chosen = {"lang": ""}  # by whoever gave the command that runs


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--lang id|en`; see `language`."""
    parser.add_argument("--lang", choices=("id", "en"), help="language (else that of LANG)")


def language(args: argparse.Namespace) -> str:
    """Give id or en: the one chosen with `--lang`, else that of the environment."""
    return language_of(args.lang, dict(os.environ))


def said(text_id: str, text_en: str) -> str:
    """Give the one of two texts that is in the language of this command (see `speak`)."""
    return text_en if language_of(_chosen["lang"] or None, dict(os.environ)) == "en" else text_id


def speak(args: argparse.Namespace) -> None:
    """From now on `said` speaks the language of these words; English where they have no `--lang`:
    then the command knows nothing else."""
    _chosen["lang"] = language(args) if hasattr(args, "lang") else "en"


def language_of(chosen: str | None, env: dict[str, str]) -> str:
    """Give id or en: the one chosen, else English where the environment speaks it."""
    if chosen is not None:
        return chosen
    said = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "en" if said.startswith("en") else "id"
