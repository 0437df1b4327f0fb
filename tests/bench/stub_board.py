"""The floor's board: the least that any board must do from a press to light.

`micropython -X heapsize=128k tests/bench/stub_board.py FLASH_FOLDER`: the same virtual hardware
and the same MQTT client as a real board; an edge sends a fixed event, an answer on `dn/face`
puts one glyph on the matrix. No debouncing, no state, no checks. Two glyphs take turns, so that
each answer changes the glass.
"""

import gc

gc.threshold(4_096)  # type: ignore[attr-defined]

import asyncio  # noqa: E402
import sys  # noqa: E402

sys.path[0] = sys.argv[0].rsplit("/", 3)[0]

from firmware.core.font import glyph  # noqa: E402
from firmware.hal.store import FileStore  # noqa: E402
from firmware.hal.virtual import Virtual  # noqa: E402
from firmware.main import read_settings  # noqa: E402
from firmware.net.mqtt import Client  # noqa: E402
from firmware.wire import topics, words  # noqa: E402

EVENT = b'{"boot":1,"seq":1,"t_ms":1,"ev":"next","has":""}'


class Stub:
    """A board with one fixed question, and a picture for any answer."""

    def __init__(self, flash: str) -> None:
        settings = read_settings(FileStore(flash + "/"))
        board = settings["id"]
        self.hw = Virtual(settings, flash)
        self.topic = topics.of_board(board, topics.UP_EVENT)
        self.answers = topics.of_board(board, topics.DN_FACE)
        self.client = Client(
            self.hw.network.open, board, board, settings["secret"], 10, self.message
        )
        self.frame = bytearray(32)
        self.glyphs = [glyph(0x41), glyph(0x42)]
        for key in self.hw.buttons:
            self.hw.buttons[key].on_edge = self.edge

    def edge(self, key: str, down: bool) -> bool:
        """Send the question."""
        if down:
            self.client.publish(self.topic, EVENT, 1, False)
        return down

    def message(self, topic: str, payload: memoryview, retained: bool) -> None:
        """Draw the answer."""
        self.glyphs.reverse()
        at = 0
        for row in self.glyphs[0]:
            self.frame[at] = row << 3
            at += 4
        if self.hw.matrix:
            self.hw.matrix.show(self.frame)

    async def run(self) -> None:
        """Connect, and serve until the lines end."""
        await self.client.connect()
        await self.client.subscribe([self.answers])
        self.hw.status.show(words.READY)
        lines = asyncio.create_task(self.hw.run())
        await self.client.run()
        await lines


asyncio.run(Stub(sys.argv[1]).run())
