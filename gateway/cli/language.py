"""In which language a technician is spoken to.

One rule for every command, its help and its errors: `--lang` if it is given, else English where the
environment (LC_ALL, LC_MESSAGES, LANG: the first that is set) begins with `en`, else Indonesian.
"""

import argparse
import errno
import os

LANGUAGES = ("id", "en")
_WHY_ID = {
    errno.ENOENT: "berkas atau folder itu tidak ada",
    errno.EACCES: "tidak diizinkan",
    errno.EPERM: "tidak diizinkan",
    errno.ENOSPC: "disk penuh",
    errno.EDQUOT: "jatah disk habis",
    errno.EISDIR: "itu sebuah folder",
    errno.ENOTDIR: "bagian dari jalurnya bukan folder",
    errno.EROFS: "disk ini hanya dapat dibaca",
    errno.EIO: "disk tidak dapat dibaca atau ditulis",
}
_chosen: dict[str, str | None] = {"lang": None}  # by whoever gave the command that runs


def take_language(words: list[str]) -> tuple[str | None, list[str]]:
    """Give what `--lang` says, wherever it stands, and the words without it.

    What is no language stays, for the parser to complain of.
    """
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if word == "--":
            break
        if name != "--lang":
            continue
        used = 1
        if word == name:
            value = "".join(words[at + 1 : at + 2])
            used = 2
        if value in LANGUAGES:
            return value, words[:at] + words[at + used :]
    return None, words


def language(args: argparse.Namespace) -> str:
    """Give id or en: the one chosen with `--lang`, else that of the environment."""
    return language_of(args.lang, dict(os.environ))


def said(text_id: str, text_en: str) -> str:
    """Give the one of two texts that is in the language of this command (see `speak`)."""
    return text_en if speaks_english() else text_id


def why_of_system(error: OSError) -> str:
    """Give in the language of this command why the system could not do something."""
    text = error.strerror or str(error)
    return said(_WHY_ID.get(error.errno or 0, text), text)


def speaks_english() -> bool:
    """Tell whether the language of this command is English (see `speak`)."""
    return language_of(_chosen["lang"], dict(os.environ)) == "en"


def speak(chosen: str | None) -> None:
    """From now on `said` speaks this language; None: that of the environment."""
    _chosen["lang"] = chosen


def language_of(chosen: str | None, env: dict[str, str]) -> str:
    """Give id or en: the one chosen, else English where the environment speaks it."""
    if chosen is not None:
        return chosen
    said = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "en" if said.startswith("en") else "id"
