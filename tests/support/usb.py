"""What goes onto a board on a USB cable, and the real mpremote that technicians use."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from boards.catalog import load_kind
from boards.image import build_image
from boards.virtual.usb import UsbBoard
from tests.boards.scripted import KIND
from tests.support.tools import wait_for

MAIN = b"from firmware.main import boot\nboot()\n"
PROMPT = b">>> "


@cache
def firmware_files(role: str) -> dict[str, bytes]:
    """Give the compiled firmware of a role for a virtual board, with a main.py."""
    with TemporaryDirectory() as folder:
        parts = load_kind(KIND[role]).settings_parts()
        image = build_image(role, "virtual", Path(folder), parts)
        files = {name: Path(folder, name).read_bytes() for name in image.files}
    return {**files, "main.py": MAIN}


def settings_file(board: str, role: str, port: int, **more: object) -> dict[str, bytes]:
    """Give a settings.json whose broker is at `port` of this machine."""
    settings = {
        "id": board,
        "secret": "not needed here",
        "role": role,
        "kind": KIND[role],
        "host": "127.0.0.1",
        "port": port,
        "tls": False,
        "parts": load_kind(KIND[role]).settings_parts(),
        **more,
    }
    return {"settings.json": json.dumps(settings).encode()}


def mpremote(
    board: UsbBoard, *args: str, timeout_s: float = 20.0
) -> "subprocess.CompletedProcess[str]":
    """Run mpremote on a board's port to its end."""
    return subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, *args],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
    )


def wait_said(board: UsbBoard, what: bytes, timeout_s: float = 10.0) -> None:
    """Wait until the board has printed something, then forget all that it has printed."""
    wait_for(lambda: what in board.said, timeout_s, f"{what!r} from the board")
    board.said.clear()
