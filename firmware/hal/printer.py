"""The Printer port of real boards: an ESC/POS printer on a UART."""

import asyncio

from firmware.drivers.escpos import (
    ASKS,
    PRINTS,
    READY,
    is_done,
    slip_bytes,
    state_of,
    void_bytes,
)
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from firmware.hal.ports import Clock, OnState, Printed

_ANSWER_MS = const(300)  # an answer takes 1 ms at 9600 baud, and what the printer thinks
_POLL_MS = const(10)
_CHUNK = const(64)  # bytes, so that a slow line never holds up the loop
_WATCH_MS = const(5_000)
_SLIP_MS = const(10_000)  # a slip of 15 cm takes 3 s and the cut 1; a hot head pauses
_LEFT_MS = const(6_000)  # and the mark that it is void, with another cut


class Printer:
    """A printer that says of each slip whether all of it came out.

    `uart` is a machine.UART; `sleep_ms(n)` is asyncio's; `paper_mm` is 58 or 80. `state` is that
    of the last look: before and after each slip, and every 5 s.
    """

    on_state: "OnState | None" = None
    state = READY

    def __init__(
        self,
        uart: "Any",
        clock: "Clock",
        sleep_ms: "Callable[[int], Awaitable[None]]",
        paper_mm: int = 58,
    ) -> None:
        self._uart = uart
        self._clock = clock
        self._sleep_ms = sleep_ms
        self._paper_mm = paper_mm
        self._line = asyncio.Lock()
        self._left = ""  # the ticket of a slip that failed: some of it may still be in the printer
        self._printing: "Any" = None  # the task, lest it be collected

    def print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        """Print a slip, then call `done(ticket, ok, now_ms)`."""
        self._printing = asyncio.create_task(self._print(slip, done))

    async def watch(self) -> None:
        """Look how the printer is, for ever."""
        while True:
            async with self._line:
                self._tell(await self._ready())
            await self._sleep_ms(_WATCH_MS)

    async def _print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        ticket = slip["ticket"]
        ok = False
        async with self._line:
            state = await self._ready()
            if state in PRINTS:
                try:
                    data = slip_bytes(slip, self._paper_mm)
                    self._left = ticket
                    ok = await self._put_out(data)
                except MemoryError:
                    pass  # it has not printed, and who waits for it is told so
                # The cable may have been pulled, or the paper have ended in the middle of it.
                state = await self._look()
                ok = ok and state in PRINTS
                if ok:
                    self._left = ""
        self._tell(state)
        done(ticket, ok, self._clock.now_ms())

    async def _ready(self) -> str:
        # Once a printer can print again, it goes on with what it has left of a slip that failed,
        # and says that it is through with it: that must not be taken for the next slip's word.
        state = await self._look()
        if self._left and state in PRINTS:
            data = void_bytes(self._left)
            self._left = ""
            await self._send(data, self._clock.now_ms() + _SLIP_MS)
            await self._sleep_ms(_LEFT_MS)
            state = await self._look()
        return state

    async def _put_out(self, data: bytes) -> bool:
        # Tells whether the printer said that it is through with it.
        until_ms = self._clock.now_ms() + _SLIP_MS
        if not await self._send(data, until_ms):
            return False
        while self._clock.now_ms() < until_ms:
            await self._sleep_ms(_POLL_MS)
            if self._uart.any() and is_done(self._uart.read()):
                return True
        return False

    async def _send(self, data: bytes, until_ms: int) -> bool:
        for at in range(0, len(data), _CHUNK):
            self._uart.write(data[at : at + _CHUNK])
            while not self._uart.txdone():
                if self._clock.now_ms() >= until_ms:
                    return False
                await self._sleep_ms(_POLL_MS)
        return True

    async def _look(self) -> str:
        answers: "list[bytes | None]" = []
        for ask in ASKS:
            self._forget()
            self._uart.write(ask)
            heard: "bytes | None" = None
            for _ in range(_ANSWER_MS // _POLL_MS):
                await self._sleep_ms(_POLL_MS)
                if self._uart.any():
                    heard = self._uart.read()
                    break
            answers.append(heard)
        return state_of(answers)

    def _forget(self) -> None:
        while self._uart.any():
            self._uart.read()

    def _tell(self, state: str) -> None:
        if state != self.state:
            self.state = state
            if self.on_state:
                self.on_state(state, self._clock.now_ms())
