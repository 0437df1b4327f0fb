"""A hall for tests: a real broker and a real gateway process on free ports, and MQTT clients.

The gateway's own processes are started here one by one, so that a test can kill any of them.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import topics
from gateway.bus import no_delay
from gateway.config import Settings
from gateway.fleet.broker_files import prepare
from gateway.fleet.secrets import hash_secret, new_secret, service_secret
from gateway.fleet.update_keys import key_of
from gateway.service.errand import ask
from tests.support.command import loket
from tests.support.tools import ROOT, free_port, tool, wait_for

STARTED_S = 30.0  # on a busy machine: what starts may take as long

AnyClient = TypeVar("AnyClient", bound="Client")


class Rig:
    """A home folder with a broker and a gateway. Use as a context manager, or start by parts."""

    def __init__(self, home: Path, site: Path | None = None, env: dict[str, str] | None = None):
        self.settings = Settings.from_env(
            {
                "LOKET_HOME": str(home),
                "LOKET_MQTT_PORT": str(free_port()),
                **({"LOKET_SITE": str(site)} if site else {}),
                **(env or {}),
            }
        )
        self.broker: subprocess.Popen[bytes] | None = None
        self.gateway: subprocess.Popen[bytes] | None = None
        self.workshop: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []

    def __enter__(self) -> "Rig":
        try:
            self.start_broker()
            self.start_gateway()
            self.wait_ready()
        except BaseException:
            self.close()  # nobody else would
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started."""
        self.close_clients()
        for process in (self.workshop, self.gateway, self.broker):
            if process is not None:
                stop(process)

    def close_clients(self) -> None:
        """Let all clients leave: of one user the broker keeps the last, and each comes again."""
        for client in self._clients:
            client.close()
        self._clients.clear()

    def start_broker(self) -> None:
        """Start mosquitto with the hall's own configuration; wait until it takes connections."""
        conf = prepare(self.settings)
        with open(self.settings.paths.log / "broker-all.log", "ab") as log:
            self.broker = subprocess.Popen(
                [tool("mosquitto"), "-c", str(conf)], stdout=log, stderr=log
            )
        wait_for(self._broker_listens, STARTED_S, "mosquitto to listen")

    def start_gateway(self) -> None:
        """Start the gateway process; it need not be up on return."""
        self.gateway = self._start("gateway.service", "gateway.log")

    def start_workshop(self) -> None:
        """Start the workshop's process; it need not be up on return."""
        self.workshop = self._start("gateway.workshop", "workshop.log")

    def _start(self, module: str, log_name: str) -> "subprocess.Popen[bytes]":
        with open(self.settings.paths.log / log_name, "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env={**os.environ, **self.settings.to_env()},
                stdout=log,
                stderr=log,
            )

    def wait_ready(self) -> dict[str, Any]:
        """Wait until the gateway says that it is ready; give its `gw/state`."""
        with self.client("console") as console:
            try:
                return console.wait("gw/state", lambda m: m["s"] == "ready", STARTED_S)
            except AssertionError as e:
                raise AssertionError(f"{e}; the gateway said: {self.gateway_log()[-2000:]}") from e

    def gateway_log(self) -> str:
        """Give what the gateway has logged."""
        file = self.settings.paths.log / "gateway.log"
        return file.read_text() if file.exists() else ""

    def client(self, user: str, secret: str | None = None) -> "Client":
        """Give a connected client; a service user's secret is found by itself."""
        if secret is None:
            secret = service_secret(self.settings.paths, user)
        return self.adopt(Client(self.settings.mqtt_port, user, secret))

    def adopt(self, client: "AnyClient") -> "AnyClient":
        """Close `client` at the end, too."""
        self._clients.append(client)
        return client

    def loket(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """Do a `loket` command on this home and give what it printed, in English."""
        return loket({"LC_ALL": "en_GB.UTF-8", **self.settings.to_env()}, *args)

    def add_board(self, board: str, role: str, counter: int | None = None) -> str:
        """Register a board and give its secret."""
        return register_board(self.settings, board, role, counter)

    def with_env(self, **changes: Any) -> None:
        """Change settings before something is started."""
        self.settings = replace(self.settings, **changes)

    def _broker_listens(self) -> bool:
        import socket

        try:
            socket.create_connection(("127.0.0.1", self.settings.mqtt_port), timeout=1).close()
        except OSError:
            return False
        return True


class Client:
    """A plain MQTT client of one user: what arrives waits in a queue until it is taken."""

    def __init__(self, port: int, user: str, secret: str) -> None:
        self.user = user
        self.secret = secret
        self._inbox: queue.SimpleQueue[tuple[str, bytes, bool]] = queue.SimpleQueue()
        self._subscribed: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.refused: str | None = None
        self.seen: list[tuple[str, Any]] = []  # everything taken so far
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, user, protocol=mqtt.MQTTv311)
        self._client.username_pw_set(user, secret)
        self._client.on_socket_open = no_delay
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.put(True)
        self._client.on_message = lambda _c, _d, m: self._inbox.put(
            (m.topic, bytes(m.payload), m.retain)
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        wait_for(
            lambda: self.refused or not self._subscribed.empty(), what=f"{user} to be subscribed"
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect and end the client's thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, leaf: str, payload: "dict[str, Any] | bytes", retain: bool = False) -> None:
        """Publish below this user's own prefix, and wait until the broker has it."""
        self.publish_raw(topics.of_board(self.user, leaf), payload, retain)

    def publish_raw(
        self, topic: str, payload: "dict[str, Any] | bytes", retain: bool = False
    ) -> None:
        """Publish to any topic, and wait until the broker has it."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(topic, data, 1, retain).wait_for_publish(10)

    def take(self) -> list[tuple[str, Any]]:
        """Give what has arrived, as (topic, payload read as JSON, or None where empty)."""
        found = []
        while not self._inbox.empty():
            topic, payload, _ = self._inbox.get()
            found.append((topic, json.loads(payload) if payload else None))
        self.seen.extend(found)
        return found

    def connected(self) -> bool:
        """Whether the broker still holds the connection."""
        return self._client.is_connected()

    def subscribe(self, topic: str) -> None:
        """Subscribe to one more topic, and wait until the broker has it."""
        while not self._subscribed.empty():
            self._subscribed.get()
        self._client.subscribe(topic, 1)
        wait_for(lambda: not self._subscribed.empty(), what=f"{topic} to be subscribed")

    def wait(
        self, leaf: str, match: Callable[[Any], bool] = lambda _: True, timeout_s: float = 10.0
    ) -> Any:
        """Give the next message at `leaf` that matches; others are thrown away."""

        def look() -> Any:
            for topic, payload in self.take():
                if topic.endswith("/" + leaf) and match(payload):
                    return (payload,)
            return None

        return wait_for(look, timeout_s, f"{leaf} at {self.user}")[0]

    def saw(
        self, leaf: str, match: Callable[[Any], bool] = lambda _: True, timeout_s: float = 10.0
    ) -> Any:
        """Give a message at `leaf` that matches and has arrived at any time, or will."""

        def look() -> Any:
            self.take()
            return [p for t, p in self.seen if t.endswith("/" + leaf) and match(p)]

        return wait_for(look, timeout_s, f"{leaf} at {self.user}")[0]

    def _on_connect(self, client: mqtt.Client, _d: Any, _f: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            self.refused = str(code)
        elif self.user == "gw":
            self._subscribed.put(True)
        elif self.user in ("console", "cli"):
            client.subscribe([(topics.PREFIX + "gw/#", 1), (f"{topics.PREFIX}{self.user}/dn/#", 1)])
        else:
            client.subscribe(
                [
                    (f"{topics.PREFIX}{self.user}/dn/#", 1),
                    (topics.GW_STATE, 1),
                    (topics.GW_BEAT, 0),
                ]
            )


class Board(Client):
    """A board spoken by hand: counts its own seq and clock."""

    def __init__(self, port: int, user: str, secret: str, boot: int = 1) -> None:
        super().__init__(port, user, secret)
        self.boot = boot
        self.seq = 0
        self._said: dict[int, dict[str, Any]] = {}
        self._started = time.monotonic()

    def t_ms(self) -> int:
        """Give the milliseconds since this board's start."""
        return 1_000 + int((time.monotonic() - self._started) * 1_000)

    def say(self, ev: str, **fields: Any) -> int:
        """Send an event with the next seq and give that seq."""
        self.seq += 1
        event = {"boot": self.boot, "seq": self.seq, "t_ms": self.t_ms(), "ev": ev, **fields}
        self._said[self.seq] = event
        self.publish(topics.UP_EVENT, event)
        return self.seq

    def repeat(self, seq: int) -> None:
        """Send an event once more, to the letter."""
        self.publish(topics.UP_EVENT, self._said[seq])

    def ask(self, ev: str, **fields: Any) -> Any:
        """Send an event and give its receipt."""
        seq = self.say(ev, **fields)
        return self.wait(topics.DN_RECEIPT, lambda r: r["boot"] == self.boot and r["seq"] == seq)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process we started: politely, then for certain."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def register_board(
    settings: Settings, board: str, role: str, counter: int | None = None, *, spare: bool = False
) -> str:
    """Register a board in a running or stopped hall, in this process, and give its secret."""
    secret = new_secret()
    wish: dict[str, object] = {
        "ev": "board_add",
        "board": board,
        "role": role,
        "secret_hash": hash_secret(secret),
        "update_key": key_of(secret),
    }
    if counter is not None:
        wish["counter"] = counter
    if spare:
        wish["spare"] = True
    receipt = ask(settings, wish)
    assert receipt["st"] == "accepted", receipt
    return secret
