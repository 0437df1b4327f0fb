"""The wire is tested on both interpreters: `pure/` runs on each, `peer` is a live MicroPython."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.conftest import pytest_collect_file, pytest_pyfunc_call
from tests.support import micropython
from tests.wire.portable import unpack

__all__ = ["pytest_collect_file", "pytest_pyfunc_call"]


class Peer:
    """A MicroPython process that decodes and encodes payloads as a board does."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            micropython.command(Path(__file__).parent / "worker.py"),
            env=micropython.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def _ask(self, order: str, data: bytes) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{order}{data.hex()}\n")
        answer = self._process.stdout.readline().strip()
        assert answer, f"MicroPython died of {data!r}"
        return answer

    def decode(self, data: bytes) -> Any:
        """Give what `codec.decode` gives there, or None for BadPayload; fail for anything else."""
        answer = self._ask("D", data)
        assert not answer.startswith("X"), f"{answer} of {data!r}"
        return None if answer == "B" else unpack(bytes.fromhex(answer))

    def recode(self, data: bytes) -> bytes:
        """Give `codec.encode(codec.decode(data))` of there."""
        answer = self._ask("R", data)
        assert not answer.startswith(("X", "B")), f"{answer} of {data!r}"
        return bytes.fromhex(answer)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    """Give the MicroPython process that this process's tests share."""
    peer = Peer()
    yield peer
    peer.close()
