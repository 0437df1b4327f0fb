"""The virtual environment: pinned packages in .venv, and the `loket` command."""

import shutil
import sys
from pathlib import Path

from tools.setup.common import (
    PROJECT,
    TOOLS,
    VENV,
    SetupError,
    has_stamp,
    key_of,
    put_file,
    put_folder,
    reason,
    run,
    say,
    work_folder,
)

REQUIREMENTS = PROJECT / "requirements"
# What is there once the packages of the file on the left are.
COVERS = {"run": ("run",), "dev": ("run", "dev")}
# While this lies in .venv, an install was begun there and not finished.
UNFINISHED = VENV / "unfinished"
# Compiling would need tools that a plain machine lacks, so wheels only.
PIP_INSTALL = ("install", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:")
LAUNCHER = """#!/bin/sh
# -P: the folder that loket is called from must not lend it its modules.
exec "{python}" -P -m gateway.cli "$@"
"""


def requirement_text(path: Path) -> str:
    """Give the text of a requirement file with the files it names by `-r` put in their place."""
    lines = []
    for line in path.read_text().splitlines():
        if line.startswith("-r "):
            lines.append(requirement_text(path.parent / line[3:].strip()))
        else:
            lines.append(line)
    return "\n".join(lines)


def count_packages(text: str) -> int:
    """Give the number of packages that a requirement text pins."""
    return sum("==" in line for line in text.splitlines() if not line.startswith("#"))


def _key(name: str) -> str:
    # The folder is in the key because an environment cannot be moved.
    text = requirement_text(REQUIREMENTS / f"{name}.txt")
    return key_of(text, sys.version, str(PROJECT), LAUNCHER)


def prepare(name: str) -> None:
    """See to it that .venv holds what requirements/`name`.txt pins, and the `loket` command."""
    if has_stamp(VENV / f"stamp-{name}", _key(name)) and (VENV / "bin" / "python").exists():
        return
    text = requirement_text(REQUIREMENTS / f"{name}.txt")
    if UNFINISHED.exists() or not _fits():
        shutil.rmtree(VENV, ignore_errors=True)
    if not VENV.exists():
        say(f"making the virtual environment .venv (Python {sys.version.split()[0]})")
        _make_venv()
    say(f"getting {count_packages(text)} Python packages (requirements/{name}.txt)")
    for old in VENV.glob("stamp-*"):
        old.unlink()
    UNFINISHED.touch()
    _pip("--python", VENV / "bin" / "python", *PIP_INSTALL, "-r", REQUIREMENTS / f"{name}.txt")
    _put_loket()
    UNFINISHED.unlink()
    for covered in COVERS[name]:
        put_file(VENV / f"stamp-{covered}", _key(covered))


def typings(name: str) -> None:
    """See to it that .tools/typings-`name` holds the stubs of that kind of MicroPython."""
    source = REQUIREMENTS / f"typings-{name}.txt"
    final = TOOLS / f"typings-{name}"
    key = key_of(requirement_text(source))
    if has_stamp(final / "stamp", key):
        return
    say(f"getting MicroPython's type stubs for {name} (requirements/typings-{name}.txt)")
    with work_folder(f"typings-{name}") as folder:
        made = folder / "made"
        # --no-deps: the pins are complete; --ignore-installed: pip must not look elsewhere.
        _pip(*PIP_INSTALL, "--no-deps", "--ignore-installed", "--target", made, "-r", source)
        put_file(made / "stamp", key)
        put_folder(made, final)


def _fits() -> bool:
    """Say whether .venv is absent, or made by this Python for this folder."""
    config = VENV / "pyvenv.cfg"
    if not VENV.exists():
        return True
    if not config.is_file() or not (VENV / "bin" / "python").exists():
        return False
    lines = config.read_text().splitlines()
    made_here = any(line.startswith("command = ") and line.endswith(f" {VENV}") for line in lines)
    return made_here and f"version = {sys.version.split()[0]}" in lines


def _make_venv() -> None:
    # Without pip inside: Debian's own Python has no ensurepip; the machine's pip serves.
    done = run([sys.executable, "-m", "venv", "--without-pip", VENV], "python.log")
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            f"{sys.executable} cannot make a virtual environment "
            f"({reason(done.stdout, ('Error:',))}); see .tools/log/python.log"
        )


def _pip(*words: str | Path) -> None:
    # A user's own pip settings may ask for what makes no sense here.
    env = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_NO_INPUT": "1"}
    done = run([sys.executable, "-m", "pip", *words], "python.log", env)
    if done.returncode == 0:
        return
    # pip tells of lost connections in passing, if at all; what it found is the surer sign.
    if "(from versions: none)" in done.stdout or "Connection" in done.stdout:
        raise SetupError(
            "the Python package registry cannot be reached: check this machine's network "
            "(and pip's settings), then give the same command again"
        )
    why = reason(done.stdout, ("ERROR:", "error:"))
    raise SetupError(f"pip failed ({why}); all it said is in .tools/log/python.log")


def _put_loket() -> None:
    """Put the `loket` command into .venv/bin and the project on the environment's path."""
    (packages,) = VENV.glob("lib/python3.*/site-packages")
    put_file(packages / "loket.pth", f"{PROJECT}\n")
    put_file(VENV / "bin" / "loket", LAUNCHER.format(python=VENV / "bin" / "python"), 0o755)
