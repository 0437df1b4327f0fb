"""What every set-up step shares: places, one way to speak, to run programs and to fail."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
TOOLS = PROJECT / ".tools"
BIN = TOOLS / "bin"
LOGS = TOOLS / "log"


class SetupError(Exception):
    """Set-up cannot go on; the text is one sentence that names the culprit and the way out."""


def say(text: str) -> None:
    """Tell the user, in one line, what set-up does now."""
    print(f"Set-up: {text}", flush=True)


def run(
    command: Sequence[str | Path], log: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `command` and give its result, whatever it is; all it said goes to .tools/log/`log`."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **(env or {})},
        check=False,
    )
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / log).open("a") as out:
        out.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n= {done.returncode}\n")
    return done


def reason(output: str, starts: tuple[str, ...]) -> str:
    """Give the last line of a program's output that starts with one of `starts`, without that."""
    for line in reversed(output.splitlines()):
        for start in starts:
            if line.startswith(start):
                return line.removeprefix(start).strip().rstrip(".")
    return "no reason given"


def first_line(command: Sequence[str | Path]) -> str:
    """Give the first line that `command` prints, or "" if it cannot be run."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # not a program of this machine: the same as not being there
    return done.stdout.partition("\n")[0].strip()


def key_of(*parts: str | bytes) -> str:
    """Give a hash of `parts`: equal parts, equal key."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def has_stamp(stamp: Path, key: str) -> bool:
    """Say whether the work that `stamp` stands for was finished with this `key`."""
    return stamp.is_file() and stamp.read_text() == key


def put_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a whole file at once: whoever looks sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as out:
        out.write(text)
        os.fchmod(out.fileno(), mode)
    os.replace(name, path)


@contextmanager
def work_folder(name: str) -> Iterator[Path]:
    """Give an empty folder inside .tools that is gone afterwards, however the work ends."""
    TOOLS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=TOOLS))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove the work folders of a set-up that was killed; only while no other one runs."""
    for folder in TOOLS.glob(".*-*"):
        shutil.rmtree(folder)


def put_folder(made: Path, final: Path) -> None:
    """Put a finished folder in its final place, instead of what may be there."""
    if final.exists():
        with work_folder("old") as aside:
            final.rename(aside / final.name)
            made.rename(final)
    else:
        made.rename(final)
