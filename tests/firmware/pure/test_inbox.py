"""The inbox cuts any stream into the same packets however it is chunked, or says Malformed."""

from firmware.net import packets
from firmware.net.errors import Malformed
from firmware.net.inbox import Inbox
from tests.firmware.pure.expect import raises

LIMIT = 64
STREAM = (
    b"\x20\x02\x00\x00"
    + b"\x90\x04\x00\x01\x01\x01"
    + bytes(packets.publish("a/b", b"hello", 7, False))
    + b"\xd0\x00"
    + bytes(packets.publish("t", b"x" * (LIMIT - 3), 0, True))  # as large as allowed
    + bytes(packets.publish("t", b"y" * 200, 0, False))  # thrown away
    + bytes(packets.publish("u" * 150, b"z" * 9, 0x0102, False))  # thrown away, acknowledged
    + b"\x40\x02\x00\x07"
    + bytes(packets.publish("t", b"", 0, False))
)
PACKETS = [
    (0x20, b"\x00\x00"),
    (0x90, b"\x00\x01\x01\x01"),
    (0x32, b"\x00\x03a/b\x00\x07hello"),
    (0xD0, b""),
    (0x31, b"\x00\x01t" + b"x" * (LIMIT - 3)),
    (0x30, 0),
    (0x32, 0x0102),
    (0x40, b"\x00\x07"),
    (0x30, b"\x00\x01t"),
]


def cut(chunks, limit=LIMIT):
    """Give all (first byte, body or thrown id) that an inbox makes of the chunks."""
    inbox = Inbox(limit)
    got = []
    for chunk in chunks:
        while chunk:
            space = inbox.space()
            assert len(space) > 0
            size = min(len(space), len(chunk))
            space[:size] = chunk[:size]
            inbox.added(size)
            chunk = chunk[size:]
            while True:
                first = inbox.next()
                if not first:
                    break
                got.append((first, inbox.thrown_id if inbox.thrown else bytes(inbox.body)))
    return got


def test_all_in_one_segment():
    assert cut([STREAM]) == PACKETS


def test_split_in_two_at_every_byte():
    for at in range(len(STREAM) + 1):
        got = cut([STREAM[:at], STREAM[at:]])
        assert got == PACKETS, at


def test_in_pieces_of_every_size():
    for size in (1, 2, 3, 5, 7, 11, 64, 69, 70):
        got = cut([STREAM[i : i + size] for i in range(0, len(STREAM), size)])
        assert got == PACKETS, size


def test_a_byte_at_a_time_leaves_no_packet_waiting():
    inbox = Inbox(LIMIT)
    done = 0
    for i in range(len(STREAM)):
        inbox.space()[0] = STREAM[i]
        inbox.added(1)
        while inbox.next():
            done += 1
        if i == 3:
            assert done == 1  # given with its last byte, not with the next one's first
    assert done == len(PACKETS)


def test_a_length_written_with_needless_bytes_is_read():
    assert cut([b"\xd0\x80\x80\x80\x00\xd0\x00"]) == [(0xD0, b"")] * 2


def test_what_no_broker_may_send_is_malformed():
    for data in (
        b"\x00\x00",  # reserved type
        b"\xf0\x00",
        b"\x10\x00",  # client's packets
        b"\x82\x03\x00\x01\x01",
        b"\xc0\x00",
        b"\xe0\x00",
        b"\x50\x02\x00\x01",  # QoS 2 was never asked for
        b"\x62\x02\x00\x01",
        b"\x70\x02\x00\x01",
        b"\xb0\x02\x00\x01",  # nothing is ever unsubscribed
        b"\x21\x02\x00\x00",  # flags
        b"\x41\x02\x00\x01",
        b"\xd1\x00",
        b"\x20\x03\x00\x00\x00",  # lengths
        b"\x20\x00",
        b"\x40\x01\x00",
        b"\xd0\x01\x00",
        b"\x90\x02\x00\x01",
        b"\x90\xff\x7f",
        b"\x34\x05\x00\x01a\x00\x01",  # QoS 2
        b"\x36\x05\x00\x01a\x00\x01",  # QoS 3
        b"\x30\x01\x00",
        b"\x30\x00",
        b"\x30\x80\x80\x80\x80\x01",  # a length of five bytes
        b"\x30\xff\xff\xff\xff",
        b"\x32\xc8\x01\x00\xc7" + b"x" * 10,  # oversize, and its topic is longer than itself
        b"\x32\xc8\x01\x00\xc6" + b"\x00" * 200,  # oversize, packet id 0
    ):
        raises(Malformed, cut, [data])
        raises(Malformed, cut, [data[i : i + 1] for i in range(len(data))])


def test_wrong_types_and_endless_lengths_are_refused_before_the_rest_comes():
    for data in (b"\x00", b"\xf0", b"\x51", b"\x36", b"\x20\x03", b"\x30\xff\xff\xff\xff"):
        raises(Malformed, cut, [data])


def test_the_largest_packet_of_mqtt_is_thrown_away_as_it_comes():
    inbox = Inbox(LIMIT)
    inbox.space()[:7] = b"\x32\xff\xff\xff\x7f\x00\x01"
    inbox.added(7)
    assert not inbox.next()
    assert not inbox.thrown
    inbox.space()[:3] = b"t\x00\x09"
    inbox.added(3)
    for _ in range(1_000):
        size = len(inbox.space())
        inbox.added(size)
        assert not inbox.next()
    assert len(inbox.space()) == LIMIT + 5  # nothing is kept


def test_reset_in_the_middle_of_a_packet():
    for at in range(len(STREAM)):
        inbox = Inbox(LIMIT)
        for i in range(at):
            inbox.space()[0] = STREAM[i]
            inbox.added(1)
            inbox.next()
        inbox.reset()
        inbox.space()[:4] = STREAM[:4]
        inbox.added(4)
        assert inbox.next() == 0x20, at


def test_any_bytes_give_packets_or_malformed():
    seed = 12_345
    refused = 0
    for _ in range(1_500):
        data = bytearray()
        for _ in range(40):
            seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            data.append(seed >> 16 & 0xFF)
        data[0] = (0x30, 0x31, 0x32, 0x33, 0x20, 0x90, 0x40, 0xD0, data[0])[data[0] % 9]
        data[1] &= 0x9F
        try:
            for first, body in cut([bytes(data)]):
                if first & 0xF0 == 0x30 and type(body) is bytes:
                    packets.read_publish(first, memoryview(body))
        except Malformed:
            refused += 1
    assert 500 < refused < 1_500, refused
