"""The boards' interpreter on a PC: a 32-bit MicroPython, as the real boards have.

A 64-bit one would take 1.6 times the memory for the same objects, so a heap limit would not mean
what it means on a board. Debian 12 has none; the one of Debian 13 needs a newer C library than
Debian 12's, so it is unpacked with that and started through that library's own loader.
"""

import shutil
from pathlib import Path

from tools.setup.apt import Wish, mirrors, unpack
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

LEAST = (1, 24)
LAUNCHER = BIN / "micropython"
LOG = "micropython.log"
SUITE = "trixie"  # Debian 13: the oldest suite whose MicroPython is good enough
PROBE = (
    "import sys, asyncio, framebuf, tls, vfs; "
    "print('loket', sys.maxsize < 1 << 32, *sys.implementation[1][:2])"
)
# Machine's architecture -> the 32-bit one that its processor also runs.
ARCHITECTURES = {"amd64": "i386", "i386": "i386", "arm64": "armhf", "armhf": "armhf"}
LAUNCHER_TEXT = """#!/bin/sh
root="${{0%/*}}/../micropython"
exec "$root/{loader}" --library-path "$root/{libraries}" "$root/usr/bin/micropython" "$@"
"""


def good_answer(line: str) -> bool:
    """Say whether `line` is the probe's answer from a 32-bit MicroPython that is new enough."""
    words = line.split()
    if len(words) != 4 or words[:2] != ["loket", "True"]:
        return False
    return (int(words[2]), int(words[3])) >= LEAST


def good(program: Path | str) -> bool:
    """Say whether `program` runs here, is 32-bit, new enough and has the modules we need."""
    return good_answer(first_line([program, "-c", PROBE]))


def prepare() -> None:
    """See to it that .tools/bin/micropython is a MicroPython that is good enough."""
    if good(LAUNCHER):
        return
    BIN.mkdir(parents=True, exist_ok=True)
    own = shutil.which("micropython")
    if own and good(own):
        say(f"taking this machine's own MicroPython, {own}")
        LAUNCHER.unlink(missing_ok=True)
        LAUNCHER.symlink_to(own)
        return
    architecture = _architecture()
    say(f"unpacking MicroPython ({SUITE}, {architecture}) into .tools (system untouched)")
    offers = mirrors(LOG)
    if not offers:
        raise SetupError(
            "apt names no mirror of Debian (see /etc/apt/sources.list.d): add one, "
            "or install a 32-bit MicroPython 1.24 or newer"
        )
    failed: SetupError | None = None
    for mirror in offers:
        try:
            _unpack(mirror, architecture)
        except SetupError as error:
            failed = failed or error  # the likeliest mirror's trouble is the one to tell
        else:
            return
    assert failed is not None
    raise failed


def _architecture() -> str:
    machine = first_line(["dpkg", "--print-architecture"])
    if machine not in ARCHITECTURES:
        raise SetupError(
            f"no 32-bit MicroPython is known for this machine's architecture "
            f"({machine or 'unknown'}): virtual boards run on {', '.join(ARCHITECTURES)}"
        )
    return ARCHITECTURES[machine]


def _unpack(mirror: str, architecture: str) -> None:
    with work_folder("micropython") as folder:
        made = folder / "root"
        unpack(Wish("micropython", LOG, mirror, SUITE, architecture), folder / "apt", made)
        text = launcher_text(made)
        trial = folder / "bin" / "micropython"
        put_file(trial, text.replace("/../micropython", "/../root"), 0o755)
        if not good(trial):
            raise SetupError(
                f"the {architecture} MicroPython of {SUITE} does not run on this machine "
                f"({first_line([trial, '-c', PROBE]) or 'it says nothing'}): its processor or "
                f"kernel may not run {architecture} programs"
            )
        put_folder(made, TOOLS / "micropython")
        put_file(LAUNCHER, text, 0o755)


def launcher_text(root: Path) -> str:
    """Give the launcher for what lies unpacked in `root`: its own loader, its own libraries."""
    loaders = sorted(root.glob("usr/lib/*/ld-linux*.so.*"))
    if not loaders:
        raise SetupError(f"no loader (ld-linux) among what {SUITE} has for MicroPython")
    loader = loaders[0].relative_to(root)
    return LAUNCHER_TEXT.format(loader=loader, libraries=loader.parent)
