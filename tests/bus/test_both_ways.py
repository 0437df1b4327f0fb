"""The short way round paho and paho's own way say and hear the same, at a real broker."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from firmware.wire import topics
from gateway.bus import Door, Message, client, door
from gateway.fleet.secrets import service_secret
from tests.support.rig import Rig, stop
from tests.support.tools import wait_for


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "home")
    rig.start_broker()
    yield rig
    rig.close()


@pytest.fixture(params=["short", "paho's own"])
def tried(
    rig: Rig, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Door]:
    short = request.param == "short"
    monkeypatch.setattr(door, "new_client", partial(client.new_client, short=short))
    secret = service_secret(rig.settings.paths, "gw")
    will = (topics.GW_STATE, b"will")
    tried = Door("127.0.0.1", rig.settings.mqtt_port, "gw", secret, (topics.ALL_UP,), will)
    wait_for(lambda: tried.wait(0.05) or tried.ready, what="the door to be open")
    yield tried
    tried.close((topics.GW_STATE, b"bye"))


def _hear(tried: Door, count: int) -> list[Message]:
    heard: list[Message] = []

    def enough() -> bool:
        heard.extend(tried.wait(0.05))
        return len(heard) >= count

    wait_for(enough, what=f"{count} messages")
    return heard


def test_the_short_way_is_written_for_the_version_that_is_pinned() -> None:
    made = client.new_client("gw", lambda *_: None)
    assert isinstance(made, client._ShortWay)


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 16_200, 16_384, 20_000, 200_000])
def test_what_is_said_is_heard_whatever_its_size(tried: Door, size: int) -> None:
    ours = "loket/1/counter-01/up/event"  # what the gateway says there comes back to it
    payload = bytes(range(256)) * (size // 256 + 1)
    payload = payload[:size]
    tried.say([(ours, payload, False, 1), (ours, payload, False, 0), (ours, b"end", False, 1)])
    heard = _hear(tried, 3)
    assert [(m.topic, m.payload, m.retained) for m in heard] == [
        (ours, payload, False),
        (ours, payload, False),
        (ours, b"end", False),
    ]


def test_a_burst_arrives_whole_and_in_order_and_is_acknowledged(rig: Rig, tried: Door) -> None:
    ours = "loket/1/counter-01/up/event"
    burst = [(ours, b"%d" % n, False, 1) for n in range(3_000)]
    heard: list[bytes] = []
    for at in range(0, len(burst), 500):
        tried.say(burst[at : at + 500])
        heard += [m.payload for m in _hear(tried, 500)]
    assert heard == [payload for _, payload, _, _ in burst]
    tried.wait(0.05)  # the last acknowledgements leave
    assert rig.broker is not None
    stop(rig.broker)  # which writes the rest of its log
    log = (rig.settings.paths.log / "broker-all.log").read_text()
    assert log.count("Received PUBACK from gw") == len(burst)


def test_what_is_retained_is_there_for_who_comes_later(rig: Rig, tried: Door) -> None:
    tried.say([(topics.hall_part("line"), b'{"a":1}', True, 1)])
    with rig.client("console") as console:
        assert console.wait("gw/hall/line") == {"a": 1}
