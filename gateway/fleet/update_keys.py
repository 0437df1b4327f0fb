"""What signs the offers of updates to each board: a key made of the board's own secret.

The gateway keeps the key and not the secret: with it one can offer a board an update, and not be
that board.
"""

import fcntl
import json
import re
from collections.abc import Callable

from firmware.wire import offer
from gateway.config import ConfigError, Paths
from gateway.fleet.secrets import write_private

_KEY = re.compile(r"[0-9a-f]{64}")


def key_of(secret: str) -> str:
    """Give the update key of a board's secret, as 64 hex digits."""
    return offer.update_key(secret).hex()


def is_update_key(text: str) -> bool:
    """Tell whether `text` is an update key: 64 hex digits."""
    return _KEY.fullmatch(text) is not None


def update_keys(paths: Paths) -> dict[str, str]:
    """Give each board's update key, by its id; ConfigError if the file is torn.

    A board that was added by an older Loket has none, and gets one with its next secret.
    """
    file = paths.secrets / "update_keys.json"
    try:
        keys: dict[str, str] = json.loads(file.read_text())
        if wrong := [board for board, key in keys.items() if not is_update_key(key)]:
            raise ValueError(f"no key stands at {wrong[0]}")
        return keys
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{file} cannot be read ({error}): put back a copy of it, or remove it and give the"
            " boards new secrets by cable with `loket board flash`",
            f"{file} tidak terbaca ({error}): kembalikan salinannya, atau hapus lalu beri papan"
            " rahasia baru lewat kabel dengan `loket board flash`",
        ) from error


def change_update_keys(paths: Paths, change: Callable[[dict[str, str]], object]) -> None:
    """Change the update keys in one atomic step; other processes wait their turn."""
    paths.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(paths.secrets / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = update_keys(paths)
        keys = dict(before)
        change(keys)
        if keys != before:
            write_private(paths.secrets / "update_keys.json", json.dumps(keys, indent=1) + "\n")
