"""The language of the reader whose request is being served."""

from collections.abc import Mapping

from flask import request

from web_console import texts

LANGUAGE_COOKIE = "bahasa"


def language() -> str:
    """Give the language that the reader chose, or the first."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in texts.LANGUAGES else texts.LANGUAGES[0]


def words() -> Mapping[str, str]:
    """Give the texts in that language, by key."""
    return texts.catalogue(language())
