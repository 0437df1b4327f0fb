"""The serial ports of this computer: whose boards they may be, who has one, who wants one.

The bridge of wired boards has every USB port for itself. Who wants to work at one claims it: the
bridge looks once a second, lets go of a claimed port, and takes it back by itself afterwards. Who
only wants to look claims it gently: then the bridge keeps a port at which it serves a board.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.config import Paths

USB_MAKERS = {
    0x2E8A: "Raspberry Pi",
    0x303A: "Espressif",
    0x10C4: "Silicon Labs",
    0x1A86: "WCH",
    0x0403: "FTDI",
}
BRIDGE = "gateway.bus.serial_bridge"  # as `who_has` names it
_ASK_AGAIN_S = 0.1
_PROC = Path("/proc")
_EVEN_SERVING = "even from a board that is served"


class Claimed(Exception):
    """Another tool of ours works at the port; `by` says which process, if it can be known."""

    def __init__(self, device: str, by: str) -> None:
        super().__init__(f"{device} is claimed by {by}")
        self.by = by


@contextmanager
def claim(
    paths: Paths, device: str, within_s: float = 2.0, *, gently: bool = False
) -> Iterator[None]:
    """Have a port's claim in the `with` block; Claimed if another has it for `within_s`.

    With `gently` only a port at which the bridge serves no board. The bridge needs up to a second
    to let go. A claim ends with its process, however that ends.
    """
    file = _file(paths, device)
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + within_s
    with open(file, "a+") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # who only looks has it for no time
                if time.monotonic() > deadline:
                    lock.seek(0)
                    raise Claimed(device, lock.readline().strip() or "loket") from None
                time.sleep(_ASK_AGAIN_S)
        lock.truncate(0)
        lock.write(f"{_name(os.getpid())} (process {os.getpid()})\n")
        lock.write("" if gently else _EVEN_SERVING)
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def is_claimed(paths: Paths, device: str, serves: bool = False) -> bool:
    """Tell whether somebody has claimed a port: then the bridge keeps away from it.

    `serves`: a board is served there; then a gentle claim does not count.
    """
    try:
        with open(_file(paths, device)) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return not serves or _EVEN_SERVING in lock.read()
    except FileNotFoundError:
        pass
    return False


def keep_served(paths: Paths, boards: Mapping[str, str]) -> None:
    """Keep, for other tools, at which ports (by device) the bridge serves which boards."""
    file = paths.run / "wired.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(boards))
    fresh.replace(file)


def served_board(paths: Paths, device: str) -> str:
    """Give the board that the bridge serves at a port, "" if it serves none there."""
    found = who_has(device)
    if found is None or found[0] != BRIDGE:
        return ""
    try:
        board = json.loads((paths.run / "wired.json").read_text()).get(os.path.realpath(device))
    except (OSError, ValueError, AttributeError):
        return ""
    return board if isinstance(board, str) else ""


def who_has(device: str) -> tuple[str, int] | None:
    """Give name and process id of the program that has a port open, None if none is seen.

    Programs of other users are seen by root only.
    """
    real = os.path.realpath(device)
    for folder in _PROC.iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):  # it ended meanwhile, or is not ours to look at
            if any(os.readlink(fd) == real for fd in (folder / "fd").iterdir()):
                return _name(int(folder.name)), int(folder.name)
    return None


def holder(device: str) -> str:
    """Give the program that has a port open, as "name (process 123)"; "" if none is seen."""
    found = who_has(device)
    return f"{found[0]} (process {found[1]})" if found else ""


def _name(pid: int) -> str:
    words = []
    with suppress(OSError):
        words = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    # `python -m gateway.bus.serial_bridge` is better told by the module than by python.
    name = (
        words[words.index("-m") + 1] if "-m" in words[:-1] else os.path.basename((words or [""])[0])
    )
    return name or "a program"


def _file(paths: Paths, device: str) -> Path:
    name = os.path.realpath(device).removeprefix("/dev/").strip("/").replace("/", "-")
    return paths.run / "ports" / name
