"""Running scripts under the real 32-bit MicroPython, with a hard heap limit like a board's."""

import os
import subprocess
from pathlib import Path

from tests.support.tools import ROOT, tool

HEAP_KB = 128


def command(script: Path, *args: str, heap_kb: int = HEAP_KB) -> list[str]:
    """Give the command line that runs `script` with at most `heap_kb` of heap.

    Each argument may have at most 255 bytes: this port dies of a longer one.
    """
    return [tool("micropython"), "-X", f"heapsize={heap_kb}k", str(script), *args]


def environment() -> dict[str, str]:
    """Give the environment in which `firmware` and `tests` can be imported."""
    return {**os.environ, "MICROPYPATH": f"{ROOT}:.frozen"}


def run(
    script: Path, *args: str, heap_kb: int = HEAP_KB, timeout_s: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run `script` to its end and give status, stdout and stderr as texts."""
    return subprocess.run(
        command(script, *args, heap_kb=heap_kb),
        env=environment(),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
    )
