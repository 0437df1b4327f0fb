"""`run/hall.json`: that a hall is open, at which address, and which process does what."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from gateway.config import Settings


def path_of(settings: Settings) -> Path:
    """Give the file's place."""
    return settings.paths.run / "hall.json"


def address(settings: Settings) -> str:
    """Give the address to open in a browser on this machine."""
    return f"http://127.0.0.1:{settings.http_port}/"


def write(settings: Settings, pids: Mapping[str, int]) -> None:
    """Say that the hall is open; `pids` are the programs' process ids by name."""
    state = {
        "pid": os.getpid(),
        "address": address(settings),
        "http_port": settings.http_port,
        "mqtt_port": settings.mqtt_port,
        "mqtt_tls_port": settings.mqtt_tls_port,
        "mqtt_listen": settings.mqtt_listen,
        "insecure_lan": settings.insecure_lan,
        "demo": settings.demo,
        "children": dict(pids),
    }
    path = path_of(settings)
    fresh = path.with_name(f".{path.name}")  # one supervisor a home: no other writer
    fresh.write_text(json.dumps(state, indent=1) + "\n")
    fresh.replace(path)


def remove(settings: Settings) -> bool:
    """Say that the hall is not open; give whether it was said to be."""
    path = path_of(settings)
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there
