"""The world of one board in borrowed time: broker, gateway and hands, in lock-step with it.

The board asks when it has nothing left to do. Then everything it has sent lies in our buffers: we
read it, answer, and tell it how much time has passed: none if it got something, else as much as it
or we have nothing to do. So a run is the same each time, and an hour takes seconds.
"""

import heapq
import itertools
import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.net.packets import publish
from firmware.wire import topics
from tests.support.micropython import command
from tests.support.release import piece_of

HERE = Path(__file__).resolve().parent
EPOCH = 7
START_UTC_MS = 1_795_312_800_000
_CONNECT, _PUBLISH, _SUBSCRIBE, _PINGREQ = 0x10, 0x30, 0x80, 0xC0

Payload = dict[str, Any]


class Partner:
    """Plays everything around a board; `at(ms, act)` plans, `run(until_ms)` lets time pass.

    `answer(event)` gives the fields of the receipt to an event, or None for no answer;
    `looks` collects what the board answered to `look()`, `updates` what it said of an update;
    `blobs` is what it is given of one, by its hash. It goes by the settings in `file`.
    """

    def __init__(
        self, romfs: Path, flash: Path, board: str, heap_kb: int, stderr: Any, file: str
    ) -> None:
        """`romfs` and `flash` lie in one folder."""
        self.now_ms = 0
        self.board = board
        self.answer: Callable[[Payload], Payload | None] = lambda event: {}
        self.published: dict[str, int] = {}  # leaf -> how many messages
        self.looks: list[Payload] = []
        self.updates: list[Payload] = []
        self.blobs: dict[str, bytes] = {}
        self.seen: dict[str, int] = {}
        self.connections = 0
        self.retained: dict[str, bytes] = {}
        self._plan: list[tuple[int, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._rest = b""
        self._lines = b""
        self._peer: socket.socket | None = None
        self._subscribed = False
        self._packet_id = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        settings = json.loads((flash / file).read_text())
        settings["port"] = self._listener.getsockname()[1]
        (flash / file).write_text(json.dumps(settings))
        ask_read, ask_write = os.pipe()
        answer_read, answer_write = os.pipe()
        self._process = subprocess.Popen(
            command(
                HERE / "board.py",
                romfs.name,
                flash.name,
                file,
                str(ask_write),
                str(answer_read),
                heap_kb=heap_kb,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=0,
            pass_fds=(ask_write, answer_read),
            cwd=flash.parent,  # names as short as a real board's: they take of its memory
        )
        os.close(ask_write)
        os.close(answer_read)
        self._ask = os.fdopen(ask_read, "rb")
        self._answer_fd = answer_write
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        os.set_blocking(self._stdout.fileno(), False)
        self.retained[topics.GW_STATE] = json.dumps({"s": "ready", "epoch": EPOCH}).encode()
        self.at(0, self._beat)

    def close(self) -> None:
        """End the board and all that is open."""
        self._process.kill()
        self._process.wait()
        if self._peer is not None:
            self._peer.close()
        self._listener.close()
        os.close(self._answer_fd)
        for pipe in (self._ask, self._stdin, self._stdout):
            pipe.close()

    # What a test asks for.

    def at(self, at_ms: int, act: Callable[[], None]) -> None:
        """Plan `act` for a time of the board."""
        heapq.heappush(self._plan, (at_ms, next(self._number), act))

    def every(self, every_ms: int, act: Callable[[], None], first_ms: int = 0) -> None:
        """Plan `act` again and again."""

        def again() -> None:
            act()
            self.at(self.now_ms + every_ms, again)

        self.at(first_ms or every_ms, again)

    def do(self, name: str, **what: object) -> None:
        """Do something to the board's hardware."""
        self._stdin.write(json.dumps({"do": name, **what}).encode() + b"\n")

    def say(self, leaf: str, payload: Payload, retain: bool = False) -> None:
        """Publish to the board."""
        topic = leaf if leaf.startswith(topics.PREFIX) else topics.of_board(self.board, leaf)
        data = json.dumps(payload, separators=(",", ":")).encode()
        if retain:
            self.retained[topic] = data
        self._publish(topic, data, False)

    def cut(self) -> None:
        """Break the connection."""
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    def run(self, until_ms: int) -> None:
        """Let the board live until a time; raise AssertionError if it ends or asks too often."""
        for _ in range(5_000_000):
            line = self._ask.readline()
            assert line, f"the board has ended at {self.now_ms} ms"
            wait_ms = int(line)
            if self._exchange():
                self._pass(0)
                continue
            if self.now_ms >= until_ms:
                # It waits for us: the next run goes on from here.
                self._pass(0)
                return
            due_ms = min(self._plan[0][0], until_ms)
            step_ms = due_ms - self.now_ms
            if 0 <= wait_ms < step_ms:
                step_ms = wait_ms
            self._pass(step_ms)
        raise AssertionError("the board never rests")

    # The world.

    def _pass(self, ms: int) -> None:
        self.now_ms += ms
        os.write(self._answer_fd, ms.to_bytes(4, "little"))

    def _exchange(self) -> bool:
        """Read what the board has said and do what is due; tell whether it got anything new."""
        self._hear_lines()
        busy = self._accept() or self._hear()
        while self._plan[0][0] <= self.now_ms:
            busy = True
            heapq.heappop(self._plan)[2]()
        return busy

    def _beat(self) -> None:
        utc_ms = START_UTC_MS + self.now_ms
        self._publish(topics.GW_BEAT, b'{"epoch":%d,"utc_ms":%d}' % (EPOCH, utc_ms), False, qos=0)
        self.at(self.now_ms + 2_000, self._beat)

    def _hear_lines(self) -> None:
        while (data := self._stdout.read(65_536)) is not None:
            assert data, f"the board has ended at {self.now_ms} ms"
            *lines, self._lines = (self._lines + data).split(b"\n")
            for line in lines:
                see = json.loads(line)
                self.seen[see["see"]] = self.seen.get(see["see"], 0) + 1
                if see["see"] == "look":
                    self.looks.append(see)

    def _accept(self) -> bool:
        try:
            peer, _ = self._listener.accept()
        except BlockingIOError:
            return False
        self.cut()
        self.connections += 1
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer, self._rest = peer, b""
        self._subscribed = False
        return True

    def _hear(self) -> bool:
        got = False
        while self._peer is not None:
            try:
                data = self._peer.recv(65_536)
            except BlockingIOError:
                break
            if not data:
                self.cut()
                break
            got = True
            self._rest += data
            self._take_packets()
        return got

    def _take_packets(self) -> None:
        while len(self._rest) >= 2:
            length, at = self._rest[1], 2
            if length & 0x80:
                if len(self._rest) < 3:
                    return
                length, at = (length & 0x7F) | self._rest[2] << 7, 3
            if len(self._rest) < at + length:
                return
            head, body = self._rest[0], self._rest[at : at + length]
            self._rest = self._rest[at + length :]
            self._take(head, body)

    def _take(self, head: int, body: bytes) -> None:
        kind = head & 0xF0
        if kind == _CONNECT:
            self._send(b"\x20\x02\x00\x00")
        elif kind == _SUBSCRIBE:
            count = body[2:].count(topics.PREFIX.encode())
            self._send(bytes((0x90, 2 + count)) + body[:2] + b"\x01" * count)
            self._subscribed = True
            for topic, data in self.retained.items():
                self._publish(topic, data, True)
        elif kind == _PINGREQ:
            self._send(b"\xd0\x00")
        elif kind == _PUBLISH:
            end = 2 + int.from_bytes(body[:2], "big")
            topic = body[2:end].decode()
            if head & 0x06:
                self._send(b"\x40\x02" + body[end : end + 2])
                end += 2
            leaf = topic.removeprefix(topics.of_board(self.board, ""))
            self.published[leaf] = self.published.get(leaf, 0) + 1
            if leaf == topics.UP_EVENT:
                self._event(json.loads(body[end:]))
            elif leaf == topics.UP_UPDATE:
                self.updates.append(json.loads(body[end:]))
            elif leaf == topics.UP_WANT:
                self.say(topics.DN_CHUNK, piece_of(self.blobs, json.loads(body[end:])))

    def _event(self, event: Payload) -> None:
        fields = {} if event["ev"] == "hello" else self.answer(event)
        if fields is None:
            return
        receipt = {"boot": event["boot"], "seq": event["seq"], "st": "accepted", **fields}
        self.say(topics.DN_RECEIPT, receipt)

    def _publish(self, topic: str, data: bytes, retained: bool, qos: int = 1) -> None:
        if not self._subscribed:
            return
        self._packet_id = self._packet_id % 60_000 + 1
        self._send(publish(topic, data, self._packet_id if qos else 0, retained))

    def _send(self, packet: bytes | bytearray) -> None:
        if self._peer is not None:
            self._peer.sendall(packet)
