"""A hall of virtual boards: starts them, keeps them alive, and lets people press and look.

One asyncio process; its door is a unix socket that speaks JSON lines (docs/virtual-boards.md).
Kept small on purpose: thirty boards and the hall share a machine with everything else.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from boards.virtual.process import ASLEEP_STATUS, Spawned, spawn

RESTART_AFTER_S = 0.5
LOOK_EVERY_S = 1.0  # for a new hall.json, and whether our parent still lives
OFF_WITHIN_S = 2.0
MAX_LINE_BYTES = 65_536
_FIRST_LEVELS_PCT = (82, 64, 41, 27)  # so that a new demo hall is not all full

See = dict[str, Any]


class HallError(Exception):
    """What a client asked for cannot be done; the text says why."""


class Slot:
    """One board's place in the hall: its process, if it runs, and the world around it."""

    def __init__(self, hall: "Hall", entry: See, number: int) -> None:
        self.id: str = entry["id"]
        self.entry = entry
        self.asleep = False
        self.look: See = {}
        self._hall = hall
        self._flash = hall.folder / self.id
        self._board: Spawned | None = None
        self._rest = b""
        self._start_timer: asyncio.TimerHandle | None = None
        self._level_pct = entry.get("level_pct", _FIRST_LEVELS_PCT[number % 4])
        self._battery_mv = entry.get("battery_mv")
        self.keys: list[str] = []

    def describe(self) -> See:
        """Give what a client is told of this board when it connects."""
        return {
            **self.entry,
            "board": self.id,
            "keys": self.keys,
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
            settings = json.loads((self._flash / "settings.json").read_bytes())
            parts = settings["parts"]
            keys = parts.get("keys", {})
            self.keys = sorted(keys, key=lambda key: keys[key]["pin"])  # as they sit on the board
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
        if "level" in parts:
            self.send({"do": "level", "pct": self._level_pct})
        if "battery" in parts and self._battery_mv is not None:
            self.send({"do": "battery", "mv": self._battery_mv})
        self.send({"do": "look"})
        if self.asleep:
            self.asleep = False
            self._hall.tell({"board": self.id, "see": "awake"})

    def do(self, what: See) -> None:
        """Do to the board what a client asks; wakes a sleeping one. Raises HallError."""
        name = what.get("do")
        if name == "level":
            self._level_pct = self.look["level_pct"] = what.get("pct")
        elif name == "battery":
            self._battery_mv = self.look["battery_mv"] = what.get("mv")
        if self.asleep and name in ("level", "battery", "press", "down"):
            self.start()
        if not self.runs:
            if name in ("level", "battery", "look"):
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
        elif kind == "lamp":
            if see["show"] != "flash":
                look.setdefault("lamps", {})[see["lamp"]] = see["show"]
        elif kind == "state":
            look["state"] = see["s"]
        elif kind == "look":
            self.look = see
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
            return
        self.look["state"] = "lost"
        self._hall.tell({"board": self.id, "see": "died", "status": status})
        if not self._hall.ending:
            self._start_in(RESTART_AFTER_S)

    def _start_in(self, delay_s: float) -> None:
        self._cancel_start()
        self._start_timer = asyncio.get_running_loop().call_later(delay_s, self.start)

    def _cancel_start(self) -> None:
        if self._start_timer is not None:
            self._start_timer.cancel()
            self._start_timer = None


class Hall:
    """All boards of `folder` (hall.json and one flash folder a board) behind one socket."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        self.ending = False
        self._socket = socket
        self._slots: dict[str, Slot] = {}
        self._clients: set[asyncio.StreamWriter] = set()
        self._listed_ns = 0  # when the hall.json that we follow was written
        self._end = asyncio.Event()

    def stop(self) -> None:
        """Ask the hall to end; `run` then returns."""
        self._end.set()

    async def run(self) -> None:
        """Run until `stop`, or until the process that started us has gone."""
        parent = os.getppid()
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(
            self._serve, str(self._socket), limit=MAX_LINE_BYTES
        )
        try:
            while not self._end.is_set() and os.getppid() == parent:
                self._follow()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._end.wait(), LOOK_EVERY_S)
        finally:
            self.ending = True
            server.close()
            await self._switch_off()
            for client in list(self._clients):
                client.close()
            self._socket.unlink(missing_ok=True)

    def tell(self, see: See) -> None:
        """Tell every client something."""
        self.tell_line(json.dumps(see).encode() + b"\n")

    def tell_line(self, line: bytes) -> None:
        """Tell every client one line; one that does not read is let go."""
        for client in self._clients:
            if client.transport.get_write_buffer_size() > MAX_LINE_BYTES * 4:
                client.transport.abort()
            else:
                client.write(line)

    def _follow(self) -> None:
        # hall.json is written by the gateway, perhaps later than we start, perhaps again.
        listing = self.folder / "hall.json"
        try:
            written_ns = listing.stat().st_mtime_ns
            if written_ns == self._listed_ns:
                return
            entries = json.loads(listing.read_bytes())["boards"]
            wanted = {entry["id"]: entry for entry in entries}
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError) as why:
            print(f"{listing} cannot be used: {why!r}", file=sys.stderr)
            return
        self._listed_ns = written_ns
        for board in list(self._slots):
            if board not in wanted:
                self._slots.pop(board).unplug()
        for number, (board, entry) in enumerate(wanted.items()):
            if board not in self._slots:
                self._slots[board] = Slot(self, entry, number)
                self._slots[board].start()
        self.tell(self._describe())

    def _describe(self) -> See:
        return {"hall": [slot.describe() for slot in self._slots.values()]}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps(self._describe()).encode() + b"\n")
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                try:
                    self._do(line)
                except HallError as why:
                    writer.write(json.dumps({"error": str(why)}).encode() + b"\n")
        except (ConnectionError, ValueError):
            pass  # it went away, or sent a line without end: either way this client is done
        finally:
            self._clients.discard(writer)
            writer.close()

    def _do(self, line: bytes) -> None:
        try:
            what = json.loads(line)
            board = what.pop("board")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise HallError('a line like {"board": ID, "do": WHAT, ...} is needed') from None
        slot = self._slots.get(board) if isinstance(board, str) else None
        if slot is None:
            raise HallError(f"no board {board!r} in this hall")
        slot.do(what)

    async def _switch_off(self) -> None:
        # First kindly, so that the boards say `gone`; then by taking the power away.
        for slot in self._slots.values():
            slot.send({"do": "off"})
        deadline = asyncio.get_running_loop().time() + OFF_WITHIN_S
        while any(slot.runs for slot in self._slots.values()):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.02)
        for slot in self._slots.values():
            slot.unplug()
