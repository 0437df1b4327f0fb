"""The door to the hall of virtual boards: a unix socket, open only while somebody looks.

Blinking and scrolling matrices are news many times a second; a console that nobody looks at
must not even hear them. So pages and orders hold the link, and it closes a little after the last.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from web_console.bench_looks import Looks
from web_console.bench_orders import BenchRefusal, read_order
from web_console.fanout import Fanout
from web_console.shapes import Misfit

log = logging.getLogger("loket.console.bench")

LINGER_S = 5.0
_RETRY_S = (0.25, 2.0)
_MOST_LINE_BYTES = 1_048_576
_CONNECT_WITHIN_S = 2.0
_TOPIC = "bench"


class BenchLink:
    """The virtual boards of a demo hall, live for `fanout`'s readers; all in one event loop."""

    def __init__(
        self,
        socket_path: Path,
        fanout: Fanout,
        linger_s: float = LINGER_S,
    ) -> None:
        self._path = socket_path
        self._fanout = fanout
        self._linger_s = linger_s
        self._looks = Looks()
        self._holders = 0
        self._runner: asyncio.Task[None] | None = None
        self._closer: asyncio.TimerHandle | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._up = asyncio.Event()
        self._said = ""

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the link open (or trying) within the block."""
        self._holders += 1
        if self._closer:
            self._closer.cancel()
            self._closer = None
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                loop = asyncio.get_running_loop()
                self._closer = loop.call_later(self._linger_s, self.close)

    def close(self) -> None:
        """Close the link and forget how the boards looked."""
        if self._runner:
            self._runner.cancel()
            self._runner = None
        for board in self._looks:
            self._fanout.forget(_board_topic(board))
        self._fanout.forget(_TOPIC)
        self._looks = Looks()

    async def do(self, got: Any) -> None:
        """Carry out an order that a page sent; raise BenchRefusal if it cannot be."""
        with self.held():
            try:
                async with asyncio.timeout(_CONNECT_WITHIN_S):
                    await self._up.wait()
                    order = read_order(self._looks.of, got)
                    if self._writer is None:
                        raise BenchRefusal("bench.refused_away")
                    self._writer.write(json.dumps(order).encode() + b"\n")
                    await self._writer.drain()
                    self._publish_board(self._looks.ordered(order))
            except (TimeoutError, OSError):
                raise BenchRefusal("bench.refused_away") from None

    async def _run(self) -> None:
        retry_s = _RETRY_S[0]
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(
                    self._path, limit=_MOST_LINE_BYTES
                )
            except OSError as error:
                self._say(f"no hall of virtual boards at {self._path}: {error}")
            else:
                self._say("connected to the hall of virtual boards")
                retry_s = _RETRY_S[0]
                await self._read(reader, writer)
            self._publish_bench(up=False)
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, _RETRY_S[1])

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        try:
            while line := await reader.readline():
                try:
                    self._take(json.loads(line))
                except (ValueError, RecursionError) as error:  # Misfit is a ValueError
                    self._say(f"the hall of virtual boards said something unusable: {error}")
        except (OSError, ValueError) as error:  # ValueError: a line above the limit
            self._say(f"the hall of virtual boards went away: {error}")
        finally:
            self._up.clear()
            self._writer = None
            writer.close()

    def _take(self, message: Any) -> None:
        if not isinstance(message, Mapping):
            raise Misfit("message: an object is needed")
        if "error" in message:
            log.info("the hall of virtual boards refuses: %s", message["error"])
        elif "hall" in message:
            for board in self._looks.hall(message["hall"]):
                self._publish_board(board)
            self._publish_bench(up=True)
            self._up.set()
        else:
            changed = self._looks.event(message)
            if changed:
                self._publish_board(changed)

    def _publish_board(self, board: str) -> None:
        if board in self._looks:
            self._fanout.publish(_board_topic(board), "board", self._looks.of(board))
        else:
            self._fanout.forget(_board_topic(board))

    def _publish_bench(self, *, up: bool) -> None:
        self._fanout.publish(_TOPIC, "bench", {"up": up, "boards": list(self._looks)})

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            log.warning(text)


def _board_topic(board: str) -> str:
    return f"board:{board}"
