"""One running program: started so that it cannot outlive us, read, and ended."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from gateway.supervise.bounded_log import BoundedLog
from gateway.supervise.broker_log import CHUNK_BYTES, BrokerLines, enlarge
from gateway.supervise.spec import Spec

# So much of what a program wrote last is kept to tell why it ended.
TAIL_BYTES = 4096
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A program from its start to its end. Start and use it from the main thread only.

    The kernel's signal at our death is tied to the thread that started the child.
    """

    def __init__(self, spec: Spec, env: Mapping[str, str], folder: Path) -> None:
        """Start `spec` in `folder`; raise OSError if that is not possible."""
        self.spec = spec
        self.started_s = time.monotonic()
        self.pipe_open = True
        self._tail = b""
        self._log = BoundedLog(spec.log)
        us = os.getpid()

        def bind_to_parent() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, spec.death_signal)
            if os.getppid() != us:
                os._exit(1)  # we died before the kernel knew whom to tell

        self._process = subprocess.Popen(
            spec.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env=dict(env),
            cwd=folder,
            # A session of its own: Ctrl-C in the terminal is for us alone to pass on.
            start_new_session=True,
            # Safe beside our reader thread: it makes two system calls and takes no lock.
            preexec_fn=bind_to_parent,  # noqa: PLW1509
        )
        assert self._process.stdout is not None
        self.pipe: IO[bytes] = self._process.stdout
        self._lines: BrokerLines | None = None
        self._reader: threading.Thread | None = None
        if spec.denied_to is None:
            os.set_blocking(self.pipe.fileno(), False)
        else:
            enlarge(self.pipe)
            self._lines = BrokerLines(spec.denied_to, self._log)
            self._reader = threading.Thread(target=self._read_broker, daemon=True)
            self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its process group."""
        return self._process.pid

    @property
    def read_here(self) -> bool:
        """Whether its output is to be read with `read` (else a thread does it)."""
        return self._reader is None

    def read(self) -> None:
        """Move a chunk of what it has written to its log; for use when its pipe has something."""
        data = self.pipe.read(CHUNK_BYTES)
        if data:
            self._log.write(data)
            self._tail = (self._tail + data)[-TAIL_BYTES:]
        elif data == b"":
            self.pipe_open = False

    def ended(self) -> bool:
        """Say whether it has ended; whatever it left running is ended with it."""
        if self._process.returncode is not None:
            return True
        seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if seen is None:
            return False
        self.signal(signal.SIGKILL)  # before it is reaped: until then its group's id is taken
        self._process.wait()
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL to its whole group, others to itself."""
        try:
            if number == signal.SIGKILL:
                os.killpg(self.pid, number)
            else:
                self._process.send_signal(number)
        except ProcessLookupError:
            pass  # it went by itself a moment ago, which is what was wanted

    def close(self) -> None:
        """Read its last words and let go of its log; only after it has ended."""
        if self._reader is not None:
            self._reader.join()
        elif self.pipe_open:
            self.read()  # at most a pipe's worth, which is a chunk
        self.pipe.close()
        if self._lines is not None:
            self._lines.close()
            self._tail = self._lines.last_line
        else:
            self._log.close()

    @property
    def exit_status(self) -> int | None:
        """The status it ended with; minus the signal's number if one ended it."""
        return self._process.returncode

    def how_it_ended(self) -> str:
        """Give its end in words: "status 1: ImportError: ..." or "SIGKILL"."""
        status = self._process.returncode
        if status is not None and status < 0:
            return signal.Signals(-status).name
        last_line = self.last_words().rpartition("\n")[2][:200]
        return f"status {status}: {last_line}" if last_line else f"status {status}"

    def last_words(self) -> str:
        """Give the end of what it wrote, 4 KB at most; of the broker, its last error."""
        return self._tail.decode(errors="replace").strip()

    def _read_broker(self) -> None:
        assert self._lines is not None
        while chunk := os.read(self.pipe.fileno(), CHUNK_BYTES):
            self._lines.take(chunk)
