"""The loop: hears boards, asks and the hall; lets each trade have its turn; says what they say."""

import logging
import time
from collections.abc import Callable, Iterable

from firmware.wire import codec, topics
from firmware.wire.codec import BadPayload
from gateway.bus import Door, Message
from gateway.config import USER_CLI, USER_CONSOLE, USER_WORKSHOP, ConfigError, Settings
from gateway.fleet.secrets import service_secret
from gateway.workshop.trade import (
    Ask,
    Heard,
    Later,
    Now,
    Refused,
    Say,
    Trade,
    answer,
    failed,
    read_ask,
    refuse,
)

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
ASKERS = (USER_CONSOLE, USER_CLI)
# Not faces and readings, which come often and tell the workshop nothing.
LEAVES = (
    topics.UP_STATE, topics.UP_ABOUT, topics.UP_EVENT, topics.UP_HEALTH, topics.UP_ACK,
    topics.UP_LOG, topics.UP_UPDATE, topics.UP_WANT, topics.UP_ASK,
)  # fmt: skip
SUBSCRIPTIONS = (
    *(topics.of_board("+", leaf) for leaf in LEAVES),
    topics.GW_STATE,
    topics.GW_BEAT,
    topics.ALL_HALL,
    topics.of_board(USER_WORKSHOP, topics.DN_RECEIPT),
)
_LONGEST_WAIT_MS = 1_000
_ANSWERS_KEPT = 64
# A full disk, a torn file: whoever meets one rests, and all others go on.
_FAULTS = (OSError, ConfigError)
_REST_MS = 2_000
_GW = "gw"


class Program:
    """All trades behind one connection. Pure but for what the trades do: time is passed in."""

    def __init__(self, trades: Iterable[Trade]) -> None:
        self._trades = tuple(trades)
        self._asks = {name: trade.asks[name] for trade in self._trades for name in trade.asks}
        self._parts: dict[str, dict[str, object]] = {}
        self._keys: dict[tuple[str, str], None] = {}  # of asks taken, oldest first
        self._rests: dict[Trade, int] = {}  # until when
        self._out: list[Say] = []

    def message(self, message: Message, now: Now) -> None:
        """Take one message; never raises for its content."""
        if not message.topic.startswith(topics.PREFIX):
            return
        sender, _, leaf = message.topic[len(topics.PREFIX) :].partition("/")
        try:
            if leaf == topics.UP_ASK and sender in ASKERS:
                if not message.retained:
                    self._ask(read_ask(sender, message.payload), now)
                return
            if sender == _GW:
                heard = Heard("", leaf, "", message.payload, message.retained)
            else:
                found = topics.split(message.topic)
                if found is None:
                    return
                heard = Heard(*found, message.payload, message.retained)
            for trade in self._trades:
                try:
                    trade.heard(heard, now)
                except _FAULTS as error:
                    self._rest(trade, error, now)
        except BadPayload as error:
            _log.warning("%s: %s: %s", sender, leaf, error)

    def due_ms(self) -> int | None:
        """Give when the next turn is due."""
        due = [
            max(ms, self._rests.get(trade, ms))
            for trade in self._trades
            if (ms := trade.due_ms()) is not None
        ]
        return min(due, default=None)

    def turn(self, now: Now) -> list[Say]:
        """Let every trade do what is due, and give all that is to be said."""
        out, self._out = self._out, []
        for trade in self._trades:
            if now.mono_ms < self._rests.get(trade, now.mono_ms):
                continue
            self._rests.pop(trade, None)
            try:
                out += trade.turn(now)
            except _FAULTS as error:
                self._rest(trade, error, now)
                continue
            part = trade.part()
            if part is not None and self._parts.get(part[0]) != part[1]:
                self._parts[part[0]] = part[1]
                out += _part(*part)
        return out

    def again(self) -> list[Say]:
        """Give all parts once more: the broker is new, or was away."""
        return [say for name, content in self._parts.items() for say in _part(name, content)]

    def _rest(self, trade: Trade, error: Exception, now: Now) -> None:
        _log.error("%s: %s", type(trade).__name__, error)
        self._rests[trade] = now.mono_ms + _REST_MS

    def _ask(self, ask: Ask, now: Now) -> None:
        if (ask.user, ask.key) in self._keys:
            return  # a repeat: it was, or will be, answered
        self._keys[ask.user, ask.key] = None
        if len(self._keys) > _ANSWERS_KEPT:
            del self._keys[next(iter(self._keys))]
        try:
            answerer = self._asks.get(ask.name)
            if answerer is None:
                raise Refused(
                    "unknown_ask", "Bengkel tidak mengenal ini.", "The workshop does not know this."
                )
            self._out.append(answer(ask, answerer(ask, now)))
        except Later:
            pass  # its trade will answer
        except Refused as why:
            self._out.append(refuse(ask, why))
        except _FAULTS as error:
            _log.error("%s: %s", ask.name, error)
            self._out.append(refuse(ask, failed(error)))
        except BadPayload as error:
            text = f"Permintaan keliru: {error}"
            self._out.append(
                refuse(ask, Refused("bad_payload", text, f"The ask is wrong: {error}"))
            )


def run(settings: Settings, trades: Iterable[Trade], stopping: Callable[[], bool]) -> None:
    """Serve the workshop of `settings` until `stopping` says so."""
    trades = tuple(trades)
    program = Program(trades)
    secret = service_secret(settings.paths, USER_WORKSHOP)
    door = Door(LOOPBACK, settings.mqtt_port, USER_WORKSHOP, secret, SUBSCRIPTIONS, None)
    try:
        while not stopping():
            due_ms = program.due_ms()
            mono_ms = time.monotonic_ns() // 1_000_000
            wait_ms = (
                _LONGEST_WAIT_MS if due_ms is None else min(_LONGEST_WAIT_MS, due_ms - mono_ms)
            )
            messages = door.wait(max(0, wait_ms) / 1_000)
            now = Now(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)
            for message in messages:
                program.message(message, now)
            if door.took_ready():
                door.say(program.again())
            out = program.turn(now)
            if out:
                door.say(out)
    finally:
        for trade in trades:
            trade.close()
        door.close(None)


def _part(name: str, content: dict[str, object]) -> list[Say]:
    try:
        payload = codec.encode(content, codec.MAX_HALL_BYTES)
    except BadPayload as error:
        _log.error("the workshop's part %s cannot be shown: %s", name, error)
        return []
    return [Say(topics.fleet_part(name), payload, retain=True)]
