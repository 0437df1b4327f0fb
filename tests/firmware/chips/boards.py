"""Running a kind of board on its backend and a stand-in of its chip."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from boards.catalog import kinds, load_kind
from boards.image import Image, backend_of, build_image
from boards.virtual.process import micropython
from tests.boards.scripted import make_flash
from tests.support.tools import ROOT

WIFI = [{"ssid": "mall", "password": "y"}]
MOST_IMAGE_BYTES = 60 * 1_024
KINDS = [name for name in kinds() if load_kind(name).role != "gateway"]


def image_of(name: str, folder: Path) -> Image:
    """Compile the firmware of a board of this kind into `folder`."""
    kind = load_kind(name)
    return build_image(kind.role, backend_of(kind), folder, kind.settings_parts())


def bytes_without_updates(image: Image) -> int:
    """Give the size of an image but for what it loads only while it is updated."""
    apart = ("firmware/update/", "firmware/wire/offer.", "firmware/wire/update_topics.")
    return sum(image.files[name] for name in image.files if not name.startswith(apart))


def play(
    folder: Path, name: str, plays: str, port: int = 1, *missing: str, **settings: object
) -> dict[str, Any]:
    """Do a round of rounds.py with a board of this kind, and more `settings`; give what came of
    it."""
    kind = load_kind(name)
    flash = make_flash(
        folder, board_of(name), kind.role, port,
        kind=name, parts=kind.settings_parts(), wifi=WIFI, **settings,
    )  # fmt: skip
    drive = ROOT / "tests" / "firmware" / "chips" / "drive.py"
    words = [micropython(), "-X", "heapsize=192k", str(drive), str(flash), plays]
    done = subprocess.run(
        [*words, ",".join(missing)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "CHIP": backend_of(kind)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def board_of(name: str) -> str:
    """Give the id of the board of this kind."""
    return name.replace("_", "-") + "-01"
