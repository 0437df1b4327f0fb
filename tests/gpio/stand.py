"""What the tests of the gateway's own pins share: pins of paper, and what the hall says."""

import json
from typing import Any

from firmware.wire import topics
from gateway.gpio.desk import RECEIPT, Desk


class PaperPins:
    """Pins that note what was put on them."""

    def __init__(self, width: int = 0) -> None:
        self.now: dict[str, bool] = {}
        self.down = False
        self.matrix = PaperMatrix(width) if width else None

    def chime(self, on: bool) -> None:
        self.now["chime"] = on

    def status(self, lit: bool) -> None:
        self.now["status"] = lit

    def stop_lamp(self, lit: bool) -> None:
        self.now["stop_lamp"] = lit

    def stop_down(self) -> bool:
        return self.down


class PaperMatrix:
    """A matrix that keeps its frames."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.height = 8
        self.frames: list[bytes] = []

    def show(self, frame: bytearray) -> None:
        self.frames.append(bytes(frame))

    @property
    def dark(self) -> bool:
        return not any(self.frames[-1])


class Scene:
    """A desk whose clock the test turns, in steps of 25 ms like the program's."""

    def __init__(self, width: int = 0) -> None:
        self.pins = PaperPins(width)
        self.now_ms = 1_000_000
        self.rev = 0
        self.epoch = 7
        self.sent: list[dict[str, object]] = []
        self.seen: list[tuple[int, dict[str, bool]]] = []  # each change of the pins
        self._keys = 0
        self.desk = Desk(self.pins, self._new_key)

    def _new_key(self) -> str:
        self._keys += 1
        return f"key{self._keys}"

    def hear(self, topic: str, payload: dict[str, Any]) -> None:
        self.desk.heard(topic, json.dumps(payload).encode(), self.now_ms)

    def state(self, s: str = "ready") -> None:
        self.hear(topics.GW_STATE, {"s": s, "epoch": self.epoch})

    def line(self, *calls: tuple[str, int, int], pause: str = "", helps: int = 0) -> None:
        self.rev += 1
        self.hear(
            topics.hall_part("line"), line(self.epoch, self.rev, *calls, pause=pause, n=helps)
        )

    def receipt(self, **fields: object) -> None:
        self.hear(RECEIPT, fields)

    def open(self, *calls: tuple[str, int, int]) -> None:
        """The hall is there, with these calls."""
        self.desk.broker(True)
        self.state()
        self.line(*calls)
        self.turn(100)

    def turn(self, for_ms: int, beats: bool = True) -> None:
        """Let time pass."""
        until_ms = self.now_ms + for_ms
        while self.now_ms < until_ms:
            self.now_ms += 25
            if beats and self.now_ms % 2_000 == 0:
                self.hear(topics.GW_BEAT, {"epoch": self.epoch, "utc_ms": self.now_ms})
            self.sent += self.desk.turn(self.now_ms)
            if not self.seen or self.seen[-1][1] != self.pins.now:
                self.seen.append((self.now_ms, dict(self.pins.now)))

    def spans(self, name: str) -> list[tuple[bool, int]]:
        """Give what a pin did so far: level and for how long, in ms; the last has no end."""
        found: list[tuple[bool, int]] = []
        changes = [(at_ms, pins[name]) for at_ms, pins in self.seen]
        began_ms, level = changes[0]
        for at_ms, new in changes[1:]:
            if new != level:
                found.append((level, at_ms - began_ms))
                began_ms, level = at_ms, new
        return [*found, (level, -1)]

    def pulses(self, name: str) -> list[int]:
        """Give how long each time was that a pin was on and went off again, in ms."""
        return [for_ms for level, for_ms in self.spans(name) if level and for_ms >= 0]

    def hold(self, for_ms: int = 1_100) -> None:
        """Hold the all-stop key and let it go."""
        self.pins.down = True
        self.turn(for_ms)
        self.pins.down = False
        self.turn(100)


def line(
    epoch: int, rev: int, *calls: tuple[str, int, int], pause: str = "", n: int = 0
) -> dict[str, Any]:
    """Give what `gw/hall/line` says, as far as it matters here."""
    return {
        "epoch": epoch,
        "rev": rev,
        "calls": [{"ticket": t, "counter": c, "times": times} for t, c, times in calls],
        "break": {"name": pause, "until_ms": None} if pause else None,
        "notices": [{"code": "help", "text": str(i)} for i in range(n)],
    }
