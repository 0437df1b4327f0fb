"""Making a running broker honour new passwords, and knowing when it does."""

import os
import signal
import socket
import struct
import time
from pathlib import Path

from gateway.config import Settings
from gateway.fleet.broker_files import USER_PROBE
from gateway.fleet.refusals import PROBE_ADDRESS

_TRY_EVERY_S = 0.02


def signal_reload(settings: Settings) -> bool:
    """Tell the hall's own broker to read its files again; False if none is running."""
    try:
        pid = int(settings.paths.broker_pid.read_text())
        # The number may be another program's by now, after a crash and a restart.
        if Path(f"/proc/{pid}/comm").read_text().strip() != "mosquitto":
            return False
        os.kill(pid, signal.SIGHUP)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return False
    return True


def wait_until_honoured(settings: Settings, probe_secret: str, within_s: float) -> bool:
    """Wait until the broker accepts the probe's newest secret, so has read the newest file."""
    deadline = time.monotonic() + within_s
    while True:
        if _accepts(settings.mqtt_port, USER_PROBE, probe_secret):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_TRY_EVERY_S)


def _accepts(port: int, user: str, secret: str) -> bool:
    # One CONNECT of MQTT 3.1.1 with clean session, user and password: CONNACK code 0 or not.
    def text(value: str) -> bytes:
        return struct.pack(">H", len(value)) + value.encode()

    body = text("MQTT") + b"\x04\xc2\x00\x05" + text(user) + text(user) + text(secret)
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0, (PROBE_ADDRESS, 0)) as s:
            s.sendall(b"\x10" + bytes([len(body)]) + body)
            answer = s.recv(4)
            if answer == b"\x20\x02\x00\x00":
                s.sendall(b"\xe0\x00")
                return True
            return False
    except OSError:
        return False  # not there yet, or hung up on us: the caller tries again, within its limit
