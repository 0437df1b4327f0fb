"""Frames on a serial line: bytes between flags, with what stands between frames handed out; pure.

Both ends of a cable use this file (docs/wired-boards.md). A frame is

    FLAG, stuffed(kind, tag (2 bytes), seq, ack, payload (0 to 256 bytes), CRC-32), FLAG

Stuffed: ESC and the byte xor 0x20 stand for a FLAG or ESC inside, for 0x03 (over USB it is the
Ctrl-C that ends the program), and for 0x11 and 0x13 (XON and XOFF). Neither FLAG nor ESC is common
in JSON, so that hardly a byte is stuffed. CRC-32 and replace() are native code on a board; a CRC-16
in a loop of Python would cost an RP2040 milliseconds a message.
"""

from binascii import crc32

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable

FLAG = b"\x7e"
_ESC = b"\x10"
# ESC first: what comes later is stuffed with it.
_STUFFED = (
    (_ESC, b"\x10\x30"),
    (FLAG, b"\x10\x5e"),
    (b"\x03", b"\x10\x23"),
    (b"\x11", b"\x10\x31"),
    (b"\x13", b"\x10\x33"),
)
HEAD_BYTES = const(5)
MAX_PAYLOAD_BYTES = const(256)
_CRC_BYTES = const(4)
# Twice, should every byte be stuffed. What is longer between two flags is no frame.
MAX_STUFFED_BYTES = const(2 * (HEAD_BYTES + MAX_PAYLOAD_BYTES + _CRC_BYTES))


def frame(kind: int, tag: int, seq: int, ack: int, payload: bytes = b"") -> bytes:
    """Give a frame with both its flags. `tag` is 0 to 65,535, `kind`, `seq`, `ack` 0 to 255."""
    body = bytes((kind, tag >> 8, tag & 0xFF, seq, ack)) + payload
    body += crc32(body).to_bytes(_CRC_BYTES, "big")
    for byte, stuffed in _STUFFED:
        if byte in body:
            body = body.replace(byte, stuffed)
    return FLAG + body + FLAG


def unframe(piece: bytes) -> "bytes | None":
    """Give head and payload of what stood between two flags, or None if that was no frame."""
    if _ESC in piece:
        parts = piece.split(_ESC)
        for n in range(1, len(parts)):
            part = parts[n]
            if not part:
                return None  # ESC ESC, or an ESC at the end
            parts[n] = bytes((part[0] ^ 0x20,)) + part[1:]
        piece = b"".join(parts)
    end = len(piece) - _CRC_BYTES
    if not HEAD_BYTES <= end <= HEAD_BYTES + MAX_PAYLOAD_BYTES:
        return None
    body = piece[:end]
    return body if crc32(body) == int.from_bytes(piece[end:], "big") else None


class Cutter:
    """Cuts what comes over a line into frames, and other text, which `text(bytes)` gets if set.

    Holds MAX_STUFFED_BYTES and what is given at once, however much stands between flags.
    """

    def __init__(self) -> None:
        self.text: "Callable[[bytes], None] | None" = None
        self._rest = b""

    def cut(self, data: bytes) -> "list[bytes]":
        """Give head and payload of each frame that `data` completes."""
        pieces = (self._rest + data).split(FLAG)
        self._rest = pieces.pop()
        bodies = []
        for piece in pieces:
            if piece:
                body = unframe(piece)
                if body is None:
                    self._hand_out(piece)
                else:
                    bodies.append(body)
        if len(self._rest) > MAX_STUFFED_BYTES:
            self.flush()
        return bodies

    def flush(self) -> None:
        """Hand out what waits for its flag: when a line is silent for long, that is no frame."""
        rest, self._rest = self._rest, b""
        if rest:
            self._hand_out(rest)

    def _hand_out(self, piece: bytes) -> None:
        if self.text:
            self.text(piece)
