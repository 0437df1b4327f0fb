"""Lets a board blink, so that a person finds it among several."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.config import Paths
from gateway.fleet.flash.onboard import blink as blink_code
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.repl import Repl
from gateway.fleet.flash.texts import FlashError
from gateway.ports import Claimed, claim

_ENTER_S = 2.0
_BY_ITSELF_S = 30.0
_ROUND_S = 20.0


@contextmanager
def blinking(paths: Paths, port: UsbPort) -> Iterator[None]:
    """Let the board at a port blink during the `with` block, if it can; never raises for it."""
    ended = threading.Event()

    def blink() -> None:
        try:
            with claim(paths, port.device):
                repl = Repl(port.device, lambda: False)
                try:
                    if repl.enter(_ENTER_S):
                        repl.start(blink_code(_BY_ITSELF_S))
                        while not ended.wait(_ROUND_S):
                            repl.interrupt()
                            repl.start(blink_code(_BY_ITSELF_S))
                        repl.interrupt()
                        repl.resume()
                    else:
                        ended.wait()
                finally:
                    repl.close()
        except (FlashError, Claimed):
            return  # what is in the way is told when the board is to be written

    thread = threading.Thread(target=blink, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
