"""A board that is flashed in memory: what runs on it is the very code that is sent to a real one.

Its flash is as a LittleFS is: names change at once and whole, what is written into a file is there
when it is closed. It can be cut off before each change and each piece of a file: its power goes, or
its cable, and who comes next interrupts what it still waits for.
"""

import binascii
import builtins
import errno
import hashlib
import io
import json
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from gateway.config import Paths
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.repl import PIECE_BYTES, BoardRaised
from gateway.fleet.flash.texts import flash_error

_FOLDER = 0x4000
_BLOCK_BYTES = 4_096
_BLOCKS = 200


class _Off(BaseException):
    """Nothing runs any more."""


class MemoryBoard:
    """`files` is the flash: path -> bytes, None for a folder. `cut_at` counts down the moments at
    which it could be cut off, `moments` up; `by_power` says how it is."""

    def __init__(self, files: Mapping[str, bytes | None]) -> None:
        self.files = dict(files)
        self.moments = 0
        self.cut_at = 0
        self.by_power = False
        self.off = False

    def moment(self) -> None:
        """Be cut off, if it is time."""
        if self.off and self.by_power:
            raise _Off
        self.moments += 1
        if self.moments == self.cut_at:
            self.off = True
            # A board that waits for more than comes is interrupted by who comes next.
            raise _Off if self.by_power else KeyboardInterrupt

    def again(self) -> None:
        """Come back, and be left alone."""
        self.moments = self.cut_at = 0
        self.off = False


class _File:
    def __init__(self, board: MemoryBoard, path: str) -> None:
        self._board = board
        self._path = path
        self._data = b""

    def __enter__(self) -> "_File":
        return self

    def write(self, data: bytes) -> None:
        self._board.moment()
        self._data += data

    def __exit__(self, *_: object) -> None:
        if not (self._board.off and self._board.by_power):
            if not self._board.off:
                self._board.moment()
            self._board.files[self._path] = self._data


class _Os(types.SimpleNamespace):
    def __init__(self, board: MemoryBoard) -> None:
        super().__init__()
        self._board = board

    def _there(self, path: str) -> bytes | None:
        if path not in self._board.files:
            raise OSError(errno.ENOENT, path)
        return self._board.files[path]

    def open(self, path: str, mode: str) -> Any:
        if mode == "rb":
            data = self._there(path)
            assert data is not None
            return io.BytesIO(data)
        folder = path.rpartition("/")[0]
        if folder and folder not in self._board.files:
            raise OSError(errno.ENOENT, path)
        self._board.moment()
        self._board.files.setdefault(path, b"")
        return _File(self._board, path)

    def stat(self, path: str) -> tuple[int, ...]:
        data = self._there(path)
        return (_FOLDER if data is None else 0, 0, 0, 0, 0, 0, len(data or b""))

    def ilistdir(self, path: str) -> list[tuple[str, int, int]]:
        begin = path.rstrip("/") + "/"
        inside = [name for name in self._board.files if name.startswith(begin)]
        return [
            (name[len(begin) :], _FOLDER if self._board.files[name] is None else 0, 0)
            for name in inside
            if "/" not in name[len(begin) :]
        ]

    def mkdir(self, path: str) -> None:
        if path in self._board.files:
            raise OSError(errno.EEXIST, path)
        self._board.moment()
        self._board.files[path] = None

    def rmdir(self, path: str) -> None:
        if self.ilistdir(path):
            raise OSError(errno.ENOTEMPTY, path)
        self.remove(path)

    def remove(self, path: str) -> None:
        self._there(path)
        self._board.moment()
        del self._board.files[path]

    def rename(self, path: str, to: str) -> None:
        data = self._there(path)
        self._board.moment()
        del self._board.files[path]
        self._board.files[to] = data

    def statvfs(self, path: str) -> tuple[int, ...]:
        used = sum(-(-len(data or b"") // _BLOCK_BYTES) or 1 for data in self._board.files.values())
        return (_BLOCK_BYTES, 0, _BLOCKS, _BLOCKS - used)


class _Repl:
    """What `Repl` does, without a cable in between."""

    def __init__(self, board: MemoryBoard) -> None:
        self._sent = io.BytesIO()
        self._said = io.StringIO()
        flash = _Os(board)
        modules = {
            "sys": types.SimpleNamespace(
                stdin=types.SimpleNamespace(buffer=self),
                stdout=types.SimpleNamespace(write=lambda _: None),
                platform="linux",
                implementation=types.SimpleNamespace(version=(1, 26, 1), _mpy=6, _machine="memory"),
            ),
            "os": flash,
            "json": json,
            "binascii": binascii,
            "hashlib": hashlib,
        }

        def find(name: str, *_: object) -> Any:
            if name not in modules:
                raise ImportError(name)
            return modules[name]

        own = {"__import__": find, "open": flash.open, "print": self._print}
        self._names: dict[str, Any] = {"__builtins__": {**vars(builtins), **own}}

    def read(self, size: int) -> bytes:
        """Give what was sent."""
        return self._sent.read(size)

    def _print(self, *words: object, end: str = "\n") -> None:
        self._said.write(" ".join(map(str, words)) + end)

    def ask(self, code: str, within_s: float = 20.0) -> Any:
        return self._run(code, b"")

    def send(self, code: str, data: bytes, passed: Callable[[int], None]) -> Any:
        pieces = [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]
        answer = self._run(code, b"".join(map(binascii.b2a_base64, pieces)).replace(b"\n", b""))
        passed(len(data))
        return answer

    def again(self) -> None:
        raise AssertionError("nothing is garbled here")

    def leave(self, code: str) -> None:
        pass

    def resume(self) -> None:
        pass

    def _run(self, code: str, sent: bytes) -> Any:
        self._sent = io.BytesIO(sent)
        self._said = io.StringIO()
        try:
            exec(code, self._names)
        except (_Off, KeyboardInterrupt):
            raise flash_error("gone", port="memory") from None
        except OSError as error:
            raise BoardRaised(f"OSError: [Errno {error.errno}]") from error
        return json.loads(self._said.getvalue().split("@@")[1])


class MemoryCable:
    """Takes the place of `Cable`; `board` hangs at it."""

    board: MemoryBoard

    def __init__(self, paths: Paths, port: UsbPort, stopping: Callable[[], bool]) -> None:
        self.port = port

    def __enter__(self) -> "MemoryCable":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def reach(self, report: object, reset_s: float) -> _Repl:
        """Give its REPL."""
        with suppress(KeyboardInterrupt):
            self.board.again()
        return _Repl(self.board)
