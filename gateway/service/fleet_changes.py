"""Adding and retiring boards at a running broker: passwords, reload, proof, then the receipts.

The proof takes some milliseconds, so it is awaited in a thread of its own: presses go on.
"""

import json
import logging
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from firmware.wire import codec
from gateway.service.out import Out

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Done:
    """A change of the register: whose topics to clear, and the receipts that waited for it."""

    retired: list[str]
    receipts: list[Out]
    honoured: bool = True

    def answers(self) -> list[Out]:
        """Give the receipts to send; they say so if the broker did not honour the change."""
        if self.honoured:
            return self.receipts
        return [_not_honoured(receipt) for receipt in self.receipts]


class FleetChanges:
    """Makes the broker honour the register; `apply` does it and gives whether it is honoured.

    One change after another: the proof of one is overwritten by the files of the next.
    """

    def __init__(self, apply: Callable[[list[str]], Callable[[], bool]]) -> None:
        """`apply(boards)` writes the files and gives a function that waits for proof."""
        self._apply = apply
        self._thread: threading.Thread | None = None  # of the change that is under way
        self._next: tuple[list[str], Done] | None = None
        self._finished: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)

    @property
    def busy(self) -> bool:
        """Whether a change is under way."""
        return self._thread is not None

    def fileno(self) -> int:
        """Give a descriptor that can be read when something is finished."""
        return self._wake_read.fileno()

    def woken(self) -> None:
        """Take the wake-up off the descriptor."""
        self._wake_read.recv(4096)

    def begin(self, boards: list[str], retired: list[str], receipts: list[Out]) -> None:
        """Start making the broker honour `boards`; `finished` gives the rest when it does."""
        if not self.busy:
            self._start(boards, Done(retired, receipts))
            return
        if self._next is not None:
            waiting = self._next[1]
            retired, receipts = waiting.retired + retired, waiting.receipts + receipts
        self._next = (boards, Done(retired, receipts))

    def finished(self) -> list[Done]:
        """Give the changes that were finished since the last call."""
        done: list[Done] = []
        while not self._finished.empty():
            done.append(self._finished.get_nowait())
        if done and self._thread is not None:
            self._thread.join()  # it has nothing left to do
            self._thread = None
            if self._next is not None:
                following, self._next = self._next, None
                self._start(*following)
        return done

    def close(self) -> None:
        """Wait for the change that is under way; the next start makes up for one that waits."""
        if self._thread is not None:
            self._thread.join()
        self._wake_read.close()
        self._wake_write.close()

    def _start(self, boards: list[str], done: Done) -> None:
        wait = self._apply(boards)
        self._thread = threading.Thread(target=self._await, args=(wait, done), daemon=True)
        self._thread.start()

    def _await(self, wait: Callable[[], bool], done: Done) -> None:
        done.honoured = wait()
        if not done.honoured:
            _log.error(
                "the broker did not take over the new register of boards in time;"
                " it will when it starts next"
            )
        self._finished.put(done)
        self._wake_write.send(b"x")


def _not_honoured(receipt: Out) -> Out:
    payload = {**json.loads(receipt.payload), "honoured": False}
    return receipt._replace(payload=codec.encode(payload, codec.MAX_DOWN_BYTES))
