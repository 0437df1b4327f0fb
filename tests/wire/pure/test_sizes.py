"""The largest payload of every kind keeps the contract's limit, and fits the board's client."""

from firmware.net import mqtt, packets
from firmware.wire import topics
from firmware.wire.codec import MAX_DOWN_BYTES, MAX_UP_BYTES, decode, encode
from tests.wire.pure import samples

MICROPYTHON_HEAP_KB = 192


def test_what_a_board_sends_fits_512_bytes():
    kinds = []
    for kind, payload in samples.of_board():
        data = encode(payload, MAX_UP_BYTES)
        assert decode(data, MAX_UP_BYTES) == payload, kind
        kinds.append(kind.split(" ")[0])
    for leaf in (topics.UP_STATE, topics.UP_ABOUT, topics.UP_EVENT, topics.UP_FACE, topics.UP_ACK):
        assert leaf in kinds
    for leaf in (topics.UP_READING, topics.UP_ALERT, topics.UP_HEALTH):
        assert leaf in kinds


def test_what_a_board_gets_fits_2048_bytes_and_one_packet_of_its_client():
    kinds = []
    for kind, payload in samples.to_board():
        data = encode(payload, MAX_DOWN_BYTES)
        assert decode(data, MAX_DOWN_BYTES) == payload, kind
        kinds.append(kind.split(" ")[0])
    for leaf in (topics.DN_RECEIPT, topics.DN_FACE, topics.DN_LEASE, topics.DN_CMD):
        assert leaf in kinds
    for topic in (topics.DN_CONFIG, topics.GW_STATE, topics.GW_BEAT):
        assert topic in kinds
    longest = topics.of_board(samples.NAME, topics.DN_RECEIPT)
    packet = packets.publish(longest, bytes(MAX_DOWN_BYTES), 1, True)
    assert len(packet) <= mqtt.MAX_PACKET_BYTES
