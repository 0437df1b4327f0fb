"""paho's client, with a short way for the two packets that make up nearly all of the traffic.

A press costs the gateway one PUBLISH in, its receipt and its face out, and a PUBACK for each.
paho 2.2.0 reads byte by byte, writes each packet by itself, and makes properties, a reason code,
a message object, a lock and a log line for each, which MQTT 3.1.1 and we do not need: about half
of what a press cost in all (docs/performance.md). The way round it uses private names, so it is
taken only with the very version that it was written for; with any other, paho's own way is
taken, and all works as well.
"""

from collections.abc import Callable, Iterable
from typing import Any

import paho.mqtt
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

_WRITTEN_FOR = "2.2.0"
_SUCCESS = ReasonCode(PacketTypes.PUBACK)
_NO_PROPERTIES = Properties(PacketTypes.PUBACK)  # type: ignore[no-untyped-call]

_PUBLISH = 0x30
_PUBACK = 0x40
_AHEAD_BYTES = 16_384  # read at once, of which some hundred messages come

# Gives (topic, payload, retained).
Take = Callable[[str, bytes, bool], None]
# To be said: (topic, payload, retain, qos), qos 0 or 1.
Say = tuple[str, bytes, bool, int]


class _ShortWay(mqtt.Client):
    take: Take

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed: list[bytes] = []  # message ids to be acknowledged
        self._ahead = b""  # read, but not yet taken apart ...
        self._at = 0  # ... from here on

    @property
    def more(self) -> bool:
        """Whether something was read that is not yet taken apart."""
        return self._at < len(self._ahead)

    def say(self, messages: Iterable[Say]) -> None:
        """Write all messages at once. Their PUBACK is not waited for: what a broken connection
        swallows is said again at the next one, by us or because a board asks."""
        self._packet_queue(_PUBLISH, b"".join([self._packet(*m) for m in messages]), 0, 1)

    def acknowledge(self) -> None:
        """Write the acknowledgements that are owed, at once."""
        if self.owed:
            owed, self.owed = self.owed, []
            self._packet_queue(_PUBACK, b"".join([b"\x40\x02" + mid for mid in owed]), 0, 0)

    def _packet(self, topic: str, payload: bytes, retain: bool, qos: int) -> bytes:
        name = topic.encode()
        left = 2 + len(name) + 2 * qos + len(payload)
        size = bytearray()
        while left > 127:
            size.append(left & 127 | 128)
            left >>= 7
        size.append(left)
        head = bytes((_PUBLISH | qos << 1 | retain,)) + size + len(name).to_bytes(2, "big") + name
        return head + (self._mid_generate().to_bytes(2, "big") if qos else b"") + payload

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._at >= len(self._ahead):
            self._ahead, self._at = super()._sock_recv(_AHEAD_BYTES), 0
        start = self._at
        self._at = min(start + bufsize, len(self._ahead))
        return self._ahead[start : self._at]

    def _handle_publish(self) -> MQTTErrorCode:
        packet = self._in_packet["packet"]
        flags = self._in_packet["command"]
        qos = flags >> 1 & 3
        end = 2 + (packet[0] << 8 | packet[1]) if len(packet) >= 2 else 0
        if qos > 1 or len(packet) < end + 2 * qos or end < 3:
            return super()._handle_publish()
        self.take(str(packet[2:end], "utf-8"), bytes(packet[end + 2 * qos :]), bool(flags & 1))
        if qos:
            self.owed.append(bytes(packet[end : end + 2]))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handle_pubackcomp(self, cmd: Any) -> MQTTErrorCode:
        packet = self._in_packet["packet"]
        if cmd != "PUBACK" or len(packet) != 2:
            return super()._handle_pubackcomp(cmd)
        mid = packet[0] << 8 | packet[1]
        with self._out_message_mutex:
            if mid in self._out_messages:
                return self._do_on_publish(mid, _SUCCESS, _NO_PROPERTIES)
        return MQTTErrorCode.MQTT_ERR_SUCCESS


def acknowledge(client: mqtt.Client) -> None:
    """Send the acknowledgements that are owed, if the client leaves that to us.

    They are sent when the answers have left: nobody waits for them, but each takes a write.
    """
    if isinstance(client, _ShortWay):
        client.acknowledge()


def has_more(client: mqtt.Client) -> bool:
    """Tell whether `loop_read` has something to do even if the socket has not."""
    return isinstance(client, _ShortWay) and client.more


def say(client: mqtt.Client, messages: Iterable[Say]) -> None:
    """Publish messages, in one write where that can be."""
    if isinstance(client, _ShortWay):
        client.say(messages)
        return
    for topic, payload, retain, qos in messages:
        client.publish(topic, payload, qos, retain)


def new_client(client_id: str, take: Take, *, short: bool = True) -> mqtt.Client:
    """Give a client of MQTT 3.1.1 with a clean session, which hands each message to `take`.

    `short` False: paho's own way, whatever its version.
    """
    kind = _ShortWay if short and paho.mqtt.__version__ == _WRITTEN_FOR else mqtt.Client
    client = kind(CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv311)
    if isinstance(client, _ShortWay):
        client.take = take
    client.on_message = lambda _client, _data, message: take(
        message.topic, bytes(message.payload), message.retain
    )
    return client
