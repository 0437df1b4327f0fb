"""MQTT 3.1.1 packets as bytes: built whole for one write, and the bodies taken apart.

Section numbers are those of the OASIS standard MQTT 3.1.1.
"""

from firmware.net.errors import Malformed
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Sequence

CONNACK = 0x20
PUBLISH = 0x30
PUBACK = 0x40
SUBACK = 0x90
PINGRESP = 0xD0

PINGREQ_PACKET = b"\xc0\x00"
DISCONNECT_PACKET = b"\xe0\x00"

MAX_STRING_BYTES = 65_535
MAX_REMAINING_BYTES = 268_435_455


def _packet(first: int, fields: "tuple[bytes | bytearray | memoryview, ...]") -> bytearray:
    # One buffer, filled by slices: half the copies of adding bytes up.
    remaining = 0
    for field in fields:
        remaining += len(field)
    if remaining > MAX_REMAINING_BYTES:
        raise ValueError("a packet of %d bytes: MQTT allows %d" % (remaining, MAX_REMAINING_BYTES))
    width = 1
    n = remaining >> 7
    while n:
        width += 1
        n >>= 7
    packet = bytearray(1 + width + remaining)
    packet[0] = first
    n = remaining
    for i in range(1, width + 1):  # section 2.2.3: seven bits a byte, least significant first
        packet[i] = (n & 0x7F) | (0x80 if i < width else 0)
        n >>= 7
    at = 1 + width
    for field in fields:
        packet[at : at + len(field)] = field
        at += len(field)
    return packet


def _u16(n: int) -> bytes:
    return bytes((n >> 8, n & 0xFF))


def _length_of(data: bytes) -> bytes:
    if len(data) > MAX_STRING_BYTES:
        raise ValueError("a field of %d bytes: MQTT allows %d" % (len(data), MAX_STRING_BYTES))
    return _u16(len(data))


def connect(
    client_id: str,
    user: str,
    password: str,
    keepalive_s: int,
    will: "tuple[str, bytes, bool] | None",
) -> bytearray:
    """Give a CONNECT with a clean session (3.1); `will` is (topic, payload, retain), at QoS 1."""
    flags = 0xC2  # user name, password, clean session
    texts = [client_id.encode()]
    if will is not None:
        flags |= 0x0C | (0x20 if will[2] else 0)
        texts.append(will[0].encode())
        texts.append(will[1])
    texts.append(user.encode())
    texts.append(password.encode())
    fields = [b"\x00\x04MQTT\x04", bytes((flags,)), _u16(keepalive_s)]
    for text in texts:
        fields.append(_length_of(text))
        fields.append(text)
    return _packet(0x10, tuple(fields))


def subscribe(packet_id: int, topics: "Sequence[str]") -> bytearray:
    """Give a SUBSCRIBE (3.8) to `topics`, each at QoS 1."""
    fields = [_u16(packet_id)]
    for topic in topics:
        name = topic.encode()
        fields.append(_length_of(name))
        fields.append(name)
        fields.append(b"\x01")
    return _packet(0x82, tuple(fields))


def publish(
    topic: str, payload: "bytes | bytearray | memoryview", packet_id: int, retain: bool
) -> bytearray:
    """Give a PUBLISH (3.3): QoS 0 if `packet_id` is 0, else QoS 1."""
    name = topic.encode()
    first = PUBLISH | (0x02 if packet_id else 0) | (0x01 if retain else 0)
    if packet_id:
        return _packet(first, (_length_of(name), name, _u16(packet_id), payload))
    return _packet(first, (_length_of(name), name, payload))


def puback(packet_id: int) -> bytes:
    """Give the PUBACK (3.4) for one inbound packet id."""
    return bytes((PUBACK, 2, packet_id >> 8, packet_id & 0xFF))


def read_u16(body: "memoryview | bytes", at: int) -> int:
    """Give the big-endian number at `at`."""
    return body[at] << 8 | body[at + 1]


def read_publish(first: int, body: memoryview) -> "tuple[str, int, memoryview]":
    """Take a PUBLISH apart into (topic, packet id or 0, payload); raise Malformed.

    The payload is a view of `body`, not a copy.
    """
    size = len(body)
    at = 2 + read_u16(body, 0) if size >= 2 else 2
    end = at + 2 if first & 0x06 else at
    if end > size:
        raise Malformed("PUBLISH: its topic is longer than itself")
    try:
        topic = str(body[2:at], "utf-8")
    except ValueError:  # UnicodeError is one
        raise Malformed("PUBLISH: its topic is not UTF-8") from None
    if not topic or "#" in topic or "+" in topic or "\x00" in topic:
        raise Malformed("PUBLISH: nobody may publish to the topic " + repr(topic))
    packet_id = read_u16(body, at) if end > at else 0
    if end > at and not packet_id:
        raise Malformed("PUBLISH: packet id 0 at QoS 1")
    return topic, packet_id, body[end:]
