"""The broker's door: one paho client that reconnects for ever and hands messages on.

Everything runs in paho's one thread, which an exception would end in silence (see
docs/console.md); so each callback catches, logs and goes on.
"""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import topics
from web_console.workshop import ANSWER, RECEIPT

log = logging.getLogger("loket.console.bus")

SUBSCRIPTIONS = (
    (topics.GW_STATE, 1),
    (topics.GW_BEAT, 0),
    (topics.ALL_HALL, 1),
    (topics.ALL_FLEET, 1),
    (topics.ALL_LOGS, 0),
    (ANSWER, 1),
    (RECEIPT, 1),
)
KEEPALIVE_S = 10
_BACK_OFF_S = (1, 8)


class Bus:
    """The console's connection; its callbacks `(topic, payload)` and `(up)` run in its thread."""

    def __init__(
        self,
        address: tuple[str, int],
        user: str,
        secret_file: Path,
        on_message: Callable[[str, bytes], None],
        on_link: Callable[[bool], None],
    ) -> None:
        self._address = address
        self._user = user
        self._secret_file = secret_file
        self._on_message = on_message
        self._on_link = on_link
        self._stopping = threading.Event()
        self._said = ""
        self._subscribe_mid: int | None = None
        self._client = self._make_client()
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)

    def start(self) -> None:
        """Connect in the background, as often as it takes."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the broker; returns once the thread ended, after 1 s at most."""
        self._stopping.set()
        self._client.disconnect()
        self._thread.join(timeout=1)

    def say(self, topic: str, payload: bytes) -> bool:
        """Publish, from any thread; False, and nothing is said later, without a connection."""
        if not self._client.is_connected():
            return False
        self._client.publish(topic, payload, 1)
        return True

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self._user, clean_session=True)
        client.reconnect_delay_set(*_BACK_OFF_S)
        client.on_pre_connect = self._pre_connect
        client.on_socket_open = _no_delay
        client.on_connect = self._connected
        client.on_connect_fail = self._connect_failed
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_message = self._got
        return client

    def _run(self) -> None:
        host, port = self._address
        while not self._stopping.is_set():
            try:
                self._client.connect_async(host, port, keepalive=KEEPALIVE_S)
                self._client.loop_forever(retry_first_connection=True)
            except Exception:  # a fault in one connection must not end all further ones
                log.exception("the connection to the broker failed; trying again")
            self._stopping.wait(_BACK_OFF_S[0])

    def _pre_connect(self, client: mqtt.Client, userdata: Any) -> None:
        # What a broken connection swallowed is not said again at the next one: an order that is an
        # hour late does harm, and who gave it was told that it failed.
        client.drop_out_messages()
        # Read at each attempt: the hall may be set up, or its secret changed, after our start.
        try:
            client.username_pw_set(self._user, self._secret_file.read_text().strip())
        except OSError as error:
            self._say(f"no secret to connect with: {error}")

    def _connected(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:
        if code.is_failure:
            self._say(f"the broker refuses {self._user}: {code}; see {self._secret_file}")
            return
        _, self._subscribe_mid = client.subscribe(list(SUBSCRIPTIONS))

    def _connect_failed(self, client: mqtt.Client, userdata: Any) -> None:
        self._say(f"no broker at {self._address[0]}:{self._address[1]}; trying again")

    def _subscribed(
        self, client: mqtt.Client, userdata: Any, mid: int, codes: list[Any], properties: Any
    ) -> None:
        if mid != self._subscribe_mid:
            return
        refused = [SUBSCRIPTIONS[i][0] for i, code in enumerate(codes) if code.is_failure]
        if refused:
            self._say(f"the broker does not let {self._user} read {', '.join(refused)}")
            return
        self._say("connected to the broker", logging.INFO)
        self._link(True)

    def _disconnected(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:
        if not self._stopping.is_set():
            self._say(f"the connection to the broker ended: {code}")
        self._link(False)

    def _link(self, up: bool) -> None:
        try:
            self._on_link(up)
        except Exception:  # see the module's docstring
            log.exception("taking up=%s of the link failed", up)

    def _got(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        try:
            self._on_message(message.topic, bytes(message.payload))
        except Exception:  # see the module's docstring
            log.exception("taking a message on %s failed", message.topic)

    def _say(self, text: str, level: int = logging.WARNING) -> None:
        """Log each change once, not each of the many attempts."""
        if text != self._said:
            self._said = text
            log.log(level, text)


def _no_delay(client: mqtt.Client, userdata: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
