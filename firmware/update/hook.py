"""Between a board and its update: loads what does it, refuses where memory is short."""

import gc

from firmware.wire import board_topics as topics
from firmware.wire import update_topics
from firmware.wire.board_words import ACCEPTED
from firmware.wire.codec import MAX_DOWN_BYTES, MAX_UP_BYTES, decode, encode
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    Data = bytes | memoryview

_COMPACT_BYTES = const(4_096)
_SPARED_BYTES = const(5_632)  # for the settings, a piece, and a board that goes on serving
_PARTS = (
    "begin",
    "updater",
    "fetch",
    "link",
    "manifest",
    "release",
    "slots",
    "state",
    "trial",
    "hook",
    "orders",
)


class Hook:
    """`main` is its firmware.main.Main; `end` when there is nothing to do any more."""

    def __init__(self, main: "Any") -> None:
        self._main = main
        self._greeted: "Any" = None
        self.work: "Any" = None  # an Updater
        # As at a start: the garbage of loading must not lie between what stays.
        gc.collect()
        gc.threshold(_COMPACT_BYTES)
        try:
            from firmware.update.updater import Updater

            gc.collect()
            if gc.mem_free() > _SPARED_BYTES:
                self.work = Updater(main, self)
        except MemoryError:
            pass
        finally:
            gc.collect()
            gc.threshold(max(_COMPACT_BYTES, gc.mem_free() // 4))
        if not self.work:
            return
        # Whose hello is accepted is good.
        self._greeted = main.role.greeted
        main.role.greeted = self._answered

    def start(self, link: int) -> None:
        """Go on with what was begun before the start, with the link settings `link`; raise
        MemoryError where a trial cannot be watched: what is tried then takes too much."""
        if self.work:
            self.work.start(link)
            return
        state = self._main.store.read("boot.json") or b""
        if b'"crashes"' in state and b'"trial"' not in state:
            self._greeted = self._main.role.greeted
            self._main.role.greeted = self._answered
            return
        self.end()
        if b'"trial"' in state:
            raise MemoryError("no memory to watch the trial")

    def heard(self, data: "Data", now_ms: int, retained: bool) -> None:
        """Take an offer or a piece; raises BadPayload."""
        try:
            payload = decode(data, MAX_DOWN_BYTES)
            if "kind" not in payload:
                if self.work:
                    self.work.chunk(payload, now_ms)
            elif self.work:
                self.work.offered(payload, now_ms, retained)
            else:
                self._refuse(payload)
        finally:
            if self.work:
                self.work.rest()
            else:
                self.end()

    def end(self) -> None:
        """Give the memory back."""
        from firmware.update.begin import forget

        if self._greeted:
            self._main.role.greeted = self._greeted
        self._main.hook = None
        forget(*_PARTS)

    def _answered(self, st: str, why: str, now_ms: int) -> None:
        self._greeted(st, why, now_ms)
        if self.work:
            self.work.greeted(st)
        elif st == ACCEPTED:  # the row of crashes ends, also where nothing else has room
            from firmware.update.state import keep, load

            state = load(self._main.store)
            state["now"].pop("crashes", 0)
            keep(self._main.store, state)
            self.end()

    def _refuse(self, offer: "dict[str, Any]") -> None:
        said = {"id": offer.get("id"), "st": "refused", "why": "no_memory"}
        topic = topics.of_board(self._main.board.id, update_topics.UP_UPDATE)
        self._main.send(topic, encode(said, MAX_UP_BYTES), 1, True)
