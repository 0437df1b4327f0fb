"""One connection to the broker, driven by the thread that owns it.

paho's own loop thread would cost a thread switch on the way in and on the way out of every
press, and an exception in a callback kills it silently. Here the writer's thread itself waits,
reads and writes, so that a press goes from the socket to the journal and back in one thread.
"""

import logging
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt

from gateway.bus.client import Say, acknowledge, has_more, new_client, say

_log = logging.getLogger(__name__)

# The broker holds us for lost after one and a half of these; we speak every 2 s anyway.
_KEEPALIVE_S = 5
_RETRY_FIRST_S = 0.1
_RETRY_MOST_S = 1.0
_CONNACK_WITHIN_S = 5.0
# So many messages make one batch at most: they share one commit, and all wait for it.
BATCH_MOST = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message taken off the broker."""

    topic: str
    payload: bytes
    retained: bool


class Door:
    """The gateway's connection. Clean session: boards resend until the receipt (rule 2)."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        subscriptions: tuple[str, ...],
        will: tuple[str, bytes] | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`will` is published, retained, if the connection breaks; None if nobody waits for us."""
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._subscriptions = subscriptions
        self._will = will
        self._now = monotonic
        self._selector = selectors.DefaultSelector()
        self._others: dict[int, Callable[[], None]] = {}
        self._client: mqtt.Client | None = None
        self._socket: Any = None  # a socket.socket, or its TLS wrapper
        self._inbox: list[Message] = []
        self._ready = False
        self._became_ready = False
        self._retry_s = _RETRY_FIRST_S
        self._try_again_at = 0.0
        self._connack_by = 0.0
        self._next_misc_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether we are connected and our subscriptions are confirmed."""
        return self._ready

    def watch(self, fd: int, callback: Callable[[], None]) -> None:
        """Call `callback` from `wait` whenever `fd` can be read."""
        self._others[fd] = callback
        self._selector.register(fd, selectors.EVENT_READ)

    def took_ready(self) -> bool:
        """Tell, once after each connection, that it is up: the time to republish everything."""
        was, self._became_ready = self._became_ready, False
        return was

    def wait(self, timeout_s: float) -> list[Message]:
        """Wait at most `timeout_s` and give the messages that are there, BATCH_MOST at most."""
        if self._client is None:
            timeout_s = min(timeout_s, self._connect_if_due())
        else:
            acknowledge(self._client)
        self._select(timeout_s)
        while self._inbox and len(self._inbox) < BATCH_MOST and self._select(0):
            pass
        now = self._now()
        if self._client is not None and now >= self._next_misc_at:
            self._next_misc_at = now + 1.0
            if self._client.loop_misc() != mqtt.MQTT_ERR_SUCCESS:
                self._drop("keepalive ran out")
            elif not self._ready and now > self._connack_by:
                self._drop("no answer to our CONNECT")
        batch, self._inbox = self._inbox, []
        return batch

    def say(self, messages: Sequence[Say]) -> None:
        """Hand messages to the broker. Without a connection they are dropped: what is retained is
        republished at the next one, and receipts are asked for again by the boards' resending.
        """
        if self._client is not None and self._ready and messages:
            # A connection that ends in here is dropped by _on_socket_close, at once.
            say(self._client, messages)

    def close(self, farewell: tuple[str, bytes] | None) -> None:
        """Publish a retained farewell, if any, and disconnect, within a second."""
        if self._client is not None and self._ready:
            if farewell is not None:
                info = self._client.publish(farewell[0], farewell[1], 1, True)
                until = self._now() + 1.0
                while self._client is not None and self._now() < until and not info.is_published():
                    self._select(0.05)
            if self._client is not None:
                self._client.on_socket_close = lambda *_: self._forget_connection(None)
                self._client.disconnect()
        self._drop(None)
        self._selector.close()

    def _connect_if_due(self) -> float:
        now = self._now()
        if now < self._try_again_at:
            return self._try_again_at - now
        client = new_client(self._user, self._on_message)
        client.username_pw_set(self._user, self._password)
        if self._will is not None:
            client.will_set(self._will[0], self._will[1], 1, True)
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(0)
        client.on_socket_open = no_delay
        client.on_socket_close = self._on_socket_close
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        try:
            client.connect(self._host, self._port, keepalive=_KEEPALIVE_S)
        except OSError as e:
            self._later(f"cannot connect: {e}")
            return self._retry_s
        sock = client.socket()
        if sock is None:  # it broke while our CONNECT was written, and paho has closed it
            self._later("the connection broke at once")
            return self._retry_s
        self._client, self._socket = client, sock
        self._selector.register(sock, selectors.EVENT_READ)
        self._connack_by = now + _CONNACK_WITHIN_S
        self._next_misc_at = now + 1.0
        return _CONNACK_WITHIN_S

    def _select(self, timeout_s: float) -> bool:
        # True if the broker had something for us.
        client, sock = self._client, self._socket
        if client is not None and sock is not None:
            events = selectors.EVENT_READ
            if client.want_write():
                events |= selectors.EVENT_WRITE
            if self._selector.get_key(sock).events != events:
                self._selector.modify(sock, events)
        read = False
        for key, mask in self._selector.select(timeout_s):
            if key.fileobj is sock and client is not None:
                if mask & selectors.EVENT_WRITE and client.loop_write() != mqtt.MQTT_ERR_SUCCESS:
                    self._drop("broker closed the connection")
                    return False
                if mask & selectors.EVENT_READ:
                    read = True
                    while True:
                        if client.loop_read() != mqtt.MQTT_ERR_SUCCESS:
                            self._drop("broker closed the connection")
                            return False
                        if not has_more(client):
                            break
            elif key.fd in self._others:
                self._others[key.fd]()
        return read

    def _drop(self, why: str | None) -> None:
        client, sock = self._client, self._socket
        if client is None:
            return
        self._forget_connection(why)
        client.on_socket_close = None
        if sock is not None:
            sock.close()

    def _on_socket_close(self, _client: Any, _data: Any, _sock: Any) -> None:
        # paho closes the socket by itself, from within any call, when reading or writing fails.
        if self._client is not None:
            self._forget_connection("the connection broke")

    def _forget_connection(self, why: str | None) -> None:
        # Without a reason it is meant, and not tried again.
        if self._socket is not None:
            self._selector.unregister(self._socket)
        self._socket = self._client = None
        self._ready = False
        if why is not None:
            self._later(why)

    def _later(self, why: str) -> None:
        _log.warning("broker %s:%d: %s; trying again", self._host, self._port, why)
        self._try_again_at = self._now() + self._retry_s
        self._retry_s = min(self._retry_s * 2, _RETRY_MOST_S)

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            _log.error("the broker refuses the secret of %s: %s", self._user, code)
            return
        client.subscribe([(topic, 1) for topic in self._subscriptions])

    def _on_subscribe(self, _client: Any, _data: Any, _mid: Any, codes: Any, _p: Any) -> None:
        if any(code.is_failure for code in codes):
            _log.error("the broker refuses the subscriptions of %s", self._user)
            return
        self._ready = True
        self._became_ready = True
        self._retry_s = _RETRY_FIRST_S

    def _on_message(self, topic: str, payload: bytes, retained: bool) -> None:
        self._inbox.append(Message(topic, payload, retained))


def no_delay(_client: Any, _data: Any, sock: Any) -> None:
    """Make paho's new socket send each packet at once: Nagle's wait would cost 44 ms a message."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
