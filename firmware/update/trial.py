"""A trial: what is new is kept once the gateway has accepted its hello, else the old returns."""

import asyncio
import json

from firmware.update.state import NAMES, end, keep
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from firmware.hal.ports import Store
    from firmware.update.slots import Slots
    from firmware.update.state import State

TRIAL_S = 120
_WATCHDOG_MS = const(8_000)
_FEED_S = const(2)


def arm(store: "Store", state: "State", offer: "dict[str, object]", to: str) -> bool:
    """Let the next start be a trial of slot `to`, for settings the one that runs; tell whether
    the flash took it."""
    trial = {name: offer[name] for name in NAMES}
    trial["to"] = to
    trial["tries"] = 0
    state["now"] = {"trial": trial}
    return keep(store, state)


def commit(store: "Store", files: "Slots", state: "State") -> bool:
    """Keep what is on trial for good; tell whether the flash took it."""
    trial = state["now"]["trial"]
    if trial["kind"] == "link":
        from firmware.update.link import SETTINGS, held

        kept = json.loads(store.read(SETTINGS) or b"{}").get("link")
        if kept != trial["number"]:  # else only its note was not taken
            fresh = held(store)
            if not fresh or not store.write(SETTINGS, fresh):
                return False
        # A cut from here on: the loader sees that it is done.
        _remove(files)
    return end(store, state, trial["to"], trial, "committed", "")


def roll_back(store: "Store", files: "Slots", state: "State", why: str) -> bool:
    """Go back to the old at the next start; tell whether the flash took it."""
    trial = state["now"]["trial"]
    kept = end(store, state, state["slot"], trial, "rolled_back", why)
    if kept and trial["kind"] == "link":
        _remove(files)
    return kept


async def feed() -> None:
    """Feed the watchdog that the loader has started, and that nothing stops, for ever: whatever
    the board does with its own. Here, so that it keeps nothing of the updater in memory."""
    try:
        from machine import WDT
    except ImportError:
        return  # a board that is a process
    watchdog = WDT(timeout=_WATCHDOG_MS)
    while True:
        watchdog.feed()
        await asyncio.sleep(_FEED_S)


def _remove(files: "Slots") -> None:
    try:
        files.remove("settings.new")
    except OSError:
        pass  # it is written over by the next ones
