"""Finding the programs that tests run, free ports, and waiting for a condition."""

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> str:
    """Give the path of a program that the set-up provides; fail with the way out if absent."""
    own = ROOT / ".tools" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is not there: run `make setup` first")
    return found


def free_port() -> int:
    """Give a TCP port that was free on loopback a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def wait_for(condition: Callable[[], T | None], timeout_s: float = 10.0, what: str = "") -> T:
    """Give the first truthy answer of `condition`, asked every 10 ms; fail after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s} s in vain for {what or condition}")
        time.sleep(0.01)
