"""Keeps a board connected: connect, say `init`, subscribe, serve; again and again, politely."""

import asyncio
import sys

from firmware.net.errors import LinkError, Refused, TooMany
from firmware.wire import board_words as words
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.net.mqtt import Client

FIRST_WAIT_MS = 250
MOST_WAIT_MS = 5_000
KEEPALIVE_S = 10  # a board that dies silently is known lost after about 17 s
MAX_IN_FLIGHT = 24  # what a board says at a connect fits in: a ticket board that was alone, 19
_LEAVE_WITHIN_S = const(3)


class Link:
    """Connects `board` through `client` (net/mqtt.py) over `network` (a port of hal).

    `now_ms()` is the board's time, `scatter(n)` a random number below n, `changed()` is called
    when the board may have got something to do.
    """

    def __init__(
        self,
        client: "Client",
        network: "Any",
        board: "Any",
        now_ms: "Callable[[], int]",
        scatter: "Callable[[int], int]",
        changed: "Callable[[], None]",
    ) -> None:
        self.client = client
        self._network = network
        self._board = board
        self._now_ms = now_ms
        self._scatter = scatter
        self._changed = changed
        self._up = False  # connected, subscribed, and the board knows
        self._leaving = False
        self._closing: "Any" = None

    def send(self, topic: str, data: bytes, qos: int, retain: bool) -> None:
        """Send a message now; without a connection it is gone, and its sender knows that."""
        if not self.client.connected:
            return
        try:
            self.client.publish(topic, data, qos, retain)
        except TooMany as why:
            # The broker acknowledges nothing any more: a new connection says all afresh.
            _log(why)
            self._closing = asyncio.create_task(self.client.close())
        except LinkError as why:
            _log(why)  # run() ends with the same reason

    async def run(self) -> None:
        """Stay connected for ever; return only after `leave`."""
        wait_ms = FIRST_WAIT_MS
        while not self._leaving:
            try:
                await self._network.up()
                await self.client.connect()
                self._board.up.life(words.INIT)
                await self.client.subscribe(self._board.subscriptions())
                self._up = True
                wait_ms = FIRST_WAIT_MS
                self._board.link_is_up(self._now_ms())
                self._changed()
                await self.client.run()
            except Refused as why:
                _log(why)
                wait_ms = MOST_WAIT_MS  # until somebody makes us known, asking more is useless
            except LinkError as why:
                _log(why)
            up, self._up = self._up, False
            if self._leaving:
                break
            if up:
                self._board.link_is_down(self._now_ms())
                self._changed()
            await asyncio.sleep(self._jittered(wait_ms) / 1_000)
            wait_ms = min(2 * wait_ms, MOST_WAIT_MS)

    async def leave(self, s: str) -> None:
        """Say `s` (sleeping or gone), wait until the broker has it all, and disconnect.

        Gives up after a few seconds: whoever leaves has a reason to.
        """
        self._leaving = True
        self._board.up.life(s)
        if not self._up:
            return  # at most the broker gives the will
        try:
            await asyncio.wait_for(self.client.flush(), _LEAVE_WITHIN_S)
        except (LinkError, asyncio.TimeoutError) as why:
            _log(why)
        await self.client.close()

    def _jittered(self, wait_ms: int) -> int:
        # Half to all of it: boards that lost their broker together do not return together.
        return wait_ms // 2 + self._scatter(wait_ms // 2)


def _log(why: Exception) -> None:
    print("link:", why, file=sys.stderr)
