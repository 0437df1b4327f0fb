"""A value as it would stand in a TOML file, for messages."""

import json
from datetime import date, datetime, time

_SHOWN_CHARS = 60


def shown(value: object) -> str:
    """Give a value as it would stand in a TOML file, cut to a length that fits in a message."""
    if isinstance(value, str):
        text = json.dumps(value[: _SHOWN_CHARS + 1], ensure_ascii=not value.isprintable())
        return text if len(value) <= _SHOWN_CHARS else f'{text[:_SHOWN_CHARS]}..."'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an empty list" if not value else f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**18:  # str() refuses the very long ones
        return "a number beyond all use"
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return str(value)
