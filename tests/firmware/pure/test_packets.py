"""Packets are built as the standard's examples say, and taken apart or refused."""

from firmware.net import packets
from firmware.net.errors import Malformed
from tests.firmware.pure.expect import raises


def test_connect_with_will():
    got = packets.connect("c", "u", "pw", 10, ("t", b"gone", True))
    body = b"\x00\x04MQTT\x04\xee\x00\x0a\x00\x01c\x00\x01t\x00\x04gone\x00\x01u\x00\x02pw"
    assert got == bytes((0x10, len(body))) + body, got


def test_connect_without_will_and_will_not_retained():
    got = packets.connect("c", "u", "", 65_535, None)
    assert got == b"\x10\x12\x00\x04MQTT\x04\xc2\xff\xff\x00\x01c\x00\x01u\x00\x00", got
    assert packets.connect("c", "u", "", 1, ("t", b"", False))[9] == 0xCE


def test_subscribe_asks_for_qos_1():
    got = packets.subscribe(0x1234, ["a/b", "c"])
    assert got == b"\x82\x0c\x12\x34\x00\x03a/b\x01\x00\x01c\x01", got


def test_publish_and_puback():
    assert packets.publish("a", b"xy", 0, False) == b"\x30\x05\x00\x01axy"
    assert packets.publish("a", memoryview(b"xy"), 0x0102, True) == b"\x33\x07\x00\x01a\x01\x02xy"
    assert packets.publish("é", bytearray(b"x"), 0, False) == b"\x30\x05\x00\x02\xc3\xa9x"
    assert packets.puback(0xABCD) == b"\x40\x02\xab\xcd"


def test_remaining_length_takes_one_to_three_bytes():
    for size, header in ((127, b"\x7f"), (128, b"\x80\x01"), (16_383, b"\xff\x7f")):
        got = packets.publish("t", bytes(size - 3), 0, False)
        assert got[1 : 1 + len(header)] == header, (size, bytes(got[:5]))
        assert len(got) == 1 + len(header) + size
    assert packets.publish("t", bytes(16_381), 0, False)[1:4] == b"\x80\x80\x01"


def test_too_long_a_field_is_refused_before_anything_is_sent():
    raises(ValueError, packets.publish, "t" * 65_536, b"", 0, False)


def test_read_publish():
    topic, packet_id, payload = packets.read_publish(0x32, memoryview(b"\x00\x03a/b\x00\x07xyz"))
    assert (topic, packet_id, bytes(payload)) == ("a/b", 7, b"xyz")
    topic, packet_id, payload = packets.read_publish(0x31, memoryview(b"\x00\x01a"))
    assert (topic, packet_id, bytes(payload)) == ("a", 0, b"")


def test_read_publish_refuses():
    for first, body in (
        (0x30, b""),
        (0x30, b"\x00"),
        (0x30, b"\x00\x00x"),  # no topic
        (0x30, b"\x00\x05abcd"),  # truncated topic
        (0x32, b"\x00\x01a\x00"),  # truncated packet id
        (0x32, b"\x00\x01a\x00\x00x"),  # packet id 0
        (0x30, b"\x00\x02\xc3\x28"),  # not UTF-8
        (0x30, b"\x00\x01\xff"),
        (0x30, b"\x00\x03a/#"),
        (0x30, b"\x00\x03+/a"),
        (0x30, b"\x00\x02a\x00"),
    ):
        raises(Malformed, packets.read_publish, first, memoryview(body))
