"""Makes the files on a board what they should be: what differs is written, read back, and moved
into its place; what is the same is left alone."""

import errno
import hashlib
from collections.abc import Callable, Iterable

from gateway.fleet.flash.onboard import PUT, REMOVE
from gateway.fleet.flash.recognise import Board
from gateway.fleet.flash.repl import PIECE_BYTES, BoardRaised, Garbled, Repl
from gateway.fleet.flash.texts import FlashError, flash_error

_TRIES = 3
_FOLDER = -1
# LittleFS keeps a folder in two blocks, and a small file in its folder's.
_FOLDER_BLOCKS = 2
_INLINE_BYTES = 256
# A file stands beside what it replaces until it is read back.
_SPARE_BLOCKS = 4

Passed = Callable[[int], None]


def sha256(data: bytes) -> str:
    """Give the hash that a board gives of the same bytes."""
    return hashlib.sha256(data).hexdigest()


def differing(board: Board, files: dict[str, bytes]) -> dict[str, bytes]:
    """Give the files (absolute paths) that the board does not have just so, in the same order."""
    return {
        path: data
        for path, data in files.items()
        if board.files.get(path) != (len(data), sha256(data))
    }


def stale(board: Board, slot: str, files: dict[str, bytes]) -> list[str]:
    """Give what lies in a slot and does not belong there, and what an interruption left behind."""
    folders = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
    found = []
    for path, (size, _) in board.files.items():
        ours = path.startswith(f"/{slot}/")
        wanted = path in folders if size == _FOLDER else path in files
        if (ours and not wanted) or (path.endswith(".part") and path not in files):
            found.append(path)
    return _tops(found)


def make_room(
    repl: Repl, board: Board, files: dict[str, bytes], slot: str, gone: Iterable[str]
) -> int:
    """Remove `gone`, and the spare slot if `files` would not fit otherwise; give the free bytes.

    Raises FlashError("full") with what is missing.
    """
    free_bytes = remove(repl, gone) if gone else board.free_bytes
    needed = _needed(board, files)
    if free_bytes < needed:
        spare = "b" if slot == "a" else "a"
        # Before slots, the firmware lay in a folder of its own.
        extra = [path for path in (f"/{spare}", "/firmware") if path in board.files]
        if extra:
            free_bytes = remove(repl, extra)
    if free_bytes < needed:
        raise _full(board, needed - free_bytes, slot)
    return free_bytes


def remove(repl: Repl, paths: Iterable[str]) -> int:
    """Remove files and folders with all in them; give the bytes that are free then."""
    try:
        return int(repl.ask(REMOVE % repr(list(paths)), within_s=60))
    except BoardRaised as error:
        raise flash_error("board_error", why=error) from error


def write(repl: Repl, board: Board, files: dict[str, bytes], slot: str, passed: Passed) -> None:
    """Write files in their order; each is there whole, as read back, or not at all.

    `passed(bytes)` tells of progress. Raises FlashError.
    """
    if not files:
        return
    _prepare(repl)
    for path, data in files.items():
        _write_one(repl, board, path, data, slot, passed)


def _write_one(repl: Repl, board: Board, path: str, data: bytes, slot: str, passed: Passed) -> None:
    code = f"P({path!r},{len(data)},{sha256(data)!r},{PIECE_BYTES})"
    for _ in range(_TRIES):
        told = 0

        def more(size: int) -> None:
            nonlocal told
            told += size
            passed(size)

        try:
            if repl.send(code, data, more) is True:
                return
        except Garbled:
            repl.again()
            _prepare(repl)
        except BoardRaised as error:
            if error.errno == errno.ENOSPC:
                raise _full(board, len(data), slot) from error
            # A line that garbled what was sent looks like this too: bad base64, a name cut short.
            repl.again()
            _prepare(repl)
        passed(-told)
    raise flash_error("not_verified", path=path)


def _prepare(repl: Repl) -> None:
    repl.ask(PUT)


def _needed(board: Board, files: dict[str, bytes]) -> int:
    block = board.block_bytes
    folders = {path[:at] for path in files for at in range(1, len(path)) if path[at] == "/"}
    needed = _SPARE_BLOCKS + _FOLDER_BLOCKS * len(folders - board.files.keys())
    for path, data in files.items():
        had = board.files.get(path, (0, ""))[0]
        needed += max(0, _blocks(len(data), block) - _blocks(had, block))
    return needed * block


def _blocks(size: int, block: int) -> int:
    return 0 if size <= _INLINE_BYTES else -(-size // block)


def _full(board: Board, missing_bytes: int, slot: str) -> FlashError:
    others = sum(
        size
        for path, (size, _) in board.files.items()
        if size > 0 and not path.startswith((f"/{slot}/", "/a/", "/b/", "/firmware/"))
    )
    kb = max(1, -(-missing_bytes // 1024))
    return flash_error("full", kb=kb, others_kb=-(-others // 1024))


def _tops(paths: list[str]) -> list[str]:
    # What lies in a folder that goes anyway need not be named.
    found: list[str] = []
    for path in sorted(paths):
        if not (found and path.startswith(found[-1] + "/")):
            found.append(path)
    return found
