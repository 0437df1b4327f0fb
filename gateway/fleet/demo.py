"""The demo hall's virtual boards: a secret and a flash folder for each that the site names."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from boards.catalog import CatalogError, Kind, load_kind
from gateway.config import Settings
from gateway.domain.site import SiteBoard
from gateway.fleet.secrets import board_hashes, hash_secret, is_secret_of, new_secret, write_private
from gateway.fleet.update_keys import change_update_keys, key_of


def make_demo_boards(
    settings: Settings,
    wanted: tuple[SiteBoard, ...],
    registered: dict[str, tuple[str, int | None]],
    add: Callable[[SiteBoard, str], str | None],
    keep: Callable[[str, str, str], None],
) -> list[str]:
    """Make every board of the site that is not there yet, and the list the demo hall runs.

    `registered` gives (role, counter) of known boards; `add(board, hash)` registers one and gives
    why not; `keep(board, hash, update_key)` replaces a secret whose flash is gone. Gives what
    could not be made, in words.
    """
    problems: list[str] = []
    made: list[dict[str, object]] = []
    hashes = board_hashes(settings.paths)
    keys: dict[str, str] = {}
    for board in wanted:
        try:
            kind = load_kind(board.kind)
        except CatalogError as error:
            problems.append(f"demo board {board.id} cannot be made: {error}")
            continue
        file = settings.paths.demo / board.id / "settings.json"
        known = registered.get(board.id)
        if known is not None and known != (board.role, board.counter):
            problems.append(
                f"demo board {board.id} is registered as {known[0]} of counter {known[1]}, the site"
                f" says {board.role} of counter {board.counter}: `loket board retire {board.id}`"
            )
            continue
        secret = _secret_of(file) if known is not None and board.id in hashes else None
        if secret is None:
            secret = new_secret()
            if known is None:
                why = add(board, hash_secret(secret))
                if why is not None:
                    problems.append(f"demo board {board.id} cannot be added: {why}")
                    continue
            else:
                keep(board.id, hash_secret(secret), key_of(secret))
            keys[board.id] = key_of(secret)
        elif is_secret_of(secret, hashes[board.id]):
            keys[board.id] = key_of(secret)  # else it is being changed: the workshop sees to it
        _write_settings(file, settings, board, kind, secret)
        made.append(
            {
                "id": board.id,
                "role": board.role,
                "counter": board.counter,
                "kind": board.kind,
                "place": board.place,
                "queues": list(board.queues) or None,
            }
        )
    change_update_keys(settings.paths, lambda kept: kept.update(keys))
    _write(settings.paths.demo / "hall.json", {"boards": made})
    return problems


def _secret_of(file: Path) -> str | None:
    secret = _kept(file, "secret")
    return secret if isinstance(secret, str) else None


def _kept(file: Path, name: str) -> object:
    try:
        return json.loads(file.read_text())[name]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # a flash that was wiped or torn: the board is provisioned anew


def _write_settings(
    file: Path, settings: Settings, board: SiteBoard, kind: Kind, secret: str
) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbered = {} if _kept(file, "link") is None else {"link": _kept(file, "link")}
    _write(
        file,
        {
            "id": board.id,
            "secret": secret,
            "role": board.role,
            "kind": board.kind,
            "host": "127.0.0.1",
            "port": settings.mqtt_port,
            "tls": False,
            "parts": kind.settings_parts(),
            **numbered,
        },
    )


def _write(file: Path, content: dict[str, object]) -> None:
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    # A running hall watches these files: what has not changed is not touched.
    if not (file.exists() and os.access(file, os.R_OK) and file.read_text() == text):
        write_private(file, text)
