"""Bytes in, whole packets out, in one buffer that never grows; pure."""

from firmware.net.errors import Malformed
from firmware.net.packets import CONNACK, PINGRESP, PUBACK, PUBLISH, SUBACK, read_u16
from firmware.wire.const import const

# Bodies of a fixed length; PUBLISH and SUBACK vary. What is not here no server may send us.
_BODY_BYTES = {CONNACK: 2, PUBACK: 2, PINGRESP: 0}
_HEADER_BYTES = const(5)  # one byte of type and flags, at most four of length
_NO_ID = const(-1)


class Inbox:
    """Cuts the inbound stream into packets.

    Read into `space()`, say how much with `added(n)`, then call `next()` until it gives 0.
    A PUBLISH whose body is longer than `max_packet_bytes` is thrown away as it comes in:
    `next()` then gives its first byte with `thrown` true and `thrown_id` to acknowledge.
    """

    def __init__(self, max_packet_bytes: int) -> None:
        self.max_packet_bytes = max_packet_bytes
        self._buffer = memoryview(bytearray(max_packet_bytes + _HEADER_BYTES))
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new connection starts at a packet's first byte."""
        self.body = self._buffer[0:0]  # of the packet that next() gave; valid until space()
        self.thrown = False
        self.thrown_id = 0  # 0: QoS 0, nothing to acknowledge
        self._start = 0  # of what is not yet taken
        self._end = 0
        self._throw_first = 0  # type and flags of the packet being thrown away, 0 if none
        self._throw_left = 0  # bytes of it still to come
        self._id_when_left = _NO_ID  # its packet id starts when this many are left

    def space(self) -> memoryview:
        """Give the free part of the buffer, never empty; earlier bodies become invalid."""
        start = self._start
        if start == self._end:
            self._start = self._end = 0
        elif start:
            rest = self._end - start
            self._buffer[0:rest] = self._buffer[start : self._end]
            self._start = 0
            self._end = rest
        return self._buffer[self._end :]

    def added(self, size: int) -> None:
        """Say that `size` bytes were read into the space."""
        self._end += size

    def next(self) -> int:
        """Give the first byte of the next whole packet, with its body in `body`, or 0.

        Raises Malformed, and what can be seen from a packet's first bytes before the rest comes.
        """
        if self._throw_first:
            return self._throw()
        buffer = self._buffer
        start = self._start
        have = self._end - start
        if have < 2:
            if have:
                self._check(buffer[start], -1)
            return 0
        first = buffer[start]
        at = start + 1
        length = 0
        shift = 0
        while True:
            if at == self._end:
                self._check(first, -1)
                return 0
            byte = buffer[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 21:
                raise Malformed("a length of more than four bytes")
        self._check(first, length)
        if length > self.max_packet_bytes:
            return self._start_throwing(first, at, length)
        end = at + length
        if end > self._end:
            return 0
        self.thrown = False
        self.body = buffer[at:end]
        self._start = end
        return first

    def _check(self, first: int, length: int) -> None:
        # `length` is -1 while it is not known.
        kind = first & 0xF0
        if kind == PUBLISH:
            if first & 0x04:
                raise Malformed("PUBLISH: QoS 2 or 3, and 0 or 1 was subscribed")
            if length == 0 or length == 1:
                raise Malformed("PUBLISH: no topic")
            return
        if first & 0x0F:
            raise Malformed("type and flags 0x%02x" % first)
        if kind == SUBACK:
            if 0 <= length < 3 or length > self.max_packet_bytes:
                raise Malformed("SUBACK: %d bytes" % length)
        elif kind not in _BODY_BYTES:
            raise Malformed("a packet of type 0x%02x, which no broker may send here" % first)
        elif length not in (-1, _BODY_BYTES[kind]):
            raise Malformed("type 0x%02x: %d bytes, not %d" % (first, length, _BODY_BYTES[kind]))

    def _start_throwing(self, first: int, at: int, length: int) -> int:
        id_when_left = _NO_ID
        if first & 0x06:
            if self._end - at < 2:
                return 0  # the topic's length is needed to know where the packet id will be
            id_when_left = length - 2 - read_u16(self._buffer, at)
            if id_when_left < 2:
                raise Malformed("PUBLISH: its topic is longer than itself")
        self._start = at
        self._throw_first = first
        self._throw_left = length
        self._id_when_left = id_when_left
        self.thrown_id = 0
        return self._throw()

    def _throw(self) -> int:
        while self._throw_left:
            have = self._end - self._start
            size = self._throw_left
            if size == self._id_when_left:
                if have < 2:
                    return 0
                self.thrown_id = read_u16(self._buffer, self._start)
                if not self.thrown_id:
                    raise Malformed("PUBLISH: packet id 0 at QoS 1")
                self._id_when_left = _NO_ID
                size = 2
            elif self._id_when_left != _NO_ID:
                size -= self._id_when_left
            if not have:
                return 0
            size = min(size, have)
            self._start += size
            self._throw_left -= size
        first = self._throw_first
        self._throw_first = 0
        self.thrown = True
        self.body = self._buffer[0:0]
        return first
