"""A hall of virtual boards: starts them, keeps them alive, and lets people press and look.

One asyncio process; its door is a unix socket that speaks JSON lines (docs/virtual-boards.md).
Kept small on purpose: thirty boards and the hall share a machine with everything else.
"""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

from boards.virtual.slot import MAX_LINE_BYTES, HallError, See, Slot

LOOK_EVERY_S = 1.0  # for a new hall.json, and whether our parent still lives
OFF_WITHIN_S = 2.0


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
        for slot in self._slots.values():
            slot.follow()
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
