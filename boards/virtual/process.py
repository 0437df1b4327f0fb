"""One virtual board as a process: start it, press, look, wait for what it shows.

For tests and benches; the hall (hall.py) starts its boards with the same `spawn`.
"""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "boards" / "virtual" / "board.py"
HEAP_KB = 180  # as little as a Pico W has: docs/firmware.md
ASLEEP_STATUS = 10  # as in firmware/hal/virtual.py
RESET_STATUS = 11

See = dict[str, Any]


def micropython() -> str:
    """Give the path of the MicroPython that set-up provides, else the system's."""
    own = ROOT / ".tools" / "bin" / "micropython"
    found = str(own) if own.exists() else shutil.which("micropython")
    if not found:
        raise FileNotFoundError("micropython is not there: run `make setup` first")
    return found


class Spawned(NamedTuple):
    """A started board and its two unbuffered pipes."""

    process: "subprocess.Popen[bytes]"
    stdin: IO[bytes]
    stdout: IO[bytes]


def spawn(
    flash: Path,
    heap_kb: int = HEAP_KB,
    entry: Path = ENTRY,
    stderr: IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
) -> Spawned:
    """Start the board whose flash is the folder `flash`.

    `pass_fds` are open in the board, too, under the same numbers: its end of a cable.
    The board ends when its stdin is closed, so it never outlives who started it.
    """
    process = subprocess.Popen(
        [micropython(), "-X", f"heapsize={heap_kb}k", str(entry), str(flash)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        bufsize=0,
        pass_fds=pass_fds,
    )
    if process.stdin is None or process.stdout is None:
        raise OSError("no pipes to the board")
    return Spawned(process, process.stdin, process.stdout)


class World:
    """What is around a virtual board: press and look, and see what it shows.

    With `restarts`, the end of a board is not the end of waiting: another one will follow.
    """

    def __init__(self, restarts: bool = False) -> None:
        self._restarts = restarts
        self._stdin: IO[bytes] | None = None
        self._seen: list[See] = []
        self._read = 0  # so many of `_seen` have been given by wait()
        self._news = threading.Condition()
        self._ended = False
        self._reader: threading.Thread | None = None

    def attach(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        """Be the world of a board that starts; what an earlier one has shown stays."""
        with self._news:
            self._stdin = stdin
            self._ended = False
        self._reader = threading.Thread(target=self._listen, args=(stdout,), daemon=True)
        self._reader.start()

    def detach(self) -> None:
        """Let go of a board that has ended."""
        if self._reader:
            self._reader.join()
        self.hang_up()

    def hang_up(self) -> None:
        """Say no more to the board; one on pipes takes it for the end of its power."""
        if self._stdin:
            self._stdin.close()

    @property
    def seen(self) -> list[See]:
        """Everything the board has shown so far, oldest first."""
        with self._news:
            return list(self._seen)

    def do(self, name: str, **what: object) -> None:
        """Send one line; raises BrokenPipeError when the board has ended."""
        if self._stdin is None or self._stdin.closed:
            raise BrokenPipeError("the board is off")
        self._stdin.write(json.dumps({"do": name, **what}).encode() + b"\n")

    def press(self, key: str) -> None:
        """Press a key for 60 ms."""
        self.do("press", key=key)

    def look(self, timeout_s: float = 5.0) -> See:
        """Give a full look at the board as it is now."""
        self.do("look")
        return self.wait("look", timeout_s=timeout_s)

    def wait(
        self,
        see: str,
        matches: Callable[[See], bool] | None = None,
        timeout_s: float = 5.0,
        **fields: object,
    ) -> See:
        """Give the next line `see` with these `fields` that `matches`, and skip all before it.

        Lines given once are not given again. Raises AssertionError after `timeout_s`, or when
        the board has ended without it.
        """
        deadline = time.monotonic() + timeout_s
        with self._news:
            while True:
                while self._read < len(self._seen):
                    line = self._seen[self._read]
                    self._read += 1
                    wanted = all(line.get(name) == fields[name] for name in fields)
                    if line["see"] == see and wanted and (matches is None or matches(line)):
                        return line
                left_s = deadline - time.monotonic()
                if self._ended or left_s <= 0:
                    raise AssertionError(
                        f"no {see} {fields} {'before its end' if self._ended else ''} "
                        f"within {timeout_s} s; last lines: {self._seen[-5:]}"
                    )
                self._news.wait(left_s)

    def _listen(self, stdout: IO[bytes]) -> None:
        rest = b""
        while True:
            data = stdout.read(65_536)
            with self._news:
                if data:
                    lines = (rest + data).split(b"\n")
                    rest = lines.pop()
                    self._seen += [json.loads(line) for line in lines]
                else:
                    self._ended = not self._restarts
                self._news.notify_all()
            if not data:
                stdout.close()
                return


class BoardProcess(World):
    """A running virtual board; end it with `end`, `kill` or a `with` block."""

    def __init__(
        self,
        flash: Path,
        heap_kb: int = HEAP_KB,
        entry: Path = ENTRY,
        stderr: IO[bytes] | None = None,
    ) -> None:
        super().__init__()
        self._process, stdin, stdout = spawn(flash, heap_kb, entry, stderr)
        self.attach(stdin, stdout)

    def __enter__(self) -> "BoardProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        why: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The process id of the board."""
        return self._process.pid

    def wait_end(self, timeout_s: float = 5.0) -> int:
        """Give the exit status once the board has ended by itself."""
        status = self._process.wait(timeout_s)
        self.detach()
        return status

    def end(self, timeout_s: float = 5.0) -> int:
        """Take the board's power away (close its stdin) and give its exit status."""
        self.hang_up()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.detach()
        return self._process.returncode

    def kill(self) -> None:
        """End the board as kill -9 does."""
        self._process.kill()
        self._process.wait()
        self.detach()
