"""The cable to a board: its port, claimed and opened, wherever it is after a reset or a replug."""

import time
from contextlib import ExitStack
from types import TracebackType

from gateway.config import Paths
from gateway.fleet.flash.ports import UsbPort, same_board
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import FlashError, flash_error
from gateway.fleet.flash.wish import Report, Stopping
from gateway.ports import Claimed, claim

ENTER_S = 3.0
_OPEN_WITHIN_S = 4.0  # the bridge needs one to let go
_LOOK_EVERY_S = 0.1


class Cable:
    """Use it in a `with` block: claimed from its begin, closed and let go of at its end."""

    def __init__(self, paths: Paths, port: UsbPort, stopping: Stopping) -> None:
        self.port = port
        self.repl: Repl | None = None
        self._paths = paths
        self._stopping = stopping
        self._claims = ExitStack()

    def __enter__(self) -> "Cable":
        self._claim(self.port)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        why: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Close the port and give up the claim: the bridge may have it now."""
        self._close()
        self._claims.close()

    def reach(self, report: Report, reset_s: float) -> Repl:
        """Give the board's raw REPL. One that does not answer is asked for a RESET, and waited for
        `reset_s`; then FlashError("hangs")."""
        self.repl = Repl(self.port.device, self._stopping, _OPEN_WITHIN_S)
        began = time.monotonic()
        while (passed_s := time.monotonic() - began) < ENTER_S + reset_s:
            if passed_s > ENTER_S or self.repl is None:
                report("reset", 0, 0)
            if self.repl is None and not self._open_again():
                continue
            try:
                if self.repl is not None and self.repl.enter(1.0):
                    return self.repl
            except FlashError as error:
                # A board that starts anew again and again takes its port with it each time.
                self._lost(error)
        raise flash_error("gone" if self.repl is None else "hangs", port=self.port.device)

    def listen(self, within_s: float) -> bytes:
        """Give what the board says within a time; b"" while it is away, or restarts."""
        try:
            if self.repl is not None:
                return self.repl.lines(within_s)
            self._open_again()
        except FlashError as error:
            self._lost(error)
        return b""

    def _open_again(self) -> bool:
        """Open the port if the board is there again, else wait for a moment."""
        if self._stopping():
            raise flash_error("stopped")
        now = same_board(self.port)
        if now is not None:
            try:
                if now.device != self.port.device:
                    self._claim(now)
                    self.port = now
                self.repl = Repl(now.device, self._stopping, _OPEN_WITHIN_S)
            except FlashError as error:
                # The system needs a moment to give a new port its group.
                if error.code not in ("gone", "no_permission"):
                    raise
        if self.repl is None:
            time.sleep(_LOOK_EVERY_S)
        return self.repl is not None

    def _lost(self, error: FlashError) -> None:
        if error.code != "gone":
            raise error
        self._close()

    def _close(self) -> None:
        if self.repl is not None:
            self.repl.close()
            self.repl = None

    def _claim(self, port: UsbPort) -> None:
        try:
            self._claims.enter_context(claim(self._paths, port.device))
        except Claimed as error:
            raise flash_error("claimed", port=port.device, by=error.by) from error
