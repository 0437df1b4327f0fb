"""One board's place in the hall of virtual boards: its process, and the world around it."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

from boards.virtual.process import ASLEEP_STATUS, Spawned, spawn

RESTART_AFTER_S = 0.5
TOUCH_S = 0.5  # falling asleep takes less
PRESS_S = 3.0  # waking up and falling asleep a few times takes less
MAX_LINE_BYTES = 65_536
WOKEN_FILE = "woken"  # the key that ends a sleep; read by firmware/hal/virtual.py
_FIRST_LEVELS_PCT = (82, 64, 41, 27)  # so that a new demo hall is not all full
# What is of the world around a board: (the part it touches, field of the line, name in the look).
_WORLD = {
    "level": ("level", "pct", "level_pct"),
    "battery": ("battery", "mv", "battery_mv"),
    "temp": ("thermometer", "c", "temp_c"),
    "printer": ("printer", "state", "printer"),
}
_CLOSES = ("press", "down")
_WAKES = ("level", "battery", *_CLOSES)

See = dict[str, Any]


class Listener(Protocol):
    """Who is told what the boards show: the hall."""

    folder: Path
    ending: bool

    def tell(self, see: See) -> None:
        """Tell every client something."""

    def tell_line(self, line: bytes) -> None:
        """Tell every client one line."""


class HallError(Exception):
    """What a client asked for cannot be done; the text says why."""


class Slot:
    """One board's place in the hall: its process, if it runs, and the world around it."""

    def __init__(self, hall: Listener, entry: See, number: int) -> None:
        self.id: str = entry["id"]
        self.entry = entry
        self.asleep = False
        self.look: See = {}
        self._hall = hall
        self._flash = hall.folder / self.id
        self._board: Spawned | None = None
        self._rest = b""
        self._start_timer: asyncio.TimerHandle | None = None
        level_pct = entry.get("level_pct", _FIRST_LEVELS_PCT[number % 4])
        self._world: dict[str, See] = {"level": {"do": "level", "pct": level_pct}}
        if entry.get("battery_mv") is not None:
            self._world["battery"] = {"do": "battery", "mv": entry["battery_mv"]}
        self._settings_ns = 0  # when the settings that the board runs with were written
        self._touched_s = -TOUCH_S
        self._pressed: list[tuple[str, float]] = []  # keys, and when, that no board took yet
        self.keys: list[str] = []
        self.parts: list[str] = []

    def describe(self) -> See:
        """Give what a client is told of this board when it connects."""
        return {
            **self.entry,
            "board": self.id,
            "keys": self.keys,
            "parts": self.parts,
            "look": self.look,
            "asleep": self.asleep,
        }

    @property
    def runs(self) -> bool:
        """Whether the board's process is there."""
        return self._board is not None

    def start(self) -> None:
        """Start the board, now."""
        self._cancel_start()
        if self.runs:
            return
        try:
            if self.asleep and self._pressed:
                # A contact that closes wakes the chip, and that is how the press is told.
                (self._flash / WOKEN_FILE).write_text(self._pressed[0][0])
            self._settings_ns = self._written_ns()
            settings = json.loads((self._flash / "settings.json").read_bytes())
            parts = settings["parts"]
            keys = parts.get("keys", {})
            self.keys = sorted(keys, key=lambda key: keys[key]["pin"])  # as they sit on the board
            self.parts = sorted(parts)
            board = self._board = spawn(self._flash)
        except (OSError, ValueError, KeyError, TypeError) as why:
            print(f"{self.id} cannot start: {why!r}", file=sys.stderr)
            self._start_in(RESTART_AFTER_S * 4)
            return
        os.set_blocking(board.stdin.fileno(), False)
        os.set_blocking(board.stdout.fileno(), False)
        asyncio.get_running_loop().add_reader(board.stdout.fileno(), self._readable, board)
        self._rest = b""
        # The world as the board finds it: in the pipe before the board can ask.
        for name, what in self._world.items():
            if _WORLD[name][0] in parts:
                self.send(what)
        self.send({"do": "look"})
        if self.asleep:
            self.asleep = False
            self._hall.tell({"board": self.id, "see": "awake"})

    def follow(self) -> None:
        """Start the board anew if its settings are no longer those it runs with."""
        try:
            if self.runs and self._written_ns() != self._settings_ns:
                self.unplug()
                self.start()
        except OSError as why:
            print(f"{self.id} has lost its settings: {why!r}", file=sys.stderr)

    def do(self, what: See) -> None:
        """Do to the board what a client asks; wakes a sleeping one. Raises HallError."""
        name = what.get("do")
        if name == "paper" and "ok" in what:
            name, state = "printer", "ready" if what["ok"] else "paper_out"
            what = {"do": name, "state": state}
        if not isinstance(name, str):
            raise HallError(f"{self.id} has to be told what to do")
        part, field, shown = _WORLD.get(name, ("", "", ""))
        if part in self.parts:
            self._world[name] = what
            self.look[shown] = what.get(field)
        now_s = asyncio.get_running_loop().time()
        presses = name in _CLOSES and what.get("key") in self.keys
        if presses:
            self._forget_presses(now_s)
            self._pressed.append((what["key"], now_s))
        if name in _WAKES:
            self._touched_s = now_s
            if self.asleep:
                self.start()
                if presses:
                    return  # that woke it, and is told with its start
        if not self.runs:
            if name in _WORLD or name == "look" or (self.asleep and name == "up"):
                return  # it will find the world like this
            raise HallError(f"{self.id} is not running")
        self.send(what)

    def send(self, what: See) -> None:
        """Write one line to the board; one that is gone or stuck does not get it."""
        if self._board is None:
            return
        try:
            os.write(self._board.stdin.fileno(), json.dumps(what).encode() + b"\n")
        except (BrokenPipeError, BlockingIOError) as why:
            print(f"{self.id} does not listen: {why!r}", file=sys.stderr)

    def unplug(self) -> None:
        """Take the power away: close its stdin; end it if it does not mind."""
        self._cancel_start()
        if self._board is None:
            return
        process, stdin, stdout = self._board
        self._board = None
        asyncio.get_running_loop().remove_reader(stdout.fileno())
        with contextlib.suppress(BrokenPipeError):
            stdin.close()
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        stdout.close()

    def _readable(self, board: Spawned) -> None:
        try:
            data = os.read(board.stdout.fileno(), MAX_LINE_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._ended(board)
            return
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._saw(line)

    def _saw(self, line: bytes) -> None:
        try:
            see = json.loads(line)
            kind = see["see"]
        except (ValueError, KeyError, TypeError):
            print(f"{self.id}: {line!r}", file=sys.stderr)
            return
        look = self.look
        if kind == "matrix":
            look["matrix"] = see["px"]
        elif kind == "digits":
            look["digits"] = see["text"]
        elif kind == "lamp":
            if see["show"] != "flash":
                look.setdefault("lamps", {})[see["lamp"]] = see["show"]
        elif kind == "state":
            look["state"] = see["s"]
        elif kind == "edge":
            taken = [press for press in self._pressed if press[0] == see["key"]]
            if taken:
                self._pressed.remove(taken[0])
        elif kind == "look":
            # What it was told while it spoke: the world is as we know it, not as it was then.
            for name, what in self._world.items():
                part, field, shown = _WORLD[name]
                if part in self.parts:
                    see[shown] = what[field]
            self.look = see
            line = json.dumps(see).encode()
        elif kind == "sleep":
            self._start_in(see["for_s"])
        self._hall.tell_line(b'{"board":"' + self.id.encode() + b'",' + line[1:] + b"\n")

    def _ended(self, board: Spawned) -> None:
        asyncio.get_running_loop().remove_reader(board.stdout.fileno())
        self._board = None
        # Its stdout is closed, so it is ending: this wait is over in a moment.
        status = board.process.wait()
        board.stdin.close()
        board.stdout.close()
        if status == ASLEEP_STATUS:
            self.asleep = True
            self._hall.tell({"board": self.id, "see": "asleep"})
            now_s = asyncio.get_running_loop().time()
            self._forget_presses(now_s)
            if self._pressed or now_s - self._touched_s < TOUCH_S:
                self.start()  # it was touched while it fell asleep
            return
        self._pressed = []
        self.look["state"] = "lost"
        self._hall.tell({"board": self.id, "see": "died", "status": status})
        if not self._hall.ending:
            self._start_in(RESTART_AFTER_S)

    def _forget_presses(self, now_s: float) -> None:
        # What a board has had so long and not taken was no press: a bounce, or a key that is stuck.
        self._pressed = [press for press in self._pressed if now_s - press[1] < PRESS_S]

    def _written_ns(self) -> int:
        written_ns: int = (self._flash / "settings.json").stat().st_mtime_ns
        return written_ns

    def _start_in(self, delay_s: float) -> None:
        self._cancel_start()
        self._start_timer = asyncio.get_running_loop().call_later(delay_s, self.start)

    def _cancel_start(self) -> None:
        if self._start_timer is not None:
            self._start_timer.cancel()
            self._start_timer = None
