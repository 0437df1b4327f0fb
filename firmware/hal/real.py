"""What all real boards are: the ports, made from the settings, and the tasks that serve them."""

import asyncio
from binascii import a2b_base64

from machine import WDT, Pin

from firmware.hal import parts
from firmware.hal.clock import Clock
from firmware.hal.keys import Keys
from firmware.hal.lamps import Blinker
from firmware.hal.store import FileStore
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FLASH = "/"
CA_FILE = "ca.der"
_WATCHDOG_MS = const(8_000)  # a Pico's limit is 8,388
_FEED_MS = const(2_000)


class Real:
    """All ports of a board, made from its settings; a backend adds what its chip does its own way:
    `power` and `status`, given in, and the methods that raise here."""

    # Whether a watchdog, once started, lets the board sleep.
    watchdog_sleeps = False

    def __init__(self, settings: "dict[str, Any]", power: "Any", status: "Any") -> None:
        has = settings["parts"]
        keys = has.get("keys", {})
        self.clock = Clock()
        self.store = FileStore(FLASH)
        self.power = power
        self.status = status
        self.on_off: "Callable[[], None] | None" = None
        self.matrix: "Any" = None
        if "matrix" in has:  # before the other parts: see there
            self.matrix, scan = parts.matrix(has["matrix"])
            if scan:
                self.start_scan(scan)
        self._moved = asyncio.ThreadSafeFlag()
        self._keys = Keys(self._moved.set)
        self.buttons = self._keys.buttons
        self._blinker = Blinker()
        self.lamps = {}
        for key in keys:
            high = keys[key].get("active") == "high"
            # The pull is what holds an open contact, and the wire of a module that is unplugged.
            pin = Pin(keys[key]["pin"], Pin.IN, Pin.PULL_DOWN if high else Pin.PULL_UP)
            self.listen(pin, self._keys.add(key, pin, 1 if high else 0))
            if "lamp_pin" in keys[key]:
                self.lamps[key] = self._blinker.lamp(parts.light({"pin": keys[key]["lamp_pin"]}))
        lamps = has.get("lamps", {})
        for name in lamps:
            self.lamps[name] = self._blinker.lamp(parts.light(lamps[name]))
        self.digits = parts.digits(has["digits"]) if "digits" in has else None
        self.printer = parts.printer(has["printer"], self.clock) if "printer" in has else None
        self.level = parts.Level(has["level"]) if "level" in has else None
        self.thermometer = parts.thermometer(has["thermometer"]) if "thermometer" in has else None
        self.battery = None
        if "battery" in has:
            self.battery = parts.Battery(has["battery"], self.adc_mv(has["battery"]["pin"]))
        self.buzzer = parts.Buzzer(has["buzzer"]) if "buzzer" in has else None
        self.network = self._network(settings, has.get("link", {}))

    def _network(self, settings: "dict[str, Any]", link: "dict[str, Any]") -> "Any":
        # A Pico without radio has no module for it either.
        if link.get("driver", "wifi") != "wifi":
            from firmware.hal.wired import wired

            return wired(link, self.clock.now_ms)
        from firmware.hal.wifi import Wifi

        # Boards that get their power together do not come together. Not where each second awake
        # is taken from the battery.
        alone = self.power.sleeps or self.power.reset_cause() != "power_on"
        ca = a2b_base64(settings["ca"]) if "ca" in settings else self.store.read(CA_FILE)
        return Wifi(settings, ca, not alone)

    async def run(self) -> None:
        """Serve keys, lamps, printer and watchdog for ever."""
        tasks = [asyncio.create_task(self._blinker.run())]
        if self.printer:
            tasks.append(asyncio.create_task(self.printer.watch()))
        if self.watchdog_sleeps or not self.power.sleeps:
            tasks.append(asyncio.create_task(self._feed(WDT(timeout=_WATCHDOG_MS))))
        tasks.append(asyncio.create_task(self._listen()))
        await asyncio.gather(*tasks)  # where one fails, the board starts anew

    async def _listen(self) -> None:
        while True:
            await self._moved.wait()
            self._keys.drain()

    async def _feed(self, watchdog: WDT) -> None:
        # As long as the loop turns; a stuck board starts anew.
        while True:
            watchdog.feed()
            await asyncio.sleep_ms(_FEED_MS)

    if TYPE_CHECKING:  # what each chip does its own way

        def listen(self, pin: Pin, interrupt: "Callable[[object], None]") -> None:
            """Call `interrupt` at both edges of a pin."""
            raise NotImplementedError

        def start_scan(self, scan: "Callable[[object], None]") -> None:
            """Call `scan` every SCAN_MS of drivers/hub12, for ever."""
            raise NotImplementedError

        def adc_mv(self, pin: int) -> "Callable[[], int]":
            """Give what measures the millivolts at a pin."""
            raise NotImplementedError
