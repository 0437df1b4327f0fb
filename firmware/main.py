"""Starts a board: the one file that wires backend, link and role together.

A real board's flash holds slots with this folder and a main.py that chooses one: update/loader.py.
"""

import asyncio
import gc
import json
import os
import sys
import time

from firmware.core.board import SELF_TEST_FILE, Board
from firmware.core.ticks import NEVER
from firmware.core.uplink import Host
from firmware.net.link import KEEPALIVE_S, MAX_IN_FLIGHT, Link
from firmware.net.mqtt import Client
from firmware.version import VERSION
from firmware.wire import board_words as words
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from firmware.hal.ports import Hardware, Store
    from firmware.roles.base import Role

# Collect so often while modules are loaded, or their garbage lies between what stays.
_COMPACT_BYTES = const(4_096)
_SELF_TEST = "selftest"


def _role(name: str) -> "type[Role]":
    # Only the role that is needed takes memory: the file in firmware/roles of its name.
    try:
        role: "type[Role]" = __import__("firmware.roles." + name, None, None, ("ROLE",)).ROLE
    except (ImportError, AttributeError) as why:
        raise ValueError("settings.json: role is %s: %s" % (name, why)) from None
    return role


def read_settings(store: "Store", file: str = "settings.json") -> "dict[str, Any]":
    """Give the board's settings; raise ValueError with the way out if they are not usable."""
    data = store.read(file)
    if data is None:
        raise ValueError("settings.json is not on this board: make it with `loket board add`")
    settings = json.loads(data)
    for name in ("id", "secret", "role", "host", "port"):
        if name not in settings:
            raise ValueError("settings.json: %s is missing; make it anew with `loket`" % name)
    return settings


class Main(Host):
    """One board, running: what its core needs from around it (see core/uplink.Host). `hook` is what
    its update has loaded, if there is one, `lines` its last lines, if there is room."""

    hook: "Any" = None
    lines: "Any" = None

    def __init__(self, hw: "Hardware", settings: "dict[str, Any]") -> None:
        self.hw = hw
        self.store = hw.store
        self._alarm_task: "Any" = None
        self._alarm_ms = NEVER
        self._last_task: "Any" = None
        name = settings["role"]
        order_id = self.store.read(SELF_TEST_FILE)
        # Only once, whatever becomes of it.
        if order_id and self.store.write(SELF_TEST_FILE, b""):
            name = _SELF_TEST
        make_role = _role(name)
        boot = int.from_bytes(os.urandom(4), "big") & 0x7FFFFFFF
        now_ms = hw.clock.now_ms()
        about: "dict[str, Any]" = {
            "role": name,
            "hw": settings.get("kind", ""),
            "fw": VERSION,
            "minor": words.CONTRACT_MINOR,
        }
        board_id = settings["id"]
        self.board = Board(board_id, boot, about, self, now_ms)
        client = Client(
            hw.network.open,
            board_id,
            board_id,
            settings["secret"],
            KEEPALIVE_S,
            self._message,
            (self.board.up.state_topic, self.board.up.state(words.LOST), True),
            max_in_flight=MAX_IN_FLIGHT,
        )
        self.link = Link(
            client, hw.network, self.board, hw.clock.now_ms, self.scatter, self._changed
        )
        self.role: "Any" = make_role(self.board, hw)
        about["caps"] = list(self.role.caps)
        if order_id and name == _SELF_TEST:
            self.role.order_id = order_id.decode()
        for key in hw.buttons:
            hw.buttons[key].on_edge = self._edge
        hw.on_off = self._off
        self.board.attach(self.role, now_ms)
        from firmware.update.begin import begin

        begin(self, settings, about)

    async def run(self) -> None:
        """Run until the power goes."""
        gc.collect()
        # Each collection takes an RP2040 15 ms: no more of them than memory asks for.
        gc.threshold(max(_COMPACT_BYTES, gc.mem_free() // 4))
        self._alarm_task = asyncio.create_task(self._alarm())
        link_task = asyncio.create_task(self.link.run())
        hw_task = asyncio.create_task(self.hw.run())
        await asyncio.gather(self._alarm_task, link_task, hw_task)

    # What the board asks for.

    def send(self, topic: str, data: bytes, qos: int, retain: bool) -> None:
        self.link.send(topic, data, qos, retain)

    def vitals(self) -> "dict[str, Any]":
        gc.collect()
        vitals: "dict[str, Any]" = {
            "free_bytes": gc.mem_free(),
            "flash_failures": self.store.failures,
            "reset": self.hw.power.reset_cause(),
        }
        rssi_dbm = self.hw.network.rssi_dbm()
        if rssi_dbm is not None:
            vitals["rssi_dbm"] = rssi_dbm
        return vitals

    def scatter(self, below: int) -> int:
        return int.from_bytes(os.urandom(3), "big") % below

    def life(self, s: str) -> None:
        self.hw.status.show(s)

    def wake(self) -> None:
        self._changed()

    def command(self, name: str, arg: "dict[str, Any]", now_ms: int) -> "tuple[str, str]":
        from firmware.update.orders import obey

        return obey(self, name, arg, now_ms)

    def restart(self) -> None:
        self._last_task = asyncio.create_task(self._leave(self.hw.power.reset))

    def rest(self, for_s: int) -> None:
        self._last_task = asyncio.create_task(self._rest(for_s))

    async def _rest(self, for_s: int) -> None:
        try:
            await self.link.leave(words.SLEEPING)
        finally:  # or it would stay awake, and without a link
            self.hw.power.sleep(for_s)

    def _off(self) -> None:
        self._last_task = asyncio.create_task(self._leave(self.hw.power.off))

    async def _leave(self, end: "Callable[[], None]") -> None:
        try:
            self.board.outbox.flush()
            await self.link.leave(words.GONE)
        finally:
            end()

    # What happens to the board.

    def _edge(self, key: str, down: bool) -> bool:
        pressed = self.role.edge(key, down, self.hw.clock.now_ms())
        self._changed()
        return pressed

    def offered(self, data: memoryview, now_ms: int, retained: bool) -> None:
        # What updates a board is loaded only while it does.
        if not self.hook:
            from firmware.update.hook import Hook

            self.hook = Hook(self)
        self.hook.heard(data, now_ms, retained)

    def piece(self, data: memoryview, now_ms: int, retained: bool) -> None:
        if self.hook:  # else of an update that is over
            self.hook.heard(data, now_ms, retained)

    def _message(self, topic: str, data: memoryview, retained: bool) -> None:
        self.board.message(topic, data, retained, self.hw.clock.now_ms())
        self._changed()

    def _changed(self) -> None:
        # Wakes the alarm if something is due before it would wake by itself.
        if self.board.due_ms() < self._alarm_ms and self._alarm_task:
            self._alarm_ms = 0  # once is enough
            self._alarm_task.cancel()

    async def _alarm(self) -> None:
        now_ms = self.hw.clock.now_ms
        while True:
            self.board.tick(now_ms())
            self._alarm_ms = self.board.due_ms()
            wait_ms = min(self._alarm_ms - now_ms(), 3_600_000)
            try:
                await asyncio.sleep(max(0, wait_ms) / 1_000)
            except asyncio.CancelledError:
                continue  # woken by _changed: look again what is due


def boot(flash: str = "", file: str = "settings.json") -> None:
    """Run a board for ever; whatever goes wrong is raised, for update/loader.py to start it anew.

    `flash` is the folder that is a virtual board's, `file` has the settings to go by.
    """
    chip: str = sys.platform
    gc.threshold(_COMPACT_BYTES)
    if chip == "rp2":
        from firmware.hal.rp2 import Rp2 as Backend
    elif chip == "esp32":
        from firmware.hal.esp32 import Esp32 as Backend
    else:
        from firmware.hal.virtual import Virtual as Backend
    from firmware.hal.store import FileStore

    settings = read_settings(FileStore(flash + "/"), file)
    backend: "Any" = Backend
    hw = backend(settings, flash) if flash else backend(settings)
    if not flash:
        from firmware.core.held import is_held_at_start

        if is_held_at_start(hw, settings["parts"].get("keys", {}), time.sleep_ms):
            settings["role"] = _SELF_TEST
    board = Main(hw, settings)
    del settings  # two kilobytes that nobody needs any more
    asyncio.run(board.run())
