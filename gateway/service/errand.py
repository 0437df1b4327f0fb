"""One wish of the command line, through the one writer: a running gateway's, or our own.

The wish is the same console event either way (rule 9), so there is one road for it.
"""

import json
import queue
import secrets
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import codec, topics
from gateway.bus import Message, no_delay
from gateway.config import USER_CLI, ConfigError, Settings
from gateway.fleet.register import Register
from gateway.fleet.secrets import service_secret
from gateway.journal import JournalError
from gateway.service import machine_clock
from gateway.service.site_file import SiteFile
from gateway.service.start import HallIsOpen, lock_writer, open_hall
from gateway.service.timekeeping import start_clock

_ANSWER_WITHIN_S = 15.0
_RESEND_EVERY_S = 1.0


def ask(settings: Settings, wish: dict[str, object]) -> dict[str, object]:
    """Give the receipt of a wish (its `ev` and fields); raise ConfigError if nobody answers."""
    key = secrets.token_hex(16)
    payload = codec.encode({**wish, "key": key}, codec.MAX_CONSOLE_UP_BYTES)
    deadline = time.monotonic() + _ANSWER_WITHIN_S
    while True:
        try:
            lock = lock_writer(settings)
        except HallIsOpen:
            receipt = _ask_running(settings, key, payload, deadline)
            if receipt is not None:
                return receipt
        else:
            try:
                with lock:
                    return _do_it_ourselves(settings, payload)
            except JournalError as e:
                raise ConfigError(str(e)) from e
        if time.monotonic() > deadline:
            raise ConfigError(
                f"the hall on {settings.paths.home} is running but did not answer within"
                f" {_ANSWER_WITHIN_S:.0f} s at port {settings.mqtt_port}: see its log folder"
                f" {settings.paths.log}",
                f"ruang layanan di {settings.paths.home} sedang buka tetapi tidak menjawab dalam"
                f" {_ANSWER_WITHIN_S:.0f} detik di port {settings.mqtt_port}: lihat folder log-nya"
                f" {settings.paths.log}",
            )


def _do_it_ourselves(settings: Settings, payload: bytes) -> dict[str, object]:
    register = Register(settings)
    _, system_ms = machine_clock.read()
    writer, journal = open_hall(settings, register, system_ms, SiteFile(settings.site).read)
    _, now_ms = start_clock(writer).now()
    topic = topics.of_board(USER_CLI, topics.UP_EVENT)
    try:
        writer.event(USER_CLI, Message(topic, payload, False), 0, now_ms)
        out = writer.commit(now_ms) + writer.take_held()
    finally:
        journal.close()
    wait = register.apply(writer.hall.boards)
    receipt = next(
        json.loads(message.payload) for message in out if message.topic.endswith(topics.DN_RECEIPT)
    )
    return {**receipt, "honoured": wait()}


def _ask_running(
    settings: Settings, key: str, payload: bytes, deadline: float
) -> dict[str, object] | None:
    # None: not reachable for now (it may just be starting, or stopping).
    answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    subscribed: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def on_connect(client: mqtt.Client, _data: Any, _flags: Any, code: Any, _p: Any) -> None:
        if not code.is_failure:
            client.subscribe(topics.of_board(USER_CLI, topics.DN_RECEIPT), 1)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, USER_CLI, protocol=mqtt.MQTTv311)
    client.username_pw_set(USER_CLI, service_secret(settings.paths, USER_CLI))
    client.on_connect = on_connect
    client.on_subscribe = lambda *_: subscribed.put(True)
    client.on_message = lambda _c, _d, message: answers.put(bytes(message.payload))
    client.on_socket_open = no_delay
    try:
        client.connect("127.0.0.1", settings.mqtt_port)
    except OSError:
        time.sleep(0.1)
        return None
    client.loop_start()
    try:
        subscribed.get(timeout=2.0)
        while time.monotonic() < deadline:
            client.publish(topics.of_board(USER_CLI, topics.UP_EVENT), payload, 1)
            try:
                receipt: dict[str, object] = json.loads(answers.get(timeout=_RESEND_EVERY_S))
                if receipt.get("key") == key:  # else it is for a command that was interrupted
                    return receipt
            except queue.Empty:
                continue  # lost with a gateway that restarted: the same key is safe to repeat
        return None
    except queue.Empty:
        return None
    finally:
        client.disconnect()
        client.loop_stop()
