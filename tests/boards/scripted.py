"""What stands around a virtual board in tests: a broker, and a gateway that a test scripts."""

import getpass
import json
import queue
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from boards.catalog import load_kind
from firmware.wire import topics
from gateway.bus import no_delay
from tests.support.tools import free_port, tool, wait_for

Payload = dict[str, Any]
KIND = {
    "counter": "counter_led",
    "ticket": "ticket_button",
    "dispenser": "refill_sensor",
    "rating": "rating_keys",
    "hall": "hall_door",
    "gate": "gate_check",
    "panel": "panel_p10",
}


class Broker:
    """A mosquitto on loopback that lets everybody in; `kill` and `start` at will."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self._conf = home / "mosquitto.conf"
        self._log = home / "mosquitto.log"
        self._conf.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            f"persistence false\nuser {getpass.getuser()}\n"
        )
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [tool("mosquitto"), "-c", str(self._conf)], stdout=log, stderr=log
            )
        wait_for(self._runs, what="mosquitto to run")

    def _runs(self) -> bool:
        said = self._log.read_text()
        assert self._process.poll() is None, said
        return " running" in said

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._process.kill()
        self._process.wait()


class ScriptedGateway:
    """Plays the gateway towards one board: answers its events, and says what the test says.

    `answer(event)` gives the receipt's own fields (`st` is accepted unless said), or None to
    stay silent; by default everything is accepted.
    """

    def __init__(self, port: int, board: str, epoch: int = 7) -> None:
        self.board = board
        self.epoch = epoch
        self.rev = 0
        self.answer: Callable[[Payload], Payload | None] = lambda event: {}
        self._heard: queue.Queue[tuple[str, Any, bool]] = queue.Queue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_socket_open = no_delay
        self._client.on_message = self._take
        self._client.on_connect = self._connected
        self._client.reconnect_delay_set(1, 1)
        self._client.will_set(topics.GW_STATE, b'{"s":"lost"}', 1, True)
        self._client.connect("127.0.0.1", port, keepalive=5)
        self._client.loop_start()
        wait_for(self._client.is_connected, what="the scripted gateway to connect")

    def _connected(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(topics.of_board(self.board, "up/#"), 1)
        self.ready()

    def ready(self) -> None:
        """Say that the gateway lives."""
        self.publish(topics.GW_STATE, {"s": "ready", "epoch": self.epoch}, retain=True)

    def beat(self) -> None:
        """Give one beat."""
        self.publish(topics.GW_BEAT, {"epoch": self.epoch, "utc_ms": int(time.time() * 1_000)})

    def publish(self, topic: str, payload: Payload | bytes, retain: bool = False) -> None:
        """Publish an object, or bytes, on a full topic or on one of the board's own."""
        if not topic.startswith(topics.PREFIX):
            topic = topics.of_board(self.board, topic)
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(topic, data, 1, retain)

    def config(self, **settings: object) -> None:
        """Set the board's settings."""
        self.publish(topics.DN_CONFIG, {"rev": 1, **settings}, retain=True)

    def face(self, text: str, state: str = "called", lamp: str = "green") -> None:
        """Show a counter's face, and let a ticket blink."""
        self.rev += 1
        called = state == "called"
        face = {"epoch": self.epoch, "rev": self.rev, "state": state, "text": text}
        face.update(blink=called, lamp=lamp, ticket=text if called else "")
        self.publish(topics.DN_FACE, face, retain=True)

    def receipt(self, event: Payload, **fields: object) -> None:
        """Answer an event."""
        receipt = {"boot": event["boot"], "seq": event["seq"], "st": "accepted", **fields}
        self.publish(topics.DN_RECEIPT, receipt)

    def wait(
        self, leaf: str, matches: Callable[[Any], bool] = lambda _: True, timeout_s: float = 10.0
    ) -> Any:
        """Give the next payload on a topic of the board (None if empty), and skip all before."""
        deadline = time.monotonic() + timeout_s
        skipped = []
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                got, payload, _ = self._heard.get(timeout=left_s)
            except queue.Empty:
                break
            if got == leaf and matches(payload):
                return payload
            skipped.append((got, payload))
        raise AssertionError(f"no {leaf} within {timeout_s} s, but {skipped[-10:]}")

    def event(self, name: str, timeout_s: float = 10.0) -> Payload:
        """Give the next event of this name."""
        event: Payload = self.wait(topics.UP_EVENT, lambda e: e["ev"] == name, timeout_s)
        return event

    def state(self, s: str, timeout_s: float = 10.0) -> Payload:
        """Give the next state of the board's life with this `s`."""
        state: Payload = self.wait(topics.UP_STATE, lambda p: p["s"] == s, timeout_s)
        return state

    def vanish(self) -> None:
        """End as kill -9 does: the broker sends the will."""
        sock = self._client.socket()
        self._client.loop_stop()
        if sock is not None:
            sock.close()

    def close(self) -> None:
        """Disconnect in good order."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        leaf = message.topic.removeprefix(topics.of_board(self.board, ""))
        payload: Any = json.loads(message.payload) if message.payload else None
        self._heard.put((leaf, payload, message.retain))
        if leaf == topics.UP_EVENT:
            fields = self.answer(payload)
            if fields is not None:
                self.receipt(payload, **fields)


def make_flash(
    folder: Path,
    board: str,
    role: str,
    port: int,
    link: object = None,
    **more: object,
) -> Path:
    """Make a board's flash, wired by `link`: a folder with its settings.json; give its path."""
    flash = folder / board
    flash.mkdir(parents=True)
    parts = load_kind(KIND[role]).settings_parts()
    settings = {
        "id": board,
        "secret": "not needed here",
        "role": role,
        "kind": KIND[role],
        "host": "127.0.0.1",
        "port": port,
        "tls": False,
        "parts": parts if link is None else {**parts, "link": link},
        **more,
    }
    (flash / "settings.json").write_text(json.dumps(settings))
    return flash
