"""Which kinds of boards there are, and the role of each: the folders of `boards/`."""

import tomllib
from functools import cache

from firmware.wire.words import ROLES


@cache
def role_of_kind() -> dict[str, str]:
    """Give the role of every kind, in alphabetical order of the kinds.

    What is wrong with a board.toml is told by who uses it; here one that names no role of a board
    is passed over.
    """
    # Loaded here: few site files name boards.
    from boards.catalog import BOARDS

    found: dict[str, str] = {}
    for file in sorted(BOARDS.glob("*/board.toml")):
        try:
            role = tomllib.loads(file.read_text(encoding="utf-8")).get("role")
        except (OSError, ValueError):
            continue
        if role in ROLES:
            found[file.parent.name] = role
    return found
