"""Asking the workshop of a running hall: one ask, one answer, and its state as it changes."""

import fcntl
import json
import queue
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import codec, topics
from gateway.bus import no_delay
from gateway.cli.asking import has_writer, settings_of_hall
from gateway.config import USER_CLI, ConfigError, Settings
from gateway.fleet.secrets import service_secret

_CONNECTED_WITHIN_S = 5.0
ANSWER_WITHIN_S = 10.0
_AGAIN_EVERY_S = 1.5


class Line:
    """A connection to a hall's broker as the command line; use it in a `with` block.

    `watch` names topics to be told of besides the answers.
    """

    def __init__(self, settings: Settings, watch: tuple[str, ...] = ()) -> None:
        self._settings = settings
        self._topics = (topics.of_board(USER_CLI, topics.DN_ANSWER), *watch)
        self._got: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._later: list[tuple[str, bytes]] = []
        subscribed: queue.SimpleQueue[bool] = queue.SimpleQueue()

        def on_connect(client: mqtt.Client, _data: Any, _flags: Any, code: Any, _p: Any) -> None:
            if not code.is_failure:
                client.subscribe([(topic, 1) for topic in self._topics])

        client = mqtt.Client(CallbackAPIVersion.VERSION2, USER_CLI, protocol=mqtt.MQTTv311)
        client.username_pw_set(USER_CLI, service_secret(settings.paths, USER_CLI))
        client.on_connect = on_connect
        client.on_subscribe = lambda *_: subscribed.put(True)
        client.on_message = lambda _c, _d, m: self._got.put((m.topic, bytes(m.payload)))
        client.on_socket_open = no_delay
        try:
            client.connect("127.0.0.1", settings.mqtt_port)
        except OSError:
            raise _closed(settings) from None
        client.loop_start()
        self._client = client
        try:
            subscribed.get(timeout=_CONNECTED_WITHIN_S)
        except queue.Empty:
            self.close()
            raise _closed(settings) from None

    def close(self) -> None:
        """End the connection."""
        self._client.disconnect()
        self._client.loop_stop()

    def ask(
        self, name: str, within_s: float = ANSWER_WITHIN_S, **fields: object
    ) -> dict[str, object]:
        """Give the workshop's answer (`st` accepted or refused); ConfigError if there is none."""
        key = secrets.token_hex(16)
        payload = codec.encode({"key": key, "ask": name, **fields}, codec.MAX_CONSOLE_UP_BYTES)
        deadline = time.monotonic() + within_s
        while (now := time.monotonic()) < deadline:
            # Said again while nobody answers: a workshop that starts just now has not heard it,
            # and the same key is done once.
            self._client.publish(topics.of_board(USER_CLI, topics.UP_ASK), payload, 1)
            for topic, data in self._until(min(deadline, now + _AGAIN_EVERY_S)):
                if topic != self._topics[0]:
                    self._later.append((topic, data))
                    continue
                answer: dict[str, object] = json.loads(data)
                if answer.get("key") == key:
                    return answer
        raise ConfigError(
            f"the workshop of the hall on {self._settings.paths.home} did not answer within"
            f" {within_s:.0f} s: see {self._settings.paths.log / 'workshop.log'}",
            f"bengkel ruang layanan di {self._settings.paths.home} tidak menjawab dalam"
            f" {within_s:.0f} detik: lihat {self._settings.paths.log / 'workshop.log'}",
        )

    def news(self, within_s: float) -> Iterator[tuple[str, bytes]]:
        """Give (topic, payload) of what is said on the watched topics, for `within_s`."""
        while self._later:
            yield self._later.pop(0)
        for topic, data in self._until(time.monotonic() + within_s):
            if topic != self._topics[0]:
                yield topic, data

    def _until(self, deadline: float) -> Iterator[tuple[str, bytes]]:
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                yield self._got.get(timeout=left_s)
            except queue.Empty:
                return


@contextmanager
def workshop(*watch: str) -> Iterator[Line]:
    """Give a line to the running hall's workshop; ConfigError if the hall is not open."""
    settings = settings_of_hall()
    settings.paths.make()
    # One command at a time: all share the broker's user `cli`.
    with open(settings.paths.run / "cli.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = Line(settings, watch)
        try:
            yield line
        finally:
            line.close()


def _closed(settings: Settings) -> ConfigError:
    if has_writer(settings):
        log = settings.paths.log / "broker.log"
        return ConfigError(
            f"the hall on {settings.paths.home} is open, but its broker does not answer at port"
            f" {settings.mqtt_port}: wait ten seconds, then read {log}",
            f"ruang layanan di {settings.paths.home} sedang buka, tetapi brokernya tidak menjawab"
            f" di port {settings.mqtt_port}: tunggu sepuluh detik, lalu baca {log}",
        )
    return ConfigError(
        f"no hall is open on {settings.paths.home} (nobody answers at port {settings.mqtt_port}):"
        " open it with `loket run`, or name another home with LOKET_HOME",
        f"tidak ada ruang layanan yang buka di {settings.paths.home} (tidak ada yang menjawab di"
        f" port {settings.mqtt_port}): buka dengan `loket run`, atau sebutkan folder lain dengan"
        " LOKET_HOME",
    )
