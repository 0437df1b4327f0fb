"""What hangs at the gateway's own pins, joined to what is heard of the hall.

Chime at each call, status lamp, all-stop key with its lamp, a small matrix. Pure but for the pins
that are handed in; times are milliseconds of a clock that never steps back.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from firmware.core.display import Display
from firmware.core.sign import BLINK_FOR_MS
from firmware.wire import topics
from firmware.wire.codec import BadPayload
from gateway.config import USER_GPIO
from gateway.gpio.key import STUCK_MS, HoldKey
from gateway.gpio.order import Order
from gateway.gpio.signs import FAST, OFF, ON, SLOW, Chime, Lamp
from gateway.gpio.watch import SUBSCRIPTIONS as HALL_SUBSCRIPTIONS
from gateway.gpio.watch import Watch

_log = logging.getLogger(__name__)

RECEIPT = topics.of_board(USER_GPIO, topics.DN_RECEIPT)
SUBSCRIPTIONS = (*HALL_SUBSCRIPTIONS, RECEIPT)
FAILED_FLASHES = 3
# Rather than a number that may be old, while the gateway is away.
AWAY_TEXT = "--"


class Matrix(Protocol):
    """An LED matrix of eight rows, `width` columns wide."""

    width: int
    height: int

    def show(self, frame: bytearray) -> None:
        """Put a frame on the glass."""


class Pins(Protocol):
    """The pins; one that is not there takes everything and gives nothing."""

    @property
    def matrix(self) -> Matrix | None:
        """The matrix, None if none is wired."""

    def chime(self, on: bool) -> None:
        """Close or open the chime's relay."""

    def status(self, lit: bool) -> None:
        """Light or darken the status lamp."""

    def stop_lamp(self, lit: bool) -> None:
        """Light or darken the lamp of the all-stop key."""

    def stop_down(self) -> bool:
        """Tell whether the all-stop key is down."""


class Desk:
    """Takes what is heard with `heard` and `broker`, and does the rest in `turn`."""

    def __init__(self, pins: Pins, new_key: Callable[[], str]) -> None:
        """`new_key` gives what makes an order unlike all others, at most 64 characters."""
        self._pins = pins
        self._watch = Watch()
        self._chime = Chime()
        self._status = Lamp()
        self._stop_lamp = Lamp()
        self._key = HoldKey()
        self._order = Order(new_key)
        self._display = None if pins.matrix is None else Display(pins.matrix)
        self._shown: tuple[str, bool] | None = None
        self._bad = 0  # messages that could not be understood

    def broker(self, up: bool) -> None:
        """Take whether there is a connection to the broker."""
        self._watch.broker(up)

    def heard(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Take one message; one that cannot be understood is logged and changes nothing."""
        try:
            if topic == RECEIPT:
                self._order.receipt(payload)
            else:
                self._watch.heard(topic, payload, now_ms)
        except BadPayload as error:
            self._bad += 1
            if self._bad & (self._bad - 1) == 0:  # the 1st, 2nd, 4th, 8th, ...
                _log.warning("unusable message %d on %s: %s", self._bad, topic, error)

    def turn(self, now_ms: int) -> list[dict[str, object]]:
        """Look at the key, put everything on the pins, and give the events to be sent."""
        live = self._watch.live(now_ms)
        new_calls = self._watch.take_new_calls()
        for _ in new_calls:
            self._chime.ring()
        self._look_at_key(live, now_ms)
        event = self._order.due(now_ms)
        if failure := self._order.take_failure():
            _log.warning("all-stop key: %s", failure)
            self._stop_lamp.flash(FAILED_FLASHES, now_ms)
        self._status.show(self._status_pattern(live), now_ms)
        self._stop_lamp.show(ON if live and self._watch.on_break else OFF, now_ms)
        self._pins.chime(self._chime.sounds(now_ms))
        self._pins.status(self._status.lit(now_ms))
        self._pins.stop_lamp(self._stop_lamp.lit(now_ms))
        if self._display is not None:
            self._draw(self._display, live, bool(new_calls), now_ms)
        return [] if event is None else [event]

    def _status_pattern(self, live: bool) -> str:
        if not live:
            return SLOW
        return FAST if self._watch.help else ON

    def _look_at_key(self, live: bool, now_ms: int) -> None:
        if self._key.look(self._pins.stop_down(), now_ms):
            if live:
                self._order.begin(self._watch.on_break, now_ms)
            else:
                # Whether to begin or to end a break is not known: a guess could do the opposite.
                self._order.fail("the gateway is away")
        if self._key.took_stuck(now_ms):
            _log.warning("the all-stop key is down for %d s: does it stick?", STUCK_MS // 1_000)

    def _draw(self, display: Display, live: bool, called: bool, now_ms: int) -> None:
        text = AWAY_TEXT
        if live:
            latest = self._watch.calls[0] if self._watch.calls else None
            text = "" if latest is None else f"{latest.ticket} {latest.counter}"
        shown = (text, live)
        if called or shown != self._shown:
            self._shown = shown
            display.text(text, now_ms, BLINK_FOR_MS if called and live else 0)
            display.dot(not live, now_ms)
        elif now_ms < display.due_ms:
            return
        display.draw(now_ms)
