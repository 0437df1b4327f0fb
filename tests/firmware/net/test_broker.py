"""The client against a real mosquitto, on both interpreters."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.firmware.net.conftest import Broker, Start, make_certificate
from tests.support.tools import wait_for

USER = {"user": "driver", "password": "secret", "timeout_ms": 3_000}


class Peer:
    """Another client of the broker, by paho-mqtt, that keeps what it hears."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set("driver", "secret")
        self.client.on_message = self._on_message
        granted: list[Any] = []
        self.client.on_subscribe = lambda *args: granted.append(args)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        wait_for(self.client.is_connected)
        self.client.subscribe(topic, 1)
        wait_for(lambda: granted)

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload), message.retain))

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos, retain).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def base(request: pytest.FixtureRequest) -> str:
    """Give a topic that no other test uses."""
    return "t/" + request.node.name.replace("[", "-").replace("]", "")


@pytest.fixture
def peer(broker: Broker, base: str) -> Iterator[Peer]:
    peer = Peer(broker, base + "/up/#")
    yield peer
    peer.close()


def test_both_qos_both_ways_and_retained(
    broker: Broker, start: Start, peer: Peer, base: str
) -> None:
    peer.publish(base + "/dn/kept", b"kept", 1, True)
    driver = start(
        port=broker.port,
        **USER,
        subscribe=[base + "/dn/#"],
        publish=[[base + "/up/a", "zero", 0, False], [base + "/up/b", "öne", 1, True]],
        until_messages=7,
    )
    driver.until("message")
    peer.publish(base + "/dn/live", b"live", 0)
    peer.publish(base + "/dn/live", b"live", 1)
    for size in (0, 127, 128, 2_048):
        peer.publish(base + "/dn/size", b"s" * size, 1)
    done = driver.until("done")
    got = [(m["topic"][len(base) :], m["size"], m["retained"]) for m in driver.all("message")]
    assert got[:3] == [("/dn/kept", 4, True), ("/dn/live", 4, False), ("/dn/live", 4, False)]
    assert got[3:] == [("/dn/size", size, False) for size in (0, 127, 128, 2_048)]
    assert done["messages"] == 7
    assert driver.all("ended")[0]["why"] == "closed by us"
    wait_for(lambda: len(peer.heard) == 2)
    assert peer.heard == [
        (base + "/up/a", b"zero", False),
        (base + "/up/b", "öne".encode(), False),
    ]


def test_oversize_is_thrown_away_and_the_connection_stands(
    broker: Broker, start: Start, peer: Peer, base: str
) -> None:
    driver = start(port=broker.port, **USER, subscribe=[base + "/dn"], until_messages=2)
    driver.until("subscribed")
    for qos in (0, 1):
        peer.publish(base + "/dn", b"x" * 3_000, qos)
        peer.publish(base + "/dn", b"x" * 300_000, qos)
        peer.publish(base + "/dn", b"good", qos)
    done = driver.until("done")
    assert [m["text"] for m in driver.all("message")] == ["good", "good"]
    assert done["dropped"] == 4


def test_the_will_is_sent_when_killed_and_not_when_closed(
    broker: Broker, start: Start, peer: Peer, base: str
) -> None:
    order = {"port": broker.port, **USER, "will": [base + "/up/will", "lost", True]}
    killed = start(**order)
    killed.until("connected")
    killed.stop()
    wait_for(lambda: peer.heard)
    assert peer.heard == [(base + "/up/will", b"lost", False)]
    closed = start(**order, until_messages=0, publish=[[base + "/up/last", "bye", 1, False]])
    closed.until("done")
    peer.publish(base + "/up/after", b"")
    wait_for(lambda: peer.heard[-1][0].endswith("after"))
    assert [topic[len(base) :] for topic, _, _ in peer.heard[1:]] == ["/up/last", "/up/after"]


def test_wrong_secret(broker: Broker, start: Start) -> None:
    driver = start(port=broker.port, user="driver", password="guess")
    ended = driver.until("ended")
    assert (ended["why"], "(5)" in ended["text"]) == ("Refused", True)


def test_keepalive_holds_an_idle_connection(own_broker: Broker, start: Start) -> None:
    driver = start(port=own_broker.port, **USER, keepalive_s=1, subscribe=["t/idle"])
    driver.until("subscribed")
    wait_for(lambda: own_broker.log().count("Sending PINGRESP") >= 3)
    assert driver.process.poll() is None
    assert not driver.all("ended")


def test_a_broker_that_freezes_and_one_that_dies(own_broker: Broker, start: Start) -> None:
    order = {**USER, "port": own_broker.port, "keepalive_s": 1, "timeout_ms": 500}
    driver = start(**order)
    driver.until("connected")
    own_broker.process.send_signal(signal.SIGSTOP)
    ended = driver.until("ended")
    assert (ended["why"], "PINGRESP" in ended["text"]) == ("TimedOut", True)
    own_broker.process.send_signal(signal.SIGCONT)

    driver = start(**order, connections=2)
    driver.until("connected")
    own_broker.stop()
    assert driver.until("ended")["why"] == "Closed"
    ended = driver.until("ended")  # the second time nobody listens
    assert (ended["why"], ended["ms"] < 1_000) == ("Closed", True)


def test_tls(broker: Broker, start: Start, base: str) -> None:
    order = {"port": broker.tls_port, **USER, "host": "127.0.0.1", "server_name": "localhost"}
    # Bursts of all sizes: TLS keeps decrypted bytes that the socket's poll does not show.
    texts = ["x" * size for size in (0, 1, 500, 2_000, 10, 16, 1_999)] * 6
    burst = [[base, text, 0, False] for text in texts]
    driver = start(
        **order, ca=str(broker.ca), subscribe=[base], publish=burst, until_messages=len(burst)
    )
    ended = driver.until("ended")
    assert ended["why"] == "closed by us", ended
    sizes = [m["size"] for m in driver.all("message")]
    assert sizes == [len(text) for text in texts]


def test_tls_with_a_certificate_that_is_not_believed(
    broker: Broker, start: Start, tmp_path: Path
) -> None:
    make_certificate(tmp_path)  # signed by somebody else
    order = {"port": broker.tls_port, **USER, "host": "127.0.0.1"}
    driver = start(**order, server_name="localhost", ca=str(tmp_path / "ca.der"))
    assert driver.until("ended")["why"] == "Closed"
    driver = start(**order, server_name="elsewhere", ca=str(broker.ca))
    assert driver.until("ended")["why"] == "Closed"


def test_tls_and_plain_do_not_hang_on_each_other(broker: Broker, start: Start) -> None:
    driver = start(**USER, port=broker.tls_port)
    assert driver.until("ended")["why"] in ("Closed", "Malformed", "TimedOut")
    driver = start(**USER, port=broker.port, ca=str(broker.ca))
    assert driver.until("ended")["why"] in ("Closed", "TimedOut")
