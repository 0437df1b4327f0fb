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
    """A change of the register that the broker honours: whose topics to clear, what to answer."""

    retired: list[str]
    receipts: list[Out]


class FleetChanges:
    """Makes the broker honour the register; `apply` does it and gives whether it is honoured."""

    def __init__(self, apply: Callable[[list[str], list[str]], Callable[[], bool]]) -> None:
        """`apply(boards, retired)` writes the files and gives a function that waits for proof."""
        self._apply = apply
        self._finished: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)

    def fileno(self) -> int:
        """Give a descriptor that can be read when something is finished."""
        return self._wake_read.fileno()

    def woken(self) -> None:
        """Take the wake-up off the descriptor."""
        self._wake_read.recv(4096)

    def begin(self, boards: list[str], retired: list[str], receipts: list[Out]) -> None:
        """Start making the broker honour `boards`; `finished` gives the rest when it does."""
        wait = self._apply(boards, retired)
        thread = threading.Thread(
            target=self._await, args=(wait, Done(retired, receipts)), daemon=True
        )
        thread.start()

    def finished(self) -> list[Done]:
        """Give the changes that were finished since the last call."""
        done: list[Done] = []
        while not self._finished.empty():
            done.append(self._finished.get_nowait())
        return done

    def _await(self, wait: Callable[[], bool], done: Done) -> None:
        if not wait():
            done.receipts = [_not_honoured(receipt) for receipt in done.receipts]
            _log.error(
                "the broker did not take over the new register of boards in time;"
                " it will when it starts next"
            )
        self._finished.put(done)
        self._wake_write.send(b"x")


def _not_honoured(receipt: Out) -> Out:
    payload = {**json.loads(receipt.payload), "honoured": False}
    return receipt._replace(payload=codec.encode(payload, codec.MAX_DOWN_BYTES))
