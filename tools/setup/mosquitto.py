"""The broker: mosquitto 2.0 or newer, the machine's own or unpacked into .tools/mosquitto."""

import re
import shutil
from pathlib import Path

from tools.setup.apt import Wish, unpack
from tools.setup.common import (
    BIN,
    TOOLS,
    SetupError,
    first_line,
    put_file,
    put_folder,
    say,
    work_folder,
)

LEAST = (2, 0)
LAUNCHER = BIN / "mosquitto"
# Where Debian puts it is not on everybody's PATH.
SYSTEM_PATHS = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")
LAUNCHER_TEXT = """#!/bin/sh
# Only the libraries that this machine lacks lie here; the others are its own.
root="${{0%/*}}/../mosquitto"
LD_LIBRARY_PATH="{folders}" exec "$root/usr/sbin/mosquitto" "$@"
"""


def version_of(line: str) -> tuple[int, ...]:
    """Give the version in mosquitto's first line of help, e.g. (2, 0, 11); () if it is none."""
    found = re.match(r"mosquitto version (\d+)\.(\d+)(?:\.(\d+))?", line)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def good(program: Path | str) -> bool:
    """Say whether `program` is a mosquitto that runs here and is new enough."""
    return version_of(first_line([program, "-h"])) >= LEAST


def prepare() -> None:
    """See to it that .tools/bin/mosquitto is a mosquitto that is good enough."""
    if good(LAUNCHER):
        return
    BIN.mkdir(parents=True, exist_ok=True)
    for own in (shutil.which("mosquitto"), *SYSTEM_PATHS):
        if own and good(own):
            say(f"taking this machine's own mosquitto, {own}")
            LAUNCHER.unlink(missing_ok=True)
            LAUNCHER.symlink_to(own)
            return
    say("unpacking mosquitto from this machine's package mirror into .tools (system untouched)")
    with work_folder("mosquitto") as folder:
        made = folder / "root"
        unpack(Wish("mosquitto", "mosquitto.log"), folder / "apt", made)
        program = made / "usr" / "sbin" / "mosquitto"
        if not program.exists():
            raise SetupError(
                "this machine's packages have mosquitto as installed, but it is older than 2.0: "
                "Debian 12 or newer is needed"
            )
        text = LAUNCHER_TEXT.format(folders=":".join(library_folders(made)))
        trial = folder / "bin" / "mosquitto"
        put_file(trial, text.replace("/../mosquitto", "/../root"), 0o755)
        if not good(trial):
            raise SetupError(
                f"the mosquitto of this machine's mirror does not run or is older than 2.0 "
                f"({first_line([trial, '-h']) or 'it says nothing'}): Debian 12 or newer is needed"
            )
        put_folder(made, TOOLS / "mosquitto")
        put_file(LAUNCHER, text, 0o755)


def library_folders(root: Path) -> list[str]:
    """Give the folders below `root` that hold libraries, as the launcher must write them."""
    found = {path.parent for path in root.glob("**/lib/*/*.so*")}
    return [f"$root/{path.relative_to(root)}" for path in sorted(found)]
