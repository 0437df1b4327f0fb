"""The Network port over Wi-Fi: keeps trying the networks of the board's settings."""

import asyncio
import os
import sys

import network

from firmware.net import tcp
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

JOIN_WITHIN_MS = 15_000
FIRST_WAIT_MS = 1_000
MOST_WAIT_MS = 60_000
SCATTER_MS = 2_000  # thirty boards then come some 70 ms apart
_POLL_MS = const(250)


class Wifi:
    """`settings` holds `wifi` ([{"ssid", "password"}], tried in turn), `host`, `port` and `tls`;
    with `tls` the certificate that signed the broker's, as DER, is `ca`.

    `crowd`: the other boards of the hall start at the same moment, so wait for up to SCATTER_MS.
    """

    def __init__(self, settings: "dict[str, Any]", ca: "bytes | None", crowd: bool) -> None:
        self._networks = settings["wifi"]
        if settings.get("tls") and ca is None:
            raise ValueError("settings.json asks for TLS, and ca.der is not on this board")
        self._open = tcp.opener(
            settings["host"], settings["port"], ca if settings.get("tls") else None
        )
        self._wlan = network.WLAN(network.STA_IF)
        self._scatter_ms = SCATTER_MS if crowd else 0

    async def up(self) -> None:
        """Return once there is a network; tries for ever, with pauses that grow to a minute."""
        if self._scatter_ms:
            scatter_ms, self._scatter_ms = self._scatter_ms, 0
            await asyncio.sleep_ms(_part_of(scatter_ms))
        wait_ms = FIRST_WAIT_MS
        while not self._wlan.isconnected():
            for known in self._networks:
                if await self._join(known["ssid"], known["password"]):
                    return
            # A radio that is confused starts anew with the next try.
            self._wlan.active(False)
            # Half to all of it: boards that lost one access point do not return together.
            await asyncio.sleep_ms(wait_ms // 2 + _part_of(wait_ms // 2))
            wait_ms = min(2 * wait_ms, MOST_WAIT_MS)

    async def open(self) -> "tuple[Any, Any]":
        """Give a (reader, writer) pair to the broker; raises OSError or ValueError."""
        return await self._open()

    def rssi_dbm(self) -> "int | None":
        """Give the signal's strength, None while there is no network."""
        try:
            return self._wlan.status("rssi") if self._wlan.isconnected() else None
        except OSError:  # an ESP32, whose network has gone just now
            return None

    async def _join(self, ssid: str, password: str) -> bool:
        try:
            self._wlan.active(True)
            # Asleep between beacons, the radio would add 100 ms to every press.
            self._wlan.config(pm=network.WLAN.PM_NONE)
            self._wlan.connect(ssid, password)
            for _ in range(JOIN_WITHIN_MS // _POLL_MS):
                if self._wlan.isconnected():
                    return True
                await asyncio.sleep_ms(_POLL_MS)
            why = "status " + str(self._wlan.status())
            self._wlan.disconnect()
        except OSError as error:  # an ESP32 raises where others have a status
            why = repr(error)
        print("wifi: cannot join", ssid, why, file=sys.stderr)
        return False


def _part_of(ms: int) -> int:
    return int.from_bytes(os.urandom(2), "big") * ms >> 16
