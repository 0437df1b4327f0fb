"""New settings laid over the old ones, and what stays of their networks."""

import json

from firmware.update.link import held, overlay
from firmware.wire.codec import BadPayload
from tests.firmware.fakes import MemoryStore
from tests.firmware.pure.expect import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OLD: "Any" = {"id": "c-01", "secret": "s", "role": "counter", "host": "10.0.0.1", "port": 1883,
       "wifi": [{"ssid": "old", "password": "1"}], "parts": {"keys": {}}}  # fmt: skip


def laid(**new):
    return overlay(json.loads(json.dumps(OLD)), json.dumps(new).encode(), 4)


def test_only_what_is_said_changes():
    got = laid(host="10.0.0.2", port=8883, tls=True, ca="AAAA", secret="t")
    assert got == dict(OLD, host="10.0.0.2", port=8883, tls=True, ca="AAAA", secret="t", link=4)
    assert laid(id="c-02", role="ticket")["id"] == "c-02"
    assert "parts" in laid(parts={"x": 1}) and laid(parts={"x": 1})["parts"] == OLD["parts"]


def test_what_is_wrong_is_refused():
    network = {"ssid": "a", "password": "b"}
    news: Any = ({"host": ""}, {"port": 0}, {"port": "1"}, {"tls": 1}, {"id": 7}, {"wifi": []},
                {"wifi": [network] * 3}, {"wifi": ["a"]}, {"wifi": [{"ssid": "a"}]},
                {"wifi": {}}, {"secret": "a\n"})  # fmt: skip
    for new in news:
        raises(BadPayload, overlay, dict(OLD), json.dumps(new).encode(), 4)
    raises(BadPayload, overlay, {}, b"[]", 1)


def test_only_the_new_networks_are_tried_and_two_are_held_after():
    new, other = {"ssid": "new", "password": "2"}, {"ssid": "other", "password": "3"}
    old = OLD["wifi"][0]
    for networks, kept in (
        ([new], [new, old]),
        ([new, other], [new, other]),
        ([{"ssid": "old", "password": "9"}], [{"ssid": "old", "password": "9"}]),
    ):
        store = MemoryStore()
        store.files["settings.json"] = json.dumps(OLD).encode()
        fresh = laid(wifi=networks)
        assert fresh["wifi"] == networks
        store.files["settings.new"] = json.dumps(fresh).encode()
        assert json.loads(held(store))["wifi"] == kept, kept
    store.files["settings.new"] = json.dumps(laid(host="h")).encode()
    assert json.loads(held(store)) == dict(OLD, host="h", link=4)
