"""`python3 -m tools.setup run|test|check|emulate`: do what is missing, say it, or say why not."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tools.emulate import setup as emulator
from tools.setup import chromium, micropython, mosquitto, python
from tools.setup.common import TOOLS, SetupError, remove_leftovers, say

Step = Callable[[], None]
RUN: list[Step] = [lambda: python.prepare("run"), mosquitto.prepare, micropython.prepare]
TEST: list[Step] = [
    lambda: python.prepare("dev"),
    mosquitto.prepare,
    micropython.prepare,
    chromium.prepare,
]
CHECK: list[Step] = [
    lambda: python.prepare("dev"),
    lambda: python.typings("rp2"),
    lambda: python.typings("rp2w2"),
    lambda: python.typings("esp32"),
]
EMULATE: list[Step] = [lambda: python.prepare("dev"), micropython.prepare, emulator.prepare]
GOALS = {"run": RUN, "test": TEST, "check": CHECK, "emulate": EMULATE}


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second set-up in the same folder waiting until this one is done."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up in this folder to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        remove_leftovers()
        yield


def main(words: list[str]) -> int:
    """Give 0 when all is there, 1 after one sentence about what is in the way."""
    if len(words) != 1 or words[0] not in GOALS:
        print(f"usage: python3 -m tools.setup {'|'.join(GOALS)}", file=sys.stderr)
        return 2
    try:
        with alone():
            for step in GOALS[words[0]]:
                step()
    except SetupError as error:
        print(f"Set-up stopped: {error}.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Set-up stopped: {error.filename or 'a file'}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up interrupted: give the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
