"""The self-test: walks a technician through every key, lamp, pixel and sensor of the board.

It knows no more than the parts that the board has. Each step has its time; what fails is named and
the walk goes on. At its end the board starts anew, in its own role.
"""

import sys

from firmware.core.display import Display
from firmware.core.ticks import NEVER
from firmware.roles.base import Role
from firmware.wire.codec import BadPayload
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from firmware.core.board import Board
    from firmware.hal.ports import Hardware

    # Yields milliseconds to wait; returns why it failed, "" if it did not.
    Step = Iterator[int]

KEY_MS = 30_000
LINK_MS = 20_000
_PRINT_MS = const(15_000)
_OPEN_MS = const(3_000)  # a key that is closed before anybody was asked to press it
_POLL_MS = const(50)
_LAMP_MS = const(1_000)
_LOOK_MS = const(1_500)
_SWEEP_MS = const(2_000)
_END_MS = const(5_000)
_DETAIL_CHARS = const(360)  # of the answer, which has to fit 512 bytes
_COLOURED = ("status", "light")  # lamps with colours; others are on or off
_BEAMS = ("outer", "inner")


class SelfTest(Role):
    """One walk through the board; `order_id` is the order that asked for it, `note(line)` tells
    somebody with a cable."""

    serves = False
    order_id = "self_test"

    def __init__(self, board: "Board", hw: "Hardware") -> None:
        Role.__init__(self, board, hw)
        self.keys_ms = NEVER  # it watches them itself
        self._display = Display(hw.matrix)
        self._now_ms = 0
        self._next_ms = 0
        self._plan = self._parts()
        self._part = ""
        self._step: "Any" = iter(())
        self._said = ""  # what a step that went well has to tell
        self._over = False
        self._good = 0
        self._failed: "list[str]" = []
        self._pressed: "list[str]" = []
        self._printed: "bool | None" = None
        self._linked = self._heard = False
        self.due_ms = 0

    def note(self, line: str) -> None:
        """Write a line on the board's console."""
        print("self-test: " + line, file=sys.stderr)

    def edge(self, key: str, down: bool, now_ms: int) -> bool:
        """Note a press; nobody counts these."""
        pressed = self._contacts[key].edge(down, now_ms)
        if pressed:
            self._pressed.append(key)
        return pressed

    def link_is_up(self, now_ms: int) -> None:
        """There is a broker."""
        self._linked = True

    def away(self, status: str, now_ms: int) -> None:
        """Note whether the gateway lives."""
        self._heard = status == "live"

    def tick(self, now_ms: int) -> None:
        """Go on with the walk, and draw."""
        self._now_ms = now_ms
        while now_ms >= self._next_ms:
            try:
                self._next_ms = now_ms + next(self._step)
            except StopIteration as end:
                self._verdict(end.value or "")
            except Exception as why:  # noqa: BLE001 - whatever a part does, the walk goes on
                self._verdict(repr(why))
        self._display.draw(now_ms)
        self.due_ms = min(self._next_ms, self._display.due_ms)

    def _verdict(self, why: str) -> None:
        # Of the step that has ended; then the next one.
        if self._part:
            if why:
                self._failed.append(self._part + ": " + why)
                self._tell("FAILED: " + why)
            else:
                self._good += 1
                self._tell("ok" + self._said)
        self._said = ""
        self._part = ""
        try:
            self._part, shows, hint, self._step = next(self._plan)
        except StopIteration:
            # Whatever became of the end, the board serves again.
            self._step = self._leave() if self._over else self._end()
            self._over = True
            return
        self._display.text(shows, self._now_ms)
        self._tell(hint)

    def _tell(self, text: str) -> None:
        self.note(self._part + ": " + text)

    def _parts(self) -> "Iterator[tuple[str, str, str, Step]]":
        # The part, what the matrix says of it, what is to be done, and how it is tested.
        hw = self.hw
        for name in sorted(hw.lamps):
            step = self._light(hw.lamps[name], name in _COLOURED)
            yield "lamp " + name, "LAMPU " + name, "look at it", step
        for key in sorted(hw.buttons):
            hint = "break it, free it" if key in _BEAMS else "press it, let it go"
            yield "key " + key, "TEKAN " + key, hint, self._press(key)
        if hw.matrix:
            hint = "all lit, all dark, each column, each row, the board's id"
            yield "matrix", "", hint, self._sweep(hw.matrix)
        if hw.digits:
            yield "digits", "ANGKA", "all segments and points", self._digits(hw.digits)
        if hw.buzzer:
            yield "buzzer", "BUNYI", "listen", self._sound(hw.buzzer)
        if hw.printer:
            yield "printer", "KERTAS", "prints a slip", self._print(hw.printer)
        if hw.level:
            yield "level", "ISI", hw.level.part, self._level(hw.level)
        if hw.thermometer:
            yield "thermometer", "SUHU", "hold a hand there", self._thermometer(hw.thermometer)
        if hw.battery:
            yield "battery", "BATERAI", "its voltage", self._battery(hw.battery)
        yield "link", "JARINGAN", "waits for broker and gateway", self._link()

    # The steps.

    def _light(self, lamp: "Any", coloured: bool) -> "Step":
        for show in ("green", "amber", "red") if coloured else ("on",):
            lamp.show(show)
            yield _LAMP_MS
        lamp.show("off")
        return ""

    def _press(self, key: str) -> "Step":
        button = self.hw.buttons[key]
        until_ms = self._now_ms + _OPEN_MS
        while button.is_down():
            if self._now_ms >= until_ms:
                return "is closed before anybody presses it"
            yield _POLL_MS
        self._pressed = []
        self._lamp(key, "blink")
        until_ms = self._now_ms + KEY_MS
        why = ""
        while not why and (key not in self._pressed or button.is_down()):
            if self._now_ms >= until_ms:
                why = "does not open again" if key in self._pressed else "nothing came"
            yield _POLL_MS
        self._lamp(key, "off")
        others = [name for name in self._pressed if name != key]
        if others and key not in self._pressed:
            why = "nothing came, but " + others[0] + " did: swapped wires?"
        return why

    def _sweep(self, matrix: "Any") -> "Step":
        stride = matrix.width // 8
        frame = bytearray(stride * matrix.height)
        self._display.draw(self._now_ms)
        for bits in (0xFF, 0):
            for i in range(len(frame)):
                frame[i] = bits
            matrix.show(frame)
            yield _LOOK_MS
        for x in range(matrix.width):
            for i in range(len(frame)):
                frame[i] = 0x80 >> (x & 7) if i % stride == x // 8 else 0
            matrix.show(frame)
            yield max(20, _SWEEP_MS // matrix.width)
        for y in range(matrix.height):
            for i in range(len(frame)):
                frame[i] = 0xFF if i // stride == y else 0
            matrix.show(frame)
            yield _SWEEP_MS // matrix.height
        self._display.text(self.board.id, self._now_ms)
        yield 2 * _LOOK_MS
        return ""

    def _digits(self, digits: "Any") -> "Step":
        for text in ("8." * digits.length, ""):
            digits.show(text)
            yield _LOOK_MS
        return ""

    def _sound(self, buzzer: "Any") -> "Step":
        buzzer.play((200, 200, 200))
        yield _LOOK_MS
        return ""

    def _print(self, printer: "Any") -> "Step":
        if printer.state not in ("ready", "paper_low"):
            return printer.state
        slip = {"ticket": "0000", "head": self.board.id, "lines": [], "qr": "", "foot": "self-test"}
        printer.print(slip, self._has_printed)
        until_ms = self._now_ms + _PRINT_MS
        while self._printed is None:
            if self._now_ms >= until_ms:
                return "does not say that it is through"
            yield _POLL_MS
        self._said = ", " + printer.state
        return "" if self._printed else "did not print: " + printer.state

    def _has_printed(self, ticket: str, ok: bool, now_ms: int) -> None:
        self._printed = ok

    def _level(self, level: "Any") -> "Step":
        raw = level.read_raw()
        if raw is None:
            return level.part + " does not answer"
        self._said = ", reads %s (board.toml: empty %s, full %s)" % (raw, level.empty, level.full)
        yield _LOOK_MS
        return ""

    def _thermometer(self, thermometer: "Any") -> "Step":
        c = thermometer.read_c()
        if c is None:
            return "does not answer"
        self._said = ", %.1f C" % c
        yield _LOOK_MS
        return ""

    def _battery(self, battery: "Any") -> "Step":
        mv = battery.read_mv()
        if mv is None:
            return "cannot be measured"
        if mv <= battery.low_mv:
            return "low, %d mV" % mv
        self._said = ", %d mV" % mv
        yield _LOOK_MS
        return ""

    def _link(self) -> "Step":
        until_ms = self._now_ms + LINK_MS
        while not self._heard:
            if self._now_ms >= until_ms:
                return "the gateway is not heard" if self._linked else "no broker"
            yield _POLL_MS
        rssi_dbm = self.hw.network.rssi_dbm()
        self._said = "" if rssi_dbm is None else ", %d dBm" % rssi_dbm
        return ""

    def _end(self) -> "Step":
        self.note("%d ok, %d failed" % (self._good, len(self._failed)))
        for failed in self._failed:
            self.note(failed)
        detail = "%d ok" % self._good
        if self._failed:
            detail += "; " + "; ".join(self._failed)
        code = "failed" if self._failed else ""
        try:
            self.board.up.ack(self.order_id, code, detail[:_DETAIL_CHARS])
        except BadPayload:
            self.board.up.ack(self.order_id, code, "")  # with the order's id it was too long
        words = "GAGAL %d" % len(self._failed) if self._failed else "BAIK"
        self._display.text(words, self._now_ms)
        yield _END_MS
        return ""

    def _leave(self) -> "Step":
        self.board.restart()
        yield NEVER
        return ""


ROLE = SelfTest
