"""The hall as last heard from the gateway, and whether the gateway still lives. Pure.

Messages and time go in; each call gives the names of what changed for the pages. Two clocks:
`mono_ms` (never steps back) measures silence, `utc_ms` is what people are told until the
gateway's beats tell the hall's own time: this machine's clock may be wrong (docs/domain.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firmware.wire import codec, topics, words
from web_console.parts import Part, read_part
from web_console.shapes import Misfit

LINK = "link"  # the name under which pages learn whether all is live
NEEDED_PARTS = ("site", "line")  # without these there is nothing to show

# States of the link, best last.
NO_BROKER = "no_broker"  # the console has no connection to the broker
LOST = "lost"  # the gateway said so, its will did, or its beats stopped
STARTING = "starting"  # the gateway lives, but its parts are not (all) of its present run
READY = "ready"

_SILENCE_MS = words.BEAT_EVERY_MS * words.BEATS_MISSED


@dataclass(frozen=True, slots=True)
class Now:
    """One moment on both clocks, in milliseconds."""

    mono_ms: int
    utc_ms: int


class Hall:
    """What the pages of one hall show; `bad` counts unusable messages by topic."""

    def __init__(self, now: Now) -> None:
        self.bad: dict[str, int] = {}
        self._parts: dict[str, Part] = {}
        self._broker = False
        self._gateway = ""  # the `s` of gw/state as last heard, "" if never
        self._epoch: int | None = None
        self._alive = now  # the gateway's last sign of life, or since when one is awaited
        self._hall_ahead_ms: int | None = None  # of `mono_ms`: the hall's time, once it is told
        self._link: dict[str, Any] = {"state": NO_BROKER, "since_ms": now.utc_ms}

    @property
    def link(self) -> Mapping[str, Any]:
        """Whether what is shown is live: `state`, and `since_ms` (UTC) the link is as it is."""
        return self._link

    def utc_ms(self, now: Now) -> int:
        """Give the hall's time, or this machine's as long as no beat has told it."""
        return now.utc_ms if self._hall_ahead_ms is None else now.mono_ms + self._hall_ahead_ms

    def content(self, name: str) -> Mapping[str, Any] | None:
        """Give the content of a part, or None if none has come yet."""
        part = self._parts.get(name)
        return part.content if part else None

    def missing(self) -> str:
        """Give, in one plain sentence, why the hall cannot be shown live; empty if it can."""
        if not self._broker:
            return "the broker cannot be reached"
        for name in NEEDED_PARTS:
            if name not in self._parts:
                return f"the gateway has not published the hall's {name} yet"
        if self._link["state"] == LOST:
            return "the gateway is lost"
        if self._link["state"] == STARTING:
            return "the gateway has not said that it is ready"
        return ""

    def broker_up(self, now: Now) -> set[str]:
        """The broker took this console's subscriptions: the gateway has a new term to speak."""
        self._broker = True
        self._alive = Now(now.mono_ms, self._alive.utc_ms)
        return self._relink(now)

    def broker_down(self, now: Now) -> set[str]:
        """The connection to the broker ended."""
        self._broker = False
        return self._relink(now)

    def heard(self, topic: str, payload: bytes, now: Now) -> set[str]:
        """Take one message; raise Misfit (and count it) if it is unusable, changing nothing."""
        try:
            if topic == topics.GW_BEAT:
                self._heard_beat(payload, now)
            elif topic == topics.GW_STATE:
                self._heard_state(payload, now)
            else:
                return self._heard_part(topic, payload, now)
        except (Misfit, codec.BadPayload) as error:
            self.bad[topic] = self.bad.get(topic, 0) + 1
            raise Misfit(str(error)) from None
        return self._relink(now)

    def tick(self, now: Now) -> set[str]:
        """Notice silence; due at `due_ms`."""
        return self._relink(now)

    def due_ms(self) -> int | None:
        """Give the `mono_ms` at which the gateway's silence makes it lost; None if it is so."""
        if self._link["state"] in (READY, STARTING) and self._gateway == words.READY:
            return self._alive.mono_ms + _SILENCE_MS
        return None

    def _heard_beat(self, payload: bytes, now: Now) -> None:
        got = _object(payload)
        epoch = codec.read_int(got, "epoch", 0, codec.MAX_INT)
        utc_ms = codec.read_int(got, "utc_ms", 0, codec.MAX_INT)
        if epoch == self._epoch:
            self._hall_ahead_ms = utc_ms - now.mono_ms
            self._alive = Now(now.mono_ms, utc_ms)

    def _heard_state(self, payload: bytes, now: Now) -> None:
        got = _object(payload)
        state = codec.read_choice(got, "s", words.GATEWAY_STATES)
        if state == words.READY:
            self._epoch = codec.read_int(got, "epoch", 0, codec.MAX_INT)
            # Retained, so it may be old: beats must follow, but when the last came is unknown.
            self._alive = Now(now.mono_ms, self._alive.utc_ms)
        self._gateway = state

    def _heard_part(self, topic: str, payload: bytes, now: Now) -> set[str]:
        leaf = topic.removeprefix(topics.hall_part(""))
        if leaf not in topics.HALL_PARTS:
            return set()
        part = read_part(leaf, payload)
        old = self._parts.get(leaf)
        if old and old.epoch == part.epoch and part.rev < old.rev:
            return set()  # rule 3 of the contract: an older revision is ignored
        self._parts[leaf] = part
        changed = set() if old and old.content == part.content else {leaf}
        return changed | self._relink(now)

    def _state(self, now: Now) -> str:
        if not self._broker:
            return NO_BROKER
        if self._gateway and self._gateway != words.READY:
            return LOST
        if self._gateway and now.mono_ms - self._alive.mono_ms >= _SILENCE_MS:
            return LOST
        for name in NEEDED_PARTS:
            part = self._parts.get(name)
            if not part or part.epoch != self._epoch:
                return STARTING
        return READY if self._gateway else STARTING

    def _relink(self, now: Now) -> set[str]:
        state = self._state(now)
        before = self._link["state"]
        if state == before:
            return set()
        since_ms = self._link["since_ms"]
        if state == READY:
            since_ms = self.utc_ms(now)
        elif before == READY:
            # People are told since when nothing is certain.
            since_ms = max(since_ms, self._alive.utc_ms)
        self._link = {"state": state, "since_ms": since_ms}
        return {LINK}


def _object(payload: bytes) -> dict[str, Any]:
    return codec.decode(payload, codec.MAX_UP_BYTES)
