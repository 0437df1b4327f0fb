"""Every word on a page: one file a language, flat keys, `{name}` where a value goes.

A page gets the whole catalogue of its language as one script, which a browser keeps, so
that words set by the server and words set by the modules come from one place.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("id", "en")  # the first is the one that a newcomer gets


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """Give the texts of a language by key; KeyError-safe only for keys that both files have."""
    got = json.loads((Path(__file__).parent / f"{language}.json").read_text("utf-8"))
    return MappingProxyType(got)
