"""Carries what the broker says from paho's thread to the event streams, latest wins."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping

from firmware.wire import topics
from web_console.fanout import Fanout
from web_console.fleet import KINDS, LOGS, Fleet
from web_console.hall import LINK, Hall, Now
from web_console.shapes import Misfit

log = logging.getLogger("loket.console")

# However fast the gateway publishes, pages get at most this many pictures a second.
FLUSH_EVERY_S = 0.05
PARTS = (LINK, *topics.HALL_PARTS)  # in the order in which a page needs them
FLEET_PARTS = (*KINDS, "log")
_FLEET = topics.fleet_part("")
_MOST_LINES = 500  # of logs, between two flushes


def now() -> Now:
    """Give this moment."""
    return Now(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)


class Relay:
    """Feeds `hall`, `fleet` and their pages: each of `outlets` gets the parts that it names.

    `message` and `link` may come from any thread, the rest happens in `loop`.
    """

    def __init__(
        self,
        hall: Hall,
        outlets: Mapping[Fanout, Collection[str]],
        loop: asyncio.AbstractEventLoop,
        fleet: Fleet | None = None,
    ) -> None:
        self._hall = hall
        self._fleet = fleet or Fleet()
        self._outlets = outlets
        self._loop = loop
        self._lock = threading.Lock()
        self._news: dict[str, bytes] = {}
        self._lines: deque[tuple[str, bytes]] = deque(maxlen=_MOST_LINES)
        self._link: bool | None = None
        self._asked = False
        self._flushed_at = 0.0  # on the loop's clock
        self._silence: asyncio.TimerHandle | None = None
        self._publish({LINK})

    def message(self, topic: str, payload: bytes) -> None:
        """Take a message; a newer one on the same topic may take its place, but for a log's."""
        with self._lock:
            if topic.startswith(LOGS):
                self._lines.append((topic, payload))
            else:
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
            lines = list(self._lines)
            self._lines.clear()
            self._asked = False
        changed: set[str] = set()
        if link is not None:
            changed |= self._hall.broker_up(now()) if link else self._hall.broker_down(now())
        for topic, payload in news.items():
            changed |= self._heard(topic, payload)
        self._publish(changed)
        self._publish_logs(lines)
        self._watch_silence()

    def _heard(self, topic: str, payload: bytes) -> set[str]:
        try:
            if topic.startswith(_FLEET):
                return self._fleet.heard(topic, payload)
            return self._hall.heard(topic, payload, now())
        except Misfit as misfit:
            self._unusable(topic, misfit)
            return set()

    def _unusable(self, topic: str, misfit: Misfit) -> None:
        count = self._hall.bad.get(topic) or self._fleet.bad.get(topic, 0)
        if count and count & (count - 1) == 0:  # the 1st, 2nd, 4th, 8th, ...
            log.warning("unusable message %d on %s: %s", count, topic, misfit)

    def _publish_logs(self, lines: list[tuple[str, bytes]]) -> None:
        said: dict[str, None] = {}
        for topic, payload in lines:
            try:
                said[self._fleet.heard_line(topic, payload)] = None
            except Misfit as misfit:
                self._unusable(topic, misfit)
        dropped = self._fleet.forget_logs()
        for fanout in (fanout for fanout, names in self._outlets.items() if "log" in names):
            for board in said:
                fanout.publish(f"log:{board}", "log", self._fleet.log(board))
            for board in dropped:
                fanout.forget(f"log:{board}")

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
        for name in (*PARTS, *KINDS):
            content = self._content(name)
            if name not in changed or content is None:
                continue
            for fanout, names in self._outlets.items():
                if name in names:
                    fanout.publish(name, name, content)

    def _content(self, name: str) -> Mapping[str, object] | None:
        if name in KINDS:
            return self._fleet.content(name)
        return self._hall.link if name == LINK else self._hall.content(name)
