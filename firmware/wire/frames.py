"""Frames on a serial line: bytes between flags, with what stands between frames handed out; pure.

Both ends of a cable use this file (docs/wired-boards.md). A frame is

    FLAG, stuffed(kind, tag (2 bytes), seq, ack, payload (0 to 320 bytes), CRC-32), FLAG

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

    Buffer = bytes | bytearray | memoryview

_FLAG = const(0x7E)
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
MAX_PAYLOAD_BYTES = const(320)  # the answer to a press fits in one
_CRC_BYTES = const(4)
_AROUND_BYTES = const(2 + 5 + 4)  # flags, head, CRC
# Twice, should every byte be stuffed. What is longer between two flags is no frame.
MAX_STUFFED_BYTES = const(2 * (HEAD_BYTES + MAX_PAYLOAD_BYTES + _CRC_BYTES))


def frame(kind: int, tag: int, seq: int, ack: int, payload: "Buffer" = b"") -> "bytes | bytearray":
    """Give a frame with both its flags. `tag` is 0 to 65,535, `kind`, `seq`, `ack` 0 to 255."""
    # In one piece of memory: what a board throws away it has to collect.
    size = len(payload) + _AROUND_BYTES
    whole = bytearray(size)
    whole[1] = kind
    whole[2] = tag >> 8
    whole[3] = tag & 0xFF
    whole[4] = seq
    whole[5] = ack
    whole[6 : size - 5] = payload
    whole[size - 5 : size - 1] = crc32(memoryview(whole)[1 : size - 5]).to_bytes(4, "big")
    stuffed: "bytes | None" = None
    for byte, instead in _STUFFED:
        if byte in (stuffed or whole):
            stuffed = (stuffed or bytes(whole[1 : size - 1])).replace(byte, instead)
    if stuffed:
        return FLAG + stuffed + FLAG
    whole[0] = whole[size - 1] = _FLAG
    return whole


def unframe(data: bytes, at: int, end: int) -> "memoryview | None":
    """Give head and payload of what stands between two flags, `data` from `at` to `end`.

    None if that is no frame. It is a view of `data` where nothing was stuffed.
    """
    if data.find(_ESC, at, end) >= 0:
        parts = data[at:end].split(_ESC)
        for n in range(1, len(parts)):
            part = parts[n]
            if not part:
                return None  # ESC ESC, or an ESC at the end
            parts[n] = bytes((part[0] ^ 0x20,)) + part[1:]
        data = b"".join(parts)
        at = 0
        end = len(data)
    end -= _CRC_BYTES
    if not HEAD_BYTES <= end - at <= HEAD_BYTES + MAX_PAYLOAD_BYTES:
        return None
    body = memoryview(data)[at:end]
    return body if crc32(body) == int.from_bytes(data[end : end + _CRC_BYTES], "big") else None


class Cutter:
    """Cuts what comes over a line into frames, and other text, which `text(bytes)` gets if set.

    Holds MAX_STUFFED_BYTES and what is given at once, however much stands between flags.
    """

    def __init__(self) -> None:
        self.text: "Callable[[bytes], None] | None" = None
        self._rest = b""

    def cut(self, data: bytes) -> "list[memoryview]":
        """Give head and payload of each frame that `data` completes."""
        if self._rest:
            data = self._rest + data
        bodies = []
        at = 0
        while True:
            end = data.find(FLAG, at)
            if end < 0:
                break
            if end > at:
                body = unframe(data, at, end)
                if body:
                    bodies.append(body)
                elif self.text:
                    self.text(data[at:end])
            at = end + 1
        self._rest = data[at:]
        if len(self._rest) > MAX_STUFFED_BYTES:
            self.flush()
        return bodies

    def flush(self) -> None:
        """Hand out what waits for its flag: when a line is silent for long, that is no frame."""
        rest, self._rest = self._rest, b""
        if rest and self.text:
            self.text(rest)
