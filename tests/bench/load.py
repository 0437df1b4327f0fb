"""Fifty boards spoken by one thread: each presses again as soon as its receipt is there.

A hand-made MQTT 3.1.1 of a few lines, so that the measuring costs less than what it measures.
"""

import json
import selectors
import socket
import struct
import time
from collections.abc import Callable

from firmware.wire import topics

_RECEIPT_END = topics.DN_RECEIPT.encode()


class LoadBoard:
    """One board on a socket of its own; `press` gives the event's own fields."""

    def __init__(
        self, port: int, board: str, secret: str, press: Callable[[], dict[str, object]]
    ) -> None:
        self.board = board
        self.answered = 0
        self.refused = 0
        self.pressing = True  # presses again for each receipt
        self._press = press
        self.seq = 0
        self._made = b""  # the last press
        self._sent = 0  # presses, repeats included
        self._started = time.monotonic()
        self._topic = _text(topics.of_board(board, topics.UP_EVENT))
        self._buffer = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._send(0x10, _text("MQTT") + b"\x04\xc2\x00\x3c" + _text(board) * 2 + _text(secret))
        filter_ = _text(topics.of_board(board, "dn/#"))
        self._send(0x82, b"\x00\x01" + filter_ + b"\x01")
        while self._packet()[0] != 0x90:
            pass

    def send_press(self) -> None:
        """Press once."""
        self.make_press()
        self.send_again()

    def make_press(self) -> None:
        """Make the next press ready to be sent."""
        self.seq += 1
        t_ms = 1_000 + int((time.monotonic() - self._started) * 1_000)
        event = {"boot": 1, "seq": self.seq, "t_ms": t_ms, **self._press()}
        self._made = json.dumps(event).encode()

    def send_again(self) -> None:
        """Send the last press to the letter, as a board does that waits for its receipt."""
        self._sent += 1
        packet_id = struct.pack(">H", self._sent % 65_535 + 1)
        self._send(0x32, self._topic + packet_id + self._made)

    def read(self) -> None:
        """Take what has arrived; press again for a receipt."""
        self._buffer += self.socket.recv(65_536)
        while True:
            packet = self._whole_packet()
            if packet is None:
                return
            kind, body = packet
            if kind & 0xF0 != 0x30:
                continue
            (length,) = struct.unpack_from(">H", body)
            topic = body[2 : 2 + length]
            start = 2 + length
            if kind & 0x06:
                self.socket.sendall(b"\x40\x02" + body[start : start + 2])
                start += 2
            if topic.endswith(_RECEIPT_END):
                self.take_receipt(body[start:])

    def take_receipt(self, payload: bytes) -> None:
        """Count a receipt, and press again."""
        self.answered += 1
        if b'"accepted"' not in payload:
            self.refused += 1
        if self.pressing:
            self.send_press()

    def _send(self, kind: int, body: bytes) -> None:
        size, length = b"", len(body)
        while True:
            length, digit = divmod(length, 128)
            size += bytes([digit | (128 if length else 0)])
            if not length:
                break
        self.socket.sendall(bytes([kind]) + size + body)

    def _packet(self) -> tuple[int, bytes]:
        while True:
            packet = self._whole_packet()
            if packet is not None:
                return packet
            data = self.socket.recv(65_536)
            if not data:
                raise ConnectionError(f"the broker hung up on {self.board}")
            self._buffer += data

    def _whole_packet(self) -> tuple[int, bytes] | None:
        data = self._buffer
        length, shift, i = 0, 0, 1
        while True:
            if i >= len(data):
                return None
            digit = data[i]
            length |= (digit & 127) << shift
            shift += 7
            i += 1
            if not digit & 128:
                break
        if len(data) < i + length:
            return None
        self._buffer = data[i + length :]
        return data[0], data[i : i + length]


def presses_per_s(boards: list[LoadBoard], seconds: float) -> float:
    """Let all boards press for so long and give the receipts a second."""
    selector = selectors.DefaultSelector()
    for board in boards:
        selector.register(board.socket, selectors.EVENT_READ, board)
        board.pressing = True
        board.send_press()
    before = sum(board.answered for board in boards)
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        for key, _ in selector.select(1.0):
            key.data.read()
    elapsed = time.monotonic() - started
    answered = sum(board.answered for board in boards) - before
    # What is still under way is answered before the other side's turn.
    for board in boards:
        board.pressing = False
    quiet_by = time.monotonic() + 2.0
    while time.monotonic() < quiet_by and (ready := selector.select(0.3)):
        for key, _ in ready:
            key.data.read()
    selector.close()
    return answered / elapsed


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data
