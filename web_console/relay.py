"""Carries what the broker says from paho's thread to the event streams, latest wins."""

import asyncio
import logging
import threading
import time
from collections.abc import Collection, Mapping

from firmware.wire import topics
from web_console.fanout import Fanout
from web_console.hall import LINK, Hall, Now
from web_console.shapes import Misfit

log = logging.getLogger("loket.console")

# However fast the gateway publishes, pages get at most this many pictures a second.
FLUSH_EVERY_S = 0.05
PARTS = (LINK, *topics.HALL_PARTS)  # in the order in which a page needs them


def now() -> Now:
    """Give this moment."""
    return Now(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)


class Relay:
    """Feeds `hall` and its pages: each of `outlets` gets the parts that it names.

    `message` and `link` may come from any thread, the rest happens in `loop`.
    """

    def __init__(
        self,
        hall: Hall,
        outlets: Mapping[Fanout, Collection[str]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._hall = hall
        self._outlets = outlets
        self._loop = loop
        self._lock = threading.Lock()
        self._news: dict[str, bytes] = {}
        self._link: bool | None = None
        self._asked = False
        self._flushed_at = 0.0  # on the loop's clock
        self._silence: asyncio.TimerHandle | None = None
        self._publish({LINK})

    def message(self, topic: str, payload: bytes) -> None:
        """Take a message; a newer one on the same topic may take its place."""
        with self._lock:
            self._news[topic] = payload
            self._ask()

    def link(self, up: bool) -> None:
        """Take a change of the connection to the broker."""
        with self._lock:
            if not up:
                self._news.clear()
            self._link = up
            self._ask()

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self._loop.call_soon_threadsafe(self._due)

    def _due(self) -> None:
        wait_s = self._flushed_at + FLUSH_EVERY_S - self._loop.time()
        if wait_s > 0:
            self._loop.call_later(wait_s, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._flushed_at = self._loop.time()
        with self._lock:
            news, self._news = self._news, {}
            link, self._link = self._link, None
            self._asked = False
        changed: set[str] = set()
        if link is not None:
            changed |= self._hall.broker_up(now()) if link else self._hall.broker_down(now())
        for topic, payload in news.items():
            changed |= self._heard(topic, payload)
        self._publish(changed)
        self._watch_silence()

    def _heard(self, topic: str, payload: bytes) -> set[str]:
        try:
            return self._hall.heard(topic, payload, now())
        except Misfit as misfit:
            count = self._hall.bad[topic]
            if count & (count - 1) == 0:  # the 1st, 2nd, 4th, 8th, ...
                log.warning("unusable message %d on %s: %s", count, topic, misfit)
            return set()

    def _watch_silence(self) -> None:
        if self._silence:
            self._silence.cancel()
            self._silence = None
        due_ms = self._hall.due_ms()
        if due_ms is not None:
            wait_s = max(0, due_ms - now().mono_ms) / 1000
            self._silence = self._loop.call_later(wait_s + 0.01, self._silent)

    def _silent(self) -> None:
        self._publish(self._hall.tick(now()))
        self._watch_silence()

    def _publish(self, changed: set[str]) -> None:
        for name in PARTS:
            content = self._hall.link if name == LINK else self._hall.content(name)
            if name not in changed or content is None:
                continue
            for fanout, names in self._outlets.items():
                if name in names:
                    fanout.publish(name, name, content)
