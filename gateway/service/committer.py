"""Puts batches on disk, one after another, and gives back what may then be said.

A few rows are written at once by the caller's own thread: nobody else is waiting, and handing
them over would cost a press more than it gains. More go to a thread of its own, so that the
next batch is decided while the disk still writes the last one; batches that queue up there
share one transaction. Whatever was said of a later state waits behind what was said before it.
"""

import queue
import socket
import threading

from gateway.journal import Journal
from gateway.service.batch import Batch
from gateway.service.out import Out

# Up to so many rows are a press or two.
_AT_ONCE_MOST = 8


class Committer:
    """The journal's one writer. Use it from one thread; `fileno` can be read when `woken` must be
    called, after which `finished` gives what became durable."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._todo: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[list[Out] | Exception] = queue.SimpleQueue()
        self._under_way = 0  # batches handed over and not given back
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Give a descriptor that can be read when something became durable."""
        return self._wake_read.fileno()

    def woken(self) -> None:
        """Take the wake-ups off the descriptor."""
        self._wake_read.recv(4096)

    def submit(self, batch: Batch) -> list[Out]:
        """Take a batch, and give what may be said at once (nothing, if it has to wait).

        Raises JournalError when it cannot be written, now or from `finished` or `drain`.
        """
        if not self._under_way:
            if not batch.weight:
                return batch.out
            if batch.weight <= _AT_ONCE_MOST:
                self._journal.commit(batch.rows, batch.answers, batch.glass)
                return batch.out
        if batch.weight or batch.out:
            self._under_way += 1
            self._todo.put(batch)
        return []

    def finished(self) -> list[Out]:
        """Give what may be said of batches that became durable since the last call."""
        out: list[Out] = []
        while not self._done.empty():
            out.extend(self._take())
        return out

    def drain(self) -> list[Out]:
        """Wait until everything is durable and give what may be said."""
        out: list[Out] = []
        while self._under_way:
            out.extend(self._take())
        return out

    def close(self) -> None:
        """Let what was handed over be written, and end the thread."""
        self._todo.put(None)
        self._thread.join()
        self._wake_read.close()
        self._wake_write.close()

    def _take(self) -> list[Out]:
        result = self._done.get()
        if isinstance(result, Exception):
            raise result
        self._under_way -= 1
        return result

    def _work(self) -> None:
        while (batch := self._todo.get()) is not None:
            batches = [batch]
            last = False
            while not self._todo.empty():
                more = self._todo.get_nowait()
                if more is None:
                    last = True
                    break
                batches.append(more)
            self._write(batches)
            if last:
                return

    def _write(self, batches: list[Batch]) -> None:
        try:
            if any(batch.weight for batch in batches):
                self._journal.commit(
                    [row for batch in batches for row in batch.rows],
                    [answer for batch in batches for answer in batch.answers],
                    [glass for batch in batches for glass in batch.glass],
                )
            for batch in batches:
                self._done.put(batch.out)
        except Exception as e:  # noqa: BLE001  (raised where it can end the process)
            self._done.put(e)
        try:
            self._wake_write.send(b"x")
        except BlockingIOError:
            return  # so many wake-ups wait already that one more changes nothing
