"""Lamps that blink by themselves, on real boards."""

import asyncio

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

_HALF_MS = const(250)


class Lamp:
    """One lamp; `light(show)` puts off, on or a colour on it at once."""

    def __init__(self, light: "Callable[[str], object]", blinker: "Blinker") -> None:
        self.shows = "off"
        self.light = light
        self._blinker = blinker

    def show(self, show: str) -> None:
        """Show something from now on; flash: once, then as before."""
        if show == "flash":
            self.light("on" if self.shows == "off" else "off")
            self._blinker.flashed(self)
            return
        self.shows = show
        self.light("on" if show == "blink" else show)
        if show == "blink":
            self._blinker.wake()


class Blinker:
    """Blinks all lamps that shall blink, in step, and ends flashes; idle while there are none."""

    def __init__(self) -> None:
        self._lamps: "list[Lamp]" = []
        self._flashed: "list[Lamp]" = []
        self._awake = asyncio.Event()

    def lamp(self, light: "Callable[[str], object]") -> Lamp:
        """Make a lamp."""
        self._lamps.append(Lamp(light, self))
        return self._lamps[-1]

    def wake(self) -> None:
        """There is something to blink."""
        self._awake.set()

    def flashed(self, lamp: Lamp) -> None:
        """End this lamp's flash half a blink later."""
        self._flashed.append(lamp)
        self._awake.set()

    async def run(self) -> None:
        """Blink for ever."""
        lit = True
        while True:
            blinking = [lamp for lamp in self._lamps if lamp.shows == "blink"]
            if not blinking and not self._flashed:
                self._awake.clear()
                await self._awake.wait()
                lit = True
                continue
            await asyncio.sleep(_HALF_MS / 1_000)
            lit = not lit
            while self._flashed:
                lamp = self._flashed.pop()
                lamp.light(lamp.shows)
            for lamp in blinking:
                if lamp.shows == "blink":
                    lamp.light("on" if lit else "off")
