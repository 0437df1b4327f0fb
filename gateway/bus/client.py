"""paho's client, with a short way for the two packets that make up nearly all of the traffic.

A press costs the gateway one PUBLISH in and, for its receipt and its face, two PUBACK. paho
2.2.0 makes properties, a reason code, a message object and a log line for each, which MQTT 3.1.1
and we do not need: about 60 of the 250 us that a press cost in all (docs/performance.md). The way
round it uses private names, so it is taken only with the very version that it was written for;
with any other, paho's own way is taken, and all works as well.
"""

from collections.abc import Callable
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

# Gives (topic, payload, retained).
Take = Callable[[str, bytes, bool], None]


class _ShortWay(mqtt.Client):
    take: Take

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed: list[int] = []  # message ids to be acknowledged

    def _handle_publish(self) -> MQTTErrorCode:
        packet = self._in_packet["packet"]
        flags = self._in_packet["command"]
        qos = flags >> 1 & 3
        end = 2 + (packet[0] << 8 | packet[1]) if len(packet) >= 2 else 0
        if qos > 1 or len(packet) < end + 2 * qos or end < 3:
            return super()._handle_publish()
        self.take(str(packet[2:end], "utf-8"), bytes(packet[end + 2 * qos :]), bool(flags & 1))
        if qos:
            self.owed.append(packet[end] << 8 | packet[end + 1])
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
    if isinstance(client, _ShortWay) and client.owed:
        owed, client.owed = client.owed, []
        for mid in owed:
            client._send_puback(mid)


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
