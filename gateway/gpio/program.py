"""The loop: hears the hall, turns the desk, sends what its key asks for."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Protocol

from firmware.wire import codec, topics
from gateway.bus import Door
from gateway.config import USER_GPIO, Settings
from gateway.fleet.secrets import service_secret
from gateway.gpio.desk import SUBSCRIPTIONS, Desk, Pins

_log = logging.getLogger(__name__)

# How often the key is looked at: a hold is timed, and patterns of light change, in such steps.
TURN_S = 0.025
_EVENTS = topics.of_board(USER_GPIO, topics.UP_EVENT)


class MendedPins(Pins, Protocol):
    """Pins that may be missing, and come back."""

    def mend(self, now_ms: int) -> None:
        """Open what is not open."""

    def close(self) -> None:
        """Make everything dark and let go of it."""


def run(settings: Settings, pins: MendedPins, stopping: Callable[[], bool]) -> None:
    """Serve `pins` in the hall of `settings` until `stopping` says so; leave them dark."""
    secret = service_secret(settings.paths, USER_GPIO)
    door = Door("127.0.0.1", settings.mqtt_port, USER_GPIO, secret, SUBSCRIPTIONS, None)
    desk = Desk(pins, lambda: secrets.token_hex(16))
    try:
        while not stopping():
            messages = door.wait(TURN_S)
            now_ms = time.monotonic_ns() // 1_000_000
            for message in messages:
                desk.heard(message.topic, message.payload, now_ms)
            # After what came over the connection, which may just have ended.
            desk.broker(door.ready)
            pins.mend(now_ms)
            for event in desk.turn(now_ms):
                data = codec.encode(event, codec.MAX_CONSOLE_UP_BYTES)
                door.say([(_EVENTS, data, False, 1)])
    finally:
        pins.close()
        door.close(None)
